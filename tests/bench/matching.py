"""Matching alone: many long queries over many posts, by the models of the road.

`python -m tests.bench.matching posts FILE POSTS` writes synthetic posts, already tokenised, into a DuckDB file;
`... match FILE BRANDS` matches that many brands of 50 terms each and prints what it found as JSON. A process
each, so that the memory of one is not that of the other.

`python -m tests.bench --only matching` does both and shows the curve. Words are drawn so that the n-th most frequent one is written about 1/n as often as the first (Zipf's law).
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from tests.bench.processes import measure

VOCABULARY = 200_000
WORDS_A_POST = 16
BRANDS = (1, 10, 100)
QUICK_POSTS = 5_000
SETTINGS = {"threads": 2, "memory_limit": "800MB", "preserve_insertion_order": False}
"""As in transform/profiles.yml, with less memory than dbt may take."""


def write_posts(file: Path, posts: int) -> None:
    """Write `posts` rows shaped as int_posts_tokenised is, the same ones each time."""
    from ml.tokens import tokens_sql

    word = f"'w' || cast(floor(pow({VOCABULARY}, hash(range, i) / 18446744073709551616.0)) as integer)"
    with duckdb.connect(str(file), config=SETTINGS) as connection:
        connection.execute(
            f"""
            create table posts as
            select
                'bench:' || range as post_key,
                date '2026-01-01' + cast(range % 90 as integer) as post_date,
                cast(null as varchar) as title,
                array_to_string(
                    list_transform(generate_series(1, cast(4 + hash(range) % {2 * WORDS_A_POST - 8} as bigint)), lambda i: {word}), ' '
                ) as text,
                {tokens_sql("text")} as tokens,
                case hash(range, 'platform') % 3 when 0 then 'x' when 1 then 'reddit' else 'news' end as platform,
                case hash(range, 'language') % 2 when 0 then 'en' else 'de' end as language,
                cast(null as varchar) as country,
                cast(null as varchar) as author_key,
                cast(hash(range, 'followers') % 100000 as bigint) as author_followers,
                'original' as post_type,
                cast(null as varchar) as url
            from range({posts})
            """
        )


def brand_query(number: int) -> str:
    """Return the query of brand `number`: 50 terms, among them phrases, wildcards, NEAR and NOT.

    Its own words are rare, as names are; what it is told apart by are common words.
    """
    own = [200 + 97 * number + 9_001 * n for n in range(20)]
    common = [30 + (number * 13 + 7 * n) % 400 for n in range(20)]
    names = [f"w{word}" for word in own]
    names += [f'"w{word} w{common[0]}"' for word in own[:4]] + [f"#w{own[0]}", f"@w{own[0]}", f"w{own[1]}0*"]
    context = " OR ".join(f"w{word}" for word in common[:12])
    unwanted = " OR ".join([f"w{word}" for word in common[12:]] + [f'"w{own[2]} w{common[1]} w{common[2]}"'])
    query = f"({' OR '.join(names)}) NOT ({unwanted})"
    if number % 3 == 0:
        return f"{query} OR (w{own[3]} NEAR/5 ({context})) lang:en"
    if number % 3 == 1:
        return f"{query} AND (lang:en OR followers:>1000) OR w{own[3]} ONEAR/8 ({context})"
    return f"({query}) AND NOT (w{own[3]} NEAR/3 ({context}))"


def match(file: Path, brands: int) -> dict:
    """Match `brands` queries; return seconds by model, hits and mentions."""
    from ingestion.landing import Pseudonyms
    from ingestion.listening import Listening
    from orchestration.matching.model_sql import model_sql
    from orchestration.matching.road import MODELS
    from orchestration.matching.tables import compiled_tables

    listening = Listening.model_validate(
        {
            "version": 1,
            "rivals": [{"name": f"Brand {n}", "query": brand_query(n)} for n in range(brands)],
        }
    )
    tables = compiled_tables(listening, Pseudonyms(b"not a secret, no author is asked for"))
    seconds = {}
    with duckdb.connect(str(file), config=SETTINGS) as connection:
        relations = {"int_posts_tokenised": "main.posts"}
        for name, rows in tables.items():
            connection.register("compiled_rows", rows)
            relations[f"stg_listening__{name}"] = f"compiled_{name}"
            connection.execute(f"create or replace table compiled_{name} as from compiled_rows")
        for model in MODELS:
            relations[model] = model
            began = time.monotonic()
            connection.execute(f"create or replace table {model} as {model_sql(model, relations)}")
            seconds[model] = round(time.monotonic() - began, 3)
        hits, mentions = (
            connection.execute(f"select count(*) from {model}").fetchone()[0]
            for model in ("int_term_hits", "int_query_matches")
        )
    return {
        "brands": brands,
        "terms": tables["query_literals"].num_rows,
        "seconds": seconds,
        "hits": hits,
        "mentions": mentions,
    }


def measure_matching(folder: Path, posts: int, tell: Callable[[str], None] = lambda step: None) -> dict:
    """Match 1, 10 and 100 brands over the same posts, a process each; return JSON values.

    `seconds` is the matching alone, by model; wall and memory are those of the whole process. Raises CommandFailed.
    """
    folder.mkdir(parents=True)
    file = folder / "posts.duckdb"

    def run(step: str, number: int) -> tuple[dict, str]:
        command = [sys.executable, "-m", "tests.bench.matching", step, str(file), str(number)]
        log = folder / f"{step}_{number}.log"
        return measure(command, env=os.environ, log=log).as_json(), log.read_text(encoding="utf-8")

    tell(f"Writing {posts:,} tokenised posts")
    run("posts", posts)
    curve = []
    for brands in BRANDS:
        tell(f"Matching {brands} {'brand' if brands == 1 else 'brands'}")
        cost, found = run("match", brands)
        curve.append({**json.loads(found), **cost})
    return {"posts": posts, "curve": curve}


def main() -> None:
    """Write the posts, or match."""
    step, file, number = sys.argv[1:]
    if step == "posts":
        write_posts(Path(file), int(number))
    else:
        print(json.dumps(match(Path(file), int(number))))


if __name__ == "__main__":
    main()
