"""A file mapping is checked against the landing contract before a file is touched."""

from typing import get_args

import pytest
import yaml

from ingestion.listening import FileMapping, ListeningError, load_listening
from ingestion.listening.mappings import CONTRACTS

GOOD = {
    "name": "tweets",
    "pattern": "tweets*.csv",
    "resource": "posts",
    "format": "csv",
    "constants": {"platform": "x"},
    "columns": {"post_id": "tweet_id", "text": "text", "created_at": "tweet_created"},
}


@pytest.fixture
def load(tmp_path):
    """Write mappings (one a line) into a listening.yml and load it."""

    def write_and_load(*mappings: dict):
        lines = [f"      - {yaml.safe_dump(m, default_flow_style=True, width=10_000)}" for m in mappings]
        path = tmp_path / "listening.yml"
        path.write_text("version: 1\nsources:\n  files:\n    mappings:\n" + "".join(lines))
        return load_listening(path)

    return write_and_load


@pytest.fixture
def problem(load):
    """Load mappings that must fail in one way, return 'line field: message | remedy'."""

    def failing(*mappings: dict) -> str:
        with pytest.raises(ListeningError) as error:
            load(*mappings)
        (found,) = error.value.problems
        return f"{found.line} {found.field}: {found.message} | {found.remedy}"

    return failing


def test_a_mapping_that_fills_its_contract_loads(load):
    assert load(GOOD).sources.files.mappings[0].columns["post_id"] == "tweet_id"


def test_resources_are_those_of_the_contracts():
    assert set(get_args(FileMapping.model_fields["resource"].annotation)) == set(CONTRACTS)


def test_every_required_column_must_be_given(problem):
    found = problem({**GOOD, "columns": {"post_id": "tweet_id"}})
    assert found.startswith(
        "5 sources.files.mappings[0].columns: the required column created_at is not mapped"
    )
    assert "add created_at: <column of the file>" in found


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"columns": {**GOOD["columns"], "post_txt": "t"}}, ".columns.post_txt", "no column of this name"),
        (
            {"columns": {**GOOD["columns"], "like_cuont": "t"}},
            ".columns.like_cuont",
            "did you mean like_count?",
        ),
        (
            {"columns": {**GOOD["columns"], "detected_language": "t"}},
            ".columns.detected_language",
            "no column",
        ),
        (
            {"columns": {**GOOD["columns"], "platform": "t"}},
            ".constants.platform",
            "given under columns already",
        ),
        ({"constants": {"platform": "X (Twitter)"}}, ".constants.platform", "does not fit"),
        ({"constants": {"platform": "x", "post_type": "tweet"}}, ".constants.post_type", "is not allowed"),
        ({"constants": {"platform": ["x"]}}, ".constants.platform", "must be one text, number"),
        ({"derive": {"post_type": {}}}, ".derive.post_type", "holds no rule"),
        ({"derive": {"language": {"x": "y"}}}, ".derive.language", "not a known key"),
        ({"resource": "tweets"}, ".resource", "must be"),
        ({"format": "docx"}, ".format", "must be 'csv', 'duckdb', 'jsonl', 'parquet' or 'xlsx'"),
        ({"encoding": "utf-9"}, ".encoding", "there is no encoding"),
        ({"time_zone": "Berlin"}, ".time_zone", "there is no time zone"),
        ({"pattern": "../*.csv"}, ".pattern", "leaves the drop folder"),
        ({"pattern": "/etc/passwd"}, ".pattern", "leaves the drop folder"),
        ({"pattern": "~/x.csv"}, ".pattern", "leaves the drop folder"),
        ({"name": "My Tweets"}, ".name", "write my_tweets"),
        ({"name": "demo"}, ".name", "name of a built-in source"),
        ({"extra": ["a", "a"]}, ".extra", "'a' twice"),
        (
            {"columns": {**GOOD["columns"], "author_id": "name"}, "extra": ["name"]},
            ".extra",
            "remove name from extra",
        ),
    ],
)
def test_each_mistake_in_a_mapping_is_told(problem, change, field, words):
    found = problem({**GOOD, **change})
    assert found.startswith(f"5 sources.files.mappings[0]{field}: ")
    assert words in found


def test_mapping_names_are_unique(problem):
    found = problem(GOOD, {**GOOD, "pattern": "others*.csv"})
    assert found.startswith("6 sources.files.mappings[1].name: 'tweets' is the mapping of line 5 already")


def test_files_of_one_system_may_share_a_name(load):
    accounts = {
        "name": "crm",
        "pattern": "accounts.csv",
        "resource": "crm_accounts",
        "format": "csv",
        "columns": {"account_id": "id"},
    }
    deals = {**accounts, "resource": "crm_opportunities", "columns": {"opportunity_id": "id"}}
    listening = load(deals, accounts)
    assert [mapping.name for mapping in listening.sources.files.mappings] == ["crm", "crm"]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"time_format": "%H:%M"}, ".time_format", "tells no day, month and year"),
        ({"time_format": "%d.%m.%Y %z"}, ".time_format", "%z is not understood here"),
        ({"format": "jsonl", "absent": ["NA"]}, "", "says by itself what is absent"),
        ({"unescape": "xml"}, ".unescape", "html"),
        (
            {"derive": {"is_deleted": {"column": "state", "values": []}}},
            ".derive.is_deleted.values",
            "is empty",
        ),
        (
            {"derive": {"is_won": {"column": "s", "values": ["Won"]}}},
            ".derive.is_won",
            "no column of this name",
        ),
    ],
)
def test_each_mistake_in_how_values_are_written_is_told(problem, change, field, words):
    found = problem({**GOOD, **change})
    assert found.startswith(f"5 sources.files.mappings[0]{field}: ")
    assert words in found


def test_the_time_of_observation_may_be_mapped(load):
    load({**GOOD, "columns": {**GOOD["columns"], "observed_at": "seen"}})


def test_a_business_record_needs_only_its_key(load):
    load(
        {
            "name": "accounts",
            "pattern": "a.csv",
            "resource": "crm_accounts",
            "format": "csv",
            "columns": {"account_id": "id"},
        }
    )
