"""Bytes that should be UTF-8: turned into text without copying, the few bad ones found by halving."""

from typing import Any

import numpy as np
import pyarrow as pa

from ingestion.landing.contract import Column
from ingestion.landing.validation import Problem

BINARY = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view)


def decode(batch: pa.Table) -> tuple[pa.Table, list[tuple[Problem, dict[str, Any]]]]:
    """Return the batch with text for bytes, without the rows that are no UTF-8, and those with their problem.

    Dictionary-encoded columns are unpacked.
    """
    bad: dict[int, Problem] = {}
    columns = []
    for field, values in zip(batch.schema, batch.columns, strict=True):
        if pa.types.is_dictionary(values.type):
            values = values.cast(values.type.value_type)
        if not field.name.startswith("_") and any(is_type(values.type) for is_type in BINARY):
            for place in invalid_utf8(values):
                bad.setdefault(
                    place, Problem(Column(field.name, "text", ""), "invalid_utf8", _where(values[place]))
                )
        columns.append(values)
    plain = pa.table(columns, names=batch.column_names)
    if bad:
        places = sorted(bad)
        rows = plain.take(pa.array(places)).to_pylist()
        rejected = [(bad[place], row) for place, row in zip(places, rows, strict=True)]
        keep = np.ones(batch.num_rows, dtype=bool)
        keep[places] = False
        plain = plain.filter(pa.array(keep))
    else:
        rejected = []
    for place, field in enumerate(plain.schema):
        if not field.name.startswith("_") and any(is_type(field.type) for is_type in BINARY):
            plain = plain.set_column(place, field.name, plain[field.name].cast(pa.string()))
    return plain, rejected


def invalid_utf8(values: pa.ChunkedArray | pa.Array) -> list[int]:
    """Return the places of values that are no UTF-8: log2(n) checks for each bad one."""
    if len(values) == 0 or _is_utf8(values):
        return []
    if len(values) == 1:
        return [0]
    half = len(values) // 2
    return invalid_utf8(values.slice(0, half)) + [half + place for place in invalid_utf8(values.slice(half))]


def _is_utf8(values: pa.ChunkedArray | pa.Array) -> bool:
    try:
        values.cast(pa.string())
    except pa.ArrowInvalid:
        return False
    return True


def _where(value: pa.Scalar) -> str:
    try:
        value.as_py().decode()
    except UnicodeDecodeError as error:
        return f"byte 0x{error.object[error.start]:02x} at position {error.start}"
    return "no UTF-8"
