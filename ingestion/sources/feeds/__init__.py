"""RSS, Atom and JSON feeds; no key needed.

API: one address per feed, as listed in listening.yml; each is fetched once a run; XML is read by feedparser.
Paging: none. A feed shows its latest entries; what left it before the first run is never seen.
Data flow: feed entry -> raw_feeds.entries. A document that is no feed -> raw_feeds.quarantine.
Incremental: ETag and Last-Modified are sent back, so that an unchanged feed costs a 304; entries whose
content did not change count as duplicates and are not landed; a changed one is a new observation.
Deletes: none. Feeds do not tell deletions; an entry that leaves the document is not taken for deleted.
Rate limit: that of each server; one request a second and host, Retry-After obeyed across runs.
Terms: those of each publisher. See the declaration in `settings.py`, also for personal data.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import dlt

from ingestion.http import Answer, HttpClient, HttpError, Request, without_login
from ingestion.network.scrubber import masked_row
from ingestion.sources.feeds.contract import ENTRIES
from ingestion.sources.feeds.dates import settle_dates
from ingestion.sources.feeds.document import read_feed, without_authors
from ingestion.sources.feeds.memory import FeedMemory
from ingestion.sources.feeds.problems import NoFeed
from ingestion.sources.feeds.settings import DECLARATION, PLATFORM, POLITENESS, THREADS

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (ENTRIES,)
__all__ = ["CONTRACTS", "DECLARATION", "feeds", "visit"]


@dlt.source(name="feeds")
def feeds(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.feeds`."""
    urls = listening.sources.feeds.urls

    @dlt.resource(name=ENTRIES.resource, write_disposition="append")
    def entries() -> Iterator[Any]:
        with HttpClient(POLITENESS) as http:
            yield from visit(landing, urls, dlt.current.resource_state(), http)

    return entries


def visit(landing: "Landing", urls: Iterable[str], state: dict[str, Any], http: HttpClient) -> Iterator[Any]:
    """Ask every feed that may be asked, several at a time, and yield what landing makes of each."""
    # Feeds that are no longer listed are forgotten; one that comes back is read anew. The state
    # lands in the warehouse, so a login must not be part of its keys.
    before = state.get("feeds", {})
    state["feeds"] = {without_login(url): before.get(without_login(url), {}) for url in urls}
    memories = {url: FeedMemory(state["feeds"][without_login(url)]) for url in urls}
    now = http.clock.now()
    wanted = []
    for url, memory in memories.items():
        if memory.retry_at and memory.retry_at > now:
            _note(
                landing,
                url,
                f"not asked: the server wants no request before {memory.retry_at:%Y-%m-%d %H:%M} UTC",
            )
        else:
            wanted.append(Request(url, memory.validators))
    for request, outcome in http.get_many(wanted, THREADS):
        memory = memories[request.url]
        if isinstance(outcome, HttpError):
            memory.retry_at = outcome.retry_at
            _note(landing, request.url, str(outcome))
            continue
        memory.retry_at = None
        if not outcome.not_modified:
            yield from _land(landing, outcome, memory)


def _land(landing: "Landing", answer: Answer, memory: FeedMemory) -> Iterator[Any]:
    unit = without_login(answer.url)
    try:
        feed = read_feed(answer.body, answer.url, answer.headers.get("content-type", ""))
    except NoFeed as problem:
        yield from _reject(landing, answer, problem, memory)
        return
    memory.rejected = None
    for row in feed.rows:
        settle_dates(row, memory.first_seen, answer.received_at)
    rows = map(masked_row, feed.rows)
    yield from landing.land_items(ENTRIES, rows, unit=unit, platform=PLATFORM, seen=memory.seen)
    memory.tidy([row["entry_id"] for row in feed.rows])
    # Of a broken document a sound version may stand behind the same validators.
    memory.validators = {} if feed.fault else answer.validators()
    if feed.fault:
        _note(
            landing,
            unit,
            f"the feed is broken ({feed.fault}); {len(feed.rows)} entries were salvaged; "
            "it is read again in the next run, and its owner may want to know",
        )
    elif answer.moved_to:
        _note(
            landing,
            unit,
            f"the feed has moved for good: put {without_login(answer.moved_to)} into listening.yml",
        )


def _reject(landing: "Landing", answer: Answer, problem: NoFeed, memory: FeedMemory) -> Iterator[Any]:
    unit = without_login(answer.url)
    _note(landing, unit, f"{problem.detail}; {problem.remedy}")
    digest = hashlib.sha256(answer.body).hexdigest()
    if memory.rejected == digest:
        return
    memory.rejected, memory.validators = digest, {}
    yield from landing.reject(
        ENTRIES,
        unit=unit,
        reason=problem.reason,
        detail=problem.detail,
        remedy=problem.remedy,
        payload=without_authors(answer.body),
        payload_bytes=len(answer.body),
    )


def _note(landing: "Landing", url: str, message: str) -> None:
    landing.note(ENTRIES, unit=without_login(url), message=message)
