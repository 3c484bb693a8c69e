"""A run killed with SIGKILL at any moment: the next run loses nothing and needs nobody's help."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from ingestion.home import Home
from ingestion.landing import Counts
from ingestion.landing.runner import ensure_tables, land
from ingestion.listening import Listening

ROWS = 3_000
MAPPING = {
    "name": "drop",
    "pattern": "*.csv",
    "format": "csv",
    "constants": {"platform": "x", "language": "en"},
    "columns": {"post_id": "id", "text": "text", "created_at": "created", "like_count": "likes"},
}
LISTENING = {"version": 1, "sources": {"files": {"enabled": True, "mappings": [MAPPING]}}}

VICTIM = f"""
import os, signal, sys
from pathlib import Path

import dlt.common.storages.load_package as load_package
import dlt.destinations.impl.duckdb.duck
import dlt.load.load, dlt.normalize.normalize, dlt.normalize.items_normalizers.arrow
from ingestion.home import Home
from ingestion.landing import landing, runner
from ingestion.listening import Listening

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def dies_after(calls, function):
    def counted(*args, **kwargs):
        nonlocal calls
        result = function(*args, **kwargs)
        calls -= 1
        if calls == 0:
            die()
        return result
    return counted

def tears(pattern):
    def half_deleted(storage, load_id, *args, **kwargs):
        folder = Path(storage.storage.make_full_path(storage.get_package_path(load_id)))
        if "extracted" not in folder.parts:
            return delete_package(storage, load_id, *args, **kwargs)
        next(folder.rglob(pattern)).unlink()
        die()
    return half_deleted

def writes(table):
    def written(job):
        run_job(job)
        if job.load_table_name == table:
            die()
    return written

landing.BATCH_ROWS = 1_000
copy = dlt.destinations.impl.duckdb.duck.DuckDbCopyJob
run_job = copy.run
packages = load_package.PackageStorage
delete_package = packages.delete_package
arrow = dlt.normalize.items_normalizers.arrow.ArrowItemsNormalizer
load = dlt.load.load.Load
owner, name, calls = {{
    "extracting": (landing.Landing, "_judge", 2),
    "extracted": (dlt.normalize.normalize.Normalize, "run", 0),
    "normalizing": (arrow, "__call__", 2),
    "deleting a file": (packages, "delete_package", tears("posts*.parquet")),
    "deleting the schema": (packages, "delete_package", tears("schema.json")),
    "loading": (load, "start_new_jobs", 1),
    "posts written": (copy, "run", writes("posts")),
    "quarantine written": (copy, "run", writes("quarantine")),
    "landings written": (copy, "run", writes("landings")),
    "loaded": (load, "complete_package", 0),
    "done": (runner, "_write_status", 0),
}}[sys.argv[2]]
death = calls if callable(calls) else dies_after(calls, getattr(owner, name)) if calls else die
setattr(owner, name, death)
home = Home(root=Path(sys.argv[1]), config=Path(sys.argv[1]) / "listening.yml")
runner.land("files", home, Listening.model_validate({LISTENING!r}), "killed")
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(root=tmp_path, config=tmp_path / "listening.yml")
    home.drop.mkdir()
    for name in ("a", "b"):
        lines = [f"{name}{n},text {n},2026-08-01T10:00:00Z,{-1 if n == 7 else n}" for n in range(ROWS)]
        (home.drop / f"{name}.csv").write_text("id,text,created,likes\n" + "\n".join(lines))
    ensure_tables("files", home)
    return home


def kill(home: Home, moment: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", VICTIM, str(home.root), moment], capture_output=True, check=False
    )
    assert done.returncode == -9, done.stderr.decode()


def recover(home: Home) -> list[str]:
    """Run twice more, as a schedule would; return the messages."""
    listening = Listening.model_validate(LISTENING)
    first = land("files", home, listening, "after")
    second = land("files", home, listening, "later")
    assert second.total == Counts()
    return first.messages


def assert_nothing_lost_or_doubled(home: Home) -> None:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        posts = "raw_files.posts join raw_files._dlt_loads on load_id = _dlt_load_id and status = 0"
        found = connection.execute(f"select count(observation_id), count(distinct post_id) from {posts}")
        assert found.fetchone() == (2 * ROWS - 2, 2 * ROWS - 2)
        quarantined = "select count(*) from raw_files.quarantine"
        assert connection.execute(quarantined).fetchone() == (2,)
        told = "select cast(sum(received) as bigint), count(*) from raw_files.landings"
        assert connection.execute(told).fetchone() == (2 * ROWS, 2)
    torn = [path for path in home.dlt.rglob("*.parquet")]
    assert not torn


@pytest.mark.parametrize(
    "moment",
    [
        "extracting",
        "extracted",
        "normalizing",
        "deleting a file",
        "deleting the schema",
        "loading",
        "posts written",
        "quarantine written",
        "landings written",
        "loaded",
        "done",
    ],
)
def test_a_killed_run_is_made_good_by_the_next(home, moment):
    kill(home, moment)
    recover(home)
    assert_nothing_lost_or_doubled(home)


def test_a_torn_package_is_dropped_and_landed_again(home):
    kill(home, "extracted")
    next((home.dlt / "listenhouse_files" / "normalize" / "extracted").rglob("schema.json")).unlink()
    messages = recover(home)
    assert "dropped the torn package of an interrupted run; its items are landed again" in messages
    assert_nothing_lost_or_doubled(home)
