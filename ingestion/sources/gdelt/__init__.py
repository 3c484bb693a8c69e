"""GDELT's index of the world's online news: headlines, of the last three months; no key needed.

API: `/api/v2/doc/doc?mode=artlist`, newest first, between two moments.
Paging: none. An answer holds 250 articles at most; where it is full, the window before its oldest article follows.
Data flow: article -> raw_gdelt.posts; what does not fit -> raw_gdelt.quarantine.
Edits: a changed headline is another observation.
Deletes: none. The index does not tell when a publisher takes an article back.
Rate limit: one request in five seconds. Errors come as plain text with status 200, and are told.
Terms: free, with a link to the GDELT Project. See the declaration in `settings.py`, also for personal data.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import dlt

from ingestion.http import Answer
from ingestion.landing import POSTS
from ingestion.network import Ask, BadAnswer, Network, Page, Stream, decoded
from ingestion.network.source import network_posts
from ingestion.sources.gdelt.contract import seen_at, to_row
from ingestion.sources.gdelt.settings import DECLARATION, POLITENESS, SHORTEST_WINDOW

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (POSTS,)
PATH = "/api/v2/doc/doc"
_DIGITS = "%Y%m%d%H%M%S"
_ESCAPE = re.compile(rb'\\(["\\/bfnrt]|u[0-9a-fA-F]{4})?')
_TAG_SIGN = re.compile(r"(?<![^\s(])[#@$](?=\w)")


class Gdelt(Network):
    """The list of articles of the DOC 2.0 API."""

    declaration = DECLARATION
    politeness = POLITENESS

    def streams(self, queries: list[str]) -> list[Stream]:
        """Return one stream a query; news has no hashtags, and terms joined by OR want brackets."""
        plain = {query: _TAG_SIGN.sub("", query) for query in queries}
        return [
            Stream(query, f"({words})" if " OR " in words and not words.startswith("(") else words)
            for query, words in plain.items()
        ]

    def first(self, stream: Stream, since: datetime, until: datetime) -> Ask:
        """Return the request for the newest articles between two moments."""
        form = {"mode": "artlist", "format": "json", "sort": "datedesc"}
        limit = {"maxrecords": self.settings.max_records}
        return Ask(PATH, {"query": stream.what, **form, **limit, **_window(since, until)})

    def decode(self, body: bytes) -> Any:
        """Return the JSON of an answer, also where headlines hold backslashes and control characters as they are."""
        start = body.lstrip()[:1]
        if start not in (b"{", b"<", b""):
            said = " ".join(body[:200].decode("utf-8", "replace").split())
            raise BadAnswer("invalid_json", f"GDELT answers: {said}")
        try:
            return decoded(body)
        except BadAnswer as problem:
            try:
                return json.loads(_ESCAPE.sub(_repaired, body).decode("utf-8", "replace"), strict=False)
            except (ValueError, RecursionError):
                raise problem from None

    def page(self, body: Any, asked: Ask, answer: Answer) -> Page:
        """Return the articles and, where there may be more, the window that ends with the oldest of them."""
        articles = body.get("articles", [])
        moments = [moment for a in articles if isinstance(a, dict) and (moment := seen_at(a))]
        if len(articles) < asked.params["maxrecords"] or not moments:
            return Page(articles)
        start, end = (
            datetime.strptime(asked.params[name], _DIGITS).replace(tzinfo=UTC)
            for name in ("startdatetime", "enddatetime")
        )
        oldest, told = min(moments), None
        if oldest >= end:
            told = f"more than {len(articles)} articles of {end:%Y-%m-%d %H:%M} UTC: the others are not read"
            oldest = end - timedelta(seconds=1)
        following = asked.with_params(**_window(start, oldest)) if oldest > start else None
        return Page(articles, following, told=told)

    def row(self, item: Any) -> dict[str, Any] | None:
        """Return an article as a post."""
        return to_row(item)

    def probe(self) -> Ask:
        """Return the request for one article of the last day."""
        return Ask(
            PATH,
            {"query": "coffee", "mode": "artlist", "format": "json", "maxrecords": 1, "timespan": "1d"},
        )


def _window(since: datetime, until: datetime) -> dict[str, str]:
    """Return the parameters of a window that is long enough to be answered."""
    since = min(since, until - SHORTEST_WINDOW)
    return {"startdatetime": f"{since:{_DIGITS}}", "enddatetime": f"{until:{_DIGITS}}"}


def _repaired(found: re.Match[bytes]) -> bytes:
    """Return an escape of JSON as it is, and a backslash that begins none as one that is escaped."""
    return found[0] if found[1] else rb"\\"


@dlt.source(name="gdelt")
def gdelt(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.gdelt`."""
    return network_posts(Gdelt, landing, listening)
