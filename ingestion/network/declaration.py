"""What a source declares about itself, in a form that tests check and `listenhouse sources` shows."""

from dataclasses import dataclass
from typing import Literal

Delete = Literal["stream", "sweep", "none"]
Paging = Literal["cursor", "page number", "item id", "link", "span of time", "none"]
Reach = Literal["dates", "pages", "newest"]


@dataclass(frozen=True)
class Credential:
    """One secret: its name in dlt's configuration, what it is, and the page where one gets it."""

    name: str
    what: str
    get_it_at: str
    required: bool = True


@dataclass(frozen=True)
class QueryLimits:
    """What one search request can take. Without `any_of` (the word for OR) each term is a request of its own."""

    max_characters: int = 100
    max_terms: int = 1
    any_of: str | None = None
    prefixes: bool = False
    """Whether `word*` finds what begins with it."""
    quotes_signs: bool = False
    """Whether a word with a sign in it has to stand in quotes, else the sign is taken for an operator."""


@dataclass(frozen=True)
class Declaration:
    """A source's promises.

    `delete_capture`: `stream` (the network tells), `sweep` (known items are looked up again while they are
    young), `none`. `overlap_hours`: how far a run reads behind the point that the last one reached.
    `retention_days`: how long the terms of the network, or its privacy rules, let personal data be kept;
    None where they set no limit. `reach`: how a back-fill gets at old posts: by `dates` that a request names,
    by `pages` from the newest on, or not at all, as the API gives only the `newest`. `reach_days`: how far
    back the API goes at most, None where it has no such limit. `reach_told`: the same for a reader, where
    there is more to say.
    """

    name: str
    platform: str
    api: str
    paging: Paging
    data_flow: str
    delete_capture: Delete
    rate_limit: str
    terms: str
    personal_data: str
    retention_days: int | None
    overlap_hours: int = 24
    credentials: tuple[Credential, ...] = ()
    query_limits: QueryLimits | None = QueryLimits()
    """None for what is not searched: only what is named in listening.yml is read."""
    reach: Reach = "newest"
    reach_days: int | None = None
    reach_told: str = "its API gives only the newest items"
