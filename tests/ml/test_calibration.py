"""Calibration: probabilities that mean what they say."""

import numpy as np
import pytest

from ml.calibration import expected_calibration_error, fit_temperature, softmax


def test_the_temperature_undoes_a_known_overconfidence():
    generator = np.random.default_rng(3)
    logits = generator.normal(size=(20_000, 3))
    odds = softmax(logits)
    truth = np.array([generator.choice(3, p=row) for row in odds])
    assert fit_temperature(logits * 2.5, truth) == pytest.approx(2.5, rel=0.05)


def test_calibration_error_is_the_gap_between_confidence_and_hits():
    confidence = np.array([0.95] * 10 + [0.55] * 10)
    correct = np.array([True] * 10 + [False] * 10)
    assert expected_calibration_error(confidence, correct) == pytest.approx((0.05 + 0.55) / 2)


def test_certainty_that_is_right_has_no_calibration_error():
    assert expected_calibration_error(np.ones(5), np.ones(5, dtype=bool)) == 0.0
