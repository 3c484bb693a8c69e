"""Target sentiment in the benchmark of scoring: every tenth English post names two brands, in two clauses."""

import time
from pathlib import Path

import duckdb

from tests.bench.estimators import stored_estimator
from tests.bench.matching import SETTINGS

ONE_IN = 10
"""One in so many English posts names two brands; the others have their post's sentiment and cost nothing more."""


def write_mentions(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the table `mentions`, two rows a chosen post of the table `posts`, as `target_scores` reads them."""
    connection.execute(
        f"""
        create table mentions as
        with named as (
            select position, language, [1] as first_places, [3 + len(tokens) // 2] as second_places,
                ['lumora'] || tokens[:len(tokens) // 2] || ['but', 'brevanta'] || tokens[len(tokens) // 2 + 1:] as tokens
            from posts
            where language = 'en' and hash(position, 'targets') % {ONE_IN} = 0
        )
        select row_number() over () - 1 as mention_number, mentions.*
        from (
            select position, language, tokens, first_places as own_positions, second_places as other_positions
            from named
            union all
            select position, language, tokens, second_places, first_places from named
        ) as mentions
        """
    )


def score_in_sql(file: Path) -> dict:
    """Score every mention with the macro of the road; return mentions, rows written and seconds."""
    from ml.target.terms import score_query

    query = score_query("mentions", ["mention_number"], "sentiment_weights", "target_sentiment_weights")
    with duckdb.connect(str(file), config=SETTINGS) as connection:
        began = time.monotonic()
        connection.execute(f"create or replace table scored_target_sentiment as {query}")
        seconds = time.monotonic() - began
        rows, mentions = (
            connection.execute(f"select count(*) from {table}").fetchone()[0]
            for table in ("scored_target_sentiment", "mentions")
        )
    return {"posts": mentions, "rows": rows, "seconds": round(seconds, 3)}


def score_with_sklearn(file: Path) -> dict:
    """Score the same mentions with scikit-learn's predict_proba; their terms are SQL's and cost it nothing."""
    from ml.features import feature_matrix
    from ml.target.terms import term_lists

    with duckdb.connect(str(file), config=SETTINGS, read_only=True) as connection:
        mentions = connection.execute("from mentions order by mention_number").to_arrow_table()
        sentiment = connection.execute("from sentiment_weights").to_arrow_table()
        target = connection.execute("from target_sentiment_weights").to_arrow_table()
    vocabulary, estimator = stored_estimator(target, "en")
    terms = term_lists(mentions, sentiment)
    began = time.monotonic()
    scored = len(estimator.predict_proba(feature_matrix(terms, vocabulary)))
    return {"posts": scored, "seconds": round(time.monotonic() - began, 3)}
