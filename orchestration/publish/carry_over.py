"""What a release need not write anew: the days of large marts that are, row for row, as the previous release has them.

A new release starts as a copy of the previous one's database. Of every large mart that is kept by day, the
days whose content hash differs are replaced, so that publishing one more day does not cost a rewriting of the
history. What may stay is found by hashing what the warehouse holds now, not by trusting what a run says that
it changed: a day that is carried over equals the warehouse's. The engine's quick hash tells which days to look
at; those it does not know get the hash that the manifest is made of.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from orchestration.publish.content import RowSum, on_days, quick_sums, row_sums, rows_by_day
from orchestration.publish.errors import WRITE_ANEW, PublishError
from orchestration.publish.parquet_days import FilePlan, KnownFile, plan_file
from orchestration.publish.release import PARQUET

DAYS = "days.json"
"""Beside the manifest: of each large mart its day column, its columns and what the rows of each day add up to."""

LARGE = 50_000
"""Rows from which on a mart is worth the comparison; smaller ones are written anew in a moment."""

GENERATIONS = 30
"""So many releases may be made from one another; then one is written anew, and the file is compact again."""

_FORMAT = 3

Columns = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class DailyMart:
    """A large mart of the warehouse: the column that its rows are kept by, and the sums of each day.

    `quick` has the quick sum of each day, see `quick_sums`; `parts` the days of each part of its Parquet file.
    """

    day_column: str
    columns: list[tuple[str, str]]
    days: dict[str | None, RowSum]
    quick: dict[str | None, int]
    parts: list[list[str | None]] = field(default_factory=list)

    @property
    def rows_by_day(self) -> dict[str | None, int]:
        return {day: sums.rows for day, sums in self.days.items()}

    def has_shape(self, day_column: str, columns: Columns) -> bool:
        """Tell whether it has these columns and is kept by this one."""
        return (self.day_column, self.columns) == (day_column, list(columns))

    def as_json(self) -> dict:
        days = [[day, str(self.quick[day]), *map(str, sums)] for day, sums in self.days.items()]
        return {
            "day_column": self.day_column,
            "columns": [list(column) for column in self.columns],
            "days": days,
            "parts": self.parts,
        }

    @classmethod
    def from_json(cls, told: dict) -> "DailyMart":
        days = {day: RowSum(*map(int, sums)) for day, _, *sums in told["days"]}
        quick = {day: int(number) for day, number, *_ in told["days"]}
        columns = [tuple(column) for column in told["columns"]]
        return cls(told["day_column"], columns, days, quick, told["parts"])


def daily_mart(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Columns, known: DailyMart | None = None
) -> DailyMart | None:
    """Return the sums of a table's days; None where it is small or has no column of type DATE.

    `table` is a quoted SQL name, `columns` its (name, type) in order; the first DATE is what it is kept by.
    `known` is the mart as the previous release has it: only days that differ from it are summed anew.
    """
    day_column = next((name for name, type_ in columns if type_ == "DATE"), None)
    (rows,) = connection.execute(f"select count(*) from {table}").fetchone()
    if day_column is None or rows < LARGE:
        return None
    quick = quick_sums(connection, table, columns, by=day_column)
    same = {
        day: known.days[day]
        for day, number in (quick.items() if known and known.has_shape(day_column, columns) else ())
        if known.quick.get(day) == number
    }
    differing = [day for day in quick if day not in same]
    sums = (
        row_sums(connection, table, columns, by=day_column, only=differing if same else None)
        if differing
        else {}
    )
    return DailyMart(day_column, list(columns), {day: (same | sums)[day] for day in quick}, quick)


@dataclass(frozen=True)
class Changes:
    """The days that are to be written from the warehouse, and those that are to be removed before."""

    written: list[str | None]
    removed: list[str | None]


class Previous:
    """The release that a new one may be made from; without one, or with one of another make, nothing is kept."""

    def __init__(self, folder: Path | None, make: Mapping[str, str]) -> None:
        self._folder = folder
        told = json.loads((folder / DAYS).read_text(encoding="utf-8")) if _told(folder) else {}
        fits = told.get("format") == _FORMAT and told.get("make") == dict(make)
        fits = fits and told["generation"] < GENERATIONS
        self.generation = told["generation"] + 1 if fits else 0
        self._marts = {
            name: DailyMart.from_json(mart) for name, mart in (told["marts"].items() if fits else ())
        }

    def mart(self, name: str) -> DailyMart | None:
        """Return a mart as the previous release has it; None where it has none that could be kept."""
        return self._marts.get(name)

    def carried(self, marts: Mapping[str, DailyMart]) -> dict[str, Changes]:
        """Return the marts of which a day need not be written again, and what of them is to be replaced."""
        found = {name: self._changes(name, mart) for name, mart in marts.items()}
        return {
            name: changes
            for name, changes in found.items()
            if changes is not None and len(changes.written) < len(marts[name].days)
        }

    def plan_file(self, name: str, mart: DailyMart) -> FilePlan:
        """Return how a mart's Parquet file is made."""
        known = self._fitting(name, mart)
        if known is None:
            return plan_file(mart.days, None)
        return plan_file(
            mart.days, KnownFile(self._folder / PARQUET / f"{name}.parquet", known.parts, known.days)
        )

    def copy_database(self, name: str, target: Path) -> None:
        """Copy the previous database to `target`, writable."""
        shutil.copyfile(self._folder / name, target)

    def _changes(self, name: str, mart: DailyMart) -> Changes | None:
        known = self._fitting(name, mart)
        if known is None:
            return None
        written = [day for day, sums in mart.days.items() if known.days.get(day) != sums]
        gone = [day for day in known.days if day not in mart.days]
        return Changes(written, [*gone, *(day for day in written if day in known.days)])

    def _fitting(self, name: str, mart: DailyMart) -> DailyMart | None:
        known = self._marts.get(name)
        return known if known and known.has_shape(mart.day_column, mart.columns) else None


def _told(folder: Path | None) -> bool:
    return folder is not None and (folder / DAYS).exists()


def replace_days(
    connection: duckdb.DuckDBPyConnection, source: str, target: str, mart: DailyMart, changes: Changes
) -> None:
    """Make `target`, a mart of the previous release, equal to `source`; both are quoted SQL names.

    Raises PublishError if afterwards a day has not as many rows as the warehouse has.
    """
    for days, statement in (
        (changes.removed, f"delete from {target}"),
        (changes.written, f"insert into {target} select * from {source}"),
    ):
        if days:
            connection.execute(f"{statement} where {on_days(mart.day_column, days)}")
    if rows_by_day(connection, target, mart.day_column) != mart.rows_by_day:
        raise PublishError(f"{target} has not the rows of the warehouse on each day. {WRITE_ANEW}")


def write_days(
    folder: Path,
    generation: int,
    make: Mapping[str, str],
    marts: Mapping[str, DailyMart],
    files: Mapping[str, FilePlan],
) -> None:
    """Write down what the next release compares with."""
    told = {
        "format": _FORMAT,
        "make": dict(make),
        "generation": generation,
        "marts": {name: replace(mart, parts=files[name].parts).as_json() for name, mart in marts.items()},
    }
    (folder / DAYS).write_text(json.dumps(told), encoding="utf-8")
