"""Runs of `listenhouse run` whose process was killed: ended, so that they stand in nobody's way.

Dagster cannot know that a process of its own is gone: the run would stay `started` for ever, hold its slot
of the warehouse pool, and the next run would wait for that slot without end.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dagster import DagsterInstance

STARTED_BY_TAG = "listenhouse/started_by"
STARTED_BY = "listenhouse run"
"""Marks runs that live in the process of the command; those of the daemon are watched by the daemon."""


def end_abandoned_runs(instance: "DagsterInstance") -> list[str]:
    """Fail the unfinished runs of earlier commands and free their slots; return their ids.

    Call it only under `run_lock`: then no such run can be alive.
    """
    from dagster import DagsterRunStatus, RunsFilter

    unfinished = [
        DagsterRunStatus.QUEUED,
        DagsterRunStatus.NOT_STARTED,
        DagsterRunStatus.STARTING,
        DagsterRunStatus.STARTED,
        DagsterRunStatus.CANCELING,
    ]
    ours = RunsFilter(tags={STARTED_BY_TAG: STARTED_BY}, statuses=unfinished)
    ended = []
    for run in instance.get_runs(ours):
        instance.report_run_failed(run, "The process of this run was killed; a later run went on from there.")
        ended.append(run.run_id)
    # Also of runs that were ended already, when a kill came between the two.
    storage = instance.event_log_storage
    for run_id in {run_id for key in storage.get_concurrency_keys() for run_id in _holders(instance, key)}:
        run = instance.get_run_by_id(run_id)
        if run is None or (run.is_finished and run.tags.get(STARTED_BY_TAG) == STARTED_BY):
            storage.free_concurrency_slots_for_run(run_id)
    return ended


def _holders(instance: "DagsterInstance", pool: str) -> set[str]:
    info = instance.event_log_storage.get_concurrency_info(pool)
    return {step.run_id for step in [*info.claimed_slots, *info.pending_steps]}
