"""X through its API v2: the recent search, and the posts of own accounts.

API: `/2/tweets/search/recent` between two moments of the last seven days, `/2/users/<id>/tweets` for own accounts,
those named or under `owned: {x: [...]}`; `/2/tweets` for known posts; authors and referred posts by expansion.
Paging: by `next_token`, which goes into `next_token` of a search and `pagination_token` of a timeline.
Data flow: post -> raw_x.posts; what does not fit -> raw_x.quarantine. Errors beside `data` are told.
Edits: a version with a new id is another observation of the post, which keeps its first id.
Deletes: sweep. Posts younger than `revisit_days` that no page shows are looked up, 100 a request; those that are
not found, or may not be shown any more, land as tombstones. All others are asked for by a batch compliance job a
day (`compliance_hours`): begun by one run, read by a later one (`compliance.py`).
Own posts: all of the last `revisit_days` are read in every run, with `non_public_metrics` and `organic_metrics`
where the token is the owner's; a metric that is refused or retired is asked for no more.
Rate limit: by contract; `x-rate-limit-reset` obeyed across runs. X bills posts: `daily_units` counts those asked for.
Terms: see the declaration in `settings.py`, also for personal data.
"""

import math
from collections.abc import Iterator, MutableMapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import dlt

from ingestion.http import Answer, HttpClient
from ingestion.landing import POSTS
from ingestion.network import Ask, BadAnswer, FieldsRefused, Network, Page, Stream
from ingestion.network.source import network_posts
from ingestion.sources.x.compliance import living_posts, told_by_compliance
from ingestion.sources.x.contract import to_row
from ingestion.sources.x.settings import (
    DECLARATION,
    EXPANSIONS,
    FIELD_REFUSED,
    FIELDS,
    GONE,
    LOOKUP_BATCH,
    PAGE_SIZE,
    POLITENESS,
    PRIVATE_METRICS,
    RECENT,
    RESET_HEADER,
    SETTLED,
    USER_FIELDS,
)

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (POSTS,)
SEARCH = "/2/tweets/search/recent"
WANTED = {"tweet.fields": FIELDS, "expansions": EXPANSIONS, "user.fields": USER_FIELDS}


class X(Network):
    """The recent search, timelines of own accounts, and the look-up of posts."""

    declaration = DECLARATION
    politeness = POLITENESS
    lookup_batch = LOOKUP_BATCH
    optional_fields = PRIVATE_METRICS

    def streams(self, queries: list[str]) -> list[Stream]:
        """Return a search a query, and a timeline an own account.

        Timelines are read over all of `revisit_days`: a look-up would not tell the private counts.
        """
        overlap = timedelta(days=max(self.settings.revisit_days, 1))
        timelines = [
            Stream(
                f"posts of {account}",
                (f"/2/users/{account}/tweets", {"exclude": "retweets"}),
                overlap=overlap,
            )
            for account in self.settings.accounts
            if account.isdecimal()
        ]
        return [Stream(query, (SEARCH, {"query": query})) for query in queries] + timelines

    def remarks(self) -> list[str]:
        """Return which own accounts are no ids: X has timelines of ids only."""
        return [
            f"{account} is no account id, so its posts are not read; "
            "write the number that X gives for it at /2/users/by/username/<name>"
            for account in self.settings.accounts
            if not account.isdecimal()
        ]

    def first(self, stream: Stream, since: datetime, until: datetime) -> Ask:
        """Return the request for the newest posts between two moments."""
        path, params = stream.what
        until -= SETTLED
        since = max(since, until - RECENT) if path == SEARCH else since
        times = {"start_time": f"{since:%Y-%m-%dT%H:%M:%SZ}", "end_time": f"{until:%Y-%m-%dT%H:%M:%SZ}"}
        return Ask(path, {**params, **times, "max_results": PAGE_SIZE, **WANTED}, PAGE_SIZE)

    def page(self, body: Any, asked: Ask, answer: Answer) -> Page:
        """Return the posts with what they refer to, and the request with the next token."""
        errors = body.get("errors") or []
        if errors and not body.get("data"):
            refused = tuple(name for name in PRIVATE_METRICS if _refuses(errors, name))
            if refused:
                raise FieldsRefused(refused)
            if "meta" not in body:
                raise BadAnswer("invalid_json", _told(errors))
        token = body["meta"].get("next_token")
        place = "next_token" if asked.path == SEARCH else "pagination_token"
        following = asked.with_params(**{place: token}) if token else None
        others = [error for error in errors if error.get("parameter") not in EXPANSIONS.split(",")]
        posts = [item for item in _framed(body) if asked.path != SEARCH or not self._is_in_timeline(item[0])]
        return Page(posts, following, wait_s=_wait(answer), told=_told(others) if others else None)

    def _is_in_timeline(self, tweet: Any) -> bool:
        """Whether an own timeline brings the post: found without its private counts, it would seem changed."""
        if not isinstance(tweet, dict) or tweet.get("author_id") not in self.settings.accounts:
            return False
        return all(reference["type"] != "retweeted" for reference in tweet.get("referenced_tweets") or ())

    def row(self, item: Any) -> dict[str, Any] | None:
        """Return a post under contract names."""
        return to_row(*item)

    def lookup(self, ids: list[str]) -> Ask:
        """Return the request for known posts."""
        return Ask("/2/tweets", {"ids": ",".join(ids), **WANTED}, len(ids))

    def looked_up(self, body: Any) -> list[Any]:
        """Return the posts that are still there; where none is, the answer has errors only."""
        return _framed(body) if "data" in body or not body["errors"] else []

    def unsure(self, body: Any) -> set[str]:
        """Return the posts that are not given for another reason than that they are gone."""
        errors = body.get("errors") or []
        return {str(e.get("value") or e.get("resource_id")) for e in errors if e.get("title") not in GONE}

    def with_fields(self, ask: Ask, fields: tuple[str, ...]) -> Ask:
        """Return the request of a timeline with these metrics: only of own posts may they be asked."""
        if not ask.path.startswith("/2/users/"):
            return ask
        return ask.with_params(**{"tweet.fields": ",".join((FIELDS, *fields))})

    def probe(self) -> Ask:
        """Return the request for one post, the first of all."""
        return Ask("/2/tweets", {"ids": "20"})

    def headers(self, http: HttpClient) -> dict[str, str]:
        """Return the token."""
        return {"Authorization": f"Bearer {self.secrets['bearer_token']}"}


def _framed(body: dict[str, Any]) -> list[Any]:
    """Return the posts of an answer, each with everything that the answer includes."""
    includes = body.get("includes") or {}
    included = {
        (kind, str(known["id"])): known for kind in ("tweets", "users") for known in includes.get(kind) or ()
    }
    return [(tweet, included) for tweet in body.get("data") or ()]


def _refuses(errors: list[dict[str, Any]], metric: str) -> bool:
    return any(e.get("title") == FIELD_REFUSED and metric in str(e.get("field")) for e in errors)


def _told(errors: list[dict[str, Any]]) -> str:
    """Return the kinds of errors beside the data; their details quote posts and names."""
    kinds = sorted({f"{error.get('title')} ({error.get('parameter')})" for error in errors})
    return f"the answer holds {len(errors)} errors: {', '.join(kinds)}"


def _wait(answer: Answer) -> float:
    """Return the seconds until requests are welcome again where an answer says that this was the last one."""
    left, reset = (answer.headers.get(name, "") for name in ("x-rate-limit-remaining", RESET_HEADER))
    if not (left.isdecimal() and reset.isdecimal()) or int(left) > 0:
        return 0.0
    return max(0.0, math.ceil(int(reset) - answer.received_at.timestamp()))


@dlt.source(name="x")
def x(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.x`."""

    def compliance(network: Network, state: MutableMapping[str, Any], http: HttpClient) -> Iterator[Any]:
        return told_by_compliance(network, landing, state, http, lambda: living_posts(home))

    return network_posts(X, landing, listening, compliance)
