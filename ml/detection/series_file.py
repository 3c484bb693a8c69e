"""A series in a CSV file: read with every column as it stands, written again with the scores beside it."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np

DAY = 86_400
DELIMITERS = ",;\t|"
SCORE_COLUMN = "anomaly_score"
TIMESTAMP_NAMES = ("timestamp", "time", "datetime", "date", "ds", "hour_at", "ts")
VALUE_NAMES = ("value", "count", "mentions", "volume", "y")
SPACING_ROWS = 12
"""Rows that tell how far apart rows are; the detectors judge none of them (their warm-up is as long)."""


class SeriesFileError(ValueError):
    """The file is no series; the message names file, line, field and remedy."""


@dataclass(frozen=True)
class SeriesFile:
    """A file of (timestamp, value) rows.

    `rows` are the fields of the file as text, in its order. `values` has one float a row, NaN where the row is
    bad. `problems` names bad rows, `notices` what is odd but can be scored.
    """

    path: Path
    header: list[str]
    rows: list[list[str]]
    delimiter: str
    values: np.ndarray
    seconds_apart: float
    problems: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def rows_per_day(self) -> int:
        """Rows that make a day; 1 for rows a day or more apart."""
        return max(1, round(DAY / self.seconds_apart))

    def with_scores(self, scores: Sequence[float]) -> str:
        """Return the file's rows as CSV text with the column `anomaly_score` last; empty where it is NaN."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator="\n")
        writer.writerow([*self.header, SCORE_COLUMN])
        writer.writerows(
            [*row, "" if math.isnan(score) else f"{score:.9g}"]
            for row, score in zip(self.rows, scores, strict=True)
        )
        return out.getvalue()


def read_series(
    path: Path,
    *,
    timestamp_column: str | None = None,
    value_column: str | None = None,
    seconds_apart: float | None = None,
) -> SeriesFile:
    """Read a CSV file with a header, a timestamp column and a value column.

    Without names the usual ones are looked for, then a file of two columns is taken as (timestamp, value).
    `seconds_apart` is the spacing of rows; by default the median spacing of the first twelve rows. Timestamps
    are ISO 8601 or seconds or milliseconds since 1970.

    Raises SeriesFileError if the file cannot be read, has no such columns or no readable row.
    """
    header, delimiter, rows = _records(path)
    time_index = _column(path, header, timestamp_column, TIMESTAMP_NAMES, 0, "timestamp")
    value_index = _column(path, header, value_column, VALUE_NAMES, 1, "value")
    problems: list[str] = []
    notices: list[str] = []
    values = np.full(len(rows), np.nan)
    moments: list[float | None] = []
    for index, (line, row) in enumerate(rows):
        moment, value, problem = _read_row(row, header, time_index, value_index)
        moments.append(moment)
        if problem:
            problems.append(f"{path}, line {line}, {problem}")
        else:
            values[index] = value
    if np.isnan(values).all():
        first = f" First: {problems[0]}" if problems else ""
        raise SeriesFileError(
            f"{path} has no row with a readable {header[time_index]} and {header[value_index]}.{first} "
            "Remedy: give a CSV file with a header and one (timestamp, value) a line, or name the columns with "
            "--timestamp-column and --value-column."
        )
    spacing = seconds_apart or _spacing(moments[:SPACING_ROWS])
    lines = [line for line, _ in rows]
    notices += _disorder(path, header[time_index], lines, moments, spacing)
    return SeriesFile(path, header, [row for _, row in rows], delimiter, values, spacing, problems, notices)


def _records(path: Path) -> tuple[list[str], str, list[tuple[int, list[str]]]]:
    """Return header, delimiter and rows with the number of the line on which each ends."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SeriesFileError(
            f"{path} cannot be read: {error.strerror}. Remedy: name a file that is there."
        ) from error
    except UnicodeDecodeError as error:
        raise SeriesFileError(
            f"{path} is not UTF-8 at byte {error.start}. Remedy: save it as UTF-8, for example with iconv."
        ) from error
    first_line = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = next(reader, [])
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise SeriesFileError(
            f"{path}, line {reader.line_num}: {error}. Remedy: correct the quotes of this line."
        ) from error
    if SCORE_COLUMN in header:
        raise SeriesFileError(
            f"{path}, line 1, {SCORE_COLUMN}: the file has this column already. "
            "Remedy: score the file without it, or rename the column."
        )
    return header, delimiter, rows


def _column(
    path: Path, header: list[str], wanted: str | None, usual: Sequence[str], place: int, what: str
) -> int:
    folded = [name.strip().lower() for name in header]
    names = [wanted.strip().lower()] if wanted else usual
    for name in names:
        if name in folded:
            return folded.index(name)
    if not wanted and len(header) == 2:
        return place
    raise SeriesFileError(
        f"{path}, line 1: no column {wanted or ' or '.join(usual)}; there is {', '.join(header) or 'nothing'}. "
        f"Remedy: name the column with --{what}-column."
    )


def _read_row(
    row: list[str], header: list[str], time_index: int, value_index: int
) -> tuple[float | None, float, str | None]:
    """Return instant in seconds, value and, if one of them cannot be read, what is wrong with the row."""
    if len(row) != len(header):
        return (
            None,
            math.nan,
            (
                f"the row has {len(row)} fields, the header {len(header)}. Remedy: correct the line; it got no score."
            ),
        )
    moment = _moment(row[time_index])
    if moment is None:
        return (
            None,
            math.nan,
            (
                f"{header[time_index]}: {row[time_index][:40]!r} is no timestamp. "
                "Remedy: write it as 2026-03-01 09:05:00; the row got no score."
            ),
        )
    try:
        value = float(row[value_index])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        return (
            moment,
            math.nan,
            (
                f"{header[value_index]}: {row[value_index][:40]!r} is no number. "
                "Remedy: write a finite number, 0 where nothing happened; the row got no score."
            ),
        )
    return moment, value, None


def _moment(text: str) -> float | None:
    """Return seconds since 1970, or None. A timestamp without offset is taken as UTC: only spacing matters."""
    text = text.strip()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _epoch(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _epoch(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    if not math.isfinite(seconds):
        return None
    return seconds / 1000 if abs(seconds) > 1e11 else seconds


def _spacing(moments: Sequence[float | None]) -> float:
    """Return the median distance of neighbours in seconds; a day where nothing can be measured."""
    known = [moment for moment in moments if moment is not None]
    apart = [later - earlier for earlier, later in pairwise(known) if later > earlier]
    return median(apart) if apart else float(DAY)


def _disorder(
    path: Path, column: str, lines: Sequence[int], moments: Sequence[float | None], spacing: float
) -> list[str]:
    """Return notices of rows that go back in time and of rows that are missing."""
    back: list[int] = []
    gaps: list[int] = []
    before: float | None = None
    for line, moment in zip(lines, moments, strict=True):
        if moment is None:
            continue
        if before is not None and moment < before:
            back.append(line)
        elif before is not None and moment - before > 1.5 * spacing:
            gaps.append(line)
        before = moment
    notices = []
    if back:
        notices.append(
            f"{path}, line {back[0]}, {column}: {len(back):,} rows go back in time, this is the first; they were "
            "scored in the order of the file. Remedy: sort the file by its timestamps."
        )
    if gaps:
        notices.append(
            f"{path}, line {gaps[0]}, {column}: {len(gaps):,} rows come later than {spacing:g} seconds after the row "
            "before, this is the first; rows were taken as evenly spaced. Remedy: fill the gaps, or name the "
            "spacing with --every."
        )
    return notices
