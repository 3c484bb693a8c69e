"""Sources: each one a multi-asset whose tables are `raw_<source>.<table>`."""

from collections.abc import Iterator

import pyarrow as pa
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetsDefinition,
    AssetSpec,
    MaterializeResult,
    MetadataValue,
    TableColumn,
    TableSchema,
    multi_asset,
)

from ingestion.home import Home
from ingestion.landing.contract import LANDINGS_SCHEMA, QUARANTINE_SCHEMA, READS_SCHEMA, Contract
from ingestion.landing.runner import LandingError, ensure_all_tables, ensure_tables, land
from ingestion.listening import Listening, load_listening
from ingestion.registry import NETWORKS, SOURCES, has_reads, source_module
from orchestration.freshness import LANDING_FRESHNESS
from orchestration.progress import report_progress
from orchestration.retention import keep_to_retention
from orchestration.warm_up import warm_up

BOOKKEEPING = {
    "quarantine": (
        "What did not fit the landing contract, with reason, remedy and bytes.",
        QUARANTINE_SCHEMA,
    ),
    "landings": (
        "received = accepted + duplicate + quarantined + deleted, per landed unit.",
        LANDINGS_SCHEMA,
    ),
    "_dlt_loads": ("dlt's record of finished load packages.", None),
}
READS = ("What each read of a query or timeline saw of the posts of an hour, and what it knew.", READS_SCHEMA)
"""Of networks only: they are read again and again, which tells how complete a read is."""
OWNERS = ["team:data-platform"]
POOL = "warehouse"
"""The one writer of the warehouse."""


def landing_assets() -> list[AssetsDefinition]:
    """Return the tables of each source that ships with Listenhouse.

    Sources are steps of their own, but for the networks, which are one: each step costs a run its time, also
    that of a source that is switched off.
    """
    alone = [_landing_assets(source, (source,)) for source in SOURCES if source not in NETWORKS]
    return [*alone, _landing_assets("networks", NETWORKS)]


def _landing_assets(name: str, sources: tuple[str, ...]) -> AssetsDefinition:
    specs = {source: _specs(source) for source in sources}
    reached = {
        source: AssetCheckSpec(
            "source_was_read",
            asset=specs[source][0].key,
            description="The source could be read, or is switched off in listening.yml. Not blocking: a source "
            "that is down must not hold up its neighbours.",
        )
        for source in sources
    }

    @multi_asset(
        name=f"land_{name}",
        specs=[spec for source in sources for spec in specs[source]],
        check_specs=list(reached.values()),
        pool=POOL,
        can_subset=len(sources) > 1,
    )
    def landing(context: AssetExecutionContext) -> Iterator[MaterializeResult | AssetCheckResult]:
        home = Home.find()
        listening = load_listening(home.config)
        if name == "networks":
            for erased in keep_to_retention(home, context.run_id):
                context.log.info(f"{erased.source}: {len(erased.post_ids):,} posts are kept no longer")
        ensure_all_tables([source for source in sources if not _is_enabled(listening, source)], home)
        for source in sources:
            wanted = [spec for spec in specs[source] if spec.key in context.selected_asset_keys]
            if wanted:
                results, check = _land(context, home, listening, source, wanted, reached[source])
                yield from results
                if reached[source].key in context.selected_asset_check_keys:
                    yield check

    return landing


def _land(
    context: AssetExecutionContext,
    home: Home,
    listening: Listening,
    source: str,
    specs: list[AssetSpec],
    reached: AssetCheckSpec,
) -> tuple[list[MaterializeResult], AssetCheckResult]:
    """Land a source; one that is switched off has its empty tables already."""
    if not _is_enabled(listening, source):
        results = [MaterializeResult(asset_key=spec.key, metadata={"enabled": False}) for spec in specs]
        return results, AssetCheckResult(passed=True, asset_key=reached.asset_key, check_name=reached.name)
    step = f"Landing {source}"
    done = 0

    def progress(_resource: str, count: int) -> None:
        nonlocal done
        done += count
        report_progress(step, done)
        warm_up()  # there is something new: it will be checked

    report_progress(step, 0)
    failure, report = None, None
    try:
        report = land(source, home, listening, context.run_id, progress=progress)
        for message in report.messages:
            context.log.warning(message)
    except LandingError as error:
        failure = str(error)
        context.log.error(failure)
        ensure_tables(source, home)
    results = []
    for spec in specs:
        counts = report.counts.get(spec.key.path[-1]) if report else None
        metadata = {"enabled": True} | ({} if counts is None else vars(counts))
        results.append(MaterializeResult(asset_key=spec.key, metadata=metadata))
    return results, AssetCheckResult(
        passed=failure is None,
        asset_key=reached.asset_key,
        check_name=reached.name,
        severity=AssetCheckSeverity.ERROR,
        metadata={"error": MetadataValue.text(failure)} if failure else {"messages": report.messages},
    )


def _is_enabled(listening: Listening, source: str) -> bool:
    return getattr(listening.sources, source).enabled


def _specs(source: str) -> list[AssetSpec]:
    schema = f"raw_{source}"
    specs = [_contract_spec(schema, contract) for contract in source_module(source).CONTRACTS]
    kept = BOOKKEEPING | ({"reads": READS} if has_reads(source) else {})
    return specs + [_bookkeeping_spec(schema, table, *told) for table, told in kept.items()]


def _contract_spec(schema: str, contract: Contract) -> AssetSpec:
    descriptions = {column.landed_name: column.description for column in contract.columns}
    columns = [
        TableColumn(field.name, str(field.type), descriptions.get(field.name))
        for field in contract.arrow_schema
    ]
    return AssetSpec(
        [schema, contract.resource],
        description=contract.description,
        group_name=schema,  # lineage shows a table by its last name: whose `posts` they are, its group tells
        owners=OWNERS,
        kinds={"dlt", "duckdb"},
        freshness_policy=LANDING_FRESHNESS,
        metadata={
            "dagster/column_schema": TableSchema(columns),
            "dagster/table_name": f"{schema}.{contract.resource}",
        },
    )


def _bookkeeping_spec(schema: str, table: str, description: str, columns: pa.Schema | None) -> AssetSpec:
    metadata: dict = {"dagster/table_name": f"{schema}.{table}"}
    if columns is not None:
        metadata["dagster/column_schema"] = TableSchema([TableColumn(f.name, str(f.type)) for f in columns])
    return AssetSpec(
        [schema, table],
        description=description,
        group_name=schema,
        owners=OWNERS,
        kinds={"dlt", "duckdb"},
        metadata=metadata,
    )
