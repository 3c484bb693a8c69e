"""Killed at any step, publishing leaves a whole release in place and goes on at the next run."""

import os
import signal
import subprocess
import sys

import pytest

from orchestration.publish import current_release, list_releases

STEPS = [
    "started",
    "database written",
    "parquet written",
    "report written",
    "manifest written",
    "synced",
    "renamed",
    "link placed",
    "flipped",
    "pruned",
]
FLIPPED = STEPS.index("flipped")

KILLED_BUILD = """
import os, signal, sys
from pathlib import Path
from ingestion.home import Home
from orchestration.publish import build_release

def kill(step):
    if step == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

def report(folder, manifest):
    (folder / "report.html").write_text("page")

home = Home(root=Path(sys.argv[1]), config=Path("listening.yml"))
build_release(home, run_id="killed", code_version="c", inputs={}, keep=2, report=report, checkpoint=kill)
"""


def test_the_steps_named_here_are_all_there_are(fill, publish):
    fill()
    seen = []
    publish(checkpoint=seen.append, report=lambda folder, manifest: None)
    assert seen == STEPS


@pytest.mark.parametrize("step", STEPS)
def test_a_build_killed_at_any_step_leaves_a_whole_release_and_the_next_one_cleans_up(
    home, fill, publish, step
):
    fill(1)
    publish(run_id="before")
    fill(2)
    killed = subprocess.run([sys.executable, "-c", KILLED_BUILD, str(home.root), step], check=False)
    assert killed.returncode == -signal.SIGKILL
    left = current_release(home)
    assert left.run_id == ("killed" if STEPS.index(step) >= FLIPPED else "before")
    assert left.database.exists()
    for release in list_releases(home):  # none of them is half a release
        assert sorted(os.listdir(release.path / "parquet")) == [
            f"{name}.parquet" for name in sorted([*release.rows, "release", "data_dictionary"])
        ]

    after = publish(run_id="after", keep=2)
    assert current_release(home).release_id == after.release_id
    assert len(list_releases(home)) == 2
    assert len(os.listdir(home.published / "releases")) == 2
    assert sorted(os.listdir(home.published)) == [".lock", "current", "releases"]


def test_a_removal_that_was_killed_is_finished_by_the_next_build(home, fill, publish):
    fill()
    release = publish(run_id="old")
    release.path.rename(release.path.with_name(f".removing-{release.release_id}"))
    publish(run_id="new")
    assert [kept.run_id for kept in list_releases(home)] == ["new"]
    assert len(os.listdir(home.published / "releases")) == 1
