"""Back-fill by date range: a job for each network, whose partitions are days, for the UI and its back-fills.

One job with sources and days as two dimensions would show thousands of partitions in one row, days and sources
mixed; a job of a network shows its days in their order.
"""

from datetime import UTC, datetime

from dagster import (
    AssetKey,
    AssetMaterialization,
    Config,
    DailyPartitionsDefinition,
    JobDefinition,
    OpExecutionContext,
    in_process_executor,
    job,
    op,
)
from pydantic import Field

from ingestion.registry import NETWORKS, network_type
from orchestration.assets.landing import POOL

EARLIEST = "2025-01-01"
"""The first day that the UI offers; `listenhouse backfill` takes any."""


class BackFillConfig(Config):
    """What a run of a job may be told besides its day."""

    again: bool = Field(
        default=False, description="Read also a day that a back-fill has read to its end before."
    )


def back_fill_jobs(time_zone: str) -> list[JobDefinition]:
    """Return a job for each network that can go back; its partitions are days of the reporting time zone."""
    days = DailyPartitionsDefinition(start_date=EARLIEST, timezone=time_zone)
    return [_job(source, days) for source in reaching_back()]


def _job(source: str, days: DailyPartitionsDefinition) -> JobDefinition:
    @op(
        name=f"back_fill_{source}",
        description="Read one day to its end; a quota or an error fails the run, and the next one goes on.",
        pool=POOL,
    )
    def back_fill(context: OpExecutionContext, config: BackFillConfig) -> None:
        read_day(context, source, context.partition_key, again=config.again)

    @job(
        name=f"backfill_{source}",
        description=f"Read days of the past of {source}, as `listenhouse backfill {source}` does: choose them under "
        "Partitions. What has landed before does not land again; the next release has it.",
        partitions_def=days,
        executor_def=in_process_executor,
        tags={"dagster/priority": "-1", "listenhouse/source": source},
    )
    def backfill() -> None:
        back_fill()

    return backfill


def reaching_back() -> tuple[str, ...]:
    """Return the networks whose API gives more than its newest items."""
    return tuple(name for name in NETWORKS if network_type(name).declaration.reach != "newest")


def read_day(context: OpExecutionContext, source: str, day: str, *, again: bool) -> None:
    """Read a day and tell the instance what landed. Raises Failure where the network lets us read no more."""
    from dagster import Failure

    from ingestion.home import Home
    from ingestion.listening import load_listening
    from ingestion.network.back_fill import BackFillRefused, back_fill_span, check_reach, day_span
    from ingestion.network.credentials import CredentialsMissing

    home = Home.find()
    listening = load_listening(home.config)
    span = day_span(listening, datetime.strptime(day, "%Y-%m-%d").date())
    try:
        check_reach(source, listening, span[0], datetime.now(UTC))
        outcome = back_fill_span(source, home, listening, span, context.run_id, again=again)
    except (BackFillRefused, CredentialsMissing) as error:
        raise Failure(description=str(error), allow_retries=False) from error
    counts = vars(outcome.counts)
    context.log_event(
        AssetMaterialization(
            AssetKey([f"raw_{source}", network_type(source).contract.resource]),
            description=f"Back-fill of {day}",
            metadata={**counts, "day": day, "was_read_before": outcome.was_done_before},
        )
    )
    if not outcome.is_done:
        raise Failure(
            description=f"{source} stopped at {day}: {outcome.stopped}. What came has landed; run it again to go on.",
            metadata=counts,
            allow_retries=False,
        )
