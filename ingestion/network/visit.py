"""One run of one network: read what is new, go on with what was left, look up what may have changed.

Every stream (a query, a timeline) is read from its newest item back to the point that the last run reached,
less the overlap, so that items that turn up late are caught. What a run cannot finish stays as a gap with
its cursor, and the next run goes on there. A back-fill reads a stretch of the past in the same way, and
leaves alone what the runs remember of the present. Nothing here raises for what a server does: it is told
in `landings.message`, counted in quarantine, or waits.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ingestion.http import Answer, HttpClient, HttpError
from ingestion.landing import Landing
from ingestion.landing.back_fill import BackFill
from ingestion.network.arrivals import Arrivals
from ingestion.network.asking import Asking, Stop
from ingestion.network.hearing import Hearing
from ingestion.network.look_ups import LookUps
from ingestion.network.memory import MAX_TRIES, Gap, Memory
from ingestion.network.network import (
    Ask,
    BadAnswer,
    FieldsRefused,
    Network,
    Page,
    Stream,
)
from ingestion.network.occasion import Occasion
from ingestion.network.optional_fields import OptionalFields
from ingestion.network.reads import Reading
from ingestion.network.shapes import SHAPE_ERRORS, told_of

MAX_EMPTY = 20
"""Pages without an item, but with a next one, after which a run stops to follow."""
EXPIRED = frozenset({400, 404, 410, 422})
"""What APIs answer to a cursor that they have forgotten."""

Work = list[tuple[Stream, Gap]]


def visit(
    network: Network, landing: Landing, state: dict[str, Any], http: HttpClient, queries: list[str]
) -> Iterator[Any]:
    """Yield what landing makes of one visit; `state` is kept for the next one.

    The settings of a network have: `base_url`, `max_pages` (requests for pages in a run), `first_days` (how
    far the first run goes back), `revisit_days` and `max_revisits` (how long and how many known items are
    looked up again), `daily_units` (quota a day, None without a limit).
    """
    memory, back_fill, now = Memory(state), landing.back_fill, http.clock.now()
    occasion = Occasion(network, landing, memory, http, now)
    if memory.retry_at and memory.retry_at > now:
        told = f"not asked: the server wants no request before {memory.retry_at:%Y-%m-%d %H:%M} UTC"
        occasion.note(told)
        if back_fill:
            back_fill.stopped, back_fill.is_done = told, False
    else:
        memory.retry_at = None
        yield from _Visit(occasion, queries).run()
    landing.missing = [one.told() for one in memory.missing()]
    landing.back_filled = memory.all_back_filled()


class _Visit:
    def __init__(self, occasion: Occasion, queries: list[str]) -> None:
        self._occasion = occasion
        self._network = occasion.network
        self._landing = occasion.landing
        self._memory = occasion.memory
        self._settings = occasion.network.settings
        self._now = occasion.now
        self._pages_left = occasion.network.settings.max_pages
        self._back_fill = occasion.back_fill
        for remark in occasion.network.remarks():
            occasion.note(remark)
        self._streams = occasion.network.streams(queries)
        self._asking = Asking(occasion)
        self._fields = OptionalFields(occasion, self._asking)
        self._arrivals = Arrivals(occasion, self._kept_for())
        self._hearing = Hearing(occasion, self._asking, self._arrivals)
        self._look_ups = LookUps(occasion, self._asking, self._fields, self._arrivals)

    def run(self) -> Iterator[Any]:
        """Read, listen and look up, as far as the network lets us; then tell how far that was."""
        memory, back_fill, streams = self._memory, self._back_fill, self._streams
        memory.forget_streams_but({stream.name for stream in [*streams, *self._streams_about_items()]})
        stopped = None
        try:
            if back_fill:
                yield from self._read_all(self._past(back_fill))
            else:
                yield from self._read_all(self._present(streams))
                yield from self._read_all(self._present(self._streams_about_items()))
                if streams and getattr(self._settings, "listen_seconds", 0):
                    yield from self._hearing.listen(streams)
            if self._network.lookup_batch:
                yield from self._look_ups.look_up()
        except Stop as stop:
            stopped = str(stop)
        if back_fill:
            left = self._past(replace(back_fill, again=False))
            back_fill.stopped, back_fill.is_done = stopped, not left and not memory.to_be_found()
        memory.tidy(self._now, self._kept_for())
        self._landing.quota["units_today"] = memory.units

    # -- what is to be read ---------------------------------------------------------------------------

    def _present(self, streams: list[Stream]) -> Work:
        """Return what has come up since the last run, and what runs before have left."""
        first, work = timedelta(days=self._settings.first_days), []
        for stream in streams:
            overlap = stream.overlap or self._overlap
            gaps = self._memory.open_gap(stream.name, self._now, overlap, max(first, overlap))
            work += [(stream, gap) for gap in gaps]
        return work

    def _past(self, wanted: BackFill) -> Work:
        """Return what is left to read of a back-fill; remembers what is known of these days."""
        for native_id, content in wanted.known.items():
            self._memory.seen.setdefault(native_id, content)
        found = []
        for stream in self._streams:
            if wanted.stream in (None, stream.name):
                gap = self._memory.back_fill_gap(
                    stream.name,
                    (wanted.since, wanted.until),
                    begin_at=self._now if wanted.brings_newer else wanted.until,
                    again=wanted.again,
                )
                found += [(stream, gap)] if gap else []
        return found

    def _kept_for(self) -> timedelta:
        """Return how long items are followed."""
        overlaps = [stream.overlap for stream in self._streams if stream.overlap]
        revisit = timedelta(days=self._settings.revisit_days)
        return max(self._overlap, revisit, *overlaps) + timedelta(days=1)

    @property
    def _overlap(self) -> timedelta:
        return timedelta(hours=self._network.declaration.overlap_hours)

    def _streams_about_items(self) -> list[Stream]:
        """Return what is to be read about each known young item, such as its comments."""
        young = self._memory.followed(self._now, self._settings.revisit_days)
        return [stream for native_id in young for stream in self._network.streams_about(native_id)]

    def _read_all(self, work: Work) -> Iterator[Any]:
        # What was begun is finished first: a small budget would otherwise only ever begin.
        begun = {id(gap): bool(gap.next) for _, gap in work}
        for stream, gap in sorted(work, key=lambda pair: (not begun[id(pair[1])], pair[1].since)):
            yield from self._read(stream, gap)

    # -- pages ----------------------------------------------------------------------------------------

    def _read(self, stream: Stream, gap: Gap) -> Iterator[Any]:
        """Read a gap as far as this run gets, and tell what came of it, hour by hour."""
        reading, newest = Reading(self._memory.hours_of(stream.name)), gap.reached
        try:
            yield from self._pages(stream, gap, reading)
        finally:
            self._tell_reading(stream, gap, reading, newest)

    def _tell_reading(self, stream: Stream, gap: Gap, reading: Reading, newest: datetime) -> None:
        if not self._occasion.is_followed(self._occasion.contract_of(stream)):
            return  # figures and records are no posts of which some may be missed
        oldest = gap.since if gap.is_read else gap.reached
        day = None
        if self._back_fill and not self._back_fill.brings_newer and self._back_fill.stream is None:
            day = self._back_fill.since
        self._landing.reads += [
            {
                "platform": self._network.declaration.platform,
                "unit": stream.name,
                "is_back_fill": self._back_fill is not None,
                "read_at": self._now,
                **row,
            }
            for row in reading.rows(oldest, newest, day)
        ]

    def _pages(self, stream: Stream, gap: Gap, reading: Reading) -> Iterator[Any]:
        """Read pages until the gap is closed, the budget is spent, or the server does not go on."""
        empty = 0
        while True:
            if self._pages_left <= 0:
                self._occasion.note(
                    f"max_pages reached: the next run goes on from {gap.reached:%Y-%m-%d %H:%M}", stream
                )
                return
            is_first = not gap.next
            ask = Ask(**gap.next) if gap.next else self._network.first(stream, gap.since, gap.until)
            self._pages_left -= 1
            try:
                answer = self._asking.get(self._fields.without_retired(ask))
                page = self._page(answer, ask)
            except HttpError as error:
                if self._went_on(stream, gap, ask, error):
                    continue
                return
            except BadAnswer as problem:
                if isinstance(problem, FieldsRefused) and self._fields.do_without(problem.names):
                    continue
                yield from self._arrivals.reject(stream, answer, problem)
                self._occasion.note(f"{problem.detail}; the next run asks again", stream)
                # Without a cursor nothing is lost by asking for ever: a new run begins at the top anyway.
                if gap.next and gap.note_failure():
                    self._give_up(stream, gap)
                return
            if is_first and gap.until == (self._back_fill.until if self._back_fill else None):
                reading.told_total = page.told_total
            oldest, newest = yield from self._arrivals.land(stream, page.items, reading)
            if page.told:
                self._occasion.note(page.told, stream)
            if self._back_fill:
                self._back_fill.pages += 1
            empty = 0 if page.items else empty + 1
            if page.next is None or (newest is not None and newest < gap.since):
                self._close(stream, gap)
                self._asking.obey(page)
                return
            if not gap.go_on(page.next.kept(), oldest):
                gap.start_over()
                self._occasion.note("the pages repeat themselves; the next run asks again", stream)
                if gap.note_failure():
                    self._give_up(stream, gap)
                return
            self._asking.obey(page)
            if empty >= MAX_EMPTY:
                self._occasion.note(f"{empty} empty pages in a row; the next run goes on from there", stream)
                return

    def _page(self, answer: Answer, ask: Ask) -> Page:
        body = self._network.decode(answer.body)
        try:
            page = self._network.page(body, ask, answer)
        except SHAPE_ERRORS as error:
            raise BadAnswer(
                "invalid_json",
                f"the answer is no page of {self._network.declaration.name} ({told_of(error)})",
            ) from error
        if not isinstance(page.items, list):
            raise BadAnswer("invalid_json", "the page holds no list of items")
        return page

    def _went_on(self, stream: Stream, gap: Gap, ask: Ask, error: HttpError) -> bool:
        """Tell what went wrong; True where the same gap can be asked for at once in another way."""
        self._asking.heed(error)
        if gap.next and error.status in EXPIRED:
            self._occasion.note(
                f"the cursor expired (HTTP {error.status}): a gap from {gap.since:%Y-%m-%d %H:%M} to "
                f"{gap.reached:%Y-%m-%d %H:%M} UTC is read again from its start",
                stream,
            )
            gap.start_over()
            if not gap.note_failure():
                return True
            self._give_up(stream, gap)
            return False
        if error.status == 400 and self._fields.retire(ask, error):
            return True
        self._occasion.note(self._occasion.safe(str(error)), stream)
        return False

    def _close(self, stream: Stream, gap: Gap) -> None:
        gap.is_read = True
        if self._back_fill is None:
            self._memory.close_gap(stream.name, gap)
        else:
            until = self._now if self._back_fill.brings_newer else self._back_fill.until
            self._memory.close_back_fill(stream.name, gap, until)

    def _give_up(self, stream: Stream, gap: Gap) -> None:
        told = f"posts from {gap.since:%Y-%m-%d %H:%M} to {gap.reached:%Y-%m-%d %H:%M} UTC may be missing"
        if self._back_fill is not None:
            raise self._asking.end(f"{stream.name}: read in vain {MAX_TRIES} times: {told}")
        self._memory.note_hole(stream.name, gap, "its cursor, or its pages, led nowhere", self._now)
        self._memory.close_gap(stream.name, gap)
        self._occasion.note(
            f"given up: {told}; listenhouse backfill {self._network.declaration.name} --gaps reads them again",
            stream,
        )
