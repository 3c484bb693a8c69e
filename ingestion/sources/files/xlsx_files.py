"""Spreadsheets: the first sheet of a workbook, its cells as the texts that a CSV export of them would have."""

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from ingestion.sources.files.csv_files import MOST_ABOVE, check_columns
from ingestion.sources.files.plan import Chunk, Plan
from ingestion.sources.files.problems import FileProblem
from ingestion.sources.files.settings import EXTRACT, PARQUET_ROWS


def read_xlsx(path: Path, plan: Plan) -> Iterator[Chunk]:
    """Yield chunks of a workbook's first sheet; line numbers are those of the sheet's rows.

    A sheet has a million rows at most and is held in memory. Raises FileProblem when the file is no workbook or its
    header lacks a mapped column.
    """
    rows = _rows(path)
    above = plan.mapping.skip_lines
    first = list(islice(rows, MOST_ABOVE if above == "find" else above + 1))
    place = _header(first, plan) if above == "find" else above
    if place >= len(first):
        return
    header = [_text(cell) or "" for cell in first[place]]
    check_columns(header, plan)
    places = [header.index(name) if name in header else None for name in plan.references]
    number = place + 2
    waiting = iter(first[place + 1 :])
    while batch := [*islice(waiting, PARQUET_ROWS)] or [*islice(rows, PARQUET_ROWS)]:
        numbered = [(number + n, row) for n, row in enumerate(batch) if any(cell != "" for cell in row)]
        number += len(batch)
        columns = [
            pa.array([None if place is None else _cell(row, place, plan) for _, row in numbered], pa.string())
            for place in places
        ]
        names = [f"{EXTRACT}{n}" for n in range(len(columns))]
        if numbered:
            yield Chunk(pa.table(columns, names), pa.array([line for line, _ in numbered], pa.int64()))


def _rows(path: Path) -> Iterator[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        if not workbook.sheet_names:
            return
        yield from workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise FileProblem("unreadable_file", f"it is no whole workbook ({error})") from error


def _header(rows: list[list[Any]], plan: Plan) -> int:
    """Return the first row that has all columns that the mapping needs; 0 if none has."""
    needed = set(plan.references) - plan.optional
    found = (n for n, row in enumerate(rows) if needed <= {_text(cell) for cell in row})
    return next(found, 0)


def _cell(row: list[Any], place: int, plan: Plan) -> str | None:
    text = _text(row[place]) if place < len(row) else None
    return None if text in plan.mapping.absent else text


def _text(cell: Any) -> str | None:
    """Return a cell as text; a sheet keeps whole numbers as 3.0."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, datetime | date | time) else str(cell)
