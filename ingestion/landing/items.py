"""Items of an API (dicts) made into a batch, one by one: for pages of hundreds, not for files."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from ingestion.landing.contract import Column, Contract
from ingestion.landing.quarantine import as_json
from ingestion.landing.validation import Problem

Rejected = list[tuple[Problem, dict[str, Any]]]


def items_to_batch(contract: Contract, items: Iterable[dict[str, Any]]) -> tuple[pa.Table, Rejected]:
    """Return items as a batch of text columns, and those that no text column can hold with their problem.

    Values become text as the source wrote them (2**70 stays digits), so that one judge, the contract's SQL,
    decides about all of them. Keys that the contract does not know are dropped.
    """
    columns = {column.name: column for column in contract.columns if not column.derived}
    columns |= {"observed_at": Column("observed_at", "timestamp", ""), "extra": Column("extra", "json", "")}
    rows: list[dict[str, str | None]] = []
    rejected: Rejected = []
    for item in items:
        row: dict[str, Any] = {}
        problem = None
        for name, column in columns.items():
            row[name], wrong = _as_text(column, item.get(name))
            problem = problem or wrong
        if problem:
            rejected.append((problem, {name: item.get(name) for name in columns}))
        else:
            rows.append({**row, "_line": item.get("_line"), "_payload": item.get("_payload")})
    schema = pa.schema(
        [(name, pa.string()) for name in columns] + [("_line", pa.int64()), ("_payload", pa.binary())]
    )
    return pa.Table.from_pylist(rows, schema=schema), rejected


def _as_text(column: Column, value: Any) -> tuple[str | None, Problem | None]:
    if value is None:
        return None, None
    if isinstance(value, bool):
        return "true" if value else "false", None
    if isinstance(value, datetime | date):
        return value.isoformat(), None
    if isinstance(value, int | float):
        return str(value), None
    if isinstance(value, dict | list):
        if column.type == "json":
            return as_json(value).decode(), None
        return None, Problem(
            column, "value_not_allowed", "a single value is expected, not a list or an object"
        )
    text = json.dumps(value) if not isinstance(value, str) else value
    try:
        text.encode()
    except UnicodeEncodeError:
        return None, Problem(column, "lone_surrogate")
    return text, None
