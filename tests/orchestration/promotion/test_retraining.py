"""A retrained version takes over, or is kept beside the current one where labels or people are against it."""

from pathlib import Path

import pytest

from ml.promotions import BACK, find_version, promotions, take_over
from ml.registry import current_model
from ml.train import Trained
from orchestration.promotion.retraining import BY, retrain
from tests.ml.versions import as_good, bad, write_version

SHIPPED = current_model("sentiment").version


def training(change):
    """Return a training that writes a changed version, as ml.train would."""

    def train(out: Path) -> Trained:
        unfinished = out / "sentiment" / "unfinished"
        unfinished.mkdir(parents=True)
        version = write_version(unfinished, change)
        unfinished.rename(out / "sentiment" / version)
        return Trained("sentiment", version, {}, changed=True)

    return train


def test_a_version_that_is_not_worse_takes_over_and_is_recorded(home):
    outcome = retrain(home, "sentiment", training(as_good))
    assert outcome.is_current
    assert current_model("sentiment", home.models).version == outcome.trained.version
    (record,) = promotions(home.models, "sentiment")
    assert (record.promoted_by, record.previous_version) == (BY, SHIPPED)
    again = retrain(home, "sentiment", training(as_good))
    assert again.is_current and "already" in again.told
    assert len(promotions(home.models, "sentiment")) == 1


def test_a_version_that_is_worse_is_kept_and_not_used(home):
    outcome = retrain(home, "sentiment", training(bad))
    assert not outcome.is_current and "worse on the project's own sample" in outcome.told
    assert current_model("sentiment", home.models).version == SHIPPED
    assert find_version("sentiment", outcome.trained.version, home.models).folder.is_relative_to(home.models)
    assert not promotions(home.models, "sentiment")


def test_a_version_that_somebody_went_back_from_does_not_come_again(home):
    retrain(home, "sentiment", training(as_good))
    take_over(home.models, find_version("sentiment", SHIPPED, home.models), action=BACK, by="ada", figures={})
    outcome = retrain(home, "sentiment", training(as_good))
    assert not outcome.is_current and "went back" in outcome.told
    assert current_model("sentiment", home.models).version == SHIPPED


def test_a_training_that_fails_leaves_nothing_behind(home):
    def broken(out: Path) -> Trained:
        (out / "sentiment").mkdir()
        raise ValueError("no labels")

    with pytest.raises(ValueError, match="no labels"):
        retrain(home, "sentiment", broken)
    assert list(home.models.iterdir()) == []
