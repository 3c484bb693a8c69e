"""What a text's terms add up to is the text's score, by the macros of the warehouse."""

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from ml.evaluate import score_texts
from ml.explain import strongest, term_effects
from ml.macros import MACROS, render_macro
from ml.registry import current_model
from ml.sentiment.sample import LABELS
from ml.tokens import token_lists
from ml.weights import read_weights

TEXTS = [
    "I love it, not good at all",
    "broken again after two days :(",
    "",
    "nothing known: qwxyzzy",
    "so so so good",
]


@pytest.mark.parametrize("text", TEXTS)
def test_effects_sum_to_the_score_less_its_mean_over_the_labels(text):
    weights = read_weights(current_model("sentiment").folder / "weights.parquet")
    scored = score_texts(pd.Series([text]), "en", weights).iloc[0]
    logits = scored[[f"logit_nano_{label}" for label in LABELS]].to_numpy(dtype=float) / 1e9
    effects = term_effects(token_lists([text])[0], "en", weights, list(LABELS), contrasted=True)
    summed = effects[[f"effect_{label}" for label in LABELS]].sum().to_numpy()
    assert summed == pytest.approx(logits - logits.mean(), abs=1e-9)
    assert effects["term"].is_unique


def test_labels_decided_one_by_one_keep_their_weights():
    effects = term_effects(
        ["late"],
        "en",
        _weights([("delivery", "late", 2.0), ("price", "late", -0.5)]),
        ["delivery", "price"],
        contrasted=False,
    )
    assert effects.set_index("term").loc["late"].to_dict() == {"effect_delivery": 2.0, "effect_price": -0.5}


def test_a_language_without_weights_has_no_effects():
    assert term_effects(
        ["late"], "fr", _weights([("delivery", "late", 2.0)]), ["delivery"], contrasted=False
    ).empty


def test_the_strongest_come_first_and_equal_ones_by_the_alphabet():
    effects = pd.DataFrame({"term": ["", "b", "a", "c", "d"], "effect_x": [9.0, 1.0, 1.0, -2.0, 0.0]})
    assert strongest(effects, "x", most=5) == ([("a", 1.0), ("b", 1.0)], [("c", -2.0)])
    assert strongest(effects, "x", most=1) == ([("a", 1.0)], [("c", -2.0)])


def test_top_terms_are_those_that_moved_the_label_most():
    effects = pa.table(
        {
            "post": ["p"] * 5 + ["q"],
            "term": ["", "good", "not good", "a", "b", "dull"],
            "effect_negative": [9.0, -1.25, 3.0, 0.001, 0.5, 1.0],
            "effect_positive": [0.0, 2.0, -3.0, 0.0, 0.0, 0.0],
            "label": ["negative"] * 5 + ["positive"],
        }
    )
    query = render_macro(
        (MACROS / "ml" / "score.sql", MACROS / "ml" / "explain.sql"),
        "top_terms",
        "effects",
        ["post"],
        ["negative", "positive"],
        2,
    )
    with duckdb.connect() as connection:
        connection.register("effects", effects)
        assert connection.execute(query).fetchall() == [("p", "not good +3.00 | good -1.25")]


def _weights(rows: list[tuple[str, str, float]]) -> pa.Table:
    labels = sorted({label for label, _, _ in rows})
    rows = [*rows, *((label, "", 0.0) for label in labels)]
    return pa.table(
        {
            "language": ["en"] * len(rows),
            "label": [row[0] for row in rows],
            "term": [row[1] for row in rows],
            "weight_nano": [round(row[2] * 1e9) for row in rows],
        }
    )
