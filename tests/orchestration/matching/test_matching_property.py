"""Matching in SQL against a slow evaluator of the same tree, on thousands of random queries and texts."""

import random
from datetime import date

import duckdb
import pyarrow as pa
import pytest

from ingestion.landing import Pseudonyms
from ingestion.listening import Listening
from ingestion.listening.query import parse_query
from ingestion.listening.query.clauses import TooLarge, Unanchored, clauses_of
from ingestion.listening.query.tree import Near, Term, leaves
from ml.tokens import token_lists
from orchestration.matching.model_sql import template_sql
from orchestration.matching.road import match_posts
from orchestration.matching.tables import compiled_tables
from tests.orchestration.matching.slow_matching import Post, Word, matches, places

QUERIES, TEXTS = 400, 200
PSEUDONYMS = Pseudonyms(b"a key of sixteen bytes or more")

WORDS = [
    *"lumora Lumora LUMORA lumorra coffee Coffee cafe café CAFÉ crème brew the a an on".split(),
    *"don't DON’T lumora's straße STRASSE İstanbul ıssız résumé re\u0301sume\u0301 naïve Ångström".split(),
    *"#lumora #Lumora @lumora $LUM #café lum_ora lumora2 3.5 AT&T coca-cola".split(),
    *"🔥 👍🏽 ❤️ :) ;-( 👨\u200d👩\u200d👧".split(),
    *"مرحبا لومورا مُمتاز שלום לומורה हिन्दी की किताब कितब".split(),
    *"我买了Lumora咖啡机 小米手机很好 咖啡 ルモラ最高です lumora咖啡 ลูโมราดีมาก #小米 咖啡🔥".split(),
    *"https://a.example/lumora HTTP://B.example www.lumora.com <url> ... !!! ''".split(),
]
TERMS = [
    *"lumora LUMORA lumor* lu* coffee cof* café caf* brew the a".split(),
    '"the lumora"',
    '"lumora brew"',
    '"lumora the coffee"',
    '"lum* brew"',
    '"the lumora cof* brew"',
    '"a a"',
    '"a a a"',
    "{Lumora}",
    "{lumora}",
    "{Café}",
    "{café Lumora}",
    "{LUMORA}",
    "{Coffee brew the}",
    "{DON'T}",
    "{İstanbul}",
    "{#Lumora}",
    "don't",
    "lumora's",
    "straße",
    "STRASSE",
    "istanbul",
    "résumé",
    "#lumora",
    "#lum*",
    "@lumora",
    "$LUM",
    "lum_ora",
    "coca-cola",
    "AT&T",
    "3.5",
    "🔥",
    "👍",
    "❤",
    "مرحبا",
    "لومورا",
    "لومو*",
    "שלום",
    "हिन्दी",
    "किताब",
    "कि*",
    "咖啡",
    "小米",
    "小米*",
    "#小米",
    "ルモラ",
    "ลูโมรา",
    "手机很",
    '"小米 咖啡"',
    "has:link",
]
FILTERS = [
    "lang:en",
    "lang:de",
    "country:DE",
    "site:x",
    "platform:reddit",
    "site:paper.example",
    "is:original",
    "is:reply",
    "is:reshare",
    "is:owned",
    "followers:>100",
    "followers:<=100",
    "followers:5",
    "author:ada",
    "author:x/@Bob",
]


def random_query(rng: random.Random, depth: int = 3) -> str:
    draw = rng.random()
    if depth == 0 or draw < 0.3:
        return rng.choice(FILTERS) if rng.random() < 0.15 else rng.choice(TERMS)
    if draw < 0.45:
        sides = [
            rng.choice(TERMS) if rng.random() < 0.6 else f"({' OR '.join(rng.sample(TERMS, 3))})"
            for _ in range(2)
        ]
        return f"({sides[0]} {rng.choice(['NEAR', 'ONEAR'])}/{rng.choice([1, 2, 3, 9])} {sides[1]})"
    parts = [random_query(rng, depth - 1) for _ in range(rng.randint(2, 3))]
    if draw < 0.65:
        return f"({' OR '.join(parts)})"
    if draw < 0.8:
        return f"({rng.choice([' AND ', ' ']).join(parts)})"
    return f"({parts[0]} {rng.choice(['NOT', 'AND NOT', 'OR NOT'])} {parts[1]})"


def random_text(rng: random.Random) -> str | None:
    if rng.random() < 0.05:
        return rng.choice([None, "", " ", "!!!"])
    few = rng.sample(WORDS, 12)
    return rng.choice([" ", "  ", "\n"]).join(rng.choice(few) for _ in range(rng.randint(1, 14)))


def random_post(rng: random.Random) -> dict:
    title = random_text(rng) if rng.random() < 0.2 else None
    platform = rng.choice(["x", "reddit", None])
    return {
        "title": title,
        "text": random_text(rng),
        "platform": platform,
        "language": rng.choice(["en", "de", None]),
        "country": rng.choice(["DE", "US", None]),
        "author": platform and rng.choice(["ada", "bob", "own", None]),
        "followers": rng.choice([5, 100, 101, None]),
        "post_type": rng.choice(["original", "reply", "comment", "reshare", "quote", "review", "article"]),
        "host": rng.choice(["paper.example", "de.paper.example", "notpaper.example", None]),
    }


def valid_queries(rng: random.Random, number: int) -> list[str]:
    queries = {}
    while len(queries) < number:
        query = random_query(rng)
        try:
            clauses_of(parse_query(query))
        except (Unanchored, TooLarge):
            continue
        queries[query] = None
    return list(queries)


def cut_terms(queries: list[str]) -> dict[Term, list[Word]]:
    """Return every term as the tokeniser cuts it, piece by piece."""
    terms = {
        term: None
        for query in queries
        for leaf in leaves(parse_query(query))
        for term in ((*leaf.left, *leaf.right) if isinstance(leaf, Near) else (leaf,))
        if isinstance(term, Term)
    }
    pieces = [(term, part) for term in terms for part in term.parts]
    words: dict[Term, list[Word]] = {term: [] for term in terms}
    folded = token_lists([part.text for _, part in pieces])
    written = exact_token_lists([part.text for _, part in pieces])
    for (term, part), tokens, spelled in zip(pieces, folded, written, strict=True):
        for number, token in enumerate(tokens, 1):
            is_prefix = part.is_prefix and number == len(tokens)
            words[term].append(
                Word(token, spelled[number - 1] if number <= len(spelled) else "", is_prefix, term.exact)
            )
    return words


def exact_token_lists(texts: list[str]) -> list[list[str]]:
    rows = pa.table({"number": range(len(texts)), "text": pa.array(texts, pa.string())})
    with duckdb.connect() as connection:
        connection.register("texts", rows)
        tokens = template_sql("{{ exact_tokens('text') }}", {})
        return [
            row[0] for row in connection.execute(f"select {tokens} from texts order by number").fetchall()
        ]


def write_posts(connection: duckdb.DuckDBPyConnection, posts: list[dict]) -> list[Post]:
    contents = [
        " ".join(part for part in (post["title"], post["text"]) if part is not None) for post in posts
    ]
    tokens = token_lists(contents)
    rows, plain = [], []
    for number, (post, cut, written) in enumerate(
        zip(posts, tokens, exact_token_lists(contents), strict=True)
    ):
        rows.append(
            {
                "post_key": str(number),
                "post_date": date(2026, 3, 1),
                "title": post["title"],
                "text": post["text"],
                "tokens": cut,
                "platform": post["platform"],
                "language": post["language"],
                "country": post["country"],
                "author_key": post["author"] and PSEUDONYMS.one(post["platform"], post["author"]),
                "author_followers": post["followers"],
                "post_type": post["post_type"],
                "url": post["host"] and f"https://www.{post['host']}/a?b=c.d",
            }
        )
        owner = "any" if (post["platform"], post["author"]) == ("x", "own") else None
        plain.append(Post(cut, written, {**post, "owner": owner}))
    connection.register("post_rows", pa.Table.from_pylist(rows))
    connection.execute("create table posts as from post_rows")
    return plain


@pytest.mark.parametrize("seed", [1, 2])
def test_sql_matches_what_the_tree_means(seed):
    rng = random.Random(seed)
    queries = valid_queries(rng, QUERIES)
    trees = [parse_query(query) for query in queries]
    words = cut_terms(queries)
    listening = Listening.model_validate(
        {
            "version": 1,
            "brands": [{"name": f"q{number}", "query": query} for number, query in enumerate(queries)],
        }
    )
    with duckdb.connect() as connection:
        posts = write_posts(connection, [random_post(rng) for _ in range(TEXTS)])
        tables = compiled_tables(listening, PSEUDONYMS)
        own = [
            {"entity_id": f"q{number}", "platform": "x", "author_key": PSEUDONYMS.one("x", "own")}
            for number in range(QUERIES)
        ]
        tables["owned_accounts"] = tables["owned_accounts"].from_pylist(own, tables["owned_accounts"].schema)
        made = match_posts(connection, "matching", tables, "main.posts")
        found = set(
            connection.execute(f"select entity_id, post_key from {made['int_query_matches']}").fetchall()
        )
    expected = set()
    for position, post in enumerate(posts):
        standing = {term: places(cut, post) for term, cut in words.items()}
        expected |= {
            (f"q{number}", str(position))
            for number, tree in enumerate(trees)
            if matches(tree, post, standing)
        }
    # The sample says something: many queries match, and none of them nearly everything.
    assert len(expected) > 5_000
    assert len({entity for entity, _ in expected}) > QUERIES * 0.6
    wrong = sorted(found ^ expected)
    assert not wrong, [
        (queries[int(entity[1:])], posts[int(post)], "SQL" if (entity, post) in found else "tree")
        for entity, post in wrong[:3]
    ]
