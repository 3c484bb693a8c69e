"""Tables of a DuckDB file, such as a warehouse into which a connector writes: read only, the mapped columns alone."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from ingestion.sources.files.csv_files import check_columns
from ingestion.sources.files.plan import Chunk, Plan
from ingestion.sources.files.problems import FileProblem
from ingestion.sources.files.settings import EXTRACT, PARQUET_ROWS

CONFIG = {"enable_external_access": "false", "autoload_known_extensions": "false", "threads": 2}
"""A view in a foreign file must not reach for other files or the network."""
AS_THEY_ARE = (
    "BOOLEAN",
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "DOUBLE",
    "DATE",
    "TIMESTAMP",
    "VARCHAR",
)


def read_duckdb(path: Path, plan: Plan) -> Iterator[Chunk]:
    """Yield chunks of the table that the mapping names; line numbers count its rows from 1.

    Raises FileProblem when the file is no DuckDB database or is held by a writer, or the table or one of its mapped
    columns is not there.
    """
    schema, _, table = str(plan.mapping.table).rpartition(".")
    try:
        with duckdb.connect(str(path), read_only=True, config=CONFIG) as connection:
            types = _types(connection, schema or "main", table)
            if not types:
                raise FileProblem("missing_column", f"it has no table {plan.mapping.table}", field="table")
            check_columns(list(types), plan)
            columns = ", ".join(
                f"{_read(reference, types)} as {EXTRACT}{place}"
                for place, reference in enumerate(plan.references)
            )
            # Names are those that the database itself told, and quoted.
            found = connection.execute(f"select {columns} from {_quoted(schema or 'main')}.{_quoted(table)}")
            number = 1
            for batch in found.fetch_record_batch(PARQUET_ROWS):
                lines = pa.array(np.arange(number, number + batch.num_rows, dtype=np.int64))
                number += batch.num_rows
                yield Chunk(pa.Table.from_batches([batch]), lines)
    except duckdb.Error as error:
        raise FileProblem("unreadable_file", f"DuckDB cannot read it ({error})") from error


def _types(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> dict[str, str]:
    rows = connection.execute(
        "select column_name, data_type from information_schema.columns "
        "where table_schema = ? and table_name = ? and table_catalog = current_database() order by ordinal_position",
        [schema, table],
    ).fetchall()
    return dict(rows)


def _read(reference: str, types: dict[str, str]) -> str:
    if reference not in types:
        return "cast(null as varchar)"
    if types[reference] in AS_THEY_ARE or types[reference].startswith("TIMESTAMP"):
        return _quoted(reference)
    return f"cast({_quoted(reference)} as varchar)"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
