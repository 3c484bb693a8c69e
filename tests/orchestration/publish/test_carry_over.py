"""What a release takes over from the previous one, and that it cannot be told from one written anew."""

import json
import random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.publish import PublishError, carry_over, parquet_days
from orchestration.publish.content import RowSum, row_sums


@pytest.fixture(autouse=True)
def small_marts_count_as_large(monkeypatch):
    monkeypatch.setattr(carry_over, "LARGE", 50)
    monkeypatch.setattr(parquet_days, "PART", 20)


@pytest.fixture
def written(monkeypatch):
    """The days of each mart that a release wrote into the copy of the previous one."""
    seen = {}
    replace = carry_over.replace_days

    def spy(connection, source, target, mart, changes):
        seen[target] = changes
        replace(connection, source, target, mart, changes)

    monkeypatch.setattr("orchestration.publish.marts.replace_days", spy)
    return seen


POSTS = 'release.marts."fct_posts"'

CHANGES = {
    "nothing": "select 1",
    "a day more": "insert into marts.fct_posts select * replace (date '2026-09-15' as post_date) "
    "from marts.fct_posts limit 3",
    "a day gone": "delete from marts.fct_posts where post_date = date '2026-08-03'",
    "a row less": "delete from marts.fct_posts where post_key = 'demo:5'",
    "a row twice": "insert into marts.fct_posts from marts.fct_posts where post_key = 'demo:5'",
    "a value": "update marts.fct_posts set text = null where post_key = 'demo:5'",
    "no day": "update marts.fct_posts set post_date = null where post_key = 'demo:5'",
    "a column": "alter table marts.fct_posts add column extra integer default 3",
    "every day": "update marts.fct_posts set generation = 9",
    "hardly a row": "delete from marts.fct_posts where like_count > 5",
}


def test_only_changed_days_are_written(home, fill, publish, written):
    fill(rows=100)
    publish()
    assert written == {}
    change(home, CHANGES["a value"])
    change(home, CHANGES["a day gone"])
    publish()
    assert written[POSTS].written == ["2026-08-06"]
    assert sorted(written[POSTS].removed) == ["2026-08-03", "2026-08-06"]


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_a_release_made_from_another_equals_one_written_anew(home, fill, publish, statement):
    fill(rows=100)
    publish()
    change(home, statement)
    carried = publish()
    (carried.path / "days.json").chmod(0o644)
    (carried.path / "days.json").unlink()  # nothing to compare with: the next one is written anew
    anew = publish()
    assert carried.marts_sha256 == anew.marts_sha256
    assert rows(carried) == rows(anew)
    assert parquet_rows(carried) == parquet_rows(anew)
    assert described(carried) == described(anew)


def test_any_day_is_told_as_a_constant():
    days = ["2026-08-03", "0044-03-15 (BC)", "infinity", "12345-01-31", None]
    with duckdb.connect() as connection:
        connection.execute(
            "create table posts as select cast(unnest(?) as date) as day, 'x' as text", [days * 2]
        )
        columns = [("day", "DATE"), ("text", "VARCHAR")]
        sums = row_sums(connection, "posts", columns, by="day")
        assert set(sums) == set(days)
        for day in days:
            assert row_sums(connection, "posts", columns, by="day", only=[day]) == {day: sums[day]}
        assert row_sums(connection, "posts", columns, by="day", only=days) == sums
        assert row_sums(connection, "posts", columns, by="day", only=[]) == {}


def test_a_mart_that_is_gone_is_not_carried_over(home, fill, publish):
    fill(rows=100)
    publish()
    change(home, "drop table marts.mart_daily")
    assert sorted(publish().rows) == ["fct_posts", "mart_empty"]


def test_a_previous_release_that_was_tampered_with_is_noticed(home, fill, publish):
    fill(rows=100)
    previous = publish()
    previous.database.chmod(0o644)
    with duckdb.connect(str(previous.database)) as database:
        database.execute("delete from marts.fct_posts where post_key = 'demo:5'")
    with pytest.raises(PublishError, match="not the rows of the warehouse on each day"):
        publish()


def test_a_parquet_file_keeps_the_bytes_of_the_days_that_did_not_change(home, fill, publish):
    fill(rows=100)
    before = publish()
    change(home, CHANGES["a value"])
    after = publish()
    parts = [parts_of(release) for release in (before, after)]
    changed = [part for part in parts[0] if "2026-08-06" in part]
    kept = [part for part in parts[0] if part not in changed]
    assert len(kept) > 2
    assert parts[1] == kept + changed  # what is written anew comes last
    assert sorted(day for part in parts[1] for day in part) == sorted(
        day for part in parts[0] for day in part
    )
    for number, part in enumerate(kept):
        assert row_group(after, number) == row_group(before, parts[0].index(part))


def test_release_after_release_of_a_history_that_goes_on_changing(home, fill, publish):
    fill(rows=100)
    chosen = random.Random(7)
    for turn in range(8):
        post = chosen.randrange(100)
        statement = chosen.choice(
            [
                f"update marts.fct_posts set generation = {turn} where post_key = 'demo:{post}'",
                f"delete from marts.fct_posts where post_key = 'demo:{post}'",
                f"update marts.fct_posts set post_date = post_date + {turn} where post_key = 'demo:{post}'",
                f"insert into marts.fct_posts select * replace (date '2026-09-01' + {turn} as post_date) "
                "from marts.fct_posts limit 9",
            ]
        )
        change(home, statement)
        release = publish()
        in_parquet = pq.read_table(release.path / "parquet" / "fct_posts.parquet").to_pylist()
        with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
            warehouse.execute("set TimeZone = 'UTC'")
            in_warehouse = warehouse.execute("from marts.fct_posts").to_arrow_table().to_pylist()
        assert sorted(map(repr, in_parquet)) == sorted(map(repr, in_warehouse))


def test_a_previous_parquet_file_that_was_tampered_with_is_noticed(home, fill, publish):
    fill(rows=100)
    file = publish().path / "parquet" / "fct_posts.parquet"
    whole = pq.read_table(file)
    for spoiled in (whole.slice(1), pa.concat_tables([whole.slice(1), whole.slice(99)])):
        file.chmod(0o644)
        pq.write_table(spoiled, file)
        change(home, CHANGES["a value"])
        with pytest.raises(PublishError, match=r"fct_posts.parquet.*Remedy.*days.json"):
            publish()
    (file.parents[1] / "days.json").unlink()
    assert publish().rows["fct_posts"] == 100


def test_parts_hold_whole_days_and_no_more_rows_than_they_should():
    days = {"2026-08-01": RowSum(15, 1, 1), "2026-08-02": RowSum(50, 2, 2), None: RowSum(4, 3, 3)}
    plan = parquet_days.plan_file(days, None)
    assert plan.kept == []
    assert plan.parts == [[None, "2026-08-01"], ["2026-08-02"]]


def test_after_many_releases_one_is_written_anew(home, fill, publish, written, monkeypatch):
    monkeypatch.setattr(carry_over, "GENERATIONS", 2)
    fill(rows=100)
    generations = []
    for _ in range(5):
        written.clear()
        release = publish()
        generations.append(json.loads((release.path / "days.json").read_text())["generation"])
        assert bool(written) == (generations[-1] > 0)
    assert generations == [0, 1, 2, 0, 1]


def change(home, statement):
    with duckdb.connect(str(home.warehouse)) as warehouse:
        warehouse.execute(f"set TimeZone = 'UTC'; {statement}")


def rows(release):
    with duckdb.connect(str(release.database), read_only=True) as database:
        names = [name for (name,) in database.execute("select table_name from duckdb_tables()").fetchall()]
        return {
            name: sorted(map(repr, database.execute(f"from marts.{name}").fetchall()))
            for name in names
            if name != "release"
        }


def parquet_rows(release):
    paths = sorted((release.path / "parquet").glob("*.parquet"))
    return {
        path.name: sorted(map(repr, pq.read_table(path).to_pylist()))
        for path in paths
        if path.stem != "release"
    }


def parts_of(release):
    told = json.loads((release.path / "days.json").read_text())
    return told["marts"]["fct_posts"]["parts"]


def row_group(release, number):
    """The compressed bytes of a row group."""
    path = release.path / "parquet" / "fct_posts.parquet"
    group = pq.read_metadata(path).row_group(number)
    columns = [group.column(index) for index in range(group.num_columns)]
    begins = min(column.dictionary_page_offset or column.data_page_offset for column in columns)
    size = sum(column.total_compressed_size for column in columns)
    return path.read_bytes()[begins : begins + size]


def described(release):
    with duckdb.connect(str(release.database), read_only=True) as database:
        return database.execute(
            "select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts' "
            "order by all"
        ).fetchall()
