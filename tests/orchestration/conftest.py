"""A small warehouse whose every mart carries the number of its generation."""

import contextlib
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import pytest

from ingestion.home import Home
from orchestration.publish import Release, build_release


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(root=tmp_path / "data", config=tmp_path / "listening.yml")


@pytest.fixture
def fill(home: Home, fill_marts: Callable[..., None]) -> Callable[..., None]:
    """Rewrite the marts of this test's warehouse, see `fill_marts`."""
    return partial(fill_marts, home)


@pytest.fixture(scope="session")
def fill_marts() -> Callable[..., None]:
    """Rewrite a warehouse's marts: `generation` stands in every row, `order` changes only the row order."""

    def write(home: Home, generation: int = 1, rows: int = 100, order: str = "asc") -> None:
        home.warehouse.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(home.warehouse)) as warehouse:
            warehouse.execute(
                f"""
                set TimeZone = 'UTC';
                create schema if not exists marts;
                create or replace table marts.fct_posts as
                select
                    'demo:' || i as post_key,
                    case when i % 7 > 0 then 'text, with | and '' no. ' || i end as text,
                    cast(i as bigint) as like_count,
                    i / 3.0 as ratio,
                    ['a', 'b' || i] as tokens,
                    date '2026-08-01' + cast(i % 30 as integer) as post_date,
                    timestamptz '2026-08-01 00:00:00+00' + to_minutes(i) as last_observed_at,
                    {generation} as generation
                from range({rows}) as numbers(i)
                order by i {order};
                create or replace table marts.mart_daily as
                select post_date, cast(count(*) as bigint) as posts, {generation} as generation,
                    'mentions.v1' as metric_version, 'a1b2c3' as model_version
                from marts.fct_posts group by post_date order by post_date {order};
                create or replace table marts.mart_empty as select 1 as x, {generation} as generation limit 0;
                comment on table marts.mart_daily is 'Posts per day, it''s said.';
                comment on column marts.mart_daily.posts is 'Number of "posts".';
                create schema if not exists listening;
                create or replace table listening.settings as select true as is_synthetic;
                """
            )

    return write


@pytest.fixture
def publish(home: Home) -> Callable[..., Release]:
    """Build a release with plain arguments."""

    def build(run_id: str = "run-1", **changes) -> Release:
        arguments = {"code_version": "abc123", "inputs": {"listening": "h1"}} | changes
        return build_release(home, run_id=run_id, **arguments)

    return build


@pytest.fixture
def busy_warehouse(home: Home):
    """Hold the warehouse open for writing in another process."""
    code = (
        "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    )

    @contextlib.contextmanager
    def held():
        command = [sys.executable, "-c", code, str(home.warehouse)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout.readline() == "open\n"
            yield
            writer.stdin.close()

    return held
