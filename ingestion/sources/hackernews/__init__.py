"""Hacker News through its public API (Firebase); no key needed.

API: `/<list>.json` gives up to 500 ids, `/maxitem.json` the newest id, `/updates.json` the ids that just
changed, `/item/<id>.json` one item.
Paging: none. The ids of the lists (or, with the entry `maxitem`, every id since the last run) that are
not known yet are fetched one by one, newest first, `max_items` a run; what does not fit or fails waits
for the next run.
Data flow: /item/<id>.json -> raw_hackernews.items. What is no item -> raw_hackernews.quarantine.
Re-observation: with what is left of `max_items`, items younger than `reobserve_days` are fetched again,
those named by /updates.json first; unchanged ones count as duplicates and are not landed.
Deletes: sweep. An item that says `deleted` lands as a tombstone (text, title, url and author NULL), seen
while the item is re-observed; an old answer does not bring it back. Older deletions are not noticed.
Rate limit: none documented; at most 20 requests a second, Retry-After obeyed across runs.
Terms: free and public. See the declaration in `settings.py`, also for personal data.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import dlt

from ingestion.http import Answer, HttpClient, HttpError
from ingestion.network.scrubber import masked_row
from ingestion.sources.hackernews.client import HackerNews
from ingestion.sources.hackernews.contract import ITEMS
from ingestion.sources.hackernews.items import BadAnswer, read_json, to_row
from ingestion.sources.hackernews.memory import Memory
from ingestion.sources.hackernews.settings import (
    DECLARATION,
    EVERYTHING,
    KEPT_OF_DELETED,
    MAX_TOLD,
    MAX_TRIES,
    PAGE_ITEMS,
    PLATFORM,
    POLITENESS,
)

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (ITEMS,)
__all__ = ["CONTRACTS", "DECLARATION", "hackernews", "visit"]


@dlt.source(name="hackernews")
def hackernews(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.hackernews`."""
    settings = listening.sources.hackernews

    @dlt.resource(name=ITEMS.resource, write_disposition="append")
    def items() -> Iterator[Any]:
        with HttpClient(POLITENESS) as http:
            yield from visit(landing, settings, dlt.current.resource_state(), http)

    return items


def visit(landing: "Landing", settings: Any, state: dict[str, Any], http: HttpClient) -> Iterator[Any]:
    """Yield what landing makes of one visit; `state` is kept for the next one."""
    yield from _Visit(landing, settings, http, Memory(state)).items()


class _Visit:
    """One run: look at the lists, fetch what is due, tell what went wrong."""

    def __init__(self, landing: "Landing", settings: Any, http: HttpClient, memory: Memory) -> None:
        self._landing = landing
        self._settings = settings
        self._api = HackerNews(http, settings.base_url)
        self._clock = http.clock
        self._memory = memory
        self._unit = self._api.items_url
        self._failures: list[str] = []

    def items(self) -> Iterator[Any]:
        """Yield what landing makes of this visit."""
        memory, now = self._memory, self._clock.now()
        if memory.retry_at and memory.retry_at > now:
            self._note(
                self._unit,
                f"not asked: the server wants no request before {memory.retry_at:%Y-%m-%d %H:%M} UTC",
            )
            return
        memory.retry_at = None
        yield from self._look_at_lists()
        limit, days = self._settings.max_items, self._settings.reobserve_days
        due = memory.due(limit)
        yield from self._fetch(due)
        if len(due) < limit and memory.has_young(now, days):
            changed = yield from self._changed_ids()
            yield from self._fetch(memory.due_again(changed, now, days, limit - len(due)))
        self._tell()

    def _look_at_lists(self) -> Iterator[Any]:
        self._memory.forget_lists_but(self._settings.lists)
        for name in self._settings.lists:
            try:
                if name == EVERYTHING:
                    self._memory.count_up_to(self._api.newest_id(), first_time=self._settings.max_items)
                elif found := self._api.listed_ids(name, self._memory.validators(name)):
                    self._memory.note_list(name, *found)
            except (HttpError, BadAnswer) as problem:
                yield from self._report(self._api.url(name), problem)

    def _changed_ids(self) -> Iterator[Any]:
        """Yield a problem, if any; return the ids that changed lately (it helps, but nothing depends on it)."""
        try:
            return self._api.changed_ids()
        except (HttpError, BadAnswer) as problem:
            yield from self._report(self._api.url("updates"), problem)
            return []

    def _fetch(self, ids: list[int]) -> Iterator[Any]:
        for start in range(0, len(ids), PAGE_ITEMS):
            yield from self._fetch_page(ids[start : start + PAGE_ITEMS])

    def _fetch_page(self, ids: list[int]) -> Iterator[Any]:
        rows: dict[int, dict[str, Any]] = {}
        for number, outcome in self._api.items(ids):
            if isinstance(outcome, HttpError):
                self._memory.retry_at = outcome.retry_at or self._memory.retry_at
                # attempts is 0 where the client left the host alone: no try was made.
                yield from self._failed(number, str(outcome), tried=outcome.attempts > 0)
                continue
            try:
                item = read_json(outcome.body)
                rows[number] = self._row(number, item, outcome)
            except BadAnswer as problem:
                self._failures.append(f"item {number}: {problem.detail}")
                yield from self._reject(self._unit, problem, native_id=str(number))
                if self._memory.note_failure(number, self._clock.now()):
                    self._memory.note_item(number, None, self._clock.now())
            except LookupError:
                yield from self._failed(number, "the answer is null: the item is not there (yet)", tried=True)
        yield from self._land(rows)

    def _row(self, number: int, item: Any, answer: Answer) -> dict[str, Any]:
        """Return an item as a row. Raises LookupError for null and BadAnswer for anything but the item asked for."""
        if item is None:
            raise LookupError(number)
        if not isinstance(item, dict):
            raise BadAnswer("invalid_json", "the answer is no item", answer.body)
        if item.get("id") not in (None, number):
            raise BadAnswer("value_not_allowed", "the answer is another item than asked for", answer.body)
        if self._memory.is_deleted(number, item.get("deleted") is True):
            item = {name: item.get(name) for name in KEPT_OF_DELETED} | {"deleted": True}
        return masked_row(to_row(item, answer.received_at))

    def _land(self, rows: dict[int, dict[str, Any]]) -> Iterator[Any]:
        if not rows:
            return
        memory, now = self._memory, self._clock.now()
        yield from self._landing.land_items(
            ITEMS, rows.values(), unit=self._unit, platform=PLATFORM, seen=memory.seen
        )
        for number, row in rows.items():
            # What went to quarantine is not in `seen`, and asking for it again would only quarantine it again.
            fits = str(number) in memory.seen
            memory.note_item(number, _seconds(row["created_at"]) if fits else None, now)

    def _failed(self, number: int, why: str, *, tried: bool) -> Iterator[Any]:
        """Let an item wait for the next run, or quarantine it after the last try."""
        self._failures.append(f"item {number}: {why}")
        now = self._clock.now()
        if not tried or not self._memory.note_failure(number, now):
            return
        yield from self._quarantine(
            self._unit,
            native_id=str(number),
            reason="not_fetched",
            detail=f"no item came in {MAX_TRIES} runs; last: {why}",
            remedy=f"open {self._api.url(f'item/{number}')} in a browser; it is not asked for again",
        )
        self._memory.note_item(number, None, now)

    def _report(self, url: str, problem: HttpError | BadAnswer) -> Iterator[Any]:
        if isinstance(problem, HttpError):
            self._memory.retry_at = problem.retry_at or self._memory.retry_at
            self._note(url, str(problem))
        else:
            self._note(url, f"{problem.detail}; the next run asks again")
            yield from self._reject(url, problem)

    def _reject(self, unit: str, problem: BadAnswer, native_id: str | None = None) -> Iterator[Any]:
        yield from self._quarantine(
            unit,
            native_id=native_id,
            reason=problem.reason,
            detail=problem.detail,
            remedy="nothing to do, the next run asks again; if it stays so, open the address in a browser",
            # Only a web page is kept: half an item would hold names.
            payload=problem.body if problem.body.lstrip()[:1] == b"<" else b"",
            payload_bytes=len(problem.body),
        )

    def _quarantine(self, unit: str, **row: Any) -> Iterator[Any]:
        yield from self._landing.reject_many(ITEMS, [row], unit=unit)

    def _tell(self) -> None:
        given_up = self._memory.tidy(self._clock.now(), self._settings.reobserve_days)
        if self._failures:
            shown = "; ".join(self._failures[:MAX_TOLD])
            more = f"; and {len(self._failures) - MAX_TOLD} more" if len(self._failures) > MAX_TOLD else ""
            self._note(
                self._unit, f"{len(self._failures)} items did not come and are asked for again: {shown}{more}"
            )
        if given_up:
            self._note(
                self._unit,
                f"{given_up} listed items were given up unfetched; raise sources.hackernews.max_items "
                "in listening.yml, or run more often",
            )

    def _note(self, unit: str, message: str) -> None:
        self._landing.note(ITEMS, unit=unit, message=message)


def _seconds(time: Any) -> int | None:
    """Return the API's `time` as seconds since 1970, None where it is no number (of a tombstone)."""
    return int(time) if isinstance(time, int | float) and not isinstance(time, bool) else None
