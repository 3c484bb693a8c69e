"""One run over the stream: what holds a searched term lands, deletions of what landed become tombstones."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol

import orjson

from ingestion.http import Clock
from ingestion.landing import POSTS, Landing
from ingestion.network.pages import EXPIRED
from ingestion.network.scrubber import masked_row
from ingestion.network.shapes import SHAPE_ERRORS, told_of
from ingestion.network.stream import Dropped, Limits, Refused, StreamedNetwork, Wire, follow
from ingestion.sources.jetstream.events import (
    Event,
    author_of,
    moment,
    read_event,
    to_post,
    tombstone,
    without_people,
)
from ingestion.sources.jetstream.landed import Landed
from ingestion.sources.jetstream.settings import (
    FLUSH_DELETIONS,
    FLUSH_ROWS,
    GAP_US,
    LEAD_US,
    OVERLAP_US,
    PLATFORM,
    POSTS_COLLECTION,
    REMEMBERED_US,
    SILENCE_S,
)

UNIT = POSTS_COLLECTION
TOLD = {
    "post": "posts without a searched term",
    "edit": "edits of other posts",
    "post gone": "deletions of other posts",
    "deleted before": "posts that were deleted before",
    "author gone": "accounts that ended",
    "account": "other account events",
    "identity": "identity events",
    "other record": "records that are no posts",
    "unknown kind": "events of an unknown kind",
}
"""What is passed over, in words."""


class Filter(Protocol):
    """Tells which texts are kept."""

    def matches(self, text: str) -> bool:
        """Whether the text may hold a searched term."""


class Hearing:
    """A run. `state` is kept by dlt together with what lands, so that neither is ahead of the other:

    - `cursor`: time of the newest event read, in microseconds;
    - `kept`: key -> time of the last events that had an effect, so that the overlap repeats none;
    - `retry_at`: moment before which the server wants no connection.
    """

    def __init__(
        self,
        network: StreamedNetwork,
        landing: Landing,
        state: dict[str, Any],
        clock: Clock,
        wanted: Filter,
        landed: Landed,
    ) -> None:
        self._network = network
        self._landing = landing
        self._state = state
        self._clock = clock
        self._wanted = wanted
        self._landed = landed
        self._now = clock.now()
        self._newest_us: int | None = state.get("cursor")
        self._kept: dict[str, int] = state.setdefault("kept", {})
        self._recent: dict[str, int] = dict(self._kept)
        self._resumes_at: int | None = None
        self._cursor_refused = False
        self._deleted: set[str] = set()
        self._rows: list[dict[str, Any]] = []
        self._ids: dict[str, int] = {}
        self._edits: dict[str, list[dict[str, Any]]] = {}
        self._gone: dict[str, int] = {}
        self._gone_authors: dict[str, list[int]] = {}
        self._read = 0
        self._passed: Counter[str] = Counter()

    def run(self) -> Iterator[Any]:
        """Yield what landing makes of what is heard."""
        retry_at = self._state.get("retry_at")
        if retry_at and datetime.fromisoformat(retry_at) > self._now:
            self._note(f"not asked: the server wants no request before {retry_at[:16].replace('T', ' ')} UTC")
            return
        self._state["retry_at"] = None
        self._deleted = self._landed.deleted()
        settings = self._network.settings
        limits = Limits(settings.max_seconds, settings.max_events, settings.listen_seconds, SILENCE_S)
        try:
            for batch in follow(
                self._connection,
                limits,
                self._clock,
                position=lambda: self._newest_us or 0,
                is_current=lambda: (self._newest_us or 0) >= _microseconds(self._now),
                tell=self._note,
            ):
                yield from self._hear(batch)
        except Refused as problem:
            if problem.wait_s is not None:
                self._state["retry_at"] = (self._clock.now() + timedelta(seconds=problem.wait_s)).isoformat()
            self._note(f"{problem}; listenhouse sources test {self._network.declaration.name} tells more")
        if self._newest_us is not None:
            behind_us = _microseconds(self._clock.now()) - self._newest_us
            self._landing.quota["milliseconds_behind"] = max(0, behind_us // 1_000)
        yield from self._land()
        yield from self._settle()
        self._remember()
        self._tell()

    # -- the connection -------------------------------------------------------------------------------

    @contextmanager
    def _connection(self) -> Iterator[Wire]:
        cursor = self._cursor()
        try:
            with self._network.wire(cursor) as wire:
                self._resumes_at, self._cursor_refused = self._newest_us, False
                yield wire
        except Dropped as problem:
            if cursor is not None and problem.status in EXPIRED:
                self._cursor_refused = True
                self._note(f"{problem}: the server refuses the cursor, and is read from the present on")
            raise

    def _cursor(self) -> int | None:
        if self._cursor_refused:
            return None
        if self._newest_us is not None:
            return max(0, self._newest_us - OVERLAP_US)
        hours = self._network.settings.first_hours
        return _microseconds(self._now - timedelta(hours=hours)) if hours else None

    def _note_gap(self, at_us: int) -> None:
        """Tell of a leap between where the last connection ended and the first event of this one."""
        last_us, self._resumes_at = self._resumes_at, None
        if last_us is not None and at_us - last_us > GAP_US:
            self._note(
                f"a gap: no events from {moment(last_us):%Y-%m-%d %H:%M:%S} to {moment(at_us):%Y-%m-%d %H:%M:%S} "
                "UTC, the server keeps none that are older; run more often"
            )

    # -- events ---------------------------------------------------------------------------------------

    def _hear(self, batch: list[bytes]) -> Iterator[Any]:
        bad = []
        self._read += len(batch)
        latest_us = _microseconds(self._clock.now()) + LEAD_US
        for raw in batch:
            try:
                event = read_event(raw, latest_us)
                if event.key in self._recent:
                    continue
                self._take(event)
            except orjson.JSONDecodeError as error:
                bad += self._broken(raw, error)
                continue
            except SHAPE_ERRORS as error:
                bad += self._odd(raw, error)
                continue
            self._recent[event.key] = event.at_us
            if self._resumes_at is not None:
                self._note_gap(event.at_us)
            if self._newest_us is None or event.at_us > self._newest_us:
                self._newest_us = event.at_us
        yield from self._landing.reject_many(POSTS, bad, unit=UNIT)
        if len(self._rows) >= FLUSH_ROWS:
            yield from self._land()
        if len(self._gone) + len(self._gone_authors) + len(self._edits) >= FLUSH_DELETIONS:
            yield from self._land()
            yield from self._settle()
        self._remember()

    def _take(self, event: Event) -> None:
        """Sort one event: to be landed, to be settled when it is known what landed, or passed over."""
        what, uri = event.what, event.uri
        if what in ("post", "edit"):
            text = event.record.get("text")
            if uri in self._deleted:
                self._passed["deleted before"] += 1
            elif not isinstance(text, str | None) or self._wanted.matches(text or ""):
                self._rows.append(masked_row(to_post(event)))
                self._kept[event.key] = event.at_us
            elif what == "edit":
                self._edits.setdefault(uri, []).append(masked_row(to_post(event)))
                self._kept[event.key] = event.at_us
            else:
                self._passed["post"] += 1
        elif what == "post gone":
            self._gone[uri] = event.at_us
        elif what == "author gone":
            self._gone_authors.setdefault(event.did, []).append(event.at_us)
            self._kept[event.key] = event.at_us
        else:
            self._passed[what] += 1

    def _broken(self, raw: bytes, error: Exception) -> list[dict[str, Any]]:
        """Return the quarantine's row of a message that is no JSON, once: the overlap may bring it again."""
        return self._once(
            raw,
            {
                "reason": "invalid_json",
                "detail": f"the event is no JSON: {error}",
                "remedy": "nothing to do, its neighbours have landed; if it stays so, try another server",
                "payload": without_people(raw),
                "payload_bytes": len(raw),
            },
        )

    def _odd(self, raw: bytes, error: Exception) -> list[dict[str, Any]]:
        """Return the row of an event of another shape, without its bytes: it may hold anything about anybody."""
        return self._once(
            raw,
            {
                "reason": "unexpected_shape",
                "detail": f"the event is not as Jetstream documents it ({told_of(error)})",
                "remedy": "compare it with Jetstream's documentation; its neighbours have landed",
                "payload_bytes": len(raw),
            },
        )

    def _once(self, raw: bytes, row: dict[str, Any]) -> list[dict[str, Any]]:
        key = hashlib.sha256(raw).hexdigest()[:16]
        if key in self._recent:
            return []
        self._recent[key] = self._kept[key] = self._newest_us or 0
        return [row]

    # -- landing --------------------------------------------------------------------------------------

    def _land(self) -> Iterator[Any]:
        rows, self._rows = self._rows, []
        yield from self._landed_rows(rows)

    def _settle(self) -> Iterator[Any]:
        """Land what only matters for posts that we hold: their edits, and then their deletions."""
        held = self._landed.live(self._edits).keys() | (self._edits.keys() & self._ids.keys())
        yield from self._landed_rows(
            [row for uri, rows in self._edits.items() if uri in held for row in rows]
        )
        gone = {}
        if self._gone or self._gone_authors:
            for uri, at_us in (self._landed.live(self._gone, self._gone_authors) | self._ids).items():
                if uri not in self._deleted and (ended_us := self._ended(uri, at_us)) is not None:
                    gone[uri] = ended_us
        self._passed["edit"] += sum(len(rows) for uri, rows in self._edits.items() if uri not in held)
        self._passed["post gone"] += len(self._gone.keys() - gone.keys())
        self._passed["author gone"] += len(self._gone_authors.keys() - set(map(author_of, gone)))
        self._edits, self._gone, self._gone_authors = {}, {}, {}
        self._deleted |= gone.keys()
        yield from self._landed_rows([tombstone(uri, at_us) for uri, at_us in sorted(gone.items())])

    def _ended(self, uri: str, at_us: int) -> int | None:
        """Return when a post of that moment was first told to be gone, by itself or with its author."""
        ends = [ended_us for ended_us in self._gone_authors.get(author_of(uri), ()) if ended_us >= at_us]
        return min([*ends, *([self._gone[uri]] if uri in self._gone else [])], default=None)

    def _landed_rows(self, rows: list[dict[str, Any]]) -> Iterator[Any]:
        if not rows:
            return
        told = {row["post_id"]: _microseconds(row["observed_at"]) for row in rows}
        for item in self._landing.land_items(POSTS, rows, unit=UNIT, platform=PLATFORM):
            if item.meta.table_name == POSTS.resource:
                for uri in item.data["post_id"].to_pylist():
                    self._ids.setdefault(uri, told[uri])
            yield item

    # -- what is kept, what is told -------------------------------------------------------------------

    def _remember(self) -> None:
        """Move the cursor on, and forget the events that no connection will bring again."""
        if self._newest_us is None:
            return
        self._state["cursor"] = self._newest_us
        oldest_us = self._newest_us - REMEMBERED_US
        self._recent = {key: at_us for key, at_us in self._recent.items() if at_us >= oldest_us}
        self._state["kept"] = self._kept = {k: at_us for k, at_us in self._kept.items() if at_us >= oldest_us}

    def _tell(self) -> None:
        self._landing.quota |= {"events_read": self._read, "passed_over": self._passed.total()}
        told = [f"{count:,} {words}" for what, words in TOLD.items() if (count := self._passed[what])]
        if told:
            self._note(f"of {self._read:,} events passed over: {', '.join(told)}")

    def _note(self, message: str) -> None:
        self._landing.note(POSTS, unit=UNIT, message=message)


def _microseconds(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)
