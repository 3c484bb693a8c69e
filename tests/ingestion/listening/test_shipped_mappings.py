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
