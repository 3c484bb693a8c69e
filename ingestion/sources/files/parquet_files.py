"""Parquet: the mapped columns of one batch of rows after another."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.sources.files.csv_files import check_columns
from ingestion.sources.files.plan import Chunk, Plan
from ingestion.sources.files.problems import FileProblem
from ingestion.sources.files.settings import EXTRACT, PARQUET_ROWS


def read_parquet(path: Path, plan: Plan) -> Iterator[Chunk]:
    """Yield chunks of a Parquet file; line numbers count rows from 1.

    Raises FileProblem when the file is no whole Parquet file, or a mapped column is not there or is nested.
    """
    number = 1
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            check_columns(schema.names, plan)
            _check_flat(schema, plan)
            names = {reference: f"{EXTRACT}{place}" for place, reference in enumerate(plan.references)}
            lacking = [name for name in names if name not in schema.names]
            present = [name for name in names if name in schema.names]
            for batch in file.iter_batches(batch_size=PARQUET_ROWS, columns=present):
                numbers = pa.array(np.arange(number, number + batch.num_rows, dtype=np.int64))
                number += batch.num_rows
                table = pa.Table.from_batches([batch])
                for name in lacking:
                    table = table.append_column(name, pa.nulls(batch.num_rows, pa.string()))
                yield Chunk(table.rename_columns([names[name] for name in table.column_names]), numbers)
    except (pa.ArrowInvalid, OSError) as error:
        where = "" if number == 1 else f" from row {number} on"
        raise FileProblem("unreadable_file", f"it is no whole Parquet file{where} ({error})") from error


def _check_flat(schema: pa.Schema, plan: Plan) -> None:
    for name, reference in plan.mapping.columns.items():
        if reference in schema.names and pa.types.is_nested(schema.field(reference).type):
            kind = schema.field(reference).type
            detail = (
                f"listening.yml, mapping {plan.mapping.name}, columns.{name}: column {reference!r} "
                f"is a {kind}, not a plain value; name a plain column, or keep it under extra"
            )
            raise FileProblem("missing_column", detail, field=name)
