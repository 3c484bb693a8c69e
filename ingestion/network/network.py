"""What a source has to say about its API, and what it need not say because most are alike."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from ingestion.http import Answer, HttpClient, HttpError, Politeness
from ingestion.landing import POSTS, Contract
from ingestion.network.declaration import Declaration

FIND = "_find"
"""Set in a row that only says that an item is there: the look-up of the same run brings it."""


class BadAnswer(Exception):
    """An answer of status 200 that is not what the API documents. `reason` is a quarantine code."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class FieldsRefused(BadAnswer):
    """An answer of status 200 that refuses optional fields, `names`, and gives nothing because of them."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__("invalid_json", f"the API refuses {', '.join(names)}")
        self.names = names


@dataclass(frozen=True)
class Ask:
    """One request, free of secrets: it is kept between runs and named in messages."""

    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    cost: int = 1
    """Units of the API's quota."""

    def url(self, base_url: str) -> str:
        """Return the address; parameters without a value are left out, lists are repeated."""
        if self.path.startswith(("http://", "https://")):
            base_url, path = "", self.path
        else:
            base_url, path = base_url.rstrip("/"), self.path
        told = {name: value for name, value in self.params.items() if value is not None}
        return f"{base_url}{path}" + (f"?{urlencode(told, doseq=True)}" if told else "")

    def with_params(self, **params: Any) -> "Ask":
        """Return the same request with other values for these parameters."""
        return Ask(self.path, {**self.params, **params}, self.cost)

    def kept(self) -> dict[str, Any]:
        """Return the request as JSON."""
        return {"path": self.path, "params": dict(self.params), "cost": self.cost}


@dataclass(frozen=True)
class Stream:
    """One thing to read from the newest item to the oldest wanted one: the posts for a query, a timeline."""

    name: str
    """What its state and its counts are kept under; the query itself, for a search."""
    what: Any = None
    """What `Network.first` makes the request from."""
    overlap: timedelta | None = None
    """How far each run reads behind the last one, where that is not what the source declares: figures that
    still change are read again as long as they do."""


@dataclass(frozen=True)
class Page:
    """One page: its items as the API gives them, and the request for the next one, None after the last."""

    items: list[Any]
    next: Ask | None = None
    quota_left: int | None = None
    wait_s: float = 0.0
    """Seconds for which the answer itself asks not to come back."""
    told: str | None = None
    """What the answer says went wrong beside its items, free of their words."""


class Network(ABC):
    """One API. Subclasses say what differs; every item is handed over as the API gives it.

    `settings` are the source's part of listening.yml, `secrets` its credentials by name.
    """

    declaration: ClassVar[Declaration]
    contract: ClassVar[Contract] = POSTS
    politeness: ClassVar[Politeness] = Politeness()
    lookup_batch: ClassVar[int] = 0
    """Ids that one request can look up; 0 where none can (then deletions are not noticed)."""

    def __init__(self, settings: Any, secrets: Mapping[str, str]) -> None:
        self.settings = settings
        self.secrets = secrets

    # -- what every source says -----------------------------------------------------------------------

    @abstractmethod
    def streams(self, queries: list[str]) -> list[Stream]:
        """Return what is to be read, of search queries that fit the declared limits."""

    @abstractmethod
    def first(self, stream: Stream, since: datetime, until: datetime) -> Ask:
        """Return the request for the newest page of a stream. An API that takes no times ignores them."""

    @abstractmethod
    def page(self, body: Any, asked: Ask, answer: Answer) -> Page:
        """Return the page in a decoded answer. A shape that is not documented may raise anything usual."""

    @abstractmethod
    def row(self, item: Any) -> dict[str, Any] | None:
        """Return an item under contract names, None where it is no post. Odd values are left to landing."""

    @abstractmethod
    def probe(self) -> Ask:
        """Return the cheapest request that needs the credentials."""

    # -- what only some say ---------------------------------------------------------------------------

    def headers(self, http: HttpClient) -> dict[str, str]:
        """Return the headers that carry credentials; asks for a token where the API wants that."""
        return {}

    def decode(self, body: bytes) -> Any:
        """Return the content of an answer. Raises BadAnswer where it is none."""
        return decoded(body)

    def hidden(self) -> dict[str, str]:
        """Return query parameters that carry credentials."""
        return {}

    def lookup(self, ids: list[str]) -> Ask:
        """Return the request for known items, `lookup_batch` of them at most."""
        raise NotImplementedError

    def looked_up(self, body: Any) -> list[Any]:
        """Return the items in the answer to `lookup`."""
        return body if isinstance(body, list) else [body]

    def unsure(self, body: Any) -> set[str]:
        """Return known ids that the answer to `lookup` neither gives nor calls gone."""
        return set()

    def remarks(self) -> list[str]:
        """Return what every run has to tell about the settings."""
        return []

    def can_look_up(self, native_id: str) -> bool:
        """Whether `lookup` knows items of this kind."""
        return True

    def wait_asked_by(self, error: HttpError) -> float | None:
        """Return the seconds to leave the API alone where an error says so in words of its own."""
        return None

    optional_fields: ClassVar[tuple[str, ...]] = ()
    """Fields or metrics that the API may retire one day."""

    def with_fields(self, ask: Ask, fields: tuple[str, ...]) -> Ask:
        """Return the request asking for these optional fields."""
        return ask


def network_client(network: Network) -> HttpClient:
    """Return the polite client of a network."""
    return HttpClient(network.politeness)


def decoded(body: bytes) -> Any:
    """Return the JSON of an answer. Raises BadAnswer where it is none."""
    try:
        return json.loads(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadAnswer("invalid_utf8", f"the answer is no UTF-8: {error}") from error
    except RecursionError as error:
        raise BadAnswer("invalid_json", "the answer is nested too deeply") from error
    except ValueError as error:
        page = body.lstrip()[:1] == b"<"
        detail = "a web page came instead of JSON" if page else f"the answer is no JSON: {error}"
        raise BadAnswer("invalid_json", detail) from error
