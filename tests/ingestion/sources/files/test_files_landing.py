"""Files through dlt into a real warehouse: once, again when changed, and without a trace of raw handles."""

import gzip
import json
import os
import time
from dataclasses import replace

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from drop_folder import COLUMNS, mapping

from ingestion.landing import Counts
from ingestion.landing.runner import LandingError, ensure_tables
from ingestion.registry import source_module
from ingestion.sources.files import discovery

HEADER = ",".join(COLUMNS.values()) + "\n"
HANDLE = "SecretHandle4711"


def rows(numbers, likes=1, author=HANDLE):
    return "".join(f"{n},post {n},{author},2026-08-01T10:00:00Z,{likes},en\n" for n in numbers)


def open_files_of_this_process():
    links = (os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd"))
    return [link for link in links if link.endswith(".duckdb")]


def test_files_land_once_and_changed_files_as_new_observations(drop):
    drop.write("a.csv", HEADER + rows([1, 2]))
    first = drop.land("run-1")
    assert first.counts == {"posts": Counts(received=2, accepted=2)}
    assert first.loaded
    second = drop.land("run-2")
    assert second.counts == {}
    assert not second.loaded
    assert drop.query("select count(*) from raw_files.landings") == [(1,)]

    drop.write("a.csv", HEADER + rows([1, 2], likes=5) + rows([3]))
    third = drop.land("run-3")
    assert third.counts == {"posts": Counts(received=3, accepted=3)}
    observed = "select post_id, like_count, landing_run_id from raw_files.posts order by observed_at, post_id"
    assert drop.query(observed) == [
        ("1", 1, "run-1"),
        ("2", 1, "run-1"),
        ("1", 5, "run-3"),
        ("2", 5, "run-3"),
        ("3", 1, "run-3"),
    ]
    assert not open_files_of_this_process()


def test_every_landed_row_carries_its_load_and_the_tables_their_types(drop):
    drop.write("a.csv", HEADER + rows([1]) + "2,x,a,b\n")
    (load_id,) = drop.land().load_ids
    for table in ("posts", "quarantine", "landings"):
        assert drop.query(f"select distinct _dlt_load_id from raw_files.{table}") == [(load_id,)]
    types = dict(
        drop.query(
            "select column_name, data_type from information_schema.columns "
            "where table_schema = 'raw_files' and table_name = 'posts'"
        )
    )
    assert types["created_at"] == types["observed_at"] == "TIMESTAMP WITH TIME ZONE"
    assert types["like_count"] == types["impression_count"] == "BIGINT"
    assert types["is_deleted"] == "BOOLEAN"
    assert types["author_key"] == types["extra"] == "VARCHAR"
    assert "author_id" not in types
    assert not [name for name in types if "__v_" in name]
    assert drop.query("select payload from raw_files.quarantine") == [(b"***,***,***,b",)]


def test_all_tables_exist_before_anything_landed(drop):
    assert ensure_tables("files", drop.home)
    assert not ensure_tables("files", drop.home)
    tables = {
        table
        for (table,) in drop.query("select table_name from duckdb_tables() where schema_name = 'raw_files'")
    }
    assert {
        "posts",
        "crm_accounts",
        "crm_contacts",
        "crm_opportunities",
        "nps_responses",
        "support_cases",
        "post_insights",
        "account_metrics",
        "ad_costs",
        "web_sessions",
        "case_messages",
        "survey_invitations",
        "quarantine",
        "landings",
        "_dlt_loads",
    } <= tables
    assert drop.query("select count(*) from raw_files.posts") == [(0,)]


@pytest.mark.parametrize("has_landed", [True, False])
def test_a_warehouse_made_before_gains_the_contracts_and_columns_that_are_new(drop, monkeypatch, has_landed):
    module = source_module("files")
    answers = {
        "name": "survey", "pattern": "nps*.csv", "format": "csv", "resource": "nps_responses",
        "columns": {"response_id": "id", "score": "score"},
    }  # fmt: skip
    drop.mappings = [answers]
    before = [
        replace(contract, columns=tuple(column for column in contract.columns if column.name != "email"))
        for contract in module.CONTRACTS
        if contract.resource != "crm_contacts"
    ]
    with monkeypatch.context() as old:
        old.setattr(module, "CONTRACTS", tuple(before))
        assert ensure_tables("files", drop.home)
        if has_landed:
            drop.write("nps_1.csv", "id,score,email\n1,9,ann@example.org\n")
            assert drop.land("run-1").loaded
    columns = "select column_name from duckdb_columns() where schema_name = 'raw_files' and table_name = "
    assert ("email_key",) not in drop.query(columns + "'nps_responses'")
    assert ensure_tables("files", drop.home) and not ensure_tables("files", drop.home)
    assert ("email_key",) in drop.query(columns + "'crm_contacts'")
    drop.mappings = [{**answers, "columns": {**answers["columns"], "email": "email"}}]
    drop.write("nps_2.csv", "id,score,email\n2,9,ann@example.org\n")
    drop.land("run-2")
    found = "select count(*), count(email_key) from raw_files.nps_responses"
    assert drop.query(found) == [(3, 2) if has_landed else (1, 1)]


def test_no_raw_handle_is_left_anywhere(drop):
    drop.mappings = [
        mapping(),
        mapping(name="lines", format="jsonl", pattern="*.jsonl"),
        mapping(name="table", format="parquet", pattern="*.parquet"),
    ]
    post = {
        "id": "1",
        "text": "t",
        "author": HANDLE,
        "created": "2026-08-01T10:00:00Z",
        "likes": -1,
        "lang": "en",
    }
    drop.write(
        "a.csv",
        HEADER
        + rows([1, 2])
        + rows([3], likes="1.2K")
        + f"4,{HANDLE},5\n"
        + rows([5]).replace(",en", ",en,6"),
    )
    unnamed = json.dumps({**post, "user": {"screen_name": HANDLE}})
    drop.write("b.jsonl", unnamed + "\n" + unnamed[:-1] + "\n" + unnamed.replace("-1", "1"))
    pq.write_table(pa.Table.from_pylist([post, {**post, "likes": 1}]), drop.home.drop / "c.parquet")
    report = drop.land()
    assert report.total == Counts(received=10, accepted=4, quarantined=6)
    stored = [
        path for path in drop.home.root.rglob("*") if path.is_file() and drop.home.drop not in path.parents
    ]
    assert drop.home.warehouse in stored
    assert any(drop.home.dlt in path.parents for path in stored)
    for path in stored:
        assert HANDLE.lower().encode() not in path.read_bytes().lower(), path
    # Compressed blocks hide bytes from the search above; the values themselves are searched as well.
    with duckdb.connect(str(drop.home.warehouse), read_only=True) as connection:
        for (table,) in connection.execute("select table_name from duckdb_tables()").fetchall():
            assert HANDLE not in repr(connection.execute(f"from raw_files.{table}").fetchall())


def test_a_copy_under_another_name_lands_nothing_new(drop):
    drop.write("a.csv", HEADER + rows([1]))
    drop.land("run-1")
    drop.write("b.csv", HEADER + rows([1]))
    assert drop.land("run-2").counts == {}


def test_two_equal_files_at_once_land_once(drop):
    drop.write("a.csv", HEADER + rows([1]))
    drop.write("b.csv", HEADER + rows([1]))
    report = drop.land()
    assert report.counts == {"posts": Counts(received=1, accepted=1)}
    assert "b.csv has the same content as a.csv; it is landed once" in report.messages


def test_a_corrected_mapping_lands_the_same_file(drop):
    drop.mappings = [mapping(columns={**COLUMNS, "text": "body"})]
    drop.write("a.csv", HEADER + rows([1]))
    assert drop.land("run-1").counts == {"posts": Counts(received=1, quarantined=1)}
    assert drop.land("run-2").counts == {}
    drop.mappings = [mapping()]
    assert drop.land("run-3").counts == {"posts": Counts(received=1, accepted=1)}


def test_an_empty_file_is_recorded_and_not_looked_at_again(drop):
    drop.write("a.csv", "")
    assert drop.land("run-1").messages == ["a.csv: the file is empty: nothing to land"]
    assert drop.land("run-2").messages == []
    assert drop.query("select unit, received, message from raw_files.landings") == [
        ("a.csv", 0, "the file is empty: nothing to land")
    ]


def test_a_file_still_being_written_waits_for_the_next_run(drop, monkeypatch):
    path = drop.write("a.csv", HEADER + rows([1]))
    real_sleep = time.sleep

    def goes_on_writing(seconds):
        with path.open("a") as file:
            file.write(rows([2]))
        real_sleep(seconds)

    monkeypatch.setattr(discovery, "RECENT_SECONDS", 600)
    monkeypatch.setattr(discovery.time, "sleep", goes_on_writing)
    report = drop.land("run-1")
    assert report.counts == {}
    assert report.messages == ["a.csv is still being written; it waits for the next run"]
    monkeypatch.setattr(discovery.time, "sleep", real_sleep)
    assert drop.land("run-2").counts == {"posts": Counts(received=2, accepted=2)}


def test_mixed_resources_and_compressions_land_side_by_side(drop):
    drop.mappings = [
        mapping(pattern="posts/*.csv.gz"),
        {
            "name": "crm",
            "pattern": "accounts.csv",
            "resource": "crm_accounts",
            "format": "csv",
            "time_zone": "Europe/Berlin",
            "columns": {"account_id": "id", "annual_revenue": "revenue", "created_at": "since"},
        },
    ]
    (drop.home.drop / "posts").mkdir()
    drop.write("posts/a.csv.gz", gzip.compress((HEADER + rows([1])).encode()))
    drop.write("accounts.csv", "id,revenue,since\nA,1.5e6,2026-01-01\nB,many,2026-01-01\n")
    report = drop.land()
    assert report.counts == {
        "posts": Counts(received=1, accepted=1),
        "crm_accounts": Counts(received=2, accepted=1, quarantined=1),
    }
    assert drop.query(
        "select source_name, account_id, annual_revenue, created_at::varchar from raw_files.crm_accounts"
    ) == [("crm", "A", 1_500_000.0, "2025-12-31 23:00:00+00")]


def test_the_time_of_the_last_look_is_kept_without_a_row(drop):
    drop.land("run-1")
    status = json.loads((drop.home.root / "landing_status" / "files.json").read_text())
    assert (status["run_id"], status["counts"]) == ("run-1", {})
    assert drop.query("select count(*) from raw_files.landings") == [(0,)]


def test_a_warehouse_held_by_another_process_is_told_with_a_remedy(drop):
    import subprocess
    import sys

    drop.write("a.csv", HEADER + rows([1]))
    ensure_tables("files", drop.home)
    script = (
        f"c = __import__('duckdb').connect({str(drop.home.warehouse)!r}); print('held', flush=True); input()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LandingError, match="close what holds the warehouse open"):
            drop.land()
    finally:
        holder.communicate("\n")
    assert drop.land().counts == {"posts": Counts(received=1, accepted=1)}


def test_real_tweets_land_with_their_own_counts(drop, shared_data):
    columns = {
        "post_id": "tweet_id",
        "text": "text",
        "author_id": "name",
        "created_at": "tweet_created",
        "share_count": "retweet_count",
    }
    drop.mappings = [mapping(name="airline_tweets", columns=columns, extra=["airline"])]
    source = shared_data / "mentions" / "airline_tweets.csv"
    drop.write("airline_tweets.csv", source.read_bytes())
    counts = drop.read().counts
    with duckdb.connect() as connection:
        held = connection.execute(
            "select count(*), count(distinct tweet_id) from read_csv(?, all_varchar = true)", [str(source)]
        ).fetchone()
    assert held == (11_743, 11_611)
    assert (counts.received, counts.quarantined) == (11_743, 0)
    assert len(set(drop.read().ids)) == 11_611
