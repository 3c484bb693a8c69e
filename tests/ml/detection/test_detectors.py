"""The detectors: their formulas by hand, what they see, and that they never look ahead."""

import numpy as np
import pytest

from ml.detection import DETECTORS, detector_scores

HOURLY, FIVE_MINUTES = 24, 288


def scored(statistic: float) -> float:
    return abs(statistic) / (1 + abs(statistic))


def noisy_days(days: int, rows_per_day: int, seed: int = 1) -> np.ndarray:
    """Counts with a daily wave."""
    generator = np.random.default_rng(seed)
    phase = np.arange(days * rows_per_day) % rows_per_day / rows_per_day
    return generator.poisson(40 + 30 * np.sin(2 * np.pi * phase)).astype(float)


def test_robust_is_the_published_z_of_the_same_hour_of_the_week():
    """Weeks of 10, 12 and 8 give median 10 and MAD 2, so 40 is (40 - 10) / (1.4826 * 2 + 1) = 7.566, thresholds of 3."""
    values = np.zeros(3 * 168 + 1)
    values[[0, 168, 336, 504]] = 10, 12, 8, 40
    assert detector_scores(values, HOURLY, "robust")[-1] == pytest.approx(scored(7.565822657116917 / 3))


def test_robust_needs_three_weeks_and_sees_valleys():
    values = np.full(3 * 168 + 1, 20.0)
    values[-1] = 0
    scores = detector_scores(values, HOURLY, "robust")
    assert scores[-1] == pytest.approx(scored(20 / 3))
    assert detector_scores(values[1:], HOURLY, "robust")[-1] == 0
    assert not scores[:-1].any()


def test_robust_is_what_numpy_makes_of_it():
    values = noisy_days(70, HOURLY)
    scores = detector_scores(values, HOURLY, "robust")
    for row in (600, 900, 1400, 1679):
        past = np.array([values[row - 168 * week] for week in range(1, 9) if row >= 168 * week])
        centre = np.median(past)
        spread = np.median(np.abs(past - centre))
        assert scores[row] == pytest.approx(scored((values[row] - centre) / (1.4826 * spread + 1) / 3))


@pytest.mark.parametrize("strictness", [1.5, 2, 3])
def test_sd_compares_a_day_with_the_week_before_it(strictness):
    values = np.concatenate([noisy_days(7, HOURLY), np.full(24, 60.0)])
    week = values[:168]
    expected = (60 - week.mean()) / (strictness * week.std(ddof=1))
    assert detector_scores(values, HOURLY, "sd", strictness=strictness)[-1] == pytest.approx(scored(expected))


def test_window_speaks_only_if_the_day_and_the_week_before_confirm_it():
    values = np.full(8 * 24, 5.0)
    values[-1] = 50
    assert detector_scores(values, HOURLY, "window")[-1] == pytest.approx(scored(45 / 3))
    for ago in (24, 168):
        usual = values.copy()
        usual[-1 - ago] = 60  # it was as loud at this hour before
        assert detector_scores(usual, HOURLY, "window")[-1] == 0


def test_seasonal_compares_with_up_to_four_weeks():
    values = np.zeros(4 * 168 + 1)
    values[[0, 168, 336, 504, 672]] = 10, 14, 10, 14, 40
    deviation = np.std([10, 14, 10, 14], ddof=1)
    assert detector_scores(values, HOURLY, "seasonal")[-1] == pytest.approx(scored(28 / (deviation + 1) / 3))


def test_peaks_says_most_where_an_episode_begins():
    values = noisy_days(20, FIVE_MINUTES)
    begins = 18 * FIVE_MINUTES
    values[begins : begins + 60] += 400
    scores = detector_scores(values, FIVE_MINUTES)
    assert scores[begins] > 0.5
    assert np.argmax(scores) == begins
    assert (scores[begins + 1 : begins + 60] >= 0.5).sum() <= 3
    assert np.median(scores[begins + 60 : begins + 100]) > np.median(
        scores[:begins]
    )  # remembered for a while


def test_peaks_knows_the_daily_wave_and_sees_a_day_that_stays_quiet():
    values = np.round(1000 + 800 * np.sin(2 * np.pi * np.arange(40 * 48) / 48) + noisy_days(40, 48))
    quiet = 30 * 48
    values[quiet : quiet + 24] *= 0.3
    scores = detector_scores(values, 48)
    assert scores[quiet : quiet + 24].max() > 0.5
    assert (scores[20 * 48 : quiet] < 0.5).all()


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("rows_per_day", [1, 24, 72])
def test_a_score_is_made_from_its_row_and_those_before_it(detector, rows_per_day):
    values = np.random.default_rng(5).lognormal(2, 1.2, 1800).round()
    values[700] = np.nan
    whole = detector_scores(values, rows_per_day, detector)
    assert np.isnan(whole[700]) and np.isnan(whole).sum() == 1
    assert np.nanmin(whole) >= 0 and np.nanmax(whole) <= 1
    assert np.nanmax(whole) > 0
    for length in (1, 11, 40, 333, 700, 701, 1540, 1799):
        part = detector_scores(values[:length], rows_per_day, detector)
        np.testing.assert_array_equal(np.round(part, 9), np.round(whole[:length], 9))


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_series_that_never_changes_is_never_unusual(detector):
    assert not detector_scores(np.full(1000, 7.0), HOURLY, detector).any()


@pytest.mark.parametrize("scale", [0.001, 0.37])
def test_peaks_does_not_mind_the_unit_of_fractions(scale):
    values = (noisy_days(20, HOURLY) + 0.5) * scale
    values[400] *= 20
    scores = detector_scores(values, HOURLY)
    assert scores[400] > 0.5
    np.testing.assert_allclose(scores, detector_scores(values * 8, HOURLY), atol=1e-9)


def test_an_unknown_detector_is_told():
    with pytest.raises(ValueError, match=r"no detector 'magic'. Remedy: choose one of peaks, robust"):
        detector_scores(np.zeros(5), HOURLY, "magic")
