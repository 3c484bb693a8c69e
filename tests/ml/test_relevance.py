"""Weights of the relevance model, by hand."""

import math

import pandas as pd
import pytest

from ml.relevance import relevance_weights

EXAMPLES = pd.DataFrame(
    [
        ("apple", "iPhone store", True),
        ("apple", "the new iphone", True),
        ("apple", "apple pie recipe", False),
    ],
    columns=["entity_id", "text", "is_relevant"],
)


def test_a_weight_is_the_difference_of_two_log_odds():
    weights = relevance_weights(EXAMPLES, {"apple": ["Apple"]}).set_index("term")["weight_nano"]
    assert weights["iphone"] == round(round(math.log(2.5 / 3) - math.log(0.5 / 2), 4) * 1e9)
    assert weights["pie"] == round(round(math.log(0.5 / 3) - math.log(1.5 / 2), 4) * 1e9)
    assert weights[""] == 0
    assert weights["pie recipe"] == weights["pie"] < 0 < weights["iphone store"]


def test_what_every_post_holds_tells_nothing():
    terms = set(relevance_weights(EXAMPLES, {"apple": ["Apple"]})["term"])
    assert not any("apple" in term.split() for term in terms)


def test_examples_of_one_kind_are_no_model():
    with pytest.raises(ValueError, match="apple has examples of one kind only"):
        relevance_weights(EXAMPLES[EXAMPLES["is_relevant"]], {})


def test_order_of_examples_does_not_matter():
    pd.testing.assert_frame_equal(relevance_weights(EXAMPLES, {}), relevance_weights(EXAMPLES[::-1], {}))
