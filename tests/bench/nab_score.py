"""The score of the Numenta Anomaly Benchmark, for series of anomaly scores with labelled windows.

Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms" (2015): a window counts by its first
detection, the earlier the better, by the sigmoid 2 / (1 + e^(5 y)) - 1 of the place in the window; a detection
outside costs 0.11 (profile standard) or 0.22 (profile low false positives), less shortly after a window; a window
without detection costs 1. 0 is a detector that says nothing, 100 one that says each window's first row.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

PROBATION_SHARE, PROBATION_ROWS = 0.15, 750


@dataclass(frozen=True)
class Labelled:
    """A series' name, its timestamps' number of rows a month and its windows as (first, last) row."""

    name: str
    rows: int
    rows_per_month: float
    windows: tuple[tuple[int, int], ...]

    @property
    def probation(self) -> int:
        """Rows at the beginning that are not judged."""
        return min(int(PROBATION_SHARE * self.rows), PROBATION_ROWS)

    @property
    def judged_windows(self) -> list[tuple[int, int]]:
        """Windows that end after the probation."""
        return [window for window in self.windows if window[1] >= self.probation]

    def inside(self) -> np.ndarray:
        """One boolean a row: does it lie in a window?"""
        mask = np.zeros(self.rows, dtype=bool)
        for first, last in self.windows:
            mask[first : last + 1] = True
        return mask


def sigmoid(place: float) -> float:
    """Return the weight of a detection at `place`: -1 is the window's first row, 0 its last, beyond is late."""
    return 2 / (1 + math.exp(5 * place)) - 1


def points(
    series: Labelled, scores: np.ndarray, thresholds: Sequence[float], cost: float = 0.11
) -> np.ndarray:
    """Return the points of a series for each threshold (score >= threshold is a detection)."""
    outside = np.flatnonzero(~series.inside())
    outside = outside[outside >= series.probation]
    costs = np.array([cost * _false_weight(row, series.windows) for row in outside])
    earned = []
    for threshold in thresholds:
        total = float(costs[scores[outside] >= threshold].sum())
        for first, last in series.judged_windows:
            begin = max(first, series.probation)
            found = np.flatnonzero(scores[begin : last + 1] >= threshold)
            place = (begin + found[0] - last) / (last - first) if len(found) else None
            total += -1 if place is None else sigmoid(place) / sigmoid(-1)
        earned.append(total)
    return np.array(earned)


def normalised(total: float, windows: int) -> float:
    """Return points as 0 for silence and 100 for perfection."""
    return 100 * (total + windows) / (2 * windows)


def found_windows(series: Labelled, scores: np.ndarray, threshold: float) -> int:
    """Return how many judged windows hold a detection."""
    return sum(
        bool((scores[max(first, series.probation) : last + 1] >= threshold).any())
        for first, last in series.judged_windows
    )


def false_alarms_a_month(series: Labelled, scores: np.ndarray, threshold: float) -> float:
    """Return detections outside of windows a month, those less than an hour's rows apart being one."""
    rows = np.flatnonzero((scores >= threshold) & ~series.inside())
    rows = rows[rows >= series.probation]
    hour = max(1, round(series.rows_per_month / 30 / 24))
    alarms = int((np.diff(rows, prepend=-hour - 1) > hour).sum()) if len(rows) else 0
    return alarms / ((series.rows - series.probation) / series.rows_per_month)


def area_under_curve(inside: np.ndarray, scores: np.ndarray) -> float:
    """Return the probability that a row in a window has a higher score than one outside (ties count half)."""
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positive = int(inside.sum())
    negative = len(inside) - positive
    return float((ranks[inside].sum() - positive * (positive + 1) / 2) / (positive * negative))


def _false_weight(row: int, windows: Sequence[tuple[int, int]]) -> float:
    before = [window for window in windows if window[1] < row]
    if not before:
        return -1.0
    first, last = before[-1]
    return max(sigmoid((row - last) / (last - first)), -1.0) if row - last <= 3 * (last - first) else -1.0
