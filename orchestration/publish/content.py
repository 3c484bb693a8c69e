"""Hashes of tables that depend on their rows, not on the order of the rows."""

import hashlib
import json
from pathlib import Path

import duckdb


def quoted(identifier: str) -> str:
    """Return an identifier as SQL."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str | Path) -> str:
    """Return a text as SQL."""
    return "'" + str(text).replace("'", "''") + "'"


def content_hash(connection: duckdb.DuckDBPyConnection, table: str, columns: list[tuple[str, str]]) -> str:
    """Return the sha256 of a table's columns, number of rows and content.

    `table` is a quoted SQL name; `columns` are (name, type) in table order. A row counts through the md5
    of a text that is unique to it: each value with its length, NULL as '-', nested values as JSON,
    timestamps in UTC (the connection's TimeZone must be UTC). The md5 of all rows are added up, so that
    order does not matter and a doubled row does.
    """
    row_text = " || ".join(_value_text(name, type_) for name, type_ in columns)
    low = "cast(row_hash & 18446744073709551615::uhugeint as hugeint)"
    high = "cast(row_hash >> 64 as hugeint)"
    rows, low_sum, high_sum = connection.execute(
        f"select count(*), sum({low}), sum({high}) "
        f"from (select md5_number({row_text}) as row_hash from {table}) as hashed"
    ).fetchone()
    summary = [columns, rows, str(low_sum), str(high_sum)]
    return hashlib.sha256(json.dumps(summary).encode()).hexdigest()


def _value_text(name: str, type_: str) -> str:
    nested = type_.endswith("]") or type_.startswith(("STRUCT", "MAP", "UNION"))
    text = f"cast(to_json({quoted(name)}) as varchar)" if nested else f"cast({quoted(name)} as varchar)"
    if nested:
        text = f"case when {quoted(name)} is not null then {text} end"
    return f"coalesce(length({text}) || ':' || {text}, '-')"
