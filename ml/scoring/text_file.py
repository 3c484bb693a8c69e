"""Any file of texts: read with every column and row as it stands, written again with more columns.

CSV and TSV are read columnar, every field as text. A quoted field may hold separators, line breaks and doubled
quotes. Published TSV files often know no quotes: unless every field that begins with a quote is a well-formed quoted
field, quotes in a .tsv are plain characters. Bytes that are no UTF-8 are taken as Windows-1252 (of which printable
latin-1 is a part), and a notice says so.
"""

import codecs
import csv
import io
import os
import re
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

ENDINGS = (".csv", ".tsv", ".parquet")
DELIMITERS = ",;\t|"
END = "\x02end\x03"
"""Field of a row set behind the file's last: a quote that is never closed swallows it, and is found so."""
HEADER_BYTES = 1 << 20
QUOTED_FIELD = re.compile(rb'(?:\A|(?<=[\t\n]))"(?:[^"]|"")*"(?=\t|\r?\n|\Z)')
QUOTE_AT_START = re.compile(rb'(?:\A|[\t\n])"')


class TextFileError(ValueError):
    """A file that cannot be read or written; the message names file, place and remedy."""


@dataclass(frozen=True)
class TextFile:
    """A file of texts.

    `table` has the file's columns in its order, those of CSV and TSV as text; names may repeat. `text` is the column
    of texts. `notices` says what was odd. `delimiter` is None for Parquet.
    """

    path: Path
    table: pa.Table
    text: pa.ChunkedArray
    delimiter: str | None = None
    notices: list[str] = field(default_factory=list)

    def column(self, name: str) -> pa.ChunkedArray | None:
        """Return the first column of this name as text, None if there is none."""
        if name not in self.table.column_names:
            return None
        return self.table.column(self.table.column_names.index(name)).cast(pa.string())

    def line(self, row: int) -> int:
        """Return the line of the file on which a row (from 0) begins; for Parquet the number of the row, from 1."""
        if self.delimiter is None:
            return row + 1
        before = self.table.slice(0, row)
        breaks = sum(pc.sum(pc.count_substring(column, "\n")).as_py() or 0 for column in before.itercolumns())
        return 2 + row + breaks + sum(name.count("\n") for name in self.table.column_names)


def read_text_file(path: Path, text_column: str) -> TextFile:
    """Read a .csv, .tsv or .parquet file that has the column `text_column`.

    Raises TextFileError if it cannot be read, has another number of fields in a line than in its header, a quote that
    is not closed, or no such column.
    """
    if path.suffix.lower() == ".parquet":
        return _read_parquet(path, text_column)
    data, notices = _utf8(path)
    delimiter = _delimiter(path, data, text_column)
    quotes = delimiter != "\t" or not QUOTE_AT_START.search(QUOTED_FIELD.sub(b"", data))
    header = _header(path, data, delimiter, quotes)
    place = _place(path, header, text_column)
    table = _parse(path, data, header, delimiter, quotes)
    return TextFile(path, table, table.column(place), delimiter, notices)


def write_text_file(table: pa.Table, path: Path, *, delimiter: str = ",") -> None:
    """Write a table as .csv, .tsv or .parquet, whole or not at all; NULL is an empty field in text files.

    Raises TextFileError if the ending is another, the place cannot be written, or a list would have to go into CSV.
    """
    import pyarrow.parquet as pq

    ending = check_ending(path)
    unfinished = path.with_name(f".{path.name}.part")
    try:
        if ending == ".parquet":
            pq.write_table(table, unfinished, compression="zstd")
        else:
            _write_delimited(table, unfinished, "\t" if ending == ".tsv" else delimiter)
        os.replace(unfinished, path)
    except OSError as error:
        raise TextFileError(
            f"{path} cannot be written: {error.strerror or error}. Remedy: name a place that can be."
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)


def check_ending(path: Path) -> str:
    """Return the ending of a file that can be read and written here; raises TextFileError for another."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise TextFileError(
            f"{path} ends in no known format. Remedy: end it in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}."
        )
    return ending


def with_columns(table: pa.Table, added: pa.Table) -> tuple[pa.Table, list[tuple[str, str]]]:
    """Return a table's columns, then those of `added`, and the columns of the first that had to be renamed.

    An added column keeps its name; one of the table's own that is called so becomes `input_<name>`.
    """
    names, renamed = list(table.column_names), []
    for place, name in enumerate(names):
        if name in added.column_names:
            taken = {*names, *added.column_names}
            names[place] = next(free for times in count(1) if (free := "input_" * times + name) not in taken)
            renamed.append((name, names[place]))
    together = [*table.columns, *added.columns]
    return pa.Table.from_arrays(together, names=[*names, *added.column_names]), renamed


def _utf8(path: Path) -> tuple[bytes, list[str]]:
    """Return the file as UTF-8 without byte order mark and without empty lines around it, and notices."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TextFileError(
            f"{path} cannot be read: {error.strerror}. Remedy: name a file that is there."
        ) from error
    notices = []
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", errors="replace").encode()
    else:
        data = data.removeprefix(codecs.BOM_UTF8)
        try:
            data.decode()
        except UnicodeDecodeError as error:
            notices.append(
                f"{path} is not UTF-8 at byte {error.start}; it was read as Windows-1252 (latin-1). "
                "Remedy, if letters look wrong: save it as UTF-8."
            )
            data = _western(data).encode()
    return data.strip(b"\r\n"), notices


def _western(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _delimiter(path: Path, data: bytes, text_column: str) -> str:
    """Return the separator whose header has the text column; otherwise the one that cuts the header finest."""
    if path.suffix.lower() == ".tsv":
        return "\t"
    headers = {delimiter: _header(path, data, delimiter, True) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda one: (text_column in headers[one], len(headers[one])))


def _header(path: Path, data: bytes, delimiter: str, quotes: bool) -> list[str]:
    text = data[:HEADER_BYTES].decode(errors="ignore")
    quoting = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting), [])
    except csv.Error as error:
        raise TextFileError(f"{path}, line 1: {error}. Remedy: correct the header.") from error


def _place(path: Path, header: list[str], text_column: str) -> int:
    places = [place for place, name in enumerate(header) if name == text_column]
    if len(places) > 1:
        raise TextFileError(
            f"{path}, line 1: {len(places)} columns are called {text_column}. Remedy: rename all but one."
        )
    if not places:
        raise TextFileError(
            f"{path}, line 1: no column {text_column}; there is {', '.join(header) or 'nothing'}. "
            "Remedy: name the column of texts with --text-column."
        )
    return places[0]


def _parse(path: Path, data: bytes, header: list[str], delimiter: str, quotes: bool) -> pa.Table:
    from pyarrow import csv as arrow_csv

    keys = [str(place) for place in range(len(header))]
    end = delimiter.join([END] * len(header)).encode()
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(b"\n".join((data, end))),
            read_options=arrow_csv.ReadOptions(
                column_names=keys, skip_rows_after_names=1, block_size=max(1 << 20, min(len(data), 1 << 24))
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                quote_char='"' if quotes else False,
                newlines_in_values=quotes,
                # A line without anything is a missing text where there is one column, and nothing elsewhere.
                ignore_empty_lines=len(header) > 1,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(keys, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise _broken(path, data, len(header), delimiter, quotes, str(error)) from error
    last = table.num_rows - 1
    if last < 0 or any(column[last].as_py() != END for column in table.columns):
        raise _broken(path, data, len(header), delimiter, quotes, "a quote is not closed")
    return table.slice(0, last).rename_columns(header)


def _broken(path: Path, data: bytes, fields: int, delimiter: str, quotes: bool, reason: str) -> TextFileError:
    """Return the error of a file that is no table, with the line where it goes wrong."""
    quoting = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    csv.field_size_limit(max(csv.field_size_limit(), len(data) + 1))
    reader = csv.reader(io.StringIO(data.decode(), newline=""), delimiter=delimiter, quoting=quoting)
    begins = 1
    for row in reader:
        if row and len(row) != fields:
            return TextFileError(
                f"{path}, line {begins}: {len(row)} fields where the header has {fields}. Remedy: put a text that "
                'holds the separator or a line break in double quotes, and write a quote inside it as "".'
            )
        last, begins = begins, reader.line_num + 1
    return TextFileError(
        f'{path}, line {last}: {reason}. Remedy: put texts in double quotes, with a quote inside written as "".'
    )


def _read_parquet(path: Path, text_column: str) -> TextFile:
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(path).read()
    except (OSError, pa.ArrowInvalid) as error:
        raise TextFileError(
            f"{path} cannot be read: {error}. Remedy: name a Parquet file that is there."
        ) from error
    place = _place(path, table.column_names, text_column)
    try:
        texts = table.column(place).cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise TextFileError(
            f"{path}: column {text_column} is {table.column(place).type}, no text. "
            "Remedy: name the column of texts with --text-column."
        ) from error
    return TextFile(path, table, texts)


def _write_delimited(table: pa.Table, path: Path, delimiter: str) -> None:
    from pyarrow import csv as arrow_csv

    for name, kind in zip(table.column_names, table.schema.types, strict=True):
        if pa.types.is_nested(kind):
            raise TextFileError(
                f"{path}: column {name} is {kind}, which CSV cannot hold. Remedy: let --out end in .parquet."
            )
    with path.open("wb") as file:
        arrow_csv.write_csv(table, file, arrow_csv.WriteOptions(delimiter=delimiter))
