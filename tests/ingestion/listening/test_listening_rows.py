"""listening.yml as rows: what dbt joins, the same for the same meaning."""

import json

import duckdb
import pytest

from ingestion.landing import Pseudonyms
from ingestion.listening import compile_listening, compile_query_filters, load_listening
from ingestion.listening.compile import SCHEMAS

FULL = """\
version: 1
reporting: {time_zone: Europe/Berlin, look_back_days: 14}
languages: [es, en]
brands:
  - name: Lumora
    terms: [lumora, Lumora, café lumora]
    handles: ["@lumora"]
    hashtags: [lumora]
    exclude: [lumora borealis]
rivals:
  - {name: Vento, terms: [vento]}
products:
  - {name: Lumora Brew, of: lumora, terms: [lumora brew]}
people:
  - {name: Ada Ek, of: vento, terms: [ada ek]}
campaigns:
  - {name: Slow Mornings, of: lumora, hashtags: [slowmornings], starts: 2026-08-10, ends: 2026-08-24}
panels:
  - {id: coffee, name: Coffee, version: 3, members: [vento, lumora], languages: [en, de], platforms: [x]}
sources:
  demo: {enabled: true}
  files:
    enabled: true
    mappings:
      - {name: tweets, pattern: t.csv, format: csv, columns: {post_id: i, platform: p, created_at: c}}
"""


@pytest.fixture
def rows(tmp_path):
    """Compile text to {table: [row dict]}."""

    def compiled(text: str) -> dict[str, list[dict]]:
        path = tmp_path / "listening.yml"
        path.write_text(text)
        tables = compile_listening(load_listening(path))
        assert {name: table.schema for name, table in tables.items()} == SCHEMAS
        return {name: table.to_pylist() for name, table in tables.items()}

    return compiled


def test_entities_carry_kind_owner_and_days(rows):
    entities = {row["entity_id"]: row for row in rows(FULL)["entities"]}
    assert {key: (row["entity_kind"], row["parent_entity_id"]) for key, row in entities.items()} == {
        "lumora": ("brand", None),
        "vento": ("rival", None),
        "lumora_brew": ("product", "lumora"),
        "ada_ek": ("person", "vento"),
        "slow_mornings": ("campaign", "lumora"),
    }
    assert entities["slow_mornings"]["starts_on"].isoformat() == "2026-08-10"
    assert entities["slow_mornings"]["ends_on"].isoformat() == "2026-08-24"


def test_spellings_that_fold_alike_are_one_term(rows):
    literals = [row for row in rows(FULL)["query_literals"] if row["entity_id"] == "lumora"]
    assert [
        (row["clause_id"], row["group_number"], row["leaf_kind"], row["leaf_text"]) for row in literals
    ] == [
        ("lumora/1", 0, "term", "lumora borealis"),
        ("lumora/1", 1, "term", "#lumora"),
        ("lumora/1", 1, "term", "@lumora"),
        ("lumora/1", 1, "term", "café lumora"),
        ("lumora/1", 1, "term", "Lumora"),
    ]
    terms = {row["term_id"]: row["part_text"] for row in rows(FULL)["query_terms"]}
    assert {terms[row["leaf_id"]].lower() for row in literals} == {
        row["leaf_text"].lower() for row in literals
    }


def test_two_queries_that_look_for_one_phrase_share_its_row(rows):
    compiled = rows(
        "version: 1\nbrands: [{name: A, terms: [flat white]}]\nrivals: [{name: B, query: '\"Flat White\" NOT {Flat White}'}]\n"
    )
    assert sorted((row["part_text"].lower(), row["is_exact"]) for row in compiled["query_terms"]) == [
        ("flat white", False),
        ("flat white", True),
    ]
    assert len({row["leaf_id"] for row in compiled["query_literals"]}) == 2


def test_what_the_tokeniser_tells_apart_is_not_one_term(rows):
    terms = rows("version: 1\nbrands: [{name: A, terms: [Straße, strasse, STRASSE]}]\n")["query_terms"]
    assert sorted(row["part_text"].lower() for row in terms) == ["strasse", "straße"]


def test_panel_members_and_filters_are_rows(rows):
    compiled = rows(FULL)
    (panel,) = compiled["panels"]
    assert (panel["panel_id"], panel["panel_name"], panel["panel_version"]) == ("coffee", "Coffee", 3)
    assert [row["entity_id"] for row in compiled["panel_members"]] == ["lumora", "vento"]
    assert [(row["kind"], row["value"]) for row in compiled["panel_filters"]] == [
        ("language", "de"),
        ("language", "en"),
        ("platform", "x"),
    ]


def test_without_panels_brands_and_rivals_are_compared(rows):
    compiled = rows("version: 1\nbrands: [{name: B, terms: [b]}]\nrivals: [{name: A, terms: [a]}]\n")
    assert [row["panel_id"] for row in compiled["panels"]] == ["all"]
    assert [row["entity_id"] for row in compiled["panel_members"]] == ["a", "b"]


def test_an_empty_listening_gives_empty_tables_and_one_row_of_settings(rows):
    compiled = rows("version: 1\n")
    assert {name: len(compiled[name]) for name in compiled} == {
        "entities": 0,
        "query_terms": 0,
        "query_pairs": 0,
        "query_literals": 0,
        "panels": 0,
        "panel_members": 0,
        "panel_filters": 0,
        "settings": 1,
        "targets": 0,
        "sources": 37,
    }


def test_settings_say_zone_look_back_languages_and_that_data_are_synthetic(rows):
    (settings,) = rows(FULL)["settings"]
    assert settings["reporting_time_zone"] == "Europe/Berlin"
    assert settings["look_back_days"] == 14
    assert json.loads(settings["languages"]) == ["en", "es"]
    assert settings["is_synthetic"] is True
    assert rows("version: 1\n")["settings"][0]["is_synthetic"] is False


def test_sources_name_each_source_name_and_resource_once(rows):
    sources = rows(FULL)["sources"]
    assert len({(row["source_name"], row["resource"]) for row in sources}) == len(sources)
    (tweets,) = (row for row in sources if row["source"] == "files")
    assert tweets == {
        "source_name": "tweets",
        "source": "files",
        "resource": "posts",
        "is_enabled": True,
        "is_synthetic": False,
    }
    assert {row["source_name"] for row in sources if row["is_synthetic"]} == {"demo"}


def test_rows_do_not_depend_on_formatting_or_order_of_terms(rows):
    reordered = "# a comment\n" + FULL.replace(
        "[lumora, Lumora, café lumora]", "\n      - café lumora\n      - Lumora\n      - lumora"
    )
    before, after = rows(FULL), rows(reordered)
    for name in (
        "entities",
        "query_terms",
        "query_literals",
        "panels",
        "panel_members",
        "panel_filters",
        "sources",
    ):
        assert before[name] == after[name]
    assert rows(FULL) == before


def test_query_version_changes_only_for_the_entity_whose_definition_changes(rows):
    def versions(text: str) -> dict[str, str]:
        return {row["entity_id"]: row["query_version"] for row in rows(text)["entities"]}

    before = versions(FULL)
    assert versions(FULL.replace("café lumora", "CAFE  LUMORA")) == before
    changed = versions(FULL.replace("exclude: [lumora borealis]", "exclude: [aurora]"))
    assert {key for key in before if before[key] != changed[key]} == {"lumora"}


def test_listening_hash_follows_the_content(rows):
    def listening_hash(text: str) -> str:
        return rows(text)["settings"][0]["listening_hash"]

    assert listening_hash(FULL) == listening_hash(FULL.replace("version: 1\n", "version:   1 # one\n"))
    assert listening_hash(FULL) != listening_hash(FULL.replace("look_back_days: 14", "look_back_days: 15"))


def test_hostile_strings_reach_duckdb_as_the_same_text(tmp_path):
    hostile = 'a\'); DROP TABLE query_terms; -- {{ x }} "q" \\ ; a%_*'
    path = tmp_path / "listening.yml"
    quoted = hostile.replace("'", "''")
    path.write_text(f"version: 1\nbrands:\n  - {{name: '{quoted}', id: x, terms: ['{quoted}']}}\n")
    query_terms = compile_listening(load_listening(path))["query_terms"]
    connection = duckdb.connect()
    connection.execute("create table query_terms as select * from query_terms")
    assert query_terms.num_rows == 1
    assert connection.sql("from query_terms select part_text").fetchall() == [(hostile,)]


def test_a_plain_list_and_the_query_that_says_the_same_have_one_version(rows):
    def version(entity: str) -> str:
        return rows(f"version: 1\nbrands: [{{name: A, {entity}}}]\n")["entities"][0]["query_version"]

    plain = version("terms: [lumora, lumorra], handles: ['@lumora'], exclude: [lumora borealis]")
    assert plain == version("""query: '(@lumora OR LUMORRA OR lumora) NOT "lumora borealis"'""")
    assert plain == version("terms: [lumorra], query: 'lumora OR @lumora', exclude: [lumora borealis]")
    assert plain != version("query: 'lumora OR lumorra OR @lumora'")
    assert version("query: 'lumora NEAR/3 coffee'") == version("query: 'coffee NEAR/3 Lumora'")
    assert version("query: 'lumora NEAR/3 coffee'") != version("query: 'lumora ONEAR/3 coffee'")
    assert version("query: 'lumora'") != version("query: '{lumora}'")


def test_who_is_owned_is_part_of_a_query_that_asks_for_it(rows):
    def versions(owned: str) -> tuple[str, str]:
        text = f"version: 1\nbrands: [{{name: A, query: a NOT is:owned, owned: {owned}}}]\nrivals: [{{name: B, terms: [b]}}]\n"
        return tuple(row["query_version"] for row in rows(text)["entities"])

    (one, other), (one_again, other_again) = versions("{x: [a]}"), versions("{x: [a, a_help]}")
    assert one != one_again
    assert other == other_again


def test_authors_are_pseudonyms_on_each_platform_or_on_the_one_that_is_named(tmp_path):
    path = tmp_path / "listening.yml"
    path.write_text(
        "version: 1\nbrands: [{name: A, query: author:@Ada OR author:reddit/Bob}]\n"
        "panels: [{id: p, members: [a], platforms: [gab]}]\n"
    )
    pseudonyms = Pseudonyms(b"a key of sixteen bytes or more")
    table = compile_query_filters(load_listening(path), pseudonyms)
    values = {row["value"] for row in table.to_pylist()}
    assert {row["field"] for row in table.to_pylist()} == {"author"}
    assert pseudonyms.one("reddit", "bob") in values and pseudonyms.one("x", "bob") not in values
    assert {pseudonyms.one(place, "ada") for place in ("x", "gab", "news")} <= values
    assert not any("ada" in str(column.to_pylist()) for column in table.columns)
