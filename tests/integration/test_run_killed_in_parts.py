"""Kills that leave more behind than most: half a rebuild, or dbt still at work after the run that began it."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.integration.demo_road import LISTENHOUSE, DemoRoad
from tests.integration.test_run_killed import built


def another_word(text: str) -> str:
    """A change of listening.yml, so that there is something to do."""
    return text.replace("terms: [caldrix]", "terms: [caldrix, espresso]")


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_half_a_full_refresh_is_made_whole_before_anything_is_built_on_it(
    walked_road: DemoRoad, never_killed: DemoRoad, tmp_path: Path
):
    shutil.rmtree(walked_road.home / "dbt/run")  # it tells of the run before, too
    killed = walked_road.run("--full-refresh", kill_when=built("int_post_clusters"))
    assert killed.code == -signal.SIGKILL, killed.output
    again = walked_road.run()
    assert again.code == 0, again.output
    assert walked_road.manifest == never_killed.manifest, "nothing is new: the release stays"

    walked_road.listen(more=another_word)
    outcome = walked_road.run()
    assert outcome.code == 0, outcome.output

    shutil.copytree(never_killed.home, tmp_path / "undisturbed/home", symlinks=True)
    undisturbed = DemoRoad(tmp_path / "undisturbed")
    undisturbed.listen(more=another_word)
    assert undisturbed.run().code == 0
    assert walked_road.manifest["marts_sha256"] == undisturbed.manifest["marts_sha256"]


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_run_waits_for_the_dbt_that_outlived_the_run_before(road: DemoRoad, never_killed: DemoRoad):
    """Out of memory, a machine kills one process, not the group."""
    at_work = built("int_posts_tokenised")
    with open(road.root / "killed.txt", "w", encoding="utf-8") as output:
        run = subprocess.Popen(
            [str(LISTENHOUSE), "run"],
            env=road.environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        while not at_work(road):
            assert run.poll() is None, (road.root / "killed.txt").read_text(encoding="utf-8")
            time.sleep(0.02)
        run.kill()
        assert run.wait() == -signal.SIGKILL
        outcome = road.run()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
    assert outcome.code == 0, outcome.output
    assert road.manifest["marts_sha256"] == never_killed.manifest["marts_sha256"]
