"""Blocking checks on every landed batch: a bad one stops the run before anything is modelled on it."""

from collections.abc import Callable, Iterator
from functools import partial

from dagster import (
    AssetCheckExecutionContext,
    AssetCheckResult,
    AssetChecksDefinition,
    AssetCheckSpec,
    MetadataValue,
    multi_asset_check,
)

from ingestion.home import Home
from ingestion.landing.contract import Contract
from ingestion.registry import NETWORKS, SOURCES, source_module
from orchestration.assets.landing import POOL
from orchestration.checks.batches import LandedLoads, reading
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

    They are steps as their landing is: one for each source, and one for all networks.
    """
    alone = [(source, (source,)) for source in SOURCES if source not in NETWORKS]
    return [_checks_of(name, sources) for name, sources in (*alone, ("networks", NETWORKS))]


def _checks_of(name: str, sources: tuple[str, ...]) -> AssetChecksDefinition:
    judges: list[tuple[AssetCheckSpec, Callable[[LandedLoads], AssetCheckResult]]] = []
    for source in sources:
        for contract in source_module(source).CONTRACTS:
            asset = [f"raw_{source}", contract.resource]
            spec = AssetCheckSpec(BATCH_CHECK, asset=asset, description=BATCH_TOLD, blocking=True)
            judges.append((spec, partial(_judged_batch, source=source, contract=contract)))
        asset = [f"raw_{source}", "landings"]
        spec = AssetCheckSpec(COUNTS_CHECK, asset=asset, description=COUNTS_TOLD, blocking=True)
        judges.append((spec, partial(_judged_counts, source=source)))

    @multi_asset_check(name=f"landed_{name}", specs=[spec for spec, _ in judges], can_subset=True, pool=POOL)
    def checks(context: AssetCheckExecutionContext) -> Iterator[AssetCheckResult]:
        report_progress("Checking landed batches", 0)
        with reading(Home.find()) as connection:
            loads = LandedLoads(connection)
            for spec, judge in judges:
                if spec.key in context.selected_asset_check_keys:
                    yield judge(loads)._replace(asset_key=spec.asset_key, check_name=spec.name)

    return checks


def _judged_batch(loads: LandedLoads, source: str, contract: Contract) -> AssetCheckResult:
    batch = loads.batch(source, contract)
    if batch.empty:
        return AssetCheckResult(passed=True, metadata={"rows": 0})
    failed = failures(batch, landed_suite(contract))
    return AssetCheckResult(
        passed=not failed,
        description="; ".join(failed) or None,
        metadata={"rows": len(batch), "failed": MetadataValue.json(failed)},
    )


def _judged_counts(loads: LandedLoads, source: str) -> AssetCheckResult:
    faults = [
        f"{contract.resource}: {rows} observations too few or too many"
        for contract in source_module(source).CONTRACTS
        if (rows := loads.rows_unaccounted_for(source, contract))
    ]
    unbalanced = loads.unbalanced_units(source)
    faults += [f"{unbalanced} landed units do not add up"] if unbalanced else []
    faults += [f"{name}: a column that dlt made up" for name in loads.made_up_columns(source)]
    return AssetCheckResult(passed=not faults, description="; ".join(faults) or None)
