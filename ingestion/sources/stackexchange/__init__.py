"""Questions of one Stack Exchange site.

API: `/search/advanced`, newest first, between two moments; `/questions/<ids>` for known ones.
Paging: by page number, while `has_more`. `backoff` of an answer is waited for, `quota_remaining` told.
Data flow: question -> raw_stackexchange.posts; what does not fit -> raw_stackexchange.quarantine.
Edits: a question with a new `last_edit_date` or new counts is another observation.
Deletes: sweep. Questions younger than `revisit_days` that no page shows are looked up, 100 a request; those
that are not given any more land as tombstones. Later deletions are not noticed.
Rate limit: 10,000 requests a day with a key, 300 without; five a second here.
Terms: CC BY-SA. See the declaration in `settings.py`, also for personal data.
"""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import dlt

from ingestion.http import Answer, HttpError
from ingestion.landing import POSTS
from ingestion.network import Ask, Network, Page, Stream
from ingestion.network.source import network_posts
from ingestion.sources.stackexchange.contract import to_row
from ingestion.sources.stackexchange.settings import (
    DECLARATION,
    LOOKUP_BATCH,
    PAGE_SIZE,
    POLITENESS,
    THROTTLE_WAIT_S,
    THROTTLED,
)

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (POSTS,)


class StackExchange(Network):
    """The search of one site."""

    declaration = DECLARATION
    politeness = POLITENESS
    lookup_batch = LOOKUP_BATCH

    def streams(self, queries: list[str]) -> list[Stream]:
        """Return one stream a term: the search knows no OR."""
        return [Stream(query, query) for query in queries]

    def first(self, stream: Stream, since: datetime, until: datetime) -> Ask:
        """Return the request for the newest questions between two moments."""
        times = {"fromdate": int(since.timestamp()), "todate": int(until.timestamp())}
        order = {"order": "desc", "sort": "creation", "page": 1}
        return Ask("/search/advanced", {"q": stream.what, **order, **times, **self._common})

    def page(self, body: Any, asked: Ask, answer: Answer) -> Page:
        """Return the questions, and the next page while there is more."""
        more = asked.with_params(page=asked.params["page"] + 1) if body.get("has_more") else None
        return Page(body["items"], more, body.get("quota_remaining"), float(body.get("backoff") or 0))

    def row(self, item: Any) -> dict[str, Any] | None:
        """Return a question as a post."""
        return to_row(item)

    def lookup(self, ids: list[str]) -> Ask:
        """Return the request for known questions."""
        return Ask(f"/questions/{';'.join(ids)}", self._common)

    def looked_up(self, body: Any) -> list[Any]:
        """Return the questions that are still there."""
        return body["items"]

    def wait_asked_by(self, error: HttpError) -> float | None:
        """Return a wait where the API calls us too fast: it says so with status 400."""
        try:
            throttled = json.loads(error.body).get("error_id") == THROTTLED
        except (ValueError, AttributeError):
            return None
        return THROTTLE_WAIT_S if throttled else None

    def probe(self) -> Ask:
        """Return the request for the site's description."""
        return Ask("/info", {"site": self.settings.site})

    def hidden(self) -> dict[str, str]:
        """Return the key: the API takes it in the address only."""
        return dict(self.secrets)

    @property
    def _common(self) -> dict[str, Any]:
        return {"site": self.settings.site, "pagesize": PAGE_SIZE, "filter": "withbody"}


@dlt.source(name="stackexchange")
def stackexchange(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.stackexchange`."""
    return network_posts(StackExchange, landing, listening)
