"""Reference tables: what is replaced as a whole, not observed. Compiled listening.yml, model weights.

Data flow: Arrow tables -> dlt, write disposition `replace` -> schema `<dataset>`. A set of tables that is
already there, byte for byte, is not loaded again. The fingerprint goes out first and in last: a set that
was cut off half-way has none, and is loaded once more, whichever is wanted then.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa

from ingestion.home import Home
from ingestion.landing.pipeline import drain, make_pipeline, settings

FINGERPRINT = "fingerprint"


def fingerprint(tables: dict[str, pa.Table]) -> str:
    """Return a hash of names, schemas and rows, in their order; 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for name in sorted(tables):
        digest.update(name.encode())
        sink = pa.BufferOutputStream()
        table = tables[name].combine_chunks()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        digest.update(sink.getvalue())
    return digest.hexdigest()[:16]


def replace_tables(dataset: str, tables: dict[str, pa.Table], home: Home) -> bool:
    """Make schema `dataset` hold exactly these rows; True if anything had to be written."""
    wanted = fingerprint(tables)
    if _present(dataset, home) == wanted:
        return False
    import dlt

    @dlt.source(name=dataset, max_table_nesting=0)
    def source() -> Iterator[Any]:
        for name, table in tables.items():
            yield dlt.resource([table], name=name)

    def mark() -> Iterator[Any]:
        yield dlt.resource([pa.table({FINGERPRINT: [wanted]})], name=FINGERPRINT)

    with settings():
        pipeline = make_pipeline(dataset, home, dataset=dataset)
        try:
            drain(pipeline, home)
            _forget(dataset, home)
            for data in (source(), dlt.source(mark, name=dataset)()):
                pipeline.run(data, write_disposition="replace", loader_file_format="parquet")
        finally:
            pipeline.deactivate()
    return True


def _forget(dataset: str, home: Home) -> None:
    with duckdb.connect(str(home.warehouse)) as connection:
        if _is_marked(connection, dataset):
            connection.execute(f'delete from "{dataset}".{FINGERPRINT}')


def _present(dataset: str, home: Home) -> str | None:
    if not home.warehouse.exists():
        return None
    with duckdb.connect(str(home.warehouse)) as connection:
        if not _is_marked(connection, dataset):
            return None
        row = connection.execute(f'select {FINGERPRINT} from "{dataset}".{FINGERPRINT}').fetchone()
        return row[0] if row else None


def _is_marked(connection: duckdb.DuckDBPyConnection, dataset: str) -> bool:
    known = connection.execute(
        "select count(*) from information_schema.tables where table_schema = ? and table_name = ?",
        [dataset, FINGERPRINT],
    ).fetchone()
    return bool(known and known[0])
