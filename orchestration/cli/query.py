"""`listenhouse query`: SQL on the published release."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.exits import BAD_INPUT, fail, told

if TYPE_CHECKING:
    import pyarrow as pa

EXAMPLES = """Examples:

- `listenhouse query "show tables"`
- `listenhouse query "describe mart_share_of_voice_daily"`
- `listenhouse query "select entity_id, sum(mentions) from mart_mentions_daily group by 1 order by 2"`
- `listenhouse query "from fct_posts" --limit 0 --format csv > posts.csv`
- `listenhouse query - --output shares.parquet < shares.sql`
"""


_FORMULA_STARTS = r"=+\-@\t\r"
"""What makes a spreadsheet take a cell for a formula, as part of a regular expression."""


class Format(StrEnum):
    """How a result is written."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


@told
def query(
    sql: Annotated[
        str, typer.Argument(help="One SELECT, SHOW, DESCRIBE or SUMMARIZE; - reads it from stdin.")
    ],
    limit: Annotated[int, typer.Option(min=0, help="Most rows to give; 0 gives all.")] = 1000,
    format: Annotated[
        Format | None, typer.Option(help="By default a table, or what --output ends in.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Write to this file instead of the terminal.")] = None,
) -> None:
    """Run SQL on the published release.

    Tables are those of schema marts. The query reads this one release and nothing else: no other file, no
    network, no change. The warehouse is not touched, so this works while a run is writing. In CSV files an
    apostrophe stands before a text that a spreadsheet would run as a formula.
    """
    from ingestion.home import Home
    from orchestration.publish import run_query

    chosen = format or _format_of(output)
    if chosen is Format.parquet and output is None:
        fail("Parquet is no text. Remedy: add --output FILE.parquet.", BAD_INPUT)
    rows = run_query(Home.find(), sys.stdin.read() if sql == "-" else sql, limit=limit or None)
    _WRITERS[chosen](rows, output)
    if limit and rows.num_rows == limit:
        typer.echo(f"The first {limit:,} rows; --limit 0 gives all.", err=True)


def _format_of(output: Path | None) -> Format:
    if output is None:
        return Format.table
    ending = output.suffix.lstrip(".").lower()
    if ending not in {"csv", "json", "parquet"}:
        fail(
            f"{output} ends in no known format. Remedy: end it in .csv, .json or .parquet, or add --format.",
            2,
        )
    return Format(ending)


def _write_table(rows: "pa.Table", output: Path | None) -> None:
    from orchestration.cli.tables import show_table

    if output is not None:
        fail("A table is for the terminal. Remedy: choose --format csv, json or parquet.", BAD_INPUT)
    show_table(rows.column_names, (tuple(row.values()) for row in rows.to_pylist()))


def _write_csv(rows: "pa.Table", output: Path | None) -> None:
    import pyarrow as pa
    from pyarrow import csv

    # Arrow writes no lists to CSV; as JSON text they survive.
    for index, field in enumerate(rows.schema):
        if pa.types.is_nested(field.type):
            rows = rows.set_column(index, field.name, pa.array(_json_texts(rows.column(index)), pa.string()))
        elif pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            rows = rows.set_column(index, field.name, _no_formulas(rows.column(index)))
    rows = rows.rename_columns([_no_formula(name) for name in rows.column_names])
    csv.write_csv(rows, sys.stdout.buffer if output is None else output)


def _write_json(rows: "pa.Table", output: Path | None) -> None:
    import json

    lines = (json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows.to_pylist())
    if output is None:
        sys.stdout.writelines(lines)
    else:
        with output.open("w", encoding="utf-8") as file:
            file.writelines(lines)


def _write_parquet(rows: "pa.Table", output: Path | None) -> None:
    import pyarrow.parquet as pq

    pq.write_table(rows, output, compression="zstd")


def _no_formulas(texts: "pa.ChunkedArray") -> "pa.ChunkedArray":
    """Return texts that no spreadsheet runs: an apostrophe stands before what would begin a formula.

    Rule: https://owasp.org/www-community/attacks/CSV_Injection. Other formats keep texts as they are.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    begins = pc.match_substring_regex(texts, f"^[{_FORMULA_STARTS}]")
    return pc.if_else(begins, pc.binary_join_element_wise(pa.scalar("'", texts.type), texts, ""), texts)


def _no_formula(text: str) -> str:
    import re

    return "'" + text if re.match(f"[{_FORMULA_STARTS}]", text) else text


def _json_texts(column: "pa.ChunkedArray") -> list[str | None]:
    import json

    return [
        None if value is None else json.dumps(value, ensure_ascii=False, default=str)
        for value in column.to_pylist()
    ]


_WRITERS = {
    Format.table: _write_table,
    Format.csv: _write_csv,
    Format.json: _write_json,
    Format.parquet: _write_parquet,
}
