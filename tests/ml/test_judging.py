"""A challenger is refused for being worse, not for bad luck; coders agree beyond chance or do not."""

import numpy as np
import pytest

from ml.agreement import agreement
from ml.judging import FEWEST_TEXTS, judge

LABELS = np.array(["negative", "neutral", "positive"])


def _labelled(generator: np.random.Generator, true: np.ndarray, right: float) -> np.ndarray:
    """Return labels that are right with a probability, else any label."""
    return np.where(generator.random(len(true)) < right, true, generator.choice(LABELS, len(true)))


def test_a_clearly_worse_challenger_is_worse_and_the_other_way_round_is_not():
    generator = np.random.default_rng(1)
    true = generator.choice(LABELS, 600)
    good, bad = _labelled(generator, true, 0.8), _labelled(generator, true, 0.5)
    found = judge(true, good, bad)
    assert found.is_worse and found.decides and found.difference < 0
    assert found.low <= found.difference <= found.high < 0
    assert not judge(true, bad, good).is_worse


def test_equally_good_challengers_are_seldom_called_worse():
    generator = np.random.default_rng(2)
    worse = 0
    for _ in range(200):
        true = generator.choice(LABELS, 300)
        worse += judge(true, _labelled(generator, true, 0.6), _labelled(generator, true, 0.6)).is_worse
    assert worse <= 12  # 2.5% of 200 are 5


def test_the_same_model_differs_by_nothing_at_all():
    true = np.tile(LABELS, 40)
    found = judge(true, true, true)
    assert (found.champion, found.challenger, found.low, found.high) == (1.0, 1.0, 0.0, 0.0)
    assert not found.is_worse


def test_macro_recall_and_the_texts_on_which_the_models_differ():
    true = ["negative", "negative", "negative", "positive"]
    found = judge(
        true, ["negative", "neutral", "unscored", "positive"], ["negative", "negative", "neutral", "neutral"]
    )
    assert found.champion == pytest.approx((1 / 3 + 1) / 2)
    assert found.challenger == pytest.approx((2 / 3 + 0) / 2)
    assert (found.only_champion_right, found.only_challenger_right) == (1, 1)
    assert not found.decides and found.texts < FEWEST_TEXTS


def test_kappa_is_that_of_scikit_learn_within_its_interval():
    from sklearn.metrics import cohen_kappa_score

    generator = np.random.default_rng(3)
    true = generator.choice(LABELS, 200, p=[0.6, 0.3, 0.1])
    one, other = _labelled(generator, true, 0.8), _labelled(generator, true, 0.8)
    found = agreement(one, other)
    assert found.kappa == pytest.approx(cohen_kappa_score(one, other))
    assert found.low < found.kappa < found.high
    assert found.share == pytest.approx((one == other).mean())
    assert found == agreement(one, other)


def test_kappas_published_example():
    # Cohen 1960 style table: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no gives 0.4.
    one = ["yes"] * 25 + ["no"] * 25
    other = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert agreement(one, other).kappa == pytest.approx(0.4)


def test_where_everything_is_one_label_there_is_no_kappa():
    assert agreement(["a"] * 5, ["a"] * 5).kappa is None
