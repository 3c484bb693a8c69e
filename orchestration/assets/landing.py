"""Sources: each one a multi-asset whose tables are `raw_<source>.<table>`."""

from collections.abc import Iterator

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
from ingestion.landing.contract import LANDINGS_SCHEMA, QUARANTINE_SCHEMA, Contract
from ingestion.landing.runner import LandingError, ensure_tables, land
from ingestion.listening import load_listening
from ingestion.registry import SOURCES, source_module
from orchestration.freshness import LANDING_FRESHNESS
from orchestration.progress import report_progress
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
OWNERS = ["team:data-platform"]
POOL = "warehouse"
"""The one writer of the warehouse."""


def landing_assets() -> list[AssetsDefinition]:
    """Return one multi-asset for each source that ships with Listenhouse."""
    return [_source_assets(source) for source in SOURCES]


def _source_assets(source: str) -> AssetsDefinition:
    contracts = source_module(source).CONTRACTS
    schema = f"raw_{source}"
    specs = [_contract_spec(schema, contract) for contract in contracts]
    specs += [_bookkeeping_spec(schema, table) for table in BOOKKEEPING]
    reached = AssetCheckSpec(
        "source_was_read",
        asset=specs[0].key,
        description="The source could be read, or is switched off in listening.yml. Not blocking: a source "
        "that is down must not hold up its neighbours.",
    )

    @multi_asset(name=f"land_{source}", specs=specs, check_specs=[reached], pool=POOL)
    def landing(context: AssetExecutionContext) -> Iterator[MaterializeResult | AssetCheckResult]:
        home = Home.find()
        listening = load_listening(home.config)
        step = f"Landing {source}"
        if not getattr(listening.sources, source).enabled:
            ensure_tables(source, home)
            for spec in specs:
                yield MaterializeResult(asset_key=spec.key, metadata={"enabled": False})
            yield AssetCheckResult(passed=True, asset_key=reached.asset_key, check_name=reached.name)
            return
        done = 0

        def progress(_resource: str, count: int) -> None:
            nonlocal done
            done += count
            report_progress(step, done)
            warm_up()  # there is something new: it will be checked

        report_progress(step, 0)
        failure = None
        try:
            report = land(source, home, listening, context.run_id, progress=progress)
            for message in report.messages:
                context.log.warning(message)
        except LandingError as error:
            failure = str(error)
            context.log.error(failure)
            ensure_tables(source, home)
        for spec in specs:
            counts = None if failure else report.counts.get(spec.key.path[-1])
            yield MaterializeResult(
                asset_key=spec.key,
                metadata={"enabled": True} | ({} if counts is None else vars(counts)),
            )
        yield AssetCheckResult(
            passed=failure is None,
            asset_key=reached.asset_key,
            check_name=reached.name,
            severity=AssetCheckSeverity.ERROR,
            metadata={"error": MetadataValue.text(failure)} if failure else {"messages": report.messages},
        )

    return landing


def _contract_spec(schema: str, contract: Contract) -> AssetSpec:
    descriptions = {column.landed_name: column.description for column in contract.columns}
    columns = [
        TableColumn(field.name, str(field.type), descriptions.get(field.name))
        for field in contract.arrow_schema
    ]
    return AssetSpec(
        [schema, contract.resource],
        description=contract.description,
        group_name="landing",
        owners=OWNERS,
        kinds={"dlt", "duckdb"},
        freshness_policy=LANDING_FRESHNESS,
        metadata={
            "dagster/column_schema": TableSchema(columns),
            "dagster/table_name": f"{schema}.{contract.resource}",
        },
    )


def _bookkeeping_spec(schema: str, table: str) -> AssetSpec:
    description, columns = BOOKKEEPING[table]
    metadata: dict = {"dagster/table_name": f"{schema}.{table}"}
    if columns is not None:
        metadata["dagster/column_schema"] = TableSchema([TableColumn(f.name, str(f.type)) for f in columns])
    return AssetSpec(
        [schema, table],
        description=description,
        group_name="landing",
        owners=OWNERS,
        kinds={"dlt", "duckdb"},
        metadata=metadata,
    )
