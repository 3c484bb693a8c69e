"""The example taxonomy for airlines, and what the public tweets teach."""

from pathlib import Path

import pytest

from ml.classes.labels_file import read_labelled
from ml.classes.training import fit_classes
from ml.topics.labelled import topic_labels
from ml.topics.taxonomy import load_taxonomy
from ml.train import SEED, _one_thread

TAXONOMY = Path(__file__).resolve().parents[2] / "examples" / "airlines" / "taxonomy.yml"
CHARACTER_N_GRAMS = 0.52
"""Macro F1 over the ten reasons of a linear model with character n-grams, in five-fold cross-validation."""


@pytest.fixture
def tweets(shared_data):
    return read_labelled(shared_data / "mentions" / "airline_tweets.csv", label_column="negativereason").texts


def test_every_reason_of_the_public_tweets_is_a_topic_of_the_example(tweets):
    topics = topic_labels(tweets, load_taxonomy(TAXONOMY)).drop(columns=list(tweets.columns))
    assert len(topics.columns) == tweets["label"].nunique() == 10
    assert (topics.sum(axis=1) == 1).all()


@pytest.mark.soak
def test_reasons_are_told_better_than_by_character_n_grams(tweets):
    with _one_thread():
        model = fit_classes(tweets, sorted(tweets["label"].unique()), language="en", seed=SEED)
    assert model.scores["macro_f1"] > CHARACTER_N_GRAMS
    assert model.scores["calibration_error"] < 0.05
