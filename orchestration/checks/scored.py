"""The blocking check on scored mentions: a broken model never reaches a release."""

from dagster import AssetCheckResult, AssetChecksDefinition, MetadataValue, asset_check

from ingestion.home import Home
from orchestration.assets.landing import POOL
from orchestration.checks.batches import scored_batch
from orchestration.checks.suites import failures, scored_suite
from orchestration.progress import report_progress


def scored_checks() -> list[AssetChecksDefinition]:
    """Return the check of the scored mentions."""

    @asset_check(
        asset=["marts", "fct_mention_sentiment"],
        name="scored_batch",
        description="Great Expectations on a sample of the scored mentions.",
        blocking=True,
        pool=POOL,
    )
    def scored_batch_check() -> AssetCheckResult:
        report_progress("Checking scores", 0)
        batch = scored_batch(Home.find())
        failed = failures(batch, scored_suite(len(batch))) if len(batch) else []
        return AssetCheckResult(
            passed=not failed,
            description="; ".join(failed) or None,
            metadata={"rows": len(batch), "failed": MetadataValue.json(failed)},
        )

    return [scored_batch_check]
