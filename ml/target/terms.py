"""What the model sees of a mention: the dbt macro `target_terms`, rendered and run in DuckDB.

Training and tests get their terms here, the warehouse from the same macro; there is no second definition.
"""

from collections.abc import Iterable, Sequence

import duckdb
import pandas as pd
import pyarrow as pa

from ml.features import is_publishable
from ml.macros import MACROS, render_macro

MACRO_FILES = tuple(
    MACROS / path for path in ("ml/score.sql", "ml/target.sql", "incremental/materialised.sql")
)
POSITIONS = pa.list_(pa.int64())
PLACES = ("post", "near_before", "near_after", "clause_before", "clause_after")
MOODS = ("opinion", "polarity")
STEPS = range(-6, 7)
"""Halves of log-odds, the ends open; as in the macro."""


def mention_table(
    tokens: Iterable[Sequence[str]],
    own_positions: Iterable[Sequence[int]],
    other_positions: Iterable[Sequence[int]],
    language: str = "en",
) -> pa.Table:
    """Return mentions as the macros want them, with their number, from 0, as the key."""
    lists = pa.array(list(tokens), type=pa.list_(pa.string()))
    return pa.table(
        {
            "mention_number": pa.array(range(len(lists)), type=pa.int64()),
            "language": pa.array([language] * len(lists), type=pa.string()),
            "tokens": lists,
            "own_positions": pa.array(list(own_positions), type=POSITIONS),
            "other_positions": pa.array(list(other_positions), type=POSITIONS),
        }
    )


def term_lists(mentions: pa.Table, sentiment_weights: pa.Table) -> list[list[str]]:
    """Return the terms of each mention, in the order of the table; none where nothing stands around it.

    A term may be there more than once, and terms are in any order.
    """
    query = render_macro(
        MACRO_FILES, "target_terms", "mentions", ["mention_number"], "tokens", "sentiment_weights"
    )
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.register("mentions", mentions)
        connection.register("sentiment_weights", sentiment_weights)
        found = connection.execute(f"select mention_number, terms from ({query})").to_arrow_table()
    terms: list[list[str]] = [[] for _ in range(len(mentions))]
    for number, listed in zip(*(column.to_pylist() for column in found.columns), strict=True):
        terms[number] = listed
    return terms


def score_mentions(mentions: pa.Table, sentiment_weights: pa.Table, weights: pa.Table) -> pd.DataFrame:
    """Return sentiment, p_negative, p_neutral, p_positive a mention, by the very SQL of the warehouse.

    Index: number of the mention; one with nothing around its target, or in a language that either model does
    not know, has no row.
    """
    query = score_query("mentions", ["mention_number"], "sentiment_weights", "weights")
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.register("mentions", mentions)
        connection.register("sentiment_weights", sentiment_weights)
        connection.register("weights", weights)
        scored = connection.execute(f"select * from ({query}) order by mention_number").df()
    return scored.set_index("mention_number")


def score_query(mentions: str, key_columns: list[str], sentiment_weights: str, weights: str) -> str:
    """Return the SQL that scores a relation of mentions; arguments are names of relations."""
    return render_macro(
        MACRO_FILES, "target_scores", mentions, key_columns, "tokens", sentiment_weights, weights
    )


def step_terms() -> list[list[str]]:
    """Return the terms that stand for the log-odds of a place, one list a place and mood, from low to high."""
    return [[f"{place}:<{mood}>{step}" for step in STEPS] for place in PLACES for mood in MOODS]


def is_publishable_term(term: str) -> bool:
    """Tell whether a term may ship: its word by the rule of `ml.features.is_publishable`."""
    return is_publishable(term.partition(":")[2])
