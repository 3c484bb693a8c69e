"""Blocking checks on every landed batch: a bad one stops the run before anything is modelled on it."""

from collections.abc import Callable, Iterator

from dagster import (
    AssetCheckExecutionContext,
    AssetCheckResult,
    AssetChecksDefinition,
    AssetCheckSpec,
    MetadataValue,
    asset_check,
    multi_asset_check,
)

from ingestion.home import Home
from ingestion.landing.contract import Contract
from ingestion.registry import NETWORKS, SOURCES, source_module
from orchestration.assets.landing import POOL
from orchestration.checks.batches import landed_batch, reading, rows_unaccounted_for
from orchestration.checks.suites import failures, landed_suite
from orchestration.progress import report_progress

BATCH_CHECK = "landed_batch"
BATCH_TOLD = "Great Expectations on the rows that no finished run has seen yet."
COUNTS_CHECK = "everything_received_is_accounted_for"
COUNTS_TOLD = (
    "received = accepted + duplicate + quarantined + deleted for every landed unit; the tables "
    "hold as many observations as were told; no column that dlt made up because a value did not fit."
)


def landed_checks() -> list[AssetChecksDefinition]:
    """Return the checks of all sources: one suite per resource, and the count identity per source.

    Those of the networks are one step, as their landing is.
    """
    checks = []
    for source in SOURCES:
        if source not in NETWORKS:
            checks += [_batch_check(source, contract) for contract in source_module(source).CONTRACTS]
            checks.append(_counts_check(source))
    return [*checks, _network_checks()]


def _batch_check(source: str, contract: Contract) -> AssetChecksDefinition:
    @asset_check(
        asset=[f"raw_{source}", contract.resource],
        name=BATCH_CHECK,
        description=BATCH_TOLD,
        blocking=True,
        pool=POOL,
    )
    def landed_batch_check() -> AssetCheckResult:
        return _judged_batch(source, contract)

    return landed_batch_check


def _counts_check(source: str) -> AssetChecksDefinition:
    @asset_check(
        asset=[f"raw_{source}", "landings"],
        name=COUNTS_CHECK,
        description=COUNTS_TOLD,
        blocking=True,
        pool=POOL,
    )
    def counts_check() -> AssetCheckResult:
        return _judged_counts(source)

    return counts_check


def _network_checks() -> AssetChecksDefinition:
    judges: list[tuple[AssetCheckSpec, Callable[[], AssetCheckResult]]] = []
    for source in NETWORKS:
        for contract in source_module(source).CONTRACTS:
            asset = [f"raw_{source}", contract.resource]
            spec = AssetCheckSpec(BATCH_CHECK, asset=asset, description=BATCH_TOLD, blocking=True)
            judges.append((spec, lambda source=source, contract=contract: _judged_batch(source, contract)))
        asset = [f"raw_{source}", "landings"]
        spec = AssetCheckSpec(COUNTS_CHECK, asset=asset, description=COUNTS_TOLD, blocking=True)
        judges.append((spec, lambda source=source: _judged_counts(source)))

    @multi_asset_check(name="landed_networks", specs=[spec for spec, _ in judges], can_subset=True, pool=POOL)
    def network_checks(context: AssetCheckExecutionContext) -> Iterator[AssetCheckResult]:
        for spec, judge in judges:
            if spec.key in context.selected_asset_check_keys:
                yield judge()._replace(asset_key=spec.asset_key, check_name=spec.name)

    return network_checks


def _judged_batch(source: str, contract: Contract) -> AssetCheckResult:
    report_progress("Checking landed batches", 0)
    batch = landed_batch(Home.find(), source, contract)
    if batch.empty:
        return AssetCheckResult(passed=True, metadata={"rows": 0})
    failed = failures(batch, landed_suite(contract))
    return AssetCheckResult(
        passed=not failed,
        description="; ".join(failed) or None,
        metadata={"rows": len(batch), "failed": MetadataValue.json(failed)},
    )


def _judged_counts(source: str) -> AssetCheckResult:
    schema = f"raw_{source}"
    home = Home.find()
    differences = {
        contract.resource: rows_unaccounted_for(home, source, contract)
        for contract in source_module(source).CONTRACTS
    }
    with reading(home) as connection:
        unbalanced = connection.execute(
            f"select count(*) from {schema}.landings"
            " where received <> accepted + duplicate + quarantined + deleted"
        ).fetchone()[0]
        variants = connection.execute(
            "select table_name || '.' || column_name from information_schema.columns"
            " where table_schema = ? and column_name like '%\\_\\_v\\_%' escape '\\'",
            [schema],
        ).fetchall()
    faults = [
        f"{resource}: {rows} observations too few or too many"
        for resource, rows in differences.items()
        if rows
    ]
    faults += [f"{unbalanced} landed units do not add up"] if unbalanced else []
    faults += [f"{name}: a column that dlt made up" for (name,) in variants]
    return AssetCheckResult(passed=not faults, description="; ".join(faults) or None)
