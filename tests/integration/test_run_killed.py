"""SIGKILL at every part of the road; the next run makes it good, hash for hash, without a human."""

import random
import shutil
import time
from collections.abc import Callable

import pytest

from tests.integration.demo_road import DemoRoad


def while_loading(road: DemoRoad) -> bool:
    return any((road.home / "dlt/listenhouse_demo/load/normalized").glob("*/started_jobs/*"))


def built(model: str) -> Callable[[DemoRoad], bool]:
    """Tell when dbt has built a model and goes on to the next: it writes each down as it begins with it."""

    def when(road: DemoRoad) -> bool:
        begun = {path.stem: path.stat().st_mtime_ns for path in (road.home / "dbt/run").rglob("*.sql")}
        return model in begun and max(begun.values()) > begun[model]

    return when


def while_writing_the_release(road: DemoRoad) -> bool:
    return any((road.home / "published/releases").glob(".*/parquet/*"))


POINTS = {
    "landing": while_loading,
    "dbt": built("int_post_clusters"),
    "scoring": built("int_post_sentiment"),
    "publishing": while_writing_the_release,
}


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_run_killed_at_each_part_in_turn_is_made_good_by_the_next(road: DemoRoad, never_killed: DemoRoad):
    for point in POINTS:
        kill(road, point)

    again = road.run()

    assert again.code == 0, again.output
    assert road.manifest["marts_sha256"] == never_killed.manifest["marts_sha256"]


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "point", ["scoring", *(pytest.param(one, marks=pytest.mark.soak) for one in POINTS if one != "scoring")]
)
def test_a_run_killed_once_is_made_good_by_the_next(point: str, road: DemoRoad, never_killed: DemoRoad):
    kill(road, point)

    again = road.run()

    assert again.code == 0, again.output
    assert road.manifest["marts_sha256"] == never_killed.manifest["marts_sha256"]


def kill(road: DemoRoad, point: str) -> None:
    """Start a run and kill it at `point`; nothing may have been published."""
    shutil.rmtree(road.home / "dbt/run", ignore_errors=True)  # it tells of the run before, too
    killed = road.run(kill_when=POINTS[point])
    assert killed.code == -9, f"the run was over before it could be killed at {point!r}:\n{killed.output}"
    assert not (road.home / "published/current").exists(), "readers saw a release that was not finished"


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_run_killed_at_any_moment_is_made_good_within_two_runs(
    tmp_path_factory: pytest.TempPathFactory, never_killed: DemoRoad
):
    draw = random.Random(20260928)
    for attempt in range(12):
        road = DemoRoad(tmp_path_factory.mktemp(f"soak_{attempt}"))
        for _ in range(2):
            moment = time.monotonic() + draw.uniform(5, 45)
            road.run(kill_when=lambda _, moment=moment: time.monotonic() > moment)
        outcomes = [road.run()]
        if outcomes[0].code != 0:
            outcomes.append(road.run())
        assert outcomes[-1].code == 0, outcomes[-1].output
        assert road.manifest["marts_sha256"] == never_killed.manifest["marts_sha256"], f"attempt {attempt}"
