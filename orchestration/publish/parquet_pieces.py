"""Joins Parquet files without reading their rows: the bytes of row groups are copied, and one footer tells of all.

So a file of half a million rows of which a day has changed costs that day and a copy, not a compression of all.
Source of the footer's fields: the Apache Parquet format, parquet.thrift.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from orchestration.publish.errors import WRITE_ANEW, PublishError
from orchestration.publish.thrift_compact import Struct, decode, encode

_MAGIC = b"PAR1"

# FileMetaData
_SCHEMA, _ROWS, _ROW_GROUPS = 2, 3, 4
# RowGroup
_COLUMNS, _GROUP_ROWS, _GROUP_OFFSET, _ORDINAL = 1, 3, 5, 7
# ColumnChunk
_CHUNK_OFFSET, _META, _OFFSET_INDEX, _COLUMN_INDEX = 2, 3, 4, 6
# ColumnMetaData
_DATA_PAGE, _DICTIONARY_PAGE, _BLOOM_FILTER = 9, 11, 14


@dataclass(frozen=True)
class Piece:
    """Row groups of a file that follow one another: as many as hold `rows` rows, after the first `skipped` rows."""

    path: Path
    skipped: int
    rows: int


@dataclass(frozen=True)
class _Footer:
    """What a file tells of itself; `begins` are the offsets of its row groups' bytes and of the footer."""

    struct: Struct
    begins: list[int]

    @property
    def groups(self) -> list[Struct]:
        return self.struct[_ROW_GROUPS][1][1]

    @property
    def schema(self) -> Any:
        return self.struct[_SCHEMA]


def rows_of(path: Path) -> int:
    """Return the number of rows of a Parquet file, as its footer tells."""
    return _read_footer(path).struct[_ROWS][1]


def join(pieces: Sequence[Piece], target: Path) -> None:
    """Write one Parquet file of these pieces, in their order.

    Raises PublishError if a piece does not begin and end between row groups, if the files are not of the same
    columns, or if one keeps indexes or filters apart from its row groups, which this does not carry over.
    """
    footers = {piece.path: _read_footer(piece.path) for piece in pieces}
    first = footers[pieces[0].path]
    joined: list[Struct] = []
    with target.open("wb") as out:
        out.write(_MAGIC)
        for piece in pieces:
            if footers[piece.path].schema != first.schema:
                raise PublishError(f"{piece.path} has other columns than {pieces[0].path}. {WRITE_ANEW}")
            joined += _copy(piece, footers[piece.path], out)
        for number, group in enumerate(joined):
            if _ORDINAL in group:
                group[_ORDINAL] = group[_ORDINAL][0], number
        struct = dict(first.struct)
        struct[_ROWS] = struct[_ROWS][0], sum(piece.rows for piece in pieces)
        struct[_ROW_GROUPS] = struct[_ROW_GROUPS][0], (struct[_ROW_GROUPS][1][0], joined)
        footer = encode(struct)
        out.write(footer + len(footer).to_bytes(4, "little") + _MAGIC)


def _read_footer(path: Path) -> _Footer:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - 8, 0))
        tail = file.read()
        begins_at = size - 8 - int.from_bytes(tail[:4], "little")
        if tail[4:] != _MAGIC or begins_at < len(_MAGIC):
            raise PublishError(f"{path} is no Parquet file. {WRITE_ANEW}")
        file.seek(begins_at)
        footer = file.read(size - 8 - begins_at)
    try:
        struct = decode(footer)
        begins = [_begin(group) for group in struct[_ROW_GROUPS][1][1]] + [begins_at]
        is_whole = begins == sorted(set(begins)) and begins[0] >= len(_MAGIC) and _SCHEMA in struct
    except (ValueError, LookupError, TypeError):
        is_whole = False
    if not is_whole:
        raise PublishError(f"The footer of {path} cannot be read. {WRITE_ANEW}")
    return _Footer(struct, begins)


def _copy(piece: Piece, footer: _Footer, out: BinaryIO) -> list[Struct]:
    """Append a piece's row groups; return them as the footer of `out` tells of them."""
    first, last = _groups(piece, footer)
    begins_at, ends_at = footer.begins[first], footer.begins[last]
    shift = out.tell() - begins_at
    with piece.path.open("rb") as file:
        file.seek(begins_at)
        left = ends_at - begins_at
        while left:
            block = file.read(min(left, 4 * shutil.COPY_BUFSIZE))
            if not block:
                raise PublishError(f"{piece.path} ends within a row group. {WRITE_ANEW}")
            out.write(block)
            left -= len(block)
    return [_moved(group, shift, piece.path) for group in footer.groups[first:last]]


def _groups(piece: Piece, footer: _Footer) -> tuple[int, int]:
    """Return the first of a piece's row groups and the one after its last."""
    rows, ends = 0, {0: 0}
    for number, group in enumerate(footer.groups, start=1):
        rows += group[_GROUP_ROWS][1]
        ends[rows] = number
    try:
        return ends[piece.skipped], ends[piece.skipped + piece.rows]
    except KeyError as error:
        raise PublishError(
            f"{piece.path} has no row groups for just the {piece.rows} rows after the first {piece.skipped}. "
            f"{WRITE_ANEW}"
        ) from error


def _begin(group: Struct) -> int:
    return min(
        chunk[_META][1][field][1]
        for chunk in group[_COLUMNS][1][1]
        for field in (_DATA_PAGE, _DICTIONARY_PAGE)
        if field in chunk[_META][1]
    )


def _moved(group: Struct, shift: int, path: Path) -> Struct:
    """Return a row group as it is told of when its bytes stand `shift` further on."""
    kind, (item, chunks) = group[_COLUMNS]
    moved = _shifted(group, (_GROUP_OFFSET,), shift)
    moved[_COLUMNS] = kind, (item, [_moved_chunk(chunk, shift, path) for chunk in chunks])
    return moved


def _moved_chunk(chunk: Struct, shift: int, path: Path) -> Struct:
    kind, meta = chunk[_META]
    if _OFFSET_INDEX in chunk or _COLUMN_INDEX in chunk or _BLOOM_FILTER in meta:
        raise PublishError(f"{path} keeps indexes or filters apart from its row groups. {WRITE_ANEW}")
    moved = _shifted(chunk, (_CHUNK_OFFSET,), shift)
    moved[_META] = kind, _shifted(meta, (_DATA_PAGE, _DICTIONARY_PAGE), shift)
    return moved


def _shifted(struct: Struct, fields: Sequence[int], shift: int) -> Struct:
    """Return a copy with the offsets moved; an offset of 0 says that there is none."""
    return struct | {
        field: (struct[field][0], struct[field][1] + shift)
        for field in fields
        if field in struct and struct[field][1]
    }
