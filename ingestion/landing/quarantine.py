"""Rows of the quarantine table: what did not fit, why, what to do, and the bytes as far as they may be kept.

The bytes kept of a row are its mapped columns as they came, with every author replaced by the
pseudonym: enough to correct the row, and no raw handle in the warehouse.
"""

import json
from typing import Any

import pyarrow as pa

from ingestion.landing.contract import QUARANTINE_SCHEMA, Column, Contract
from ingestion.landing.reasons import explain
from ingestion.landing.validation import Problem

MAX_PAYLOAD = 65_536
"""Bytes kept of each payload; `payload_bytes` holds the true size."""
MAX_SHOWN = 80
"""Characters of a bad value that a message shows."""


def quarantine_table(rows: list[dict[str, Any]]) -> pa.Table:
    """Return rows as a table of the quarantine's schema, with payloads cut to MAX_PAYLOAD."""
    for row in rows:
        payload = row.get("payload") or b""
        row.setdefault("payload_bytes", len(payload))
        row["payload"] = payload[:MAX_PAYLOAD]
    return pa.Table.from_pylist(rows, schema=QUARANTINE_SCHEMA)


def problem_row(contract: Contract, problem: Problem, row: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of the quarantine that say what is wrong with a raw row (authors pseudonymised)."""
    column = problem.column
    value = row.get(column.name)
    detail, remedy = explain(
        problem.reason,
        field=column.name,
        value=shown(column, value),
        detail=len(value) if problem.reason == "text_too_long" else problem.detail,
        limit=column.length_limit,
    )
    return {
        "line": row.get("_line"),
        "native_id": native_id(row.get(contract.key)),
        "field": column.name,
        "reason": problem.reason,
        "detail": detail,
        "remedy": remedy,
        **payload_of(row),
    }


def payload_of(row: dict[str, Any]) -> dict[str, Any]:
    """Return payload and payload_bytes of a raw row: the caller's own bytes, else its columns as JSON."""
    size = row.get("_bytes")
    payload = row.get("_payload")
    if payload is None:
        payload = as_json(
            {name: value for name, value in row.items() if value is not None and name[0] != "_"}
        )
    return {"payload": payload, "payload_bytes": len(payload) if size is None else size}


def as_json(value: Any) -> bytes:
    """Return JSON bytes of anything; what is no Unicode is written as escapes that name the bytes."""
    try:
        return json.dumps(value, ensure_ascii=False, default=_text_of).encode()
    except UnicodeEncodeError:
        return json.dumps(value, default=_text_of).encode()


def _text_of(value: Any) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


def native_id(value: Any) -> str | None:
    """Return a key fit for the quarantine's own column, or None."""
    if value is None:
        return None
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.encode("utf-8", "replace").decode()[:512].replace("\0", "\N{SYMBOL FOR NULL}") or None


def shown(column: Column, value: Any) -> str:
    """Return a value for a message: short, printable, and never an author's handle."""
    if column.type == "author":
        return "an author's id (not shown)"
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."
