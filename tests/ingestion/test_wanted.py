"""The filter of streams keeps whatever the warehouse could match, and little else."""

import duckdb
import pytest

from ingestion.listening import Listening
from ingestion.network.declaration import QueryLimits
from ingestion.network.terms import search_queries
from ingestion.network.wanted import Wanted
from orchestration.matching.model_sql import template_sql

KEPT = [
    ("lumora", "My LUMORA is leaking"),
    ("lumora", "Lümora’s best #lumora"),
    ("lumora", "see www.lumora.example/lumora"),
    ('"lumora brew"', "the brew of lumora"),
    ('"lumora brew"', "Lumora-Brew!"),
    ("lumor*", "two lumoras"),
    ('"lumora br*"', "brewing with lumora"),
    ("#lumora", "love my #Lumora"),
    ("$MA", "sold $ma today"),
    ("don't", "I DON’T"),
    ("हिंदी", "यह हिंदी है"),
    ("コーヒー", "今日の コーヒー うまい"),
]
PASSED_OVER = [
    ("lumora", "lumorama"),
    ("lumora", "lu mora"),
    ('"lumora brew"', "lumora alone"),
    ("lumor*", "illumora"),
    ("#lumora", "my lumora"),
    ("$MA", "ma vie"),
    ("lumora", ""),
]


@pytest.mark.parametrize(("query", "text"), KEPT)
def test_a_text_with_all_words_of_a_term_is_kept(query, text):
    assert Wanted(["other", query]).matches(text)


@pytest.mark.parametrize(("query", "text"), PASSED_OVER)
def test_other_texts_are_passed_over(query, text):
    assert not Wanted(["other", query]).matches(text)


def test_what_a_query_of_listening_yml_can_match_is_kept():
    """Of each clause the words of one group: a text that fits the query holds those of at least one clause."""
    entities = [
        {"name": "A", "query": '(grinder OR "coffee mill") AND lumora NOT toy'},
        {"name": "B", "query": "espresso NEAR/3 lever"},
        {"name": "C", "query": "{Apple} AND watch"},
    ]
    listening = Listening.model_validate({"version": 1, "brands": entities})
    queries, unsearchable = search_queries(listening, QueryLimits(max_characters=1_000, prefixes=True))
    wanted = Wanted(queries)
    assert unsearchable == []
    for text in ("a lumora grinder", "Lumora coffee mill", "the lever of my espresso", "an Apple watch"):
        assert wanted.matches(text)
    assert not wanted.matches("a lever, a toy")


TEXTS = [text for _, text in KEPT + PASSED_OVER] + [
    "Ça va? L’été à CAFÉ-bar; naïve façade",
    "STRASSE straße İstanbul ΣΊΣΥΦΟΣ",
    "a_b #tag_1 @me.example $TSLA 1.2K 50% :) 👍🏽",
    "ภาษาไทย မြန်မာ தமிழ்",
    "한국어 中文字 العربيّة עִבְרִית",
]


def test_every_token_of_the_warehouse_is_a_word_here():
    """A term of one token is kept wherever the warehouse's tokeniser finds that token."""
    with duckdb.connect() as connection:
        connection.execute("create table texts as select unnest($texts) as content", {"texts": TEXTS})
        sql = template_sql("select content, {{ tokens('content') }} from texts", {})
        rows = connection.execute(sql).fetchall()
    tokens = {(token, text) for text, found in rows for token in found if any(map(str.isalnum, token))}
    tokens = {(token, text) for token, text in tokens if token != "<url>"}
    assert len(tokens) > 60
    assert [(token, text) for token, text in tokens if not Wanted([token]).matches(text)] == []
