"""Scoring alone: the shipped models over many tokenised posts, by the macros of the road and by scikit-learn.

`python -m tests.bench.scoring posts FILE POSTS` writes the posts into a DuckDB file; `... sql FILE TASK` scores them
with the macro that dbt runs, `... sklearn FILE TASK` with scikit-learn's predict on the very same tokens, and both
print what it took as JSON. A process each, so that the memory of one is not that of the other.

A post is one of the project's own labelled texts and a few made-up words, the n-th of them about 1/n as often as the
first (Zipf's law): most of those no model knows, which is the dear case.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from tests.bench import targets
from tests.bench.estimators import stored_estimator
from tests.bench.matching import SETTINGS
from tests.bench.processes import measure

VOCABULARY = 200_000
UNKNOWN_WORDS = 3
QUICK_POSTS = 5_000
BATCH = 10_000
"""Posts that scikit-learn is given at once: the whole would not fit the memory that SQL gets by with."""

TASKS = {
    "sentiment": ("sentiment_scores", ("sentiment_weights",)),
    "topics": ("topic_scores", ("topics_weights", "topics_labels")),
}
"""Task -> the macro of score.sql that does it, and the tables that it reads after the posts."""

TARGETS = "target_sentiment"
"""The task whose rows are mentions: see `tests.bench.targets`."""


def write_posts(file: Path, posts: int) -> None:
    """Write `posts` rows with position, language and tokens, the same ones each time, and the models' tables."""
    import pandas as pd
    import pyarrow.compute as pc

    from ml.registry import warehouse_tables
    from ml.sentiment.sample import LANGUAGES, read_sample
    from ml.tokens import tokens_sql

    sample = pd.concat(
        [read_sample(language)[["text"]].assign(language=language) for language in LANGUAGES],
        ignore_index=True,
    ).reset_index(names="number")
    word = f"'w' || cast(floor(pow({VOCABULARY}, hash(range, i) / 18446744073709551616.0)) as integer)"
    tables = warehouse_tables()
    with duckdb.connect(str(file), config=SETTINGS) as connection:
        connection.register("sample", sample)
        connection.execute(
            f"""
            create table posts as
            select position, language, {tokens_sql("text")} as tokens
            from (
                select
                    range as position,
                    sample.language,
                    sample.text || ' ' || array_to_string(list_transform(generate_series(1, {UNKNOWN_WORDS}), lambda i: {word}), ' ')
                        as text
                from range({posts})
                inner join sample on hash(range, 'text') % {len(sample)} = sample.number
            )
            order by position
            """
        )
        for model in (*TASKS, TARGETS):
            for name in ("weights", "labels"):
                table = tables[f"model_{name}"]
                connection.register("rows", table.filter(pc.equal(table["model_name"], model)))
                connection.execute(f"create table {model}_{name} as from rows")
        targets.write_mentions(connection)


def score_in_sql(file: Path, task: str) -> dict:
    """Score every post with the macro of the road; return posts, rows written and seconds."""
    from ml.evaluate import SCORE_MACROS
    from ml.macros import render_macro

    if task == TARGETS:
        return targets.score_in_sql(file)
    macro, tables = TASKS[task]
    query = render_macro(SCORE_MACROS, macro, "posts", ["position"], "tokens", *tables)
    with duckdb.connect(str(file), config=SETTINGS) as connection:
        began = time.monotonic()
        connection.execute(f"create or replace table scored_{task} as {query}")
        seconds = time.monotonic() - began
        rows, posts = (
            connection.execute(f"select count(*) from {table}").fetchone()[0]
            for table in (f"scored_{task}", "posts")
        )
    return {"posts": posts, "rows": rows, "seconds": round(seconds, 3)}


def score_with_sklearn(file: Path, task: str) -> dict:
    """Score the same tokens with scikit-learn's predict_proba, model built beforehand; return posts and seconds."""
    import pyarrow.compute as pc

    from ml.features import feature_matrix

    if task == TARGETS:
        return targets.score_with_sklearn(file)
    with duckdb.connect(str(file), config=SETTINGS, read_only=True) as connection:
        weights = connection.execute(f"from {task}_weights").to_arrow_table()
        posts = connection.execute("from posts order by position").to_arrow_table()
    models = {
        language: stored_estimator(weights, language)
        for language in sorted(set(weights["language"].to_pylist()))
    }
    began = time.monotonic()
    scored = 0
    for language, (vocabulary, estimator) in models.items():
        tokens = posts.filter(pc.equal(posts["language"], language))["tokens"]
        for start in range(0, len(tokens), BATCH):
            batch = tokens.slice(start, BATCH).to_pylist()
            scored += len(estimator.predict_proba(feature_matrix(batch, vocabulary)))
    return {"posts": scored, "seconds": round(time.monotonic() - began, 3)}


def measure_scoring(folder: Path, posts: int, tell: Callable[[str], None] = lambda step: None) -> dict:
    """Score the same posts by SQL and by scikit-learn, every task, a process each; return JSON values.

    `seconds` is the scoring alone; wall, CPU and memory are those of the whole process. Raises CommandFailed.
    """
    folder.mkdir(parents=True)
    file = folder / "posts.duckdb"

    def run(step: str, argument: str) -> tuple[dict, str]:
        command = [sys.executable, "-m", "tests.bench.scoring", step, str(file), argument]
        log = folder / f"{step}_{argument}.log"
        return measure(command, env=os.environ, log=log).as_json(), log.read_text(encoding="utf-8")

    tell(f"Writing {posts:,} posts to score")
    run("posts", str(posts))
    tasks = {}
    for task in (*TASKS, TARGETS):
        tasks[task] = {}
        for step, name in (("sql", "SQL"), ("sklearn", "scikit-learn")):
            tell(f"Scoring {task} with {name}")
            cost, found = run(step, task)
            tasks[task][step] = {**json.loads(found), **cost}
    return {"posts": posts, "tasks": tasks}


def main() -> None:
    """Write the posts, or score them."""
    step, file, argument = sys.argv[1:]
    if step == "posts":
        write_posts(Path(file), int(argument))
    else:
        score = {"sql": score_in_sql, "sklearn": score_with_sklearn}[step]
        print(json.dumps(score(Path(file), argument)))


if __name__ == "__main__":
    main()
