"""What a release holds, what its manifest says, and which releases stay."""

import json
import os
import stat
from datetime import UTC, datetime

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration.publish import (
    NoRelease,
    PublishError,
    WarehouseBusy,
    activate,
    current_release,
    list_releases,
)
from orchestration.publish.dictionary import MartFacts


def test_a_release_holds_every_mart_as_table_and_parquet(home, fill, publish):
    fill(generation=7, rows=100)
    release = publish(run_id="0f3e-1")
    with duckdb.connect(str(home.published / "current" / "listenhouse.duckdb"), read_only=True) as published:
        tables = published.sql("select table_schema, table_name from information_schema.tables").fetchall()
        assert sorted(tables) == [
            ("marts", "data_dictionary"),
            ("marts", "fct_posts"),
            ("marts", "mart_daily"),
            ("marts", "mart_empty"),
            ("marts", "release"),
        ]
        rows_of = {"fct_posts": 100, "mart_daily": 30, "mart_empty": 0, "release": 1, "data_dictionary": 15}
        for name, rows in rows_of.items():
            assert published.sql(f"select count(*) from marts.{name}").fetchone() == (rows,)
            assert pq.read_metadata(release.path / "parquet" / f"{name}.parquet").num_rows == rows
        row = published.sql(
            "select release_id, run_id, code_version, cast(data_through as varchar), metric_versions, "
            "model_versions, is_synthetic from marts.release"
        ).fetchone()
    assert row[:3] == (release.release_id, "0f3e-1", "abc123")
    assert row[3].startswith("2026-08-01 01:39:00")
    assert row[4:] == ('["mentions.v1"]', '["a1b2c3"]', True)


def test_the_manifest_says_what_was_built_from_what(home, fill, publish):
    fill(rows=100)
    release = publish(inputs={"listening": "h1", "model": "m1"})
    manifest = json.loads((home.published / "current" / "manifest.json").read_text())
    assert manifest == release.manifest == current_release(home).manifest
    assert release.data_through == datetime(2026, 8, 1, 1, 39, tzinfo=UTC)
    assert manifest["inputs"] == {"listening": "h1", "model": "m1"}
    assert len(release.input_fingerprint) == 64
    assert manifest["duckdb_readable_since"] == "1.1.3"  # fct_posts has a list column
    assert release.rows == {"fct_posts": 100, "mart_daily": 30, "mart_empty": 0}
    assert manifest["marts"]["mart_empty"]["columns"] == [
        {"name": "x", "type": "INTEGER"},
        {"name": "generation", "type": "INTEGER"},
    ]


def test_descriptions_reach_the_published_tables(home, fill, publish):
    fill()
    publish()
    with duckdb.connect(str(current_release(home).database), read_only=True) as published:
        assert published.sql(
            "select comment from duckdb_columns() where table_name = 'mart_daily' and column_name = 'posts'"
        ).fetchall() == [('Number of "posts".',)]
        assert published.sql(
            "select comment from duckdb_tables() where table_name = 'mart_daily'"
        ).fetchall() == [("Posts per day, it's said.",)]


def test_the_data_dictionary_tells_every_column_and_who_answers_for_it(home, fill, publish):
    fill()
    publish(catalogue={"mart_daily": MartFacts("listening", "Social listening", "monitoring")})
    with duckdb.connect(str(current_release(home).database), read_only=True) as published:
        rows = published.sql(
            "from marts.data_dictionary where mart = 'mart_daily' order by position"
        ).fetchall()
        assert [row[1:4] for row in rows] == [
            ("post_date", 1, "DATE"),
            ("posts", 2, "BIGINT"),
            ("generation", 3, "INTEGER"),
            ("metric_version", 4, "VARCHAR"),
            ("model_version", 5, "VARCHAR"),
        ]
        assert rows[1][4:] == (
            'Number of "posts".',
            "Posts per day, it's said.",
            "listening",
            "Social listening",
            "monitoring",
        )
        assert rows[0][4] is None, "nothing is made up for a column that nobody described"
        assert published.sql(
            "select count(*) from marts.data_dictionary where mart = 'fct_posts' and owner is null"
        ).fetchone() == (8,)


def test_the_database_has_the_storage_version_of_duckdb_1_0(home, fill, publish):
    fill()
    header = publish().database.read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") == 64


def test_nothing_else_lies_in_a_release_and_no_file_can_be_written(fill, publish):
    fill()
    release = publish()
    files = {str(path.relative_to(release.path)) for path in release.path.rglob("*") if path.is_file()}
    assert files == {
        "days.json",
        "listenhouse.duckdb",
        "manifest.json",
        "parquet/data_dictionary.parquet",
        "parquet/fct_posts.parquet",
        "parquet/mart_daily.parquet",
        "parquet/mart_empty.parquet",
        "parquet/release.parquet",
    }
    modes = {stat.S_IMODE(path.stat().st_mode) for path in release.path.rglob("*") if path.is_file()}
    assert modes == {0o444}


def test_equal_marts_have_equal_hashes_whatever_the_order_of_rows(fill, publish):
    fill(rows=3000, order="asc")
    first = publish(run_id="a")
    fill(rows=3000, order="desc")
    second = publish(run_id="b")
    assert first.release_id != second.release_id
    assert first.marts_sha256 == second.marts_sha256


def test_zero_has_one_hash_whatever_its_sign(home, fill, publish):
    fill()
    hashes = []
    for zero in ("0.0", "-0.0"):
        with duckdb.connect(str(home.warehouse)) as warehouse:
            warehouse.execute(f"update marts.fct_posts set ratio = cast('{zero}' as double)")
        hashes.append(publish(run_id="zero").marts_sha256)
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize(
    "change",
    [
        "update marts.fct_posts set ratio = ratio + 1e-12 where post_key = 'demo:5'",
        "update marts.fct_posts set text = '' where text is null and post_key = 'demo:7'",
        "update marts.fct_posts set tokens = ['a, b5'] where post_key = 'demo:5'",
        "insert into marts.fct_posts from marts.fct_posts limit 1",
        "delete from marts.fct_posts where post_key = 'demo:5'",
        "update marts.fct_posts set text = like_count::varchar, like_count = 1 where post_key = 'demo:5'",
        "alter table marts.fct_posts rename ratio to share",
        "alter table marts.mart_empty alter x type bigint",
    ],
)
def test_any_change_of_content_changes_the_hash(home, fill, publish, change):
    fill()
    before = publish(run_id="a")
    with duckdb.connect(str(home.warehouse)) as warehouse:
        warehouse.execute(change)
    assert publish(run_id="b").marts_sha256 != before.marts_sha256


def test_doubled_rows_do_not_cancel_out(home, fill, publish):
    fill()
    before = publish(run_id="a")
    with duckdb.connect(str(home.warehouse)) as warehouse:
        warehouse.execute("insert into marts.fct_posts from marts.fct_posts limit 50")
        warehouse.execute("insert into marts.fct_posts from marts.fct_posts limit 50")
    assert publish(run_id="b").marts_sha256 != before.marts_sha256


def test_only_named_marts_are_published(fill, publish):
    fill()
    release = publish(marts=["mart_daily"])
    assert set(release.rows) == {"mart_daily"}
    assert release.manifest["duckdb_readable_since"] == "1.0.0"


def test_the_newest_releases_stay_and_older_ones_go(home, fill, publish):
    fill()
    ids = [publish(run_id=f"r{n}", keep=3).release_id for n in range(5)]
    assert [release.release_id for release in list_releases(home)] == ids[:1:-1]
    assert current_release(home).release_id == ids[-1]
    assert sorted(os.listdir(home.published)) == [".lock", "current", "releases"]


def test_going_back_to_an_older_release_keeps_it_while_it_is_current(home, fill, publish):
    ids = []
    for generation in range(3):
        fill(generation)
        ids.append(publish(run_id=f"r{generation}", keep=3).release_id)
    activate(home, ids[0])
    assert current_release(home).release_id == ids[0]
    with pytest.raises(RuntimeError):
        publish(run_id="r3", keep=1, report=_failing_report)
    assert current_release(home).release_id == ids[0]
    publish(run_id="r4", keep=1)
    assert [release.run_id for release in list_releases(home)] == ["r4"]


@pytest.mark.parametrize("release_id", ["nothing", "..", "../..", ".", "", ".building-x"])
def test_only_a_kept_release_can_be_made_current(home, fill, publish, release_id):
    fill()
    kept = publish()
    with pytest.raises(PublishError, match=f"no release .+{kept.release_id}"):
        activate(home, release_id)
    assert current_release(home).release_id == kept.release_id


def _failing_report(folder, manifest):
    raise RuntimeError("the report cannot be drawn")


def test_a_report_writer_sees_the_marts_and_its_page_is_published(home, fill, publish):
    fill()

    def report(folder, manifest):
        with duckdb.connect(str(folder / "listenhouse.duckdb"), read_only=True) as published:
            (posts,) = published.sql("select sum(posts) from marts.mart_daily").fetchone()
        (folder / "report.html").write_text(f"{manifest['release_id']}: {posts}")

    release = publish(report=report)
    assert (home.published / "current" / "report.html").read_text() == f"{release.release_id}: 100"
    assert release.report is not None


def test_a_failed_build_leaves_the_previous_release_and_no_trace(home, fill, publish):
    fill(1)
    before = publish(run_id="good")
    fill(2)
    with pytest.raises(RuntimeError):
        publish(run_id="bad", report=_failing_report)
    assert current_release(home).release_id == before.release_id
    assert os.listdir(home.published / "releases") == [before.release_id]


def test_before_the_first_release_the_remedy_is_told(home):
    with pytest.raises(NoRelease, match=r"Nothing is published .+ Remedy: listenhouse run"):
        current_release(home)
    assert list_releases(home) == []


def test_without_a_warehouse_or_marts_nothing_is_published(home, fill, publish):
    with pytest.raises(PublishError, match="There is no warehouse"):
        publish()
    home.warehouse.parent.mkdir(parents=True)
    duckdb.connect(str(home.warehouse)).close()
    with pytest.raises(PublishError, match="holds no marts"):
        publish()
    fill()
    with pytest.raises(PublishError, match="misses the marts mart_gone"):
        publish(marts=["mart_daily", "mart_gone"])
    with pytest.raises(NoRelease):
        current_release(home)


def test_what_dbt_left_half_done_is_not_published(home, fill, publish):
    fill()
    with duckdb.connect(str(home.warehouse)) as warehouse:
        warehouse.execute("create table marts.fct_posts__dbt_tmp as select 1 as x")
    assert "fct_posts__dbt_tmp" not in publish().rows


def test_while_the_warehouse_is_written_publishing_says_so(home, fill, publish, busy_warehouse):
    fill()
    with busy_warehouse(), pytest.raises(WarehouseBusy, match=r"is writing .+ Remedy: wait"):
        publish()


def test_two_builds_at_once_do_not_disturb_each_other(fill, publish):
    fill()

    def publish_again(step: str) -> None:
        if step == "database written":
            with pytest.raises(PublishError, match="Another process is publishing"):
                publish(run_id="second")

    assert publish(run_id="first", checkpoint=publish_again).run_id == "first"


def test_a_folder_in_the_place_of_the_link_is_told(home, fill, publish):
    fill()
    (home.published / "current").mkdir(parents=True)
    with pytest.raises(PublishError, match="is a folder, not a link"):
        publish()
