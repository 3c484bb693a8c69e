"""The Dagster instance: quiet, one writer at a time, and free again after a kill."""

import os
from contextlib import ExitStack

import duckdb
import pytest

from orchestration import one_run
from orchestration.instance import prepare_instance
from orchestration.instance.abandoned import STARTED_BY, STARTED_BY_TAG, end_abandoned_runs
from orchestration.one_run import run_lock
from orchestration.publish import WarehouseBusy


@pytest.fixture
def instance(home, monkeypatch):
    """The instance as `listenhouse run` opens it."""
    from dagster import DagsterInstance

    from orchestration.instance import QUIET

    for name in (*QUIET, "DAGSTER_HOME"):
        monkeypatch.setenv(name, "set anew, and put back after the test")
    prepare_instance(home)
    with DagsterInstance.from_config(str(home.dagster)) as instance:
        yield instance


def begun(instance, **tags: str) -> str:
    """Note a run that has begun and holds the warehouse; return its id."""
    from dagster import DagsterRun, DagsterRunStatus
    from dagster._core.utils import make_new_run_id

    run = DagsterRun(
        job_name="everything", run_id=make_new_run_id(), status=DagsterRunStatus.STARTED, tags=tags
    )
    instance.add_run(run)
    instance.event_log_storage.initialize_concurrency_limit_to_default("warehouse")
    instance.event_log_storage.claim_concurrency_slot("warehouse", run.run_id, "transform")
    return run.run_id


def free_slots(instance) -> int:
    info = instance.event_log_storage.get_concurrency_info("warehouse")
    return info.slot_count - len(info.claimed_slots)


def test_the_instance_reports_its_use_to_nobody(instance):
    assert instance.telemetry_enabled is False
    assert os.environ["DAGSTER_DISABLE_TELEMETRY"] == "yes"


def test_one_run_and_one_op_of_the_warehouse_pool_at_a_time(instance):
    concurrency = instance.get_concurrency_config()
    assert concurrency.pool_config.default_pool_limit == 1
    assert concurrency.pool_config.pool_granularity.value == "op"
    assert concurrency.run_queue_config.max_concurrent_runs == 1


def test_runs_are_watched_and_give_their_place_back(instance):
    assert instance.run_monitoring_enabled
    assert 0 < instance.run_monitoring_max_runtime_seconds <= 24 * 3600
    assert instance.get_settings("run_monitoring")["free_slots_after_run_end_seconds"] > 0


def test_preparing_the_instance_again_keeps_its_history(instance, home):
    run_id = begun(instance)
    prepare_instance(home)
    assert instance.get_run_by_id(run_id) is not None


def test_a_killed_run_is_ended_and_its_slot_is_free_again(instance):
    from dagster import DagsterRunStatus

    run_id = begun(instance, **{STARTED_BY_TAG: STARTED_BY})
    assert free_slots(instance) == 0
    assert end_abandoned_runs(instance) == [run_id]
    assert instance.get_run_by_id(run_id).status == DagsterRunStatus.FAILURE
    assert free_slots(instance) == 1
    assert end_abandoned_runs(instance) == []


def test_a_slot_is_freed_too_if_the_kill_came_after_the_end_of_the_run(instance):
    run_id = begun(instance, **{STARTED_BY_TAG: STARTED_BY})
    instance.report_run_failed(instance.get_run_by_id(run_id), "killed")
    end_abandoned_runs(instance)
    assert free_slots(instance) == 1


def test_a_run_of_the_daemon_is_left_to_the_daemon(instance):
    from dagster import DagsterRunStatus

    run_id = begun(instance)
    assert end_abandoned_runs(instance) == []
    assert instance.get_run_by_id(run_id).status == DagsterRunStatus.STARTED
    assert free_slots(instance) == 0


def test_only_one_run_at_a_time_and_the_message_names_the_other(home):
    with run_lock(home), pytest.raises(WarehouseBusy, match=f"process {os.getpid()}.*Remedy"), run_lock(home):
        pytest.fail("two runs at once")
    with run_lock(home):
        pass


def test_a_run_waits_for_what_a_killed_one_left_running(home, fill, busy_warehouse, monkeypatch):
    fill()
    monkeypatch.setattr(one_run, "PATIENCE", 30.0)
    waits = []
    with ExitStack() as left_over:
        left_over.enter_context(busy_warehouse())

        def pause(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 3:
                left_over.close()

        monkeypatch.setattr(one_run.time, "sleep", pause)
        with run_lock(home):
            assert len(waits) >= 3
            duckdb.connect(str(home.warehouse)).close()


def test_a_run_that_waited_in_vain_says_who_holds_the_warehouse(home, fill, busy_warehouse, monkeypatch):
    fill()
    monkeypatch.setattr(one_run, "PATIENCE", 0.1)
    with busy_warehouse(), pytest.raises(WarehouseBusy, match=r"PID \d+.*Remedy"), run_lock(home):
        pytest.fail("the warehouse is held")


def test_the_event_log_keeps_few_files_open_and_all_events(instance):
    from dagster import AssetKey, AssetMaterialization, DagsterInstance

    from orchestration.instance.history import KEPT_OPEN, OpenEventLog

    log = instance.event_log_storage
    assert isinstance(log, OpenEventLog)
    run_ids = [begun(instance) for _ in range(KEPT_OPEN + 2)]
    for run_id in run_ids:
        instance.report_engine_event("still here", instance.get_run_by_id(run_id))
    instance.report_runless_asset_event(AssetMaterialization("release"))
    assert len(log._engines) == KEPT_OPEN
    told = [[entry.message for entry in instance.all_logs(run_id)] for run_id in run_ids]
    assert all("still here" in messages for messages in told)
    instance.dispose()
    assert not log._engines
    # What another process reads, with a storage of its own:
    with DagsterInstance.from_config(instance.root_directory) as again:
        assert again.get_latest_materialization_event(AssetKey("release")) is not None
        assert [entry.message for entry in again.all_logs(run_ids[0])] == told[0]


def test_wiping_the_history_leaves_a_working_one(instance):
    begun(instance)
    instance.wipe()
    assert instance.get_runs() == []
    assert begun(instance)
