"""Telling in bounded memory whether an observation came before in the same file."""

import numpy as np

MAX_REMEMBERED = 16_000_000
"""Fingerprints kept of one file (128 MB). Repeats further apart land twice; staging drops them by id."""


class Fingerprints:
    """The 64-bit fingerprints seen so far, in sorted runs of growing size."""

    def __init__(self) -> None:
        self._runs: list[np.ndarray] = []

    def first_time(self, fingerprints: np.ndarray) -> np.ndarray:
        """Return a mask of the fingerprints that are new, and remember them."""
        unique, first = np.unique(fingerprints, return_index=True)
        known = np.zeros(len(unique), dtype=bool)
        for run in self._runs:
            place = np.minimum(np.searchsorted(run, unique), len(run) - 1)
            known |= run[place] == unique
        mask = np.zeros(len(fingerprints), dtype=bool)
        mask[first[~known]] = True
        if not known.all():
            self._remember(unique[~known])
        return mask

    def _remember(self, run: np.ndarray) -> None:
        # Equal-sized neighbours merge, so that a look-up meets few runs and adding stays cheap.
        while self._runs and len(self._runs[-1]) <= 2 * len(run):
            run = np.sort(np.concatenate([self._runs.pop(), run]), kind="stable")
        self._runs.append(run)
        while len(self._runs) > 1 and sum(map(len, self._runs)) > MAX_REMEMBERED:
            self._runs.pop(0)
