"""SQL on the published release: it answers questions about the marts and can do nothing else."""

import threading

import pytest

from ingestion.home import Home
from orchestration.publish import NoRelease, QueryError, build_release, current_release, run_query


@pytest.fixture(scope="module")
def published(tmp_path_factory, fill_marts):
    """A home with one release, shared: no query can change it."""
    folder = tmp_path_factory.mktemp("published")
    home = Home(root=folder / "data", config=folder / "listening.yml")
    fill_marts(home, rows=100)
    build_release(home, run_id="run-1", code_version="abc123", inputs={})
    return home


@pytest.fixture
def ask(published):
    return lambda sql, **options: run_query(published, sql, **options)


def test_a_query_answers_from_the_marts_with_or_without_their_schema(ask):
    assert ask("select count(*) as n from marts.fct_posts").to_pylist() == [{"n": 100}]
    assert ask("select count(*) as n from fct_posts").to_pylist() == [{"n": 100}]
    assert ask("select run_id from release").to_pylist() == [{"run_id": "run-1"}]
    assert ask("show tables").num_rows == 5
    assert ask("describe mart_daily").num_rows == 5


def test_an_empty_answer_keeps_its_columns(ask):
    assert ask("select post_key, ratio from fct_posts where false").column_names == ["post_key", "ratio"]


@pytest.mark.parametrize(("limit", "rows"), [(None, 100), (7, 7), (1000, 100), (0, 0)])
def test_a_limit_cuts_the_answer(ask, limit, rows):
    assert ask("select * from fct_posts", limit=limit).num_rows == rows


def test_instants_are_told_in_utc(ask):
    assert (
        str(ask("select max(last_observed_at) as t from fct_posts").schema.field("t").type)
        == "timestamp[us, tz=UTC]"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from glob('/*')",
        "copy fct_posts to '/tmp/listenhouse-stolen.csv'",
        "copy (select 1) to '/tmp/listenhouse-stolen.parquet' (format parquet)",
        "attach '/tmp/listenhouse-other.duckdb' as other",
        "export database '/tmp/listenhouse-export'",
        "install httpfs",
        "load httpfs",
        "select * from read_csv('https://example.org/x.csv')",
        "insert into fct_posts from fct_posts",
        "delete from fct_posts",
        "drop table fct_posts",
        "create table marts.mine as select 1 as x",
        "create or replace view mart_daily as select 1 as x",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "set memory_limit = '100GB'",
        "reset enable_external_access",
        "pragma enable_profiling",
        "call enable_logging(storage = 'file', storage_path = '/tmp/listenhouse-log')",
        "select * from enable_logging(storage = 'file', storage_path = '/tmp/listenhouse-log')",
        "select * from fct_posts where text in (select * from system.main.ENABLE_LOGGING())",
        "select * from query('select * from enable_logging()')",
        "select 1; select 2",
        "explain analyze select 1",
        "create temp table mine as select 1 as x",
        "attach ':memory:' as other",
        "detach listenhouse",
        "set threads = 64",
        "select * from home",
        "select * from sql",
        "select * from ask",
        "selekt 1",
        "select * from nowhere",
        "select nothing from fct_posts",
        "",
        "-- only a comment",
        "select cast('x' as integer)",
    ],
)
def test_anything_else_is_refused_with_a_remedy_and_changes_nothing(ask, published, sql):
    before = current_release(published).database.read_bytes()
    with pytest.raises(QueryError, match="Remedy: "):
        ask(sql)
    assert current_release(published).database.read_bytes() == before
    assert [path.name for path in current_release(published).path.iterdir() if "wal" in path.name] == []


def test_a_second_statement_is_held_to_the_same_limits(ask):
    with pytest.raises(QueryError):
        ask("select 1; select * from read_csv('/etc/passwd')")
    with pytest.raises(QueryError):
        ask("set lock_configuration = false; select * from read_csv('/etc/passwd')")


def test_a_large_sort_spills_without_touching_the_release(ask, published):
    names = sorted(path.name for path in current_release(published).path.rglob("*"))
    sorted_rows = ask(
        "select * from (select range as n, md5(range::varchar) as h from range(200000)) order by h", limit=3
    )
    assert sorted_rows.num_rows == 3
    assert sorted(path.name for path in current_release(published).path.rglob("*")) == names


def test_queries_side_by_side_in_one_process_do_not_disturb_each_other(ask):
    answers = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(ask("select count(*) as n from fct_posts").to_pylist())
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [[{"n": 100}]] * 4


@pytest.mark.parametrize("depth", [900, 5000])
def test_a_query_nested_too_deeply_is_refused(ask, depth):
    with pytest.raises(QueryError, match="Remedy: "):
        ask("select " + "[" * depth + "1" + "]" * depth)


def test_before_the_first_release_a_query_says_what_to_do(home):
    with pytest.raises(NoRelease, match="listenhouse run"):
        run_query(home, "select 1")
