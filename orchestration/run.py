"""Runs the whole road in this process and says what came of it."""

import logging
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

from ingestion.home import Home
from ingestion.listening import Listening
from orchestration.instance import prepare_instance
from orchestration.instance.abandoned import STARTED_BY, STARTED_BY_TAG, end_abandoned_runs
from orchestration.one_run import run_lock
from orchestration.progress import Progress, report_progress, told_to

if TYPE_CHECKING:
    from dagster import ExecuteInProcessResult

    from orchestration.publish import Release

QUIET_CONSOLE = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""The log is in the instance, for the UI; the terminal gets the progress and the outcome."""
MAX_TOLD = 12
"""Failures that a message lists at most."""


def run_everything(
    home: Home, listening: Listening, *, full_refresh: bool = False, progress: Progress | None = None
) -> "Release":
    """Land, model, classify, check and publish; return the release that is current afterwards.

    With nothing new the current release stays. Raises GateFailed if a check or a step failed: nothing was
    published then, and the message says what failed and which release readers still see. Raises
    WarehouseBusy while another run is under way.
    """
    with run_lock(home):
        return _run(home, listening, full_refresh, progress)


def _run(home: Home, listening: Listening, full_refresh: bool, progress: Progress | None) -> "Release":
    prepare_instance(home)
    # With nothing to rebuild, dbt's tests give no result on purpose; Dagster would warn of each.
    logging.getLogger("dagster._core.execution.plan.active").setLevel(logging.ERROR)
    with told_to(progress or (lambda step, done, total: None)):
        report_progress("Starting", 0)
        from dagster import DagsterInstance

        from orchestration.assets.transform import FULL_REFRESH_TAG
        from orchestration.definitions import defs
        from orchestration.publish import current_release

        with (
            open(home.root / "last_run.log", "w", encoding="utf-8") as log,
            redirect_stdout(log),  # dbt speaks there
            DagsterInstance.from_config(str(home.dagster)) as instance,
        ):
            end_abandoned_runs(instance)
            result = defs.resolve_job_def("everything").execute_in_process(
                instance=instance,
                raise_on_error=False,
                tags={STARTED_BY_TAG: STARTED_BY} | ({FULL_REFRESH_TAG: "true"} if full_refresh else {}),
                run_config=QUIET_CONSOLE,
            )
    failed = what_failed(result)
    if failed or not result.success:
        from orchestration.publish import GateFailed

        raise GateFailed(_gate_message(home, result, failed))
    return current_release(home)


def what_failed(result: "ExecuteInProcessResult") -> list[str]:
    """Return one line for each blocking check that failed and each step that broke."""
    from dagster import AssetCheckSeverity

    lines = []
    for evaluation in result.get_asset_check_evaluations():
        if not evaluation.passed and evaluation.blocking and evaluation.severity == AssetCheckSeverity.ERROR:
            table = ".".join(evaluation.asset_key.path)
            lines.append(f"{table}: {evaluation.check_name}: {evaluation.description or 'failed'}")
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            while error is not None and error.cause is not None:
                error = error.cause
            first = (error.message if error else "failed").strip()
            if "CheckFailed" not in (error.cls_name or "" if error else ""):
                lines.append(f"{event.step_key}: {first}")
    return lines


def _gate_message(home: Home, result: "ExecuteInProcessResult", failed: list[str]) -> str:
    from orchestration.publish import NoRelease, current_release

    try:
        kept = f"Readers still see release {current_release(home).release_id}."
    except NoRelease:
        kept = "There is no earlier release."
    shown = "\n".join(f"- {line}" for line in failed[:MAX_TOLD]) or "- see the run in listenhouse ui"
    more = f"\n- and {len(failed) - MAX_TOLD} more" if len(failed) > MAX_TOLD else ""
    return (
        f"Nothing was published: run {result.run_id} did not pass.\n{shown}{more}\n{kept}\n"
        "Remedy: correct what is named and run again; `listenhouse ui` shows the run in full."
    )
