"""Files from the drop folder: CSV, JSON lines (plain, gz, zst), Parquet, DuckDB, sheets, as `listening.yml` maps them.

- API: none; a folder (`sources.files.folder`, by default `data/drop`).
- Paging: batches of about 16 MB or 50,000 rows; memory does not grow with the file.
- Data flow: `<drop>/<file>` -> `raw_files.<resource of its mapping>`; what does not fit ->
  `raw_files.quarantine`; counts of each file -> `raw_files.landings`.
- Once: a content lands once for each mapping (SHA-256 in `raw_files.landings`); a changed file lands as new
  observations, and so does an unchanged one whose mapping changed.
- Deletes: a mapped `is_deleted` column; a row missing from a later file means nothing.
- Rate limit: none.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlt

from ingestion.landing import BUSINESS, MARKETING, PEOPLE, POSTS, RIVAL_LABELS, Contract, Landing
from ingestion.landing.landing import judging_connection
from ingestion.sources.files.ahead import one_ahead
from ingestion.sources.files.csv_files import read_csv
from ingestion.sources.files.discovery import Arrival, find_arrivals
from ingestion.sources.files.duckdb_files import read_duckdb
from ingestion.sources.files.json_lines import read_json_lines
from ingestion.sources.files.lookups import looked_up, lookup_tables
from ingestion.sources.files.parquet_files import read_parquet
from ingestion.sources.files.plan import Chunk, Plan
from ingestion.sources.files.problems import Broken, FileProblem
from ingestion.sources.files.xlsx_files import read_xlsx

if TYPE_CHECKING:
    import duckdb

    from ingestion.home import Home
    from ingestion.listening import Listening

CONTRACTS = (POSTS, *BUSINESS, *MARKETING, *PEOPLE, RIVAL_LABELS)


@dlt.source
def files(landing: Landing, listening: "Listening", home: "Home") -> Iterator[Any]:
    """The drop folder's new and changed files, one resource for each contract."""

    @cache
    def arrivals() -> list[Arrival]:
        contracts = {contract.resource: contract for contract in CONTRACTS}
        return find_arrivals(listening.sources.files, home, contracts, landing.tell)

    def land_resource(contract: Contract) -> Iterator[Any]:
        for arrival in arrivals():
            if arrival.plan.contract is contract:
                yield from land_file(landing, arrival)

    for contract in CONTRACTS:
        yield dlt.resource(land_resource, name=contract.resource)(contract)


def land_file(landing: Landing, arrival: Arrival) -> Iterator[Any]:
    """Land one file; what cannot be read of it is quarantined as one item and stops no other file."""
    plan, mapping = arrival.plan, arrival.plan.mapping
    where = {"unit": arrival.unit, "source_name": mapping.name}
    landing.note(plan.contract, unit_hash=arrival.unit_hash, **where)
    empty = True
    with judging_connection() as reading, judging_connection() as connection:
        try:
            tables, messages = lookup_tables(plan, arrival.others, read_file, connection)
            for message in messages:
                landing.note(plan.contract, message=message, **where)
            for part in one_ahead(read_file(arrival.path, plan, reading)):
                if isinstance(part, str):
                    landing.note(plan.contract, message=part, **where)
                    continue
                empty = False
                if isinstance(part, Broken):
                    yield from landing.reject_many(plan.contract, part.rows, **where)
                else:
                    part = plan.wanted(part)
                    batch = plan.batch(part, connection, looked_up(plan, part, tables, connection))
                    yield from landing.land(plan.contract, batch, time_zone=mapping.time_zone, **where)
        except FileProblem as problem:
            empty = False
            landing.note(plan.contract, message=f"{problem.detail}. Remedy: {problem.remedy}", **where)
            yield from landing.reject(
                plan.contract,
                reason=problem.reason,
                detail=problem.detail,
                remedy=problem.remedy,
                field=problem.field,
                payload=problem.payload,
                payload_bytes=arrival.path.stat().st_size,
                **where,
            )
    if empty:
        landing.note(plan.contract, message="the file is empty: nothing to land", **where)


def read_file(
    path: Path, plan: Plan, connection: "duckdb.DuckDBPyConnection"
) -> Iterator[Chunk | Broken | str]:
    """Yield what a file holds, as the plan's mapping says that it is written."""
    match plan.mapping.format:
        case "csv":
            return read_csv(path, plan)
        case "jsonl":
            return read_json_lines(path, plan, connection)
        case "duckdb":
            return read_duckdb(path, plan)
        case "xlsx":
            return read_xlsx(path, plan)
        case _:
            return read_parquet(path, plan)
