"""Reads the DuckDB file of a release with the queries in `sql/`."""

import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

_QUERIES = Path(__file__).parent / "sql"

_SETTINGS = {
    "memory_limit": "1GB",
    "threads": 2,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "enable_external_access": False,
}


class ReleaseFile:
    """A release's DuckDB file, opened read-only; use it in a `with` statement."""

    def __init__(self, path: Path):
        self._connection = duckdb.connect(str(path), read_only=True, config=_SETTINGS)
        self._known: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._connection.execute("set TimeZone = 'UTC'; set enable_progress_bar = false")

    def __enter__(self) -> "ReleaseFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def has(self, *tables: str) -> bool:
        """Tell whether all these tables are in the release: a release may be of some marts only."""
        (found,) = self._connection.execute(
            "select count(*) from duckdb_tables() "
            "where schema_name = 'marts' and list_contains($tables, table_name)",
            {"tables": list(tables)},
        ).fetchone()
        return found == len(tables)

    def rows(self, query: str, **parameters: Any) -> list[dict[str, Any]]:
        """Run `sql/<query>.sql` and return its rows as dicts; NaN and infinity come as None, as missing.

        A release never changes: the same query with the same parameters runs once.
        """
        key = query, repr(sorted(parameters.items()))
        if key not in self._known:
            self._known[key] = self._run(query, parameters)
        return self._known[key]

    def _run(self, query: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        sql = (_QUERIES / f"{query}.sql").read_text(encoding="utf-8")
        result = self._connection.execute(sql, parameters)
        names = [column[0] for column in result.description]
        return [dict(zip(names, map(_plain, row), strict=True)) for row in result.fetchall()]


def _plain(value: Any) -> Any:
    """Return a value as sections reckon with it: no decimals, and no NaN or infinity."""
    if isinstance(value, Decimal):
        value = float(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value
