"""Corrected class shares: right on average, honest about what they do not know."""

import numpy as np
import pytest

from ml.prevalence import (
    ERROR_SCHEMA,
    LARGEST_CONDITION,
    PRIOR_TEXTS,
    REPLICATES,
    confusion,
    corrected_shares,
    error_table,
    invert,
    point_confusion,
)

TRUE_CONFUSION = np.array([[0.75, 0.10, 0.05], [0.20, 0.80, 0.20], [0.05, 0.10, 0.75]])


def _labels(generator: np.random.Generator, shares: list[float], count: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw true labels with `shares` and what a classifier with TRUE_CONFUSION makes of them."""
    true = generator.choice(3, size=count, p=shares)
    predicted = np.array([generator.choice(3, p=TRUE_CONFUSION[:, label]) for label in true])
    return true, predicted


def test_columns_of_the_confusion_are_distributions_over_predictions():
    matrix = confusion(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2]), 3)
    np.testing.assert_allclose(matrix.sum(axis=0), 1.0)
    assert matrix[1, 0] == pytest.approx(1.5 / 3.5)


def test_a_class_without_held_out_texts_is_no_division_by_zero():
    assert np.isfinite(invert(confusion(np.array([0, 0, 1]), np.array([0, 0, 1]), 3))).all()


def test_the_correction_undoes_the_expected_error_exactly():
    shares = np.array([0.5, 0.3, 0.2])
    np.testing.assert_allclose(corrected_shares(TRUE_CONFUSION @ shares, invert(TRUE_CONFUSION)), shares)


def test_shares_are_clipped_to_the_simplex():
    shares = corrected_shares(np.array([0.0, 1.0, 0.0]), invert(TRUE_CONFUSION))
    assert shares.min() >= 0
    assert shares.sum() == pytest.approx(1.0)


def test_a_classifier_that_cannot_tell_two_classes_apart_is_not_inverted_into_noise():
    blind = np.array([[0.5, 0.4999, 0.1], [0.4, 0.4, 0.1], [0.1, 0.1001, 0.8]])
    inverse = invert(blind)
    assert np.linalg.norm(inverse, 2) <= LARGEST_CONDITION / np.linalg.norm(blind, 2) * 1.001
    moved = corrected_shares(np.array([0.40, 0.40, 0.20]), inverse) - corrected_shares(
        np.array([0.41, 0.39, 0.20]), inverse
    )
    assert np.abs(moved).max() < 0.2


def test_the_table_has_one_point_estimate_and_reproducible_replicates():
    true, predicted = _labels(np.random.default_rng(1), [0.3, 0.4, 0.3], 300)
    table = error_table("sentiment", "v", true, predicted, seed=5)
    assert table.schema.equals(ERROR_SCHEMA)
    assert table.column("replicate").to_pylist() == list(range(REPLICATES + 1))
    point = table.slice(0, 1).to_pylist()[0]
    assert (point["z1"], point["z2"]) == (0.0, 0.0)
    assert point["inv_neg_pos"] == pytest.approx(invert(confusion(true, predicted, 3))[0, 2])
    assert table.equals(error_table("sentiment", "v", true, predicted, seed=5))
    assert not table.equals(error_table("sentiment", "v", true, predicted, seed=6))


def test_the_interval_covers_the_true_share_about_as_often_as_it_says():
    generator = np.random.default_rng(2)
    shares, covered, trials = [0.2, 0.6, 0.2], 0, 60
    for trial in range(trials):
        table = error_table("sentiment", "v", *_labels(generator, [1 / 3] * 3, 600), seed=trial).to_pandas()
        _, predicted = _labels(generator, shares, 400)
        seen = np.bincount(predicted, minlength=3) / len(predicted)
        covariance = (np.diag(seen) - np.outer(seen, seen))[:2, :2] / len(predicted)
        drawn = seen[:2] + table[["z1", "z2"]].to_numpy() @ np.linalg.cholesky(covariance).T
        inverses = table.filter(like="inv_").to_numpy().reshape(-1, 3, 3)
        negative = [
            corrected_shares(np.array([*pair, 1 - pair.sum()]), inverse)[0]
            for pair, inverse in zip(drawn[1:], inverses[1:], strict=True)
        ]
        low, high = np.percentile(negative, [2.5, 97.5])
        covered += low <= shares[0] <= high
    assert covered / trials >= 0.85


def test_the_confusion_can_be_read_back_from_the_table():
    true, predicted = _labels(np.random.default_rng(3), [0.3, 0.4, 0.3], 300)
    table = error_table("sentiment", "v", true, predicted, seed=5)
    np.testing.assert_allclose(point_confusion(table), confusion(true, predicted, 3), atol=1e-7)


def test_few_labels_of_ones_own_move_the_prior_as_much_as_they_are_worth():
    true, predicted = np.full(int(PRIOR_TEXTS), 0), np.full(int(PRIOR_TEXTS), 2)
    table = error_table("sentiment", "v", true, predicted, seed=5, prior=TRUE_CONFUSION)
    np.testing.assert_allclose(point_confusion(table)[:, 0], [0.375, 0.1, 0.525], atol=1e-7)
    np.testing.assert_allclose(point_confusion(table)[:, 1:], TRUE_CONFUSION[:, 1:], atol=1e-7)
    inverses = table.to_pandas().filter(like="inv_").to_numpy()[1:]
    assert len(np.unique(inverses, axis=0)) == REPLICATES
    assert table.equals(error_table("sentiment", "v", true, predicted, seed=5, prior=TRUE_CONFUSION))
