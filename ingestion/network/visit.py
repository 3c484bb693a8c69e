"""One run of one network: read what is new, go on with what was left, look up what may have changed.

Every stream (a query, a timeline) is read from its newest item back to the point that the last run reached,
less the overlap, so that items that turn up late are caught. What a run cannot finish stays as a gap with
its cursor, and the next run goes on there. A back-fill reads a stretch of the past in the same way, and
leaves alone what the runs remember of the present. Nothing here raises for what a server does: it is told
in `landings.message`, counted in quarantine, or waits.

Here is the plan; `pages`, `hearing` and `look_ups` carry it out, each by way of `asking` and `optional_fields`
to the server and of `arrivals` to the landing. `memory` is what the next visit knows of this one.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ingestion.http import HttpClient
from ingestion.landing import Landing
from ingestion.landing.back_fill import BackFill
from ingestion.network.arrivals import Arrivals
from ingestion.network.asking import Asking, Stop
from ingestion.network.gaps import Gap
from ingestion.network.hearing import Hearing
from ingestion.network.look_ups import LookUps
from ingestion.network.memory import Memory
from ingestion.network.network import Network, Stream
from ingestion.network.occasion import Occasion
from ingestion.network.optional_fields import OptionalFields
from ingestion.network.pages import Pages

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
    landing.missing = [one.told() for one in memory.gaps.missing()]
    landing.back_filled = memory.all_back_filled()


class _Visit:
    """What is to be read, in which order, and by which part."""

    def __init__(self, occasion: Occasion, queries: list[str]) -> None:
        self._network = occasion.network
        self._settings = occasion.network.settings
        self._landing = occasion.landing
        self._memory = occasion.memory
        self._now = occasion.now
        for remark in occasion.network.remarks():
            occasion.note(remark)
        self._streams = occasion.network.streams(queries)
        asking = Asking(occasion)
        fields = OptionalFields(occasion, asking)
        arrivals = Arrivals(occasion, self._kept_for())
        self._pages = Pages(occasion, asking, fields, arrivals)
        self._hearing = Hearing(occasion, asking, arrivals)
        self._look_ups = LookUps(occasion, asking, fields, arrivals)

    def run(self) -> Iterator[Any]:
        """Read, listen and look up, as far as the network lets us; then tell how far that was."""
        memory, back_fill, streams = self._memory, self._landing.back_fill, self._streams
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
            gaps = self._memory.gaps.open_gaps(stream.name, self._now, overlap, max(first, overlap))
            work += [(stream, gap) for gap in gaps]
        return work

    def _past(self, wanted: BackFill) -> Work:
        """Return what is left to read of a back-fill; remembers what is known of these days."""
        for native_id, content in wanted.known.items():
            self._memory.seen.setdefault(native_id, content)
        found = []
        for stream in self._streams:
            if wanted.stream in (None, stream.name):
                gap = self._memory.gaps.back_fill_gap(
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
        young = self._memory.with_more_to_read(self._now, self._settings.revisit_days)
        return [stream for native_id in young for stream in self._network.streams_about(native_id)]

    def _read_all(self, work: Work) -> Iterator[Any]:
        # What was begun is finished first: a small budget would otherwise only ever begin.
        for stream, gap in sorted(work, key=lambda pair: (not pair[1].next, pair[1].since)):
            yield from self._pages.read(stream, gap)
