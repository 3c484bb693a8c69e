"""The data dictionary of a release: every column of every mart, what it means and who answers for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from orchestration.publish.content import quoted

DICTIONARY_TABLE = "data_dictionary"
COMMENTS = {
    "mart": "Table of schema marts.",
    "column_name": "Column of the mart.",
    "position": "Place of the column in the mart, from 1.",
    "data_type": "Type of the column in DuckDB.",
    "description": "What the column means.",
    "mart_description": "What one row of the mart is.",
    "department": "Department that the mart is made for.",
    "owner": "Who answers for the mart.",
    "impact_area": "What the mart serves: monitoring, marketing optimisation or enterprise.",
}
_FACTS = pa.schema([(name, pa.string()) for name in ("mart", "department", "owner", "impact_area")])


@dataclass(frozen=True)
class MartFacts:
    """What the dbt project says of a mart beside its columns."""

    department: str | None = None
    owner: str | None = None
    impact_area: str | None = None


def write_dictionary(
    connection: duckdb.DuckDBPyConnection, marts: Sequence[str], catalogue: Mapping[str, MartFacts]
) -> None:
    """Write `release.marts.data_dictionary` from the comments in the release and the marts' `catalogue`.

    One row a mart and column, in order; a mart that the catalogue does not know has no owner.
    """
    known = [{"mart": mart, **vars(catalogue.get(mart, MartFacts()))} for mart in marts]
    connection.register("mart_facts", pa.Table.from_pylist(known, schema=_FACTS))
    target = f"release.marts.{quoted(DICTIONARY_TABLE)}"
    try:
        connection.execute(
            f"""
            create table {target} as
            select
                mart_facts.mart, columns.column_name, cast(columns.column_index as integer) as position,
                columns.data_type, columns.comment as description, tables.comment as mart_description,
                mart_facts.department, mart_facts.owner, mart_facts.impact_area
            from mart_facts
            inner join duckdb_tables() as tables
                on tables.database_name = 'release' and tables.schema_name = 'marts'
                and tables.table_name = mart_facts.mart
            inner join duckdb_columns() as columns
                on columns.database_name = 'release' and columns.schema_name = 'marts'
                and columns.table_name = mart_facts.mart
            order by mart_facts.mart, columns.column_index
            """
        )
    finally:
        connection.unregister("mart_facts")
    connection.execute(f"comment on table {target} is 'Every column of every mart of this release.'")
    for column, meaning in COMMENTS.items():
        connection.execute(f"comment on column {target}.{column} is '{meaning}'")
