"""SQL on the published release, for people and tools that are not trusted with the machine."""

import json
import tempfile
from collections.abc import Iterator

import duckdb
import pyarrow as pa

from ingestion.home import Home
from orchestration.publish.content import literal
from orchestration.publish.errors import QueryError
from orchestration.publish.release import current_release

MEMORY_LIMIT = "2GB"
_LOCKED = (
    "TimeZone = 'UTC'",
    "schema = 'listenhouse.marts'",
    "python_enable_replacements = false",
    # Only now: it also forbids to attach and to name the spill folder.
    "enable_external_access = false",
    "lock_configuration = true",
)
_TABLE_FUNCTIONS = frozenset({"generate_series", "pragma_table_info", "range", "repeat", "unnest"})
"""Table functions that a query may call. Others read files, or (enable_logging) abort the process."""
_BATCH_ROWS = 100_000


def run_query(home: Home, sql: str, *, limit: int | None = None) -> pa.Table:
    """Run SQL on the current release and return its result, at most `limit` rows of it.

    Names without a schema are looked up in `marts`. The connection reads this one release (the link is
    followed once), no other file, no network and no Python variable, writes nothing, loads no extension,
    and cannot change its settings. One SELECT (or SHOW, DESCRIBE, SUMMARIZE) runs at a time.

    Raises NoRelease if nothing is published, QueryError if SQL is refused or fails.
    """
    release = current_release(home)
    with tempfile.TemporaryDirectory(prefix="listenhouse-query-") as spill:
        settings = {"memory_limit": MEMORY_LIMIT, "threads": 2, "temp_directory": spill}
        # An instance of its own for each query: connecting to the file itself would share one instance, and
        # its locked settings, with every other connection of this process.
        with duckdb.connect(":memory:", config=settings) as connection:
            connection.execute(f"attach {literal(release.database)} as listenhouse (read_only)")
            for setting in _LOCKED:
                connection.execute(f"set {setting}")
            try:
                _require_plain_select(connection, sql)
                connection.execute(sql)
                return _fetched(connection, limit)
            except duckdb.Error as error:
                raise QueryError(_explained(error)) from error


def _require_plain_select(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raise QueryError unless SQL is one query that calls harmless table functions only."""
    (serialised,) = connection.execute("select json_serialize_sql($sql)", {"sql": sql}).fetchone()
    try:
        parsed = json.loads(serialised)
    except RecursionError:
        raise QueryError("The query is nested too deeply. Remedy: split it with WITH clauses.") from None
    if parsed["error"] and parsed["error_type"] == "parser":
        raise QueryError(f"{parsed['error_message']}. Remedy: correct the query.")
    if parsed["error"] or len(parsed["statements"]) != 1:
        raise QueryError(
            "Only queries run on a release. Remedy: write one SELECT, for example: from release."
        )
    for name in _table_functions(parsed):
        if name.lower() not in _TABLE_FUNCTIONS:
            raise QueryError(
                f"{name}() is not available on a release. Remedy: query its tables: show tables."
            )


def _table_functions(parsed: dict) -> Iterator[str]:
    rest = [parsed]
    while rest:
        node = rest.pop()
        if isinstance(node, list):
            rest += node
        elif isinstance(node, dict):
            rest += node.values()
            if node.get("type") == "TABLE_FUNCTION":
                yield node["function"]["function_name"]


def _fetched(connection: duckdb.DuckDBPyConnection, limit: int | None) -> pa.Table:
    reader = connection.to_arrow_reader(_BATCH_ROWS if limit is None else max(1, min(limit, _BATCH_ROWS)))
    batches, rows = [], 0
    for batch in reader:
        batches.append(batch)
        rows += batch.num_rows
        if limit is not None and rows >= limit:
            break
    table = pa.Table.from_batches(batches, reader.schema)
    return table if limit is None else table.slice(0, limit)


def _explained(error: duckdb.Error) -> str:
    message = str(error)
    if isinstance(error, duckdb.PermissionException):
        remedy = "query the tables of the release only; list them with: show tables"
    elif isinstance(error, duckdb.CatalogException):
        remedy = "list the tables with: show tables, and a table's columns with: describe <table>"
    elif isinstance(error, duckdb.OutOfMemoryException):
        remedy = f"the query needs more than {MEMORY_LIMIT}; aggregate or filter earlier"
    elif "read-only" in message:
        remedy = "releases are never changed; write SELECT queries only"
    else:
        remedy = "correct the query"
    return f"{message.rstrip('.')}. Remedy: {remedy}."
