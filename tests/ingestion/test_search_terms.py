"""Search queries for networks: never less than what is wanted, within the limits of each API."""

import pytest

from ingestion.listening import Listening
from ingestion.network import QueryLimits
from ingestion.network.terms import hashtags, packed, search_queries

ONE = QueryLimits()
MANY = QueryLimits(max_characters=30, max_terms=3, any_of=" OR ")


def listening(**entity):
    return Listening.model_validate({"version": 1, "brands": [{"name": "Lumora", **entity}]})


@pytest.mark.parametrize(
    ("entity", "queries"),
    [
        ({"terms": ["lumora", "lumora brew"]}, ["lumora", '"lumora brew"']),
        ({"terms": ["lumora"], "hashtags": ["#LumoraBrew"]}, ["#LumoraBrew", "lumora"]),
        # All groups of a clause must hold: asking for the one with the fewest terms is enough.
        ({"query": "(espresso OR coffee OR latte) AND lumora NOT recall"}, ["lumora"]),
        ({"query": "lumora AND platform:x"}, ["lumora"]),
        ({"query": '(espresso OR "coffee machine") NEAR/8 nordbean'}, ["nordbean"]),
        ({"query": "{Nord} AND (bean* OR coffee OR tea)"}, ["Nord"]),
        ({"terms": ["LUMORA", "lumora"]}, None),
    ],
)
def test_a_clause_is_searched_by_its_best_group(entity, queries):
    if queries is None:
        queries = search_queries(listening(terms=["lumora"]), ONE)[0]
        assert [query.lower() for query in search_queries(listening(terms=["LUMORA"]), ONE)[0]] == queries
        return
    found, unsearchable = search_queries(listening(**entity), ONE)
    assert (sorted(found), unsearchable) == (sorted(queries), [])


def test_what_no_search_finds_is_told():
    assert search_queries(listening(query="lumor*"), ONE) == ([], ["Lumora"])
    prefixes = QueryLimits(prefixes=True)
    assert search_queries(listening(query="lumor*"), prefixes) == (["lumor*"], [])
    assert search_queries(listening(terms=["x" * 60]), QueryLimits(max_characters=50)) == ([], ["Lumora"])


def test_terms_are_packed_into_the_limits():
    assert packed(["a", "b", "c", "d"], MANY) == ["a OR b OR c", "d"]
    assert packed(["lumora brew", "nordbean coffee", "x"], MANY) == [
        '"lumora brew"',
        '"nordbean coffee" OR x',
    ]
    assert packed(["a", "b"], ONE) == ["a", "b"]
    assert packed(['say "hi"'], ONE) == ['"say hi"']
    assert packed([], MANY) == []


def test_terms_become_hashtags():
    assert hashtags(['"lumora brew"', "#Lumora", "lumora", "2026", "café"]) == [
        "lumorabrew",
        "Lumora",
        "lumora",
        "café",
    ]
