"""What each read of a stream saw, hour by hour: what an estimate of completeness is made from.

A post that a read finds is marked, per stream. When a later read goes over the same hour again (the overlap,
a back-fill), it sees marked posts and others: how many of either tells how much the reads miss, as with
animals that are caught, marked and caught again (`mart_query_coverage_daily` holds the estimator).
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

HOUR = timedelta(hours=1)
MARK = 8
"""Hexadecimal digits kept of a post's id: enough to tell the posts of one hour and query apart."""
WHOLE = "w"
"""Stands in front of the marks of an hour that was read as a whole."""
MAX_MARKS = 20_000
"""Marks and hours remembered for all streams; beyond it the oldest hours are forgotten."""

Marks = dict[str, str]
"""Hour (hours since 1970) -> WHOLE where it was read as a whole, then MARK digits a post found."""


class Reading:
    """One read of one stream: collects what came, then tells it by hour."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._seen: dict[int, set[str]] = {}
        self.told_total: int | None = None

    def note(self, native_id: str, created: datetime) -> None:
        """Remember that a post came."""
        self._seen.setdefault(hour_of(created), set()).add(mark_of(native_id))

    def rows(
        self, oldest: datetime, newest: datetime, day: datetime | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield hours with what came of them, and mark it; the read went over all from `newest` to `oldest`.

        `day` is where the day begins that `told_total` is about.
        """
        whole = range(hour_of(oldest + HOUR - timedelta(microseconds=1)), hour_of(newest))
        remembered = {int(hour) for hour in self._marks if int(hour) in whole}
        told_at = hour_of(day + HOUR / 2) if day is not None and self.told_total is not None else None
        for hour in sorted(self._seen.keys() | remembered | ({told_at} - {None})):
            held = self._marks.get(str(hour), "")
            marks, seen = _split(held), self._seen.get(hour, set())
            if seen or marks or hour == told_at:
                yield {
                    "hour_at": datetime.fromtimestamp(hour * 3600, UTC),
                    "is_whole_hour": hour in whole,
                    "is_reread": hour in whole and held.startswith(WHOLE),
                    "seen": len(seen),
                    "known": len(seen & marks),
                    "found_before": len(marks),
                    "told_total": self.told_total if hour == told_at else None,
                }
        self._mark(whole)

    def _mark(self, whole: range) -> None:
        first = max(whole.start, whole.stop - MAX_MARKS)
        for hour in {*self._seen, *range(first, whole.stop)}:
            held = self._marks.get(str(hour), "")
            is_whole = hour in whole or held.startswith(WHOLE)
            marks = _split(held) | self._seen.get(hour, set())
            self._marks[str(hour)] = WHOLE * is_whole + "".join(sorted(marks))


def hour_of(moment: datetime) -> int:
    """Return the hour of a moment: whole hours since 1970, UTC."""
    return int(moment.timestamp() // 3600)


def mark_of(native_id: str) -> str:
    """Return the mark of a post."""
    return hashlib.blake2b(native_id.encode("utf-8", "surrogatepass"), digest_size=MARK // 2).hexdigest()


def unmark(streams: dict[str, Marks], native_id: str, hour: int) -> None:
    """Forget a post that is gone: a later read that does not see it has not missed it."""
    for marks in streams.values():
        held = marks.get(str(hour), "")
        left = _split(held) - {mark_of(native_id)}
        if str(hour) in marks:
            marks[str(hour)] = WHOLE * held.startswith(WHOLE) + "".join(sorted(left))


def tidy_marks(streams: dict[str, Marks]) -> None:
    """Forget the oldest hours of all streams until at most MAX_MARKS hours and marks are left."""
    sizes = [
        (int(hour), name, 1 + len(held) // MARK)
        for name, marks in streams.items()
        for hour, held in marks.items()
    ]
    excess = sum(size for *_, size in sizes) - MAX_MARKS
    for hour, name, size in sorted(sizes):
        if excess <= 0:
            return
        del streams[name][str(hour)]
        excess -= size


def _split(held: str) -> set[str]:
    marks = held.removeprefix(WHOLE)
    return {marks[at : at + MARK] for at in range(0, len(marks), MARK)}
