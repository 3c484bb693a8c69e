"""`listenhouse run`: what it hands on, shows and ends with."""

import sys
from types import ModuleType

import duckdb
import pytest

from orchestration.publish import GateFailed

SCORECARD = """
    create or replace table marts.mart_exec_scorecard as
    select 'lumora' as scope_id, 'mentions' as kpi, 'posts' as unit, 1234.0 as kpi_value, 1200.0 as value_low,
        1270.0 as value_high, 1000.0 as previous_value, 'up' as change_verdict, 1234 as sample_size
"""


@pytest.fixture
def road(monkeypatch):
    """Stand in for the whole road with a function of the test."""

    def lay(run_everything) -> None:
        module = ModuleType("orchestration.run")
        module.run_everything = run_everything
        monkeypatch.setitem(sys.modules, "orchestration.run", module)

    return lay


def test_a_run_ends_with_the_scorecard_and_where_everything_lies(listenhouse, home, fill, publish, road):
    def run_everything(given, listening, *, full_refresh, progress):
        assert given == home
        assert [brand.id for brand in listening.brands] == ["lumora"]
        assert full_refresh is False
        progress("Landing demo", 0, 100)
        progress("Landing demo", 100, 100)
        progress("Publishing", 1, None)
        fill()
        with duckdb.connect(str(home.warehouse)) as warehouse:
            warehouse.execute(SCORECARD)
        return publish()

    road(run_everything)
    done = listenhouse("run")
    assert done.code == 0, done.err
    assert "lumora" in done.out
    assert "1,234" in done.out
    assert "Synthetic" in done.out
    assert str(home.published / "current" / "listenhouse.duckdb") in done.out
    assert "listenhouse ui" in done.out
    assert done.err.count("Landing demo") == 1
    assert "Publishing" in done.err


def test_full_refresh_is_handed_on(listenhouse, road):
    def run_everything(home, listening, *, full_refresh, progress):
        raise GateFailed(f"full refresh {full_refresh}")

    road(run_everything)
    assert "full refresh True" in listenhouse("run", "--full-refresh").err


def test_a_failed_check_has_its_own_exit_code_and_no_traceback(listenhouse, road):
    def run_everything(home, listening, *, full_refresh, progress):
        raise GateFailed("not_null_fct_posts_post_key failed for 3 rows. Remedy: look at them in Dagster.")

    road(run_everything)
    done = listenhouse("run")
    assert done.code == 3
    assert "not_null_fct_posts_post_key failed" in done.err
    assert "Traceback" not in done.err


def test_something_unforeseen_is_shown_whole_with_exit_code_1(listenhouse, road):
    def run_everything(home, listening, *, full_refresh, progress):
        raise ZeroDivisionError("nobody thought of that")

    road(run_everything)
    done = listenhouse("run")
    assert done.code == 1
    assert "Traceback" in done.err
    assert "Unexpected ZeroDivisionError" in done.err


def test_a_mistake_in_the_configuration_ends_the_run_before_it_begins(listenhouse, home, road):
    home.config.write_text("version: 9\n")
    road(None)
    done = listenhouse("run")
    assert done.code == 2
    assert "version: must be 1" in done.err
