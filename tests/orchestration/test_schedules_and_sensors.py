"""What starts runs by itself, and what is written down when one fails; with a real Dagster instance."""

import json
from datetime import UTC, datetime

import pytest

from ingestion.home import Home

CONFIG = "version: 1\nbrands: [{name: Lumora, terms: [lumora]}]\nsources: {files: {enabled: %s}}\n"


@pytest.fixture
def lived_in(home: Home, monkeypatch) -> Home:
    """The home of this test, as everything that looks for one finds it."""
    home.root.mkdir()
    home.drop.mkdir()
    home.config.write_text(CONFIG % "true")
    monkeypatch.setenv("LISTENHOUSE_HOME", str(home.root))
    monkeypatch.setenv("LISTENHOUSE_CONFIG", str(home.config))
    return home


@pytest.fixture
def instance():
    from dagster import DagsterInstance

    with DagsterInstance.local_temp() as instance:
        yield instance


def named(name: str):
    from orchestration.automation.sensors import sensors

    return next(sensor for sensor in sensors() if sensor.name == name)


def look(instance, cursor: str | None):
    """Let the drop-folder sensor look once; return its run requests, its reason to skip and its cursor."""
    from dagster import build_sensor_context

    tick = named("drop_folder").evaluate_tick(build_sensor_context(instance=instance, cursor=cursor))
    return tick.run_requests, tick.skip_message, tick.cursor


def under_way(instance, job: str = "everything") -> str:
    """Note a run of a job that has begun; return its id."""
    from dagster import DagsterRun, DagsterRunStatus
    from dagster._core.utils import make_new_run_id

    run = DagsterRun(job_name=job, run_id=make_new_run_id(), status=DagsterRunStatus.STARTED)
    return instance.add_run(run).run_id


def test_a_dropped_file_starts_one_run(lived_in, instance):
    (lived_in.drop / "a.csv").write_text("id\n1\n")
    requests, _, cursor = look(instance, None)
    assert len(requests) == 1
    again, reason, unmoved = look(instance, cursor)
    assert not again
    assert reason == "no file has changed"
    assert unmoved == cursor


def test_a_changed_file_and_another_file_start_a_run_each(lived_in, instance):
    (lived_in.drop / "a.csv").write_text("id\n1\n")
    first, _, cursor = look(instance, None)
    (lived_in.drop / "a.csv").write_text("id\n1\n2\n")
    second, _, cursor = look(instance, cursor)
    (lived_in.drop / "below").mkdir()
    (lived_in.drop / "below/b.csv").write_text("id\n3\n")
    third, _, _ = look(instance, cursor)
    assert len({request.run_key for request in [*first, *second, *third]}) == 3


def test_a_file_dropped_during_a_run_is_looked_at_after_it(lived_in, instance):
    from dagster import DagsterRunStatus

    run_id = under_way(instance)
    (lived_in.drop / "a.csv").write_text("id\n1\n")
    requests, reason, cursor = look(instance, None)
    assert not requests
    assert "under way" in reason
    instance.report_run_failed(instance.get_run_by_id(run_id), "killed")
    assert instance.get_run_by_id(run_id).status == DagsterRunStatus.FAILURE
    requests, _, _ = look(instance, cursor)
    assert len(requests) == 1


def test_the_drop_folder_is_left_alone_when_the_source_is_off(lived_in, instance):
    lived_in.config.write_text(CONFIG % "false")
    (lived_in.drop / "a.csv").write_text("id\n1\n")
    requests, reason, _ = look(instance, None)
    assert not requests
    assert "listening.yml" in reason


def test_a_failed_run_is_written_down_with_its_step_and_reason(lived_in, instance):
    from dagster import build_run_status_sensor_context, job, op

    @op
    def lands_badly():
        raise OSError("the disk is full")

    @job
    def half():
        lands_badly()

    failed = half.execute_in_process(instance=instance, raise_on_error=False)
    context = build_run_status_sensor_context(
        sensor_name="failed_run",
        dagster_event=failed.get_run_failure_event(),
        dagster_instance=instance,
        dagster_run=failed.dagster_run,
    ).for_run_failure()
    named("failed_run")(context)
    named("failed_run")(context)

    lines = [json.loads(line) for line in (lived_in.root / "failures.jsonl").read_text().splitlines()]
    assert len(lines) == 2
    assert lines[0]["run_id"] == failed.run_id
    assert lines[0]["job"] == "half"
    assert lines[0]["steps"] == ["lands_badly"]
    assert "lands_badly" in lines[0]["reason"]
    assert datetime.fromisoformat(lines[0]["at"]).tzinfo is not None


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("hourly_landing", datetime(2026, 8, 1, 6, 5, tzinfo=UTC)),
        ("daily_release", datetime(2026, 8, 1, 3, 30, tzinfo=UTC)),
        ("weekly_retraining", datetime(2026, 8, 2, 1, 0, tzinfo=UTC)),
    ],
)
def test_each_schedule_asks_for_one_run_of_its_job(instance, name, moment):
    from dagster import build_schedule_context
    from dagster._utils.schedules import schedule_execution_time_iterator

    from orchestration.automation.schedules import schedules

    schedule = next(schedule for schedule in schedules("Europe/Berlin") if schedule.name == name)
    tick = schedule.evaluate_tick(build_schedule_context(instance, scheduled_execution_time=moment))
    assert len(tick.run_requests) == 1
    assert schedule.execution_timezone == "Europe/Berlin"
    ticks = schedule_execution_time_iterator(
        moment.timestamp() - 1, schedule.cron_schedule, schedule.execution_timezone
    )
    assert next(ticks) == moment
