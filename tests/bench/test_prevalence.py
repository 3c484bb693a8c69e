"""Corrected shares against true ones: on tweets whose labels are known, and on drawn ones."""

import numpy as np
import pandas as pd

from ml.prevalence import ALL, error_table
from tests.bench.brand_days import validation_texts
from tests.bench.prevalence import brand_days_summary, groups_judged, scored_tweets, summary

LABELS = ("negative", "neutral", "positive")
CONFUSION = np.array([[0.70, 0.15, 0.10], [0.20, 0.70, 0.15], [0.10, 0.15, 0.75]])


def _drawn(generator: np.random.Generator, shares: list[float], tweets: int) -> tuple[np.ndarray, np.ndarray]:
    true = generator.choice(3, size=tweets, p=shares)
    return true, np.array([generator.choice(3, p=CONFUSION[:, label]) for label in true])


def test_groups_with_other_moods_than_the_labels_are_corrected_and_covered():
    generator = np.random.default_rng(4)
    errors = error_table(
        "sentiment", "m", {ALL: [_drawn(generator, [0.3, 0.4, 0.3], 900)]}, seed=1
    ).to_pandas()
    days = []
    for number, negative in enumerate(np.linspace(0.1, 0.9, 25)):
        true, predicted = _drawn(generator, [negative, 0.6 * (1 - negative), 0.4 * (1 - negative)], 300)
        days.append(
            pd.DataFrame(
                {
                    "group": f"{number:02}",
                    "stratum": "en",
                    "true": np.take(LABELS, true),
                    "predicted": np.take(LABELS, predicted),
                }
            )
        )
    judged = groups_judged(pd.concat(days, ignore_index=True), errors)
    assert len(judged) == 25
    raw, corrected = ((judged[side] - judged["truth"]).abs().mean() for side in ("raw", "negative"))
    assert corrected < raw / 2
    assert judged["truth"].between(judged["negative_low"], judged["negative_high"]).mean() >= 0.9


def test_airlines_and_days_are_nearer_the_truth_corrected_than_counted(shared_data, monkeypatch):
    monkeypatch.setattr("tests.bench.prevalence.REPEATS", 6)
    figures = summary(scored_tweets(shared_data))
    own = figures.loc[["own domain, 200 labels", "own domain, 500 labels"]]
    assert (own["corrected_error"] < 0.75 * own["raw_error"]).all(), figures.to_string()
    # Of six draws of labels: the 43 groups of one do not tell 0.88 from 0.95.
    assert (own["covered"] >= 0.9).all(), figures.to_string()
    narrower = figures["width"]["own domain, 200 labels"] < figures["width"]["own domain alone, 200 labels"]
    assert narrower, figures.to_string()


def test_days_in_several_languages_are_covered_by_errors_of_their_own(shared_data, monkeypatch):
    monkeypatch.setattr("tests.bench.brand_days.DAYS", 150)
    monkeypatch.setattr("tests.bench.brand_days.DAYS_OF_A_LANGUAGE", 40)
    figures = brand_days_summary(validation_texts(shared_data / "sentiment"))
    pooled, own = (figures.xs(kind, level="error") for kind in ("pooled", "by stratum"))
    assert own["covered"]["several languages"] >= 0.9, figures.to_string()
    assert own["corrected_error"]["  without hi"] < pooled["corrected_error"]["  without hi"], (
        figures.to_string()
    )
    assert own["covered"]["hi alone"] > pooled["covered"]["hi alone"] + 0.2, figures.to_string()
