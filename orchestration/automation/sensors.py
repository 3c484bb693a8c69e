"""A file that is dropped starts a run; a run that fails is written down."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

from dagster import (
    DagsterRunStatus,
    RunFailureSensorContext,
    RunRequest,
    RunsFilter,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    run_failure_sensor,
    sensor,
)

from ingestion.home import Home
from ingestion.listening import load_listening
from orchestration.automation.jobs import everything

UNFINISHED = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
]


def sensors() -> list[SensorDefinition]:
    """Return the sensors; they are off until somebody switches them on in the UI."""

    @sensor(
        name="drop_folder",
        job=everything,
        minimum_interval_seconds=30,
        description="Starts the whole road when the files in the drop folder have changed.",
    )
    def drop_folder(context: SensorEvaluationContext) -> SensorResult | SkipReason:
        home = Home.find()
        files = load_listening(home.config).sources.files
        if not files.enabled:
            return SkipReason("the source `files` is switched off in listening.yml")
        seen = folder_fingerprint(files.path(home))
        if seen == context.cursor:
            return SkipReason("no file has changed")
        if context.instance.get_runs_count(RunsFilter(job_name=everything.name, statuses=UNFINISHED)):
            return SkipReason("a run is under way; the change is looked at after it")
        return SensorResult(run_requests=[RunRequest(run_key=seen)], cursor=seen)

    @run_failure_sensor(
        name="failed_run",
        description="Writes every failed run with its reason to failures.jsonl in the data folder.",
        monitor_all_code_locations=False,
    )
    def failed_run(context: RunFailureSensorContext) -> None:
        line = {
            "at": datetime.now(UTC).isoformat(),
            "run_id": context.dagster_run.run_id,
            "job": context.dagster_run.job_name,
            "reason": context.failure_event.message,
            "steps": [event.step_key for event in context.get_step_failure_events()],
        }
        path = Home.find().root / "failures.jsonl"
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    return [drop_folder, failed_run]


def folder_fingerprint(folder: Path) -> str:
    """Return a hash of the names, sizes and times of all files below a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.is_file():
            stat = path.stat()
            digest.update(f"{path.relative_to(folder)} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]
