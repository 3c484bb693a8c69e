"""JSON lines: chunks of bytes, lines by their offsets without copying, each line parsed once by DuckDB."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.landing.encoding import invalid_utf8
from ingestion.sources.files.plan import Chunk, Plan
from ingestion.sources.files.problems import Broken, FileProblem, broken_row
from ingestion.sources.files.redaction import leaf, mask_json
from ingestion.sources.files.settings import CHUNK_BYTES, EXTRACT, MAX_LINE_BYTES
from ingestion.sources.files.streams import Stream

NEWLINE, SPACE = 10, 32
SHOWN_BYTES = 1_000
"""Bytes kept of a line that is too long to be read."""


def read_json_lines(
    path: Path, plan: Plan, connection: duckdb.DuckDBPyConnection
) -> Iterator[Chunk | Broken | str]:
    """Yield chunks of a JSON lines file, broken lines, and messages (text).

    Raises FileProblem when a column that every row needs is in no line, or the file ends too early.
    """
    stream = Stream(path, plan.mapping.encoding)
    reader = _Reader(plan, connection)
    number, first = 1, True
    for block in _whole_lines(stream):
        if isinstance(block, Endless):
            yield Broken([reader.broken("line_too_long", number, block.start, f"{MAX_LINE_BYTES} bytes")])
            number += 1
            continue
        lines, numbers, count = _lines(block, number)
        number += count
        lines, numbers, broken = reader.readable(lines, numbers)
        if broken:
            yield Broken(broken)
        columns, lines, numbers, broken = reader.extract(lines, numbers)
        if broken:
            yield Broken(broken)
        if first and len(lines):
            yield from reader.missing(columns, lines)
            first = False
        if len(lines):
            yield Chunk(columns, numbers, pa.array(np.diff(_offsets(lines)).astype(np.int64)))
    if stream.problem is not None:
        raise stream.problem


class _Reader:
    def __init__(self, plan: Plan, connection: duckdb.DuckDBPyConnection) -> None:
        self.plan = plan
        self.connection = connection
        self.paths = [_path(reference) for reference in plan.references]
        hidden = {leaf(reference) for reference in plan.author_references}
        self.kept = {leaf(reference) for reference in plan.references} - hidden

    def broken(self, reason: str, number: int, line: bytes, detail: str = "") -> dict:
        payload = mask_json(line[:CHUNK_BYTES].rstrip(b"\r\n"), self.kept)
        return broken_row(reason, number, payload, size=len(line), detail=detail)

    def readable(self, lines: pa.Array, numbers: pa.Array) -> tuple[pa.Array, pa.Array, list[dict]]:
        """Split off lines that are no UTF-8."""
        places = invalid_utf8(lines)
        rejected = []
        for place in places:
            line = lines[place].as_py()
            rejected.append(self.broken("invalid_utf8", numbers[place].as_py(), line, _bad_byte(line)))
        if places:
            keep = _mask(len(lines), places)
            lines, numbers = lines.filter(keep), numbers.filter(keep)
        return lines.cast(pa.string()), numbers, rejected

    def extract(
        self, lines: pa.Array, numbers: pa.Array
    ) -> tuple[pa.Table | None, pa.Array, pa.Array, list[dict]]:
        """Return the values at the plan's paths, and split off lines that are no JSON."""
        rejected = []
        self.connection.register("lines", pa.table({"line": lines}))
        try:
            columns = self._query()
        except duckdb.InvalidInputException:
            # Only now is each line checked: most files have no broken one.
            valid = self.connection.execute("select json_valid(line) as ok from lines").to_arrow_table()["ok"]
            keep = valid.combine_chunks()
            places = np.flatnonzero(~keep.to_numpy(zero_copy_only=False))
            for place in places:
                line = lines[int(place)].as_py()
                reason, detail = _why_invalid(line)
                rejected.append(self.broken(reason, numbers[int(place)].as_py(), line.encode(), detail))
            lines, numbers = lines.filter(keep), numbers.filter(keep)
            self.connection.register("lines", pa.table({"line": lines}))
            columns = self._query()
        finally:
            self.connection.unregister("lines")
        return columns, lines, numbers, rejected

    def missing(self, columns: pa.Table, lines: pa.Array) -> Iterator[str]:
        """Tell of mapped paths that no line of the first chunk has; raise if every row would need one."""
        empty = [place for place in range(len(self.paths)) if columns[place].null_count == len(lines)]
        if not empty:
            return
        self.connection.register("lines", pa.table({"line": lines}))
        try:
            sql = "select bool_or(json_exists(line, $path)) from lines"
            absent = [
                self.plan.references[place]
                for place in empty
                if not self.connection.execute(sql, {"path": self.paths[place]}).fetchone()[0]
            ]
        finally:
            self.connection.unregister("lines")
        for reference in absent:
            keys = ", ".join(_keys(lines[0].as_py()))
            where = f"listening.yml, mapping {self.plan.mapping.name}, {self.plan.field_of(reference)}"
            detail = f"{where}: no line has {reference!r}; the first line has {keys}"
            if reference in self.plan.required:
                raise FileProblem("missing_column", detail, field=self.plan.required[reference])
            yield detail

    def _query(self) -> pa.Table:
        names = ", ".join(f"v[{place + 1}] as {EXTRACT}{place}" for place in range(len(self.paths)))
        sql = f"select {names} from (select json_extract_string(line, $paths) as v from lines)"
        return self.connection.execute(sql, {"paths": self.paths}).to_arrow_table()


def _path(reference: str) -> str:
    return reference if reference.startswith("$") else f'$."{reference}"'


@dataclass(frozen=True)
class Endless:
    """The start of a line that was skipped, since it is longer than MAX_LINE_BYTES."""

    start: bytes


def _whole_lines(stream: Stream) -> Iterator[bytearray | Endless]:
    """Yield pieces that end at the end of a line, and a mark for each line that has none within the limit."""
    rest = bytearray()
    skipping: Endless | None = None
    for piece in stream.chunks():
        begin = 0
        if skipping is not None:
            begin = piece.find(b"\n") + 1
            if begin == 0:
                continue
            yield skipping
            skipping = None
        end = piece.rfind(b"\n") + 1
        if end > begin:
            yield rest + piece[begin:end]
            rest = piece[end:]
        else:
            rest += piece[begin:]
        if len(rest) > MAX_LINE_BYTES:
            skipping, rest = Endless(bytes(rest[:SHOWN_BYTES])), bytearray()
    if skipping is not None:
        yield skipping
    elif rest and stream.problem is None:
        yield rest


def _lines(block: bytearray, number: int) -> tuple[pa.Array, pa.Array, int]:
    """Return the lines that are not blank (over the block itself), their numbers, and how many there were."""
    data = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(data == NEWLINE) + 1
    if len(ends) == 0 or ends[-1] != len(data):
        ends = np.append(ends, len(data))
    offsets = np.concatenate([[0], ends]).astype(np.int32)
    lines = pa.Array.from_buffers(pa.binary(), len(ends), [None, pa.py_buffer(offsets), pa.py_buffer(block)])
    numbers = pa.array(np.arange(number, number + len(ends), dtype=np.int64))
    # Only a line that begins with white space (or its own end) can be blank, and JSON lines hardly do.
    suspects = np.flatnonzero(data[offsets[:-1]] <= SPACE)
    blank = [int(place) for place in suspects if not lines[int(place)].as_py().strip()]
    if blank:
        keep = _mask(len(ends), blank)
        lines, numbers = lines.filter(keep), numbers.filter(keep)
    return lines, numbers, len(ends)


def _mask(length: int, without: list[int]) -> pa.Array:
    keep = np.ones(length, dtype=bool)
    keep[without] = False
    return pa.array(keep)


def _offsets(lines: pa.Array) -> np.ndarray:
    return np.frombuffer(lines.buffers()[1], dtype=np.int32)[lines.offset : lines.offset + len(lines) + 1]


def _bad_byte(line: bytes) -> str:
    try:
        line.decode()
    except UnicodeDecodeError as error:
        return f"byte 0x{line[error.start]:02x} at position {error.start}"
    return "no UTF-8"


def _why_invalid(line: str) -> tuple[str, str]:
    if "\0" in line:
        return "nul_byte", ""
    try:
        value = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        return "invalid_json", str(error)
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return "lone_surrogate", ""
    return "invalid_json", "it is not strict JSON"


def _keys(line: str) -> list[str]:
    value = json.loads(line)
    return list(value) if isinstance(value, dict) else [f"no object but a {type(value).__name__}"]
