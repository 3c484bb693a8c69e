"""Back-fills under the run's lock: day after day, or the gaps that runs have left; stops where a network stops."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import uuid4

from ingestion.home import Home
from ingestion.landing.counts import Counts
from ingestion.listening import Listening
from ingestion.network.back_fill import (
    Outcome,
    back_fill_span,
    check_reach,
    day_span,
)
from ingestion.network.gaps import Missing
from orchestration.one_run import run_lock
from orchestration.progress import Progress

RUN = "backfill-"
"""Begins the id of a back-fill's landing runs."""


@dataclass(frozen=True)
class BackFilled:
    """What came of it all: `done` stretches of how many, how many of them had been `read_before`, what landed."""

    stretches: int
    done: int
    read_before: int
    counts: Counts
    stopped_at: str | None = None
    stopped: str | None = None


def back_fill_days(
    home: Home,
    listening: Listening,
    source: str,
    days: Sequence[date],
    *,
    again: bool = False,
    progress: Progress | None = None,
) -> BackFilled:
    """Read days of a network, oldest first, until all are read or the network lets us read no more.

    Raises BackFillRefused, LandingError, and WarehouseBusy while a run is under way.
    """
    spans = [day_span(listening, day) for day in days]
    check_reach(source, listening, spans[0][0], datetime.now(UTC))

    def read(number: int, run_id: str) -> Outcome:
        return back_fill_span(source, home, listening, spans[number], run_id, again=again)

    return _each(home, source, [str(day) for day in days], read, progress)


def back_fill_gaps(
    home: Home,
    listening: Listening,
    source: str,
    gaps: Sequence[Missing],
    *,
    progress: Progress | None = None,
) -> BackFilled:
    """Read what runs have left out, and forget the gaps that are read to their end. Raises as `back_fill_days`."""
    check_reach(source, listening, min((gap.since for gap in gaps), default=None), datetime.now(UTC))

    def read(number: int, run_id: str) -> Outcome:
        gap = gaps[number]
        span = (gap.since, gap.until)
        return back_fill_span(source, home, listening, span, run_id, stream=gap.stream, again=True)

    names = [
        f"{gap.stream} from {gap.since:%Y-%m-%d %H:%M} to {gap.until:%Y-%m-%d %H:%M} UTC" for gap in gaps
    ]
    return _each(home, source, names, read, progress)


def _each(
    home: Home,
    source: str,
    names: Sequence[str],
    read: Callable[[int, str], Outcome],
    progress: Progress | None,
) -> BackFilled:
    step, tell = f"Back-filling {source}", progress or (lambda step, done, total: None)
    counts, read_before = Counts(), 0
    with run_lock(home):
        for number, name in enumerate(names):
            tell(step, number, len(names))
            outcome = read(number, f"{RUN}{uuid4()}")
            counts += outcome.counts
            read_before += outcome.was_done_before
            if not outcome.is_done:
                return BackFilled(len(names), number, read_before, counts, name, outcome.stopped)
        tell(step, len(names), len(names))
    return BackFilled(len(names), len(names), read_before, counts)
