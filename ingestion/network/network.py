"""What a source has to say about its API, and what it need not say because most are alike."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from ingestion.http import Answer, HttpClient, HttpError, Politeness
from ingestion.landing import POSTS, Contract
from ingestion.network.declaration import Declaration
from ingestion.network.stream import Wire

FIND = "_find"
"""Set in a row that only says that an item is there: the look-up of the same run brings it."""
FOLLOW = "_follow"
"""Set in a row about which there is more to read while it is young, such as comments: see `streams_about`."""
PASSING = "_passing"
"""Set in a row whose item ends by itself, or cannot be looked up: that it is not shown any more means nothing."""
MOMENT = "_moment"
"""The moment by which a stream is ordered, in a row whose `created_at` is not it."""


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
    posted: bool = False
    """Whether the parameters are sent as JSON in the body of a POST, for a search that asks for that."""

    def url(self, base_url: str) -> str:
        """Return the address; parameters without a value are left out, lists are repeated."""
        if self.path.startswith(("http://", "https://")):
            base_url, path = "", self.path
        else:
            base_url, path = base_url.rstrip("/"), self.path
        told = self._told
        return f"{base_url}{path}" + (f"?{urlencode(told, doseq=True)}" if told and not self.posted else "")

    @property
    def body(self) -> bytes:
        """The body of a request that is posted."""
        return json.dumps(self._told).encode()

    @property
    def _told(self) -> dict[str, Any]:
        return {name: value for name, value in self.params.items() if value is not None}

    def with_params(self, **params: Any) -> "Ask":
        """Return the same request with other values for these parameters."""
        return replace(self, params={**self.params, **params})

    def kept(self) -> dict[str, Any]:
        """Return the request as JSON."""
        return {"path": self.path, "params": dict(self.params), "cost": self.cost, "posted": self.posted}


@dataclass(frozen=True)
class Stream:
    """One thing to read from the newest item to the oldest wanted one: the posts for a query, a timeline."""

    name: str
    """What its state and its counts are kept under; the query itself, for a search."""
    what: Any = None
    """What `Network.first` makes the request from."""
    contract: Contract | None = None
    """What its items land under; None for the network's own contract."""
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
    told_total: int | None = None
    """How many items the API says there are for the request, all pages and the asked span of time together."""


@dataclass(frozen=True)
class Heard:
    """What a message of a stream tells: items as the API gives them, ids of items that are gone."""

    items: list[Any] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


class Network(ABC):
    """One API. Subclasses say what differs; every item is handed over as the API gives it.

    `settings` are the source's part of listening.yml, `secrets` its credentials by name.
    """

    declaration: ClassVar[Declaration]
    contract: ClassVar[Contract] = POSTS
    """What streams land under that name no other. Only of these items are deletions looked for."""
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
    def probe(self) -> Ask:
        """Return the cheapest request that needs the credentials."""

    def row(self, item: Any) -> dict[str, Any] | None:
        """Return an item under contract names, None where it is no post. Odd values are left to landing."""
        raise NotImplementedError

    # -- what only some say ---------------------------------------------------------------------------

    def row_for(self, contract: Contract, item: Any) -> dict[str, Any] | None:
        """Return an item of a stream under the names of its contract, for networks that land several."""
        return self.row(item)

    def streams_about(self, native_id: str) -> list[Stream]:
        """Return what is to be read about a known young item whose row said FOLLOW."""
        return []

    def headers(self, http: HttpClient) -> dict[str, str]:
        """Return the headers that carry credentials; asks for a token where the API wants that."""
        return {}

    def decode(self, body: bytes) -> Any:
        """Return the content of an answer. Raises BadAnswer where it is none."""
        return decoded(body)

    def hidden(self) -> dict[str, str]:
        """Return query parameters that carry credentials."""
        return {}

    def hidden_for(self, ask: Ask) -> dict[str, str]:
        """Return those parameters of one request, where they are not the same for all."""
        return self.hidden()

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

    def is_gone(self, error: HttpError) -> bool:
        """Whether the error that a look-up of one item met says that the item is no more."""
        return error.status in (404, 410)

    def is_refused(self, error: HttpError) -> bool:
        """Whether an error says that the credentials, or what they permit, do not do."""
        return error.status in (401, 403)

    def wait_asked_by(self, error: HttpError) -> float | None:
        """Return the seconds to leave the API alone where an error says so in words of its own."""
        return None

    def wire(self, streams: list[Stream]) -> AbstractContextManager[Wire]:
        """Return a connection on which the API sends what happens in these streams, where it has one.

        It is listened to for `settings.listen_seconds`. Raises Dropped, Refused.
        """
        raise NotImplementedError

    def heard(self, message: bytes) -> Heard:
        """Return what a message on that connection tells. A shape that is not documented may raise anything usual."""
        raise NotImplementedError

    optional_fields: ClassVar[tuple[str, ...]] = ()
    """Fields or metrics that the API may retire one day."""

    def fields_of(self, ask: Ask) -> tuple[str, ...]:
        """Return those of the optional fields that a request asks for."""
        return self.optional_fields

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
