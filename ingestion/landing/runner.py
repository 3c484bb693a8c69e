"""Runs a source through dlt into the warehouse: `raw_<source>`, append-only, one load package a run."""

import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from ingestion.home import Home
from ingestion.landing.back_fill import BackFill
from ingestion.landing.contract import LANDINGS_SCHEMA, QUARANTINE_SCHEMA, READS_SCHEMA, TIMESTAMP
from ingestion.landing.counts import Counts
from ingestion.landing.landing import Landing
from ingestion.landing.language import LanguageDetector
from ingestion.landing.pipeline import SCHEMA_CONTRACT, drain, make_pipeline, settings, tidy
from ingestion.landing.pseudonyms import load_pseudonyms
from ingestion.registry import has_reads, network_type, source_module

if TYPE_CHECKING:
    from dlt import Pipeline
    from dlt.extract import DltSource

    from ingestion.listening import Listening

LOAD_ID = "_dlt_load_id"
LOAD_FIELD = pa.field(LOAD_ID, pa.string(), nullable=False)
LOADS_SCHEMA = pa.schema(
    [
        pa.field("load_id", pa.string(), nullable=False),
        pa.field("schema_name", pa.string()),
        pa.field("status", pa.int64(), nullable=False),
        pa.field("inserted_at", TIMESTAMP, nullable=False),
        pa.field("schema_version_hash", pa.string()),
    ]
)
"""dlt's record of finished load packages, as dlt makes it."""
SQL_TYPES = {
    pa.string(): "varchar",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.binary(): "blob",
}


class LandingError(RuntimeError):
    """A source could not be landed; nothing of this run is in the warehouse, and the next run starts anew."""


@dataclass
class LandingReport:
    """What a run of a source landed: `counts` by resource; `loaded` is False if nothing was new."""

    source: str
    run_id: str
    started_at: datetime
    counts: dict[str, Counts] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    loaded: bool = False
    load_ids: list[str] = field(default_factory=list)
    quota: dict[str, int] = field(default_factory=dict)
    missing: list[dict[str, Any]] = field(default_factory=list)
    back_filled: dict[str, list[list[str]]] = field(default_factory=dict)

    @property
    def total(self) -> Counts:
        """The counts of all resources together."""
        return sum(self.counts.values(), Counts())


def land(
    source: str,
    home: Home,
    listening: "Listening",
    run_id: str,
    *,
    progress: Callable[[str, int], None] | None = None,
    started_at: datetime | None = None,
    back_fill: BackFill | None = None,
) -> LandingReport:
    """Land what is new at a source, after whatever an interrupted run left behind.

    With `back_fill` (networks only) that stretch of the past, and what came of it is noted there. `progress`
    is called with a resource's name and the number of items just received. Raises LandingError
    when the source cannot be read or the warehouse not be written; the run then left nothing.
    """
    module = source_module(source)
    started_at = started_at or datetime.now(UTC)
    report = LandingReport(source, run_id, started_at)
    landing = Landing(
        source, run_id, started_at, load_pseudonyms(home), LanguageDetector(), progress, back_fill
    )
    ensure_tables(source, home)
    with _pipeline(source, home) as pipeline:
        report.messages += drain(pipeline, home)
        report.loaded = bool(report.messages)
        if back_fill is not None:
            back_fill.recall(home, source, network_type(source).contract)
        try:
            info = _run(pipeline, getattr(module, source)(landing, listening, home), landing.finish)
        finally:
            landing.close()
    report.load_ids = list(info.loads_ids)
    report.messages += landing.messages
    report.quota, report.missing, report.back_filled = landing.quota, landing.missing, landing.back_filled
    for unit in landing.units:
        report.counts[unit.resource] = report.counts.get(unit.resource, Counts()) + unit.counts
        report.messages += [f"{unit.unit}: {message}" for message in unit.messages]
    report.loaded |= report.total.received > 0
    _write_status(report, home, is_back_fill=back_fill is not None)
    tidy(source, home)
    return report


def land_rows(
    source: str, home: Home, landing: Landing, rows: Callable[[Landing, dict[str, Any]], Iterator[Any]]
) -> None:
    """Land what we say of a network's items ourselves, as if it had said so: `rows` is given the network's state.

    Raises LandingError; nothing has landed then.
    """
    import dlt

    @dlt.source(name=source)
    def data() -> Any:
        @dlt.resource(name=network_type(source).contract.resource, write_disposition="append")
        def said() -> Iterator[Any]:
            yield from rows(landing, dlt.current.resource_state())

        return said

    ensure_tables(source, home)
    with _pipeline(source, home) as pipeline:
        drain(pipeline, home)
        try:
            _run(pipeline, data(), landing.finish)
        finally:
            landing.close()
    tidy(source, home)


def ensure_tables(source: str, home: Home) -> bool:
    """Create the source's empty tables, or add columns that its contracts gained; True if there was need.

    Models read the tables of every source, also of one that never ran.
    """
    return bool(ensure_all_tables([source], home))


def ensure_all_tables(sources: Collection[str], home: Home) -> list[str]:
    """Do so for several sources, and return those that had need of it: looking costs as much as for one."""
    wanted = {source: _wanted_tables(source) for source in sources}
    with _explained(", ".join(sources)):
        present = _columns(home)
    lacking = {
        source: {
            table: schema
            for table, schema in tables.items()
            if not {*schema.names, LOAD_ID} <= present.get(f"raw_{source}", {}).get(table, set())
        }
        for source, tables in wanted.items()
    }
    new = {source: wanted[source] for source in sources if f"raw_{source}" not in present}
    if new:
        with _explained(", ".join(new)):
            _create_tables(new, home)
    for source in sources:
        if lacking[source] and source not in new:
            with _pipeline(source, home) as pipeline:
                drain(pipeline, home)
                _run(pipeline, _empty_tables(source, lacking[source]), None)
    return [source for source in sources if lacking[source]]


def _wanted_tables(source: str) -> dict[str, pa.Schema]:
    wanted = {contract.resource: contract.arrow_schema for contract in source_module(source).CONTRACTS}
    wanted |= {"quarantine": QUARANTINE_SCHEMA, "landings": LANDINGS_SCHEMA}
    return wanted | ({"reads": READS_SCHEMA} if has_reads(source) else {})


@contextmanager
def _pipeline(source: str, home: Home) -> Iterator["Pipeline"]:
    """The source's pipeline for one run; whatever goes wrong in it becomes a LandingError."""
    with settings(), _explained(source):
        pipeline = make_pipeline(source, home)
        try:
            yield pipeline
        finally:
            pipeline.deactivate()


@contextmanager
def _explained(source: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise LandingError(_explain(source, error)) from error


def _run(pipeline: Any, data: "DltSource", finish: Callable[[], Iterable[Any]] | None) -> Any:
    import dlt

    data.max_table_nesting = 0
    if finish is not None:
        # A lambda, since dlt marks the function that it is given and a bound method cannot be marked.
        data.resources["landings"] = dlt.resource(lambda: finish(), name="landings")
    return pipeline.run(
        data, write_disposition="append", loader_file_format="parquet", schema_contract=SCHEMA_CONTRACT
    )


def _empty_tables(source: str, schemas: dict[str, pa.Schema]) -> "DltSource":
    import dlt

    @dlt.source(name=source)
    def tables() -> Iterable[Any]:
        for table, schema in schemas.items():
            yield dlt.resource([schema.empty_table()], name=table)

    return tables()


def _create_tables(wanted: dict[str, dict[str, pa.Schema]], home: Home) -> None:
    """Create the tables of sources that never ran, as dlt would on their first run, in a hundredth of its time.

    A source that is switched off should cost a run nothing; dlt adds its own bookkeeping when it comes.
    """
    home.warehouse.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("begin")
        for source, schemas in wanted.items():
            connection.execute(f'create schema if not exists "raw_{source}"')
            tables = {name: schema.append(LOAD_FIELD) for name, schema in schemas.items()}
            for name, schema in (tables | {"_dlt_loads": LOADS_SCHEMA}).items():
                columns = ", ".join(
                    f'"{field.name}" {_sql_type(field.type)}{"" if field.nullable else " not null"}'
                    for field in schema
                )
                connection.execute(f'create table "raw_{source}"."{name}" ({columns})')
        connection.execute("commit")


def _sql_type(type_: pa.DataType) -> str:
    return "timestamp with time zone" if pa.types.is_timestamp(type_) else SQL_TYPES[type_]


def _columns(home: Home) -> dict[str, dict[str, set[str]]]:
    """Return the columns of each table of each schema of the warehouse; of schemas without a table nothing."""
    if not home.warehouse.exists():
        return {}
    with duckdb.connect(str(home.warehouse)) as connection:
        rows = connection.execute(
            "select table_schema, table_name, list(column_name) from information_schema.columns group by all"
        ).fetchall()
    present: dict[str, dict[str, set[str]]] = {}
    for schema, table, columns in rows:
        present.setdefault(schema, {})[table] = set(columns)
    return present


def _explain(source: str, error: Exception) -> str:
    cause: BaseException = error
    while cause.__cause__ is not None or getattr(cause, "exception", None) is not None:
        cause = cause.__cause__ or cause.exception  # type: ignore[attr-defined]
    if "lock" in str(cause).lower() and "duckdb" in str(cause).lower():
        remedy = "wait for the other run to end, or close what holds the warehouse open"
    else:
        remedy = "correct the cause and run again; nothing is lost"
    return f"source {source} could not be landed: {type(cause).__name__}: {cause}. Remedy: {remedy}."


def _write_status(report: LandingReport, home: Home, *, is_back_fill: bool) -> None:
    """Keep when the source was last looked at, also when there was nothing new. A back-fill looks at the past."""
    path = home.root / "landing_status" / f"{report.source}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    status = {
        "source": report.source,
        "run_id": report.run_id,
        "last_looked_at": report.started_at.isoformat(),
        "counts": {resource: asdict(counts) for resource, counts in report.counts.items()},
        "messages": report.messages,
    }
    if is_back_fill:
        status = {"source": report.source, "last_looked_at": None} | last_status(report.source, home)
    status |= {"quota": report.quota, "missing": report.missing, "back_filled": report.back_filled}
    aside = path.with_suffix(f".{os.getpid()}.tmp")
    aside.write_text(json.dumps(status, indent=2, ensure_ascii=False))
    aside.replace(path)


def last_status(source: str, home: Home) -> dict[str, Any]:
    """Return what the last look at a source left: its time, counts, messages, quota, gaps; empty before the first."""
    path = home.root / "landing_status" / f"{source}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
