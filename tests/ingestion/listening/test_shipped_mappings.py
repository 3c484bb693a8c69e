"""Mappings that ship by one line: each finds its files, and real tables of connectors land whole."""

import fnmatch
import shutil
from pathlib import PurePosixPath

import duckdb
import pytest

from ingestion.home import Home
from ingestion.landing.runner import land
from ingestion.listening import Listening, ListeningError, load_listening
from ingestion.listening.models import Shipped

EXPECTED = {
    "fivetran_facebook_pages": {"posts": 100, "post_insights": 25, "account_metrics": 6},
    "fivetran_instagram_business": {"posts": 100, "post_insights": 5, "account_metrics": 1},
    "fivetran_linkedin_pages": {"posts": 75, "post_insights": 100},
    "fivetran_youtube_analytics": {"posts": 3},
}
"""Rows of the recorded tables."""


def test_one_line_of_listening_yml_names_a_set(tmp_path):
    path = tmp_path / "listening.yml"
    path.write_text(
        "version: 1\nsources:\n  files:\n    enabled: true\n    shipped:\n"
        "      - fivetran_facebook_pages\n"
        "      - {use: fivetran_linkedin_pages, folder: exports/li, format: parquet}\n"
    )
    mappings = load_listening(path).sources.files.every_mapping()
    patterns = {mapping.pattern for mapping in mappings}
    assert "**/facebook_pages?post_history*.csv*" in patterns
    assert "exports/li/**/share_statistic*.parquet*" in patterns
    assert {mapping.format for mapping in mappings} == {"csv", "parquet"}


def test_a_set_that_does_not_ship_is_told_with_its_line(tmp_path):
    path = tmp_path / "listening.yml"
    path.write_text("version: 1\nsources:\n  files:\n    shipped:\n      - fivetran_tiktok\n")
    with pytest.raises(ListeningError) as told:
        load_listening(path)
    (problem,) = told.value.problems
    assert problem.line == 5 and "fivetran_facebook_pages" in f"{problem.message} {problem.remedy}"


def test_a_statistic_of_shares_is_not_taken_for_that_of_its_join_table():
    (pattern,) = [
        PurePosixPath(mapping.pattern).name
        for mapping in Shipped(use="fivetran_linkedin_pages").mappings()
        if mapping.resource == "post_insights"
    ]
    assert fnmatch.fnmatch("linkedin_pages_share_statistic_data.csv", pattern)
    assert not fnmatch.fnmatch("linkedin_pages_ugc_post_share_statistic_data.csv", pattern)


def test_recorded_tables_land_whole(shared_data, tmp_path, monkeypatch):
    monkeypatch.setattr("ingestion.sources.files.discovery.SETTLE_SECONDS", 0)
    home = Home(root=tmp_path, config=tmp_path / "listening.yml")
    shutil.copytree(shared_data / "owned", home.drop)
    files = {"enabled": True, "shipped": list(EXPECTED)}
    listening = Listening.model_validate({"version": 1, "sources": {"files": files}})
    report = land("files", home, listening, "run-1")
    assert report.total.quarantined == 0, report.messages
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        found = connection.execute(
            "select source_name, resource, sum(received)::bigint, sum(accepted)::bigint "
            "from raw_files.landings group by all"
        ).fetchall()
        text = connection.execute(
            "select count(*) from raw_files.post_insights where reach_count > 0"
        ).fetchone()
    landed = {}
    for source, resource, received, _ in found:
        landed.setdefault(source, {})[resource] = received
    assert landed == EXPECTED
    assert text[0] > 0


def test_tables_of_a_duckdb_file_land_like_their_exports(shared_data, tmp_path, monkeypatch):
    monkeypatch.setattr("ingestion.sources.files.discovery.SETTLE_SECONDS", 0)
    home = Home(root=tmp_path, config=tmp_path / "listening.yml")
    home.drop.mkdir(parents=True)
    with duckdb.connect(str(tmp_path / "theirs.duckdb")) as theirs:
        theirs.execute("create schema instagram_business")
        for table in ("media_history", "media_insights", "user_history"):
            path = shared_data / f"owned/instagram_business/instagram_business_{table}_data.csv"
            theirs.execute(f"create table instagram_business.{table} as from read_csv(?)", [str(path)])
    (home.drop / "theirs.duckdb").symlink_to(tmp_path / "theirs.duckdb")
    files = {"enabled": True, "shipped": [{"use": "fivetran_instagram_business", "format": "duckdb"}]}
    listening = Listening.model_validate({"version": 1, "sources": {"files": files}})
    report = land("files", home, listening, "run-1")
    assert report.total.quarantined == 0, report.messages
    assert {name: counts.received for name, counts in report.counts.items()} == EXPECTED[
        "fivetran_instagram_business"
    ]
    assert land("files", home, listening, "run-2").total.received == 0


def test_a_set_of_files_has_no_tables(tmp_path):
    path = tmp_path / "listening.yml"
    path.write_text(
        "version: 1\nsources:\n  files:\n    shipped:\n      - {use: brandwatch_mentions, format: duckdb}\n"
    )
    with pytest.raises(ListeningError, match="made of files"):
        load_listening(path)


def test_a_table_that_is_not_there_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("ingestion.sources.files.discovery.SETTLE_SECONDS", 0)
    home = Home(root=tmp_path, config=tmp_path / "listening.yml")
    home.drop.mkdir(parents=True)
    duckdb.connect(str(home.drop / "empty.duckdb")).close()
    (home.drop / "broken.duckdb").write_bytes(b"no database at all")
    mapping = {
        "name": "theirs",
        "format": "duckdb",
        "pattern": "*.duckdb",
        "table": 'a."b',
        "constants": {"platform": "x"},
        "columns": {"post_id": "id", "created_at": "at"},
    }
    files = {"enabled": True, "mappings": [mapping]}
    land("files", home, Listening.model_validate({"version": 1, "sources": {"files": files}}), "run-1")
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        told = connection.execute("select unit, reason from raw_files.quarantine order by unit").fetchall()
    assert told == [("broken.duckdb", "unreadable_file"), ("empty.duckdb", "missing_column")]
