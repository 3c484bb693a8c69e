"""Target sentiment alone: the mentions of posts that name several brands, scored in SQL and by scikit-learn."""

import time
from collections.abc import Sequence

import duckdb
import pyarrow as pa

SETTINGS = {"threads": 2, "memory_limit": "800MB", "preserve_insertion_order": False}
"""As in transform/profiles.yml."""


def score_targets(posts: pa.Table, names: Sequence[str]) -> dict[str, float]:
    """Score every mention of `names` (one token each) in posts that have two of them or more.

    `posts` has tokens (list of text), all English. Returns posts, mentions, and seconds of both: SQL from token
    lists to probabilities; scikit-learn from term lists to probabilities, for which SQL made the terms.
    """
    from ml.registry import current_model
    from ml.target.terms import score_query, term_lists
    from ml.weights import read_weights

    sentiment, target = (
        read_weights(current_model(name).folder / "weights.parquet")
        for name in ("sentiment", "target_sentiment")
    )
    with duckdb.connect(config=SETTINGS) as connection:
        for name, table in {"posts": posts, "sentiment": sentiment, "target": target}.items():
            connection.register(f"given_{name}", table)
            connection.execute(f"create table {name} as from given_{name}")
        connection.execute("create table names (name text)")
        connection.executemany("insert into names values (?)", [[name] for name in names])
        connection.execute(
            """
            create table mentions as
            with places as (
                select number, tokens, name,
                    list_filter(generate_series(1, len(tokens)), lambda place: tokens[place] = name) as own_positions
                from (select row_number() over () - 1 as number, tokens from posts) as numbered
                cross join names
                where list_contains(tokens, name)
            ),
            all_places as (
                select number, flatten(list(own_positions)) as positions
                from places group by number having count(*) > 1
            )
            select row_number() over () - 1 as mention_number, number, 'en' as language, tokens, own_positions,
                list_filter(positions, lambda place: not list_contains(own_positions, place)) as other_positions
            from places inner join all_places using (number)
            """
        )
        began = time.monotonic()
        query = score_query("mentions", ["mention_number"], "sentiment", "target")
        connection.execute(f"create table scores as {query}")
        in_sql = time.monotonic() - began
        scored_posts = connection.execute("select count(distinct number) from mentions").fetchone()[0]
        mentions = connection.execute("from mentions order by mention_number").to_arrow_table()
    terms = term_lists(mentions, sentiment)
    predict = _predictor(target)
    began = time.monotonic()
    predict(terms)
    return {
        "posts": scored_posts,
        "mentions": len(mentions),
        "sql_seconds": round(in_sql, 3),
        "scikit_learn_seconds": round(time.monotonic() - began, 3),
    }


def _predictor(weights: pa.Table):
    """Return scikit-learn's predict_proba over term lists, of an estimator with the stored weights."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    from ml.features import feature_matrix

    rows = weights.to_pandas()
    table = rows.pivot(index="term", columns="label", values="weight_nano").fillna(0.0) / 1e9
    vocabulary = [term for term in table.index if term]
    estimator = LogisticRegression()
    estimator.classes_ = np.array(table.columns)
    estimator.coef_ = table.loc[vocabulary].to_numpy().T
    estimator.intercept_ = table.loc[""].to_numpy()
    return lambda terms: estimator.predict_proba(feature_matrix(terms, vocabulary))
