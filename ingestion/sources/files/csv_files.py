"""CSV: streamed by Arrow as bytes, so that one bad byte or row costs only its own row."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from ingestion.sources.files.plan import Chunk, Plan
from ingestion.sources.files.problems import Broken, FileProblem, broken_row
from ingestion.sources.files.redaction import mask_row
from ingestion.sources.files.settings import CHUNK_BYTES, DELIMITERS, EXTRACT
from ingestion.sources.files.streams import Stream

HEADER_BYTES = 256 * 1024
MOST_ABOVE = 100
"""Lines among which a header is looked for."""


def read_csv(path: Path, plan: Plan) -> Iterator[Chunk | Broken]:
    """Yield chunks of a CSV file and its malformed rows; line numbers count records, the header being 1.

    Raises FileProblem when the header lacks a mapped column, a row has no end, or the file ends too early.
    """
    mapping = plan.mapping
    above = find_header(path, plan) if mapping.skip_lines == "find" else mapping.skip_lines
    delimiter, header = read_header(path, mapping.encoding, above)
    if not header:
        return
    check_columns(header, plan)
    malformed: list[arrow_csv.InvalidRow] = []

    def skip(row: arrow_csv.InvalidRow) -> str:
        malformed.append(row)
        return "skip"

    stream = Stream(path, mapping.encoding)
    number = above + mapping.skip_rows + 2
    try:
        reader = arrow_csv.open_csv(
            pa.PythonFile(io.BufferedReader(stream, CHUNK_BYTES), mode="r"),
            read_options=arrow_csv.ReadOptions(
                use_threads=False,
                block_size=CHUNK_BYTES,
                skip_rows=above,
                skip_rows_after_names=mapping.skip_rows,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip
            ),
            convert_options=arrow_csv.ConvertOptions(
                check_utf8=False,
                include_columns=list(plan.references),
                include_missing_columns=True,
                column_types={name: pa.binary() for name in plan.references},
                strings_can_be_null=True,
                null_values=["", *mapping.absent],
            ),
        )
        for batch in reader:
            skipped = sorted(row.number for row in malformed if row.number is not None)
            numbers, number = _numbers(number, batch.num_rows, skipped)
            if malformed:
                yield _broken(malformed, delimiter, header, plan)
                malformed.clear()
            if batch.num_rows:
                names = [f"{EXTRACT}{place}" for place in range(len(plan.references))]
                yield Chunk(pa.Table.from_batches([batch]).rename_columns(names), pa.array(numbers))
    except pa.ArrowInvalid as error:
        raise FileProblem("malformed_row", _explain(error, number)) from error
    if malformed:
        yield _broken(malformed, delimiter, header, plan)
    if stream.problem is not None:
        raise stream.problem


def find_header(path: Path, plan: Plan) -> int:
    """Return how many lines stand above the first that has all columns that the mapping needs; 0 if none has."""
    start = io.BufferedReader(Stream(path, plan.mapping.encoding), HEADER_BYTES).read(HEADER_BYTES) or b""
    lines = start.decode("utf-8", "surrogateescape").splitlines()[:MOST_ABOVE]
    needed = set(plan.references) - plan.optional
    for number, line in enumerate(lines):
        for delimiter in DELIMITERS:
            if needed <= set(next(csv.reader([line], delimiter=delimiter), [])):
                return number
    return 0


def read_header(path: Path, encoding: str, above: int = 0) -> tuple[str, list[str]]:
    """Return the delimiter and the column names of a file; no names if the file is empty.

    `above` is the number of lines before the header.
    """
    start = io.BufferedReader(Stream(path, encoding), HEADER_BYTES).read(HEADER_BYTES) or b""
    text = start.decode("utf-8", "surrogateescape")
    text = "".join(text.splitlines(keepends=True)[above:]).lstrip("\r\n")
    if not text.strip():
        return ",", []
    count = Counter(letter for letter in text.splitlines()[0] if letter in DELIMITERS)
    delimiter = count.most_common(1)[0][0] if count else ","
    return delimiter, next(csv.reader(io.StringIO(text), delimiter=delimiter), [])


def check_columns(present: list[str], plan: Plan) -> None:
    """Raise FileProblem for the first mapped column that the file does not have, or has twice."""
    for reference in plan.references:
        found = present.count(reference)
        if found != 1 and not (found == 0 and reference in plan.optional):
            wrong = "the file has no column" if found == 0 else f"the file has {found} columns named"
            has = ", ".join(column.encode("utf-8", "replace").decode() for column in present[:100])
            field = plan.field_of(reference)
            detail = (
                f"listening.yml, mapping {plan.mapping.name}, {field}: {wrong} {reference!r}; it has {has}"
            )
            raise FileProblem("missing_column", detail, field=field, payload=has.encode())


def _numbers(first: int, count: int, skipped: list[int]) -> tuple[np.ndarray, int]:
    """Return the record numbers of `count` good rows from `first` on, without skipped ones, and the next."""
    candidates = np.arange(first, first + count + len(skipped), dtype=np.int64)
    numbers = np.setdiff1d(candidates, skipped, assume_unique=True)[:count]
    last = max([first - 1, *numbers[-1:], *skipped])
    return numbers, int(last) + 1


def _broken(rows: list[arrow_csv.InvalidRow], delimiter: str, header: list[str], plan: Plan) -> Broken:
    kept = set(plan.references) - plan.author_references
    made = []
    for row in rows:
        payload = mask_row(row.text, delimiter, header, kept)
        detail = f"{row.actual_columns} values where the header has {row.expected_columns}"
        size = len(row.text.encode("utf-8", "replace"))
        made.append(broken_row("malformed_row", row.number, payload, size=size, detail=detail))
    return Broken(made)


def _explain(error: pa.ArrowInvalid, number: int) -> str:
    if "straddling" in str(error):
        return (
            f"no end within {CHUNK_BYTES // 2**20} MB from record {number} on: a quote is probably not closed"
        )
    return f"a form that cannot be read from record {number} on ({error})"
