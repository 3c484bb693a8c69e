"""What may be written as a query, what it means, and what one is told where it means nothing."""

import pytest

from ingestion.listening import ListeningError, load_listening
from ingestion.listening.query import QuerySyntaxError, clauses_of, parse_query
from ingestion.listening.query.clauses import TooLarge, Unanchored
from ingestion.listening.query.limits import MAX_DEPTH, MAX_LEAVES, MAX_LENGTH


def meaning(query: str) -> list[tuple[list[list[str]], list[str]]]:
    """Return clauses as ([[leaf of a group]], [excluded leaf])."""
    return [
        (
            sorted(sorted(leaf.key for leaf in group) for group in clause.groups),
            sorted(leaf.key for leaf in clause.excluded),
        )
        for clause in clauses_of(parse_query(query))
    ]


@pytest.mark.parametrize(
    ("query", "clauses"),
    [
        ("lumora", [([["lumora"]], [])]),
        ("Lumora OR LUMORRA", [([["lumora", "lumorra"]], [])]),
        ("a b", [([["a"], ["b"]], [])]),
        ("a AND b OR c", [([["a"], ["b"]], []), ([["c"]], [])]),
        ("a AND (b OR c)", [([["a"], ["b", "c"]], [])]),
        ("a NOT b", [([["a"]], ["b"])]),
        ("a NOT (b OR c)", [([["a"]], ["b", "c"])]),
        ("a NOT (b AND c)", [([["a"]], ["b"]), ([["a"]], ["c"])]),
        ("a AND (NOT b OR c)", [([["a"]], ["b"]), ([["a"], ["c"]], [])]),
        ("a AND NOT NOT b", [([["a"], ["b"]], [])]),
        ('"Café  crème"', [([["cafe creme"]], [])]),
        ("“flat white”", [([["flat white"]], [])]),
        ("#Tag @Handle $CASH", [([["#tag"], ["$cash"], ["@handle"]], [])]),
        ('coff* OR "lumora br*"', [([["coff*", "lumora br*"]], [])]),
        ("{Apple Watch}", [([["{Apple Watch}"]], [])]),
        ("a NEAR/5 (b OR c)", [([["(a) near/5 (b|c)"]], [])]),
        ("(b OR c) NEAR/5 a", [([["(a) near/5 (b|c)"]], [])]),
        ("b ONEAR/5 a", [([["(b) onear/5 (a)"]], [])]),
        ("NOT a NEAR/2 b AND c", [([["c"]], ["(a) near/2 (b)"])]),
        ("a lang:EN country:de", [([["a"], ["country=DE"], ["language=en"]], [])]),
        ("a (lang:en OR lang:de)", [([["a"], ["language=de", "language=en"]], [])]),
        ("a OR author:x/@Ada", [([["author=x/ada"]], []), ([["a"]], [])]),
        ("site:www.Paper.example", [([["site=paper.example"]], [])]),
        ("a site:reddit", [([["a"], ["platform=reddit"]], [])]),
        ("a platform:reddit", [([["a"], ["platform=reddit"]], [])]),
        ("a has:link", [([["<url>"], ["a"]], [])]),
        ("a is:reply NOT is:owned", [([["a"], ["post_kind=reply"]], ["owned="])]),
        ("a followers:>1,000 followers:<=5000", [([["a"], ["followers<=5000"], ["followers>1000"]], [])]),
        ("🔥 OR 小米", [([["小米", "🔥"]], [])]),
        ("ORANGE ANDROID NOTE", [([["android"], ["note"], ["orange"]], [])]),
        ("12:30", [([["12:30"]], [])]),
    ],
)
def test_a_query_means_these_clauses(query, clauses):
    assert meaning(query) == clauses


@pytest.mark.parametrize(
    ("query", "column", "problem", "hint"),
    [
        ("  ", 1, "is empty", "write a word"),
        ("(a OR b", 1, "( is not closed", "add the closing )"),
        ("a (b) c)", 8, "a ) without its (", "remove it"),
        ("a AND ()", 7, "parentheses are empty", "write words"),
        ("a AND (b OR )", 13, "word is missing before this )", "add one"),
        ("a OR", 5, "stops after an operator", "add a word"),
        ("OR a", 1, "OR has nothing on its left", 'write "or" in quotes'),
        ("a AND AND b", 7, "AND has nothing on its left", "word before it"),
        ("a or b", 3, "in capitals", "write OR"),
        ("a not b", 3, "in capitals", "write NOT"),
        ("a near/5 b", 3, "in capitals", "NEAR/5"),
        ("a -b", 3, "minus", "NOT b"),
        ('a "b c', 3, "quotation mark is not closed", 'closing "'),
        ("a {b", 3, "brace is not closed", "closing }"),
        ("a } b", 3, "} without its {", "remove"),
        ("a NEAR/x b", 3, "number of words from 1 to 100", "NEAR/5"),
        ("a NEAR/0 b", 3, "number of words from 1 to 100", "NEAR/5"),
        ("a NEAR/101 b", 3, "number of words from 1 to 100", "NEAR/5"),
        ("a NEAR/99999999999999999999 b", 3, "number of words", "NEAR/5"),
        ("NEAR/3 b", 1, "nothing on its left", "a NEAR/5 b"),
        ("a NEAR/3 b NEAR/3 c", 12, "here is a third", "AND (b NEAR/5 c)"),
        ("a NEAR/3 (b AND c)", 3, "stand terms", "(a OR b) NEAR/5 c"),
        ("a NEAR/3 lang:en", 3, "stand terms", "(a OR b) NEAR/5 c"),
        ("b c*d", 3, "only at the end", "coff*"),
        ("b c*", 3, "at least 2 letters", "more of the word"),
        ("b *", 3, "at least 2 letters", "more of the word"),
        ("b {App*}", 3, "no wildcard", "remove the *"),
        ("b ?!", 3, "no letter, digit or emoji", "write a word"),
        ("b https://a.example", 3, "all links are one token", "has:link"),
        ("b www.a.example", 3, "all links are one token", "has:link"),
        ("b langg:en", 3, "no filter langg:", "did you mean lang:"),
        ("b zzz:en", 3, "no filter zzz:", "use one of author:, site:"),
        ("b lang:xx", 3, "no language code", "lang:en"),
        ("b lang:", 3, "has no value", "lang:en"),
        ("b country:Germany", 3, "no country code", "country:DE"),
        ("b has:video", 3, "not known", "has:link"),
        ("b is:new", 3, "not known", "is:original, is:reply, is:reshare, is:owned"),
        ("b followers:many", 3, "no number", "followers:>1000"),
        ("b author:x/", 3, "names nobody", "author:name"),
        ("b site:???", 3, "neither a platform nor a site", "site:reddit"),
        ("b\x00", 2, "control character", "anew"),
        ("a" * (MAX_LENGTH + 1), MAX_LENGTH + 1, "at most 10,000 characters", "split"),
        (" OR ".join(f"w{n}" for n in range(MAX_LEAVES + 1)), 1, "at most 1,000 words", "split"),
        (
            "(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1),
            MAX_DEPTH + 1,
            "more than 20 parentheses",
            "remove",
        ),
        ("NOT " * 2000 + "a", 81, "more than 20", "remove"),
        ('"' + "w " * 21 + '"', 1, "at most 20 words", "shorten"),
    ],
)
def test_a_mistake_is_told_with_its_column_and_a_hint(query, column, problem, hint):
    with pytest.raises(QuerySyntaxError) as raised:
        parse_query(query)
    error = raised.value
    assert error.column == column, error
    assert problem in error.problem
    assert hint in error.hint


@pytest.mark.parametrize("query", ["NOT a", "a OR NOT b", "NOT lang:en", "NOT (a AND b)"])
def test_a_query_that_nearly_every_post_fits_is_refused(query):
    with pytest.raises(Unanchored, match="only says what must not be there"):
        clauses_of(parse_query(query))


def test_alternatives_that_multiply_are_stopped_and_lists_of_words_do_not_multiply():
    lists = " AND ".join(f"({' OR '.join(f'w{n}{m}' for m in range(30))})" for n in range(10))
    assert len(clauses_of(parse_query(lists))) == 1
    pairs = " AND ".join(f"((a{n} AND b{n}) OR (c{n} AND d{n}))" for n in range(8))
    with pytest.raises(TooLarge):
        clauses_of(parse_query(pairs))


def test_the_deepest_and_longest_query_that_is_allowed_is_read():
    assert meaning("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH) == [([["a"]], [])]
    words = " OR ".join(f"w{n}" for n in range(MAX_LEAVES))
    assert len(meaning(words)[0][0][0]) == MAX_LEAVES


def problem_of(tmp_path, text: str):
    path = tmp_path / "listening.yml"
    path.write_text(text)
    with pytest.raises(ListeningError) as raised:
        load_listening(path)
    (problem,) = raised.value.problems
    return problem


def test_a_mistake_in_listening_yml_has_line_field_column_and_remedy(tmp_path):
    problem = problem_of(tmp_path, "version: 1\nbrands:\n  - name: A\n    query: lumora or brew\n")
    assert (problem.line, problem.field) == (4, "brands[0].query")
    assert problem.message == "column 8 ('or brew'): operators are written in capitals: OR"
    assert problem.remedy == 'write OR; as a word, write "or" in quotes'


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("NOT lumora", "nearly every post"),
        (" AND ".join(f"(a{n} b{n} OR c{n} d{n})" for n in range(8)), "too large"),
    ],
)
def test_a_query_that_cannot_be_run_is_a_mistake_in_its_line(tmp_path, query, message):
    problem = problem_of(tmp_path, f"version: 1\nbrands:\n  - name: A\n    query: {query}\n")
    assert (problem.line, problem.field) == (4, "brands[0].query")
    assert message in problem.message


def test_two_brands_whose_queries_say_the_same_are_twins(tmp_path):
    problem = problem_of(
        tmp_path,
        "version: 1\nbrands:\n  - {name: A, terms: [lumora, lumorra]}\n  - {name: B, query: LUMORRA OR lumora}\n",
    )
    assert "matches exactly what 'A' on line 3 matches" in problem.message
