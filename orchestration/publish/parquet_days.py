"""The Parquet file of a large mart that is kept by day: parts of whole days, each in row groups of its own.

The parts whose days are as they were are copied from the previous release's file; the days of all others are
written anew, behind them.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.publish.content import RowSum, literal, on_days
from orchestration.publish.parquet_pieces import Piece, join, rows_of

PART = 100_000
"""Rows that a part has at most, unless one day has more; as many as other writers put into a row group."""

PARQUET_OPTIONS = "format parquet, compression zstd, compression_level 1"
_PART_OPTIONS = f"{PARQUET_OPTIONS}, write_bloom_filter false"
"""Filters would stand apart from the row groups, which is why a part could not be carried over by its bytes."""

_WRITERS = 2
"""Parts written at once: a part is one row group or two, too little for the engine to share among its threads."""

Day = str | None


@dataclass(frozen=True)
class FilePlan:
    """The parts of a file: first those that the previous release's file has and are kept, then those to be written."""

    kept: list[tuple[list[Day], Piece]]
    written: list[list[Day]]

    @property
    def parts(self) -> list[list[Day]]:
        """The days of each part, in the order of the file."""
        return [days for days, _ in self.kept] + self.written


@dataclass(frozen=True)
class KnownFile:
    """A mart's file in the previous release: the days of each part, and what the rows of each day add up to."""

    path: Path
    parts: Sequence[Sequence[Day]]
    days: Mapping[Day, RowSum]


def plan_file(days: Mapping[Day, RowSum], known: KnownFile | None) -> FilePlan:
    """Plan the file of a mart with these days, given the one that the previous release has."""
    kept, before = [], 0
    for part in known.parts if known else ():
        rows = sum(known.days[day].rows for day in part)
        if all(days.get(day) == known.days[day] for day in part):
            kept.append((list(part), Piece(known.path, before, rows)))
        before += rows
    held = {day for part, _ in kept for day in part}
    written: list[list[Day]] = []
    rows = PART
    for day in sorted((day for day in days if day not in held), key=lambda day: day or ""):
        if not written or rows + days[day].rows > PART:
            written.append([])
            rows = 0
        written[-1].append(day)
        rows += days[day].rows
    return FilePlan(kept, written)


def write_file(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    day_column: str,
    plan: FilePlan,
    file: Path,
    spill: Path,
) -> None:
    """Write a Parquet file as planned, new parts from the rows of `table`, a quoted SQL name.

    They are written in the folder `spill` first. Raises PublishError where the previous release's file has not
    the parts that it should have.
    """
    spill.mkdir(parents=True, exist_ok=True)

    def write_part(number: int) -> Piece:
        part = spill / f"{file.stem}.{number}.parquet"
        rows = f"select * from {table} where {on_days(day_column, plan.written[number])}"
        with connection.cursor() as own:
            own.execute(f"copy ({rows}) to {literal(part)} ({_PART_OPTIONS})")
        return Piece(part, 0, rows_of(part))

    with ThreadPoolExecutor(_WRITERS) as writers:
        written = list(writers.map(write_part, range(len(plan.written))))
    join([*(piece for _, piece in plan.kept), *written], file)
    for piece in written:
        piece.path.unlink()
