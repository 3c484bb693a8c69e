"""Back-fill by date range: a job whose partitions are the networks and the days, for the UI and its back-fills."""

from datetime import UTC, datetime

from dagster import (
    AssetKey,
    AssetMaterialization,
    Config,
    DailyPartitionsDefinition,
    JobDefinition,
    MultiPartitionKey,
    MultiPartitionsDefinition,
    OpExecutionContext,
    StaticPartitionsDefinition,
    in_process_executor,
    job,
    op,
)
from pydantic import Field

from ingestion.registry import NETWORKS, network_type
from orchestration.assets.landing import POOL

EARLIEST = "2024-01-01"
"""The first day that the UI offers; `listenhouse backfill` takes any."""
SOURCE, DAY = "source", "day"


class BackFillConfig(Config):
    """What a run of the job may be told besides its source and day."""

    again: bool = Field(
        default=False, description="Read also a day that a back-fill has read to its end before."
    )


def back_fill_job(time_zone: str) -> JobDefinition:
    """Return the job; its days are those of the reporting time zone, its sources the networks that can go back."""
    partitions = MultiPartitionsDefinition(
        {
            SOURCE: StaticPartitionsDefinition(list(reaching_back())),
            DAY: DailyPartitionsDefinition(start_date=EARLIEST, timezone=time_zone),
        }
    )

    @op(
        name="back_fill",
        description="Read one day of one network to its end; a quota or an error fails it, and the next try goes on.",
        pool=POOL,
    )
    def back_fill(context: OpExecutionContext, config: BackFillConfig) -> None:
        key = context.partition_key
        assert isinstance(key, MultiPartitionKey)
        read_day(context, key.keys_by_dimension[SOURCE], key.keys_by_dimension[DAY], again=config.again)

    @job(
        name="backfill",
        description="Read days of the past of one network, as `listenhouse backfill` does: choose source and days "
        "under Launchpad or Partitions. What has landed before does not land again; the next release has it.",
        partitions_def=partitions,
        executor_def=in_process_executor,
        tags={"dagster/priority": "-1"},
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
