"""How the detectors fare on labelled volumes, each series judged by what was chosen on the others.

    python -m tests.bench.spikes FOLDER

FOLDER holds CSV files of (timestamp, value) and windows.json, {file: [[from, to], ...]}. For each series the
threshold, and for `peaks` its two constants as well, are those that are best on all others.
"""

import csv
import json
import sys
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from pathlib import Path

import numpy as np

from ml.detection import DETECTORS, read_series
from ml.detection.detectors import detector_scores
from tests.bench.nab_score import (
    Labelled,
    area_under_curve,
    false_alarms_a_month,
    found_windows,
    normalised,
    points,
)

GRID = [{"peak_days": days, "peak_quantile": part} for days, part in product((14, 21, 28), (0.8, 0.9, 1.0))]
THRESHOLDS = np.unique(np.concatenate([np.linspace(0.02, 0.98, 97), [0.985, 0.99, 0.995, 0.999]]))


@dataclass(frozen=True)
class Fared:
    """One series under one detector, with the choices that the others made."""

    detector: str
    series: str
    choice: str
    windows: int
    found: int
    false_alarms_a_month: float
    nab: float
    nab_few_false: float
    auc: float


def labelled(folder: Path) -> dict[str, tuple[Labelled, np.ndarray]]:
    """Return series and values by file name."""
    windows = json.loads((folder / "windows.json").read_text(encoding="utf-8"))
    found = {}
    for name in sorted(windows):
        series = read_series(folder / name)
        times = [datetime.fromisoformat(row[0]) for row in series.rows]
        places = []
        for first, last in windows[name]:
            begin, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
            rows = [index for index, time in enumerate(times) if begin <= time <= end]
            places.append((rows[0], rows[-1]))
        rows_per_month = 30 * 86_400 / series.seconds_apart
        found[name] = (Labelled(name, len(times), rows_per_month, tuple(places)), series.values)
    return found


def fare(folder: Path, detector: str, grid: list[dict] | None = None) -> list[Fared]:
    """Return how a detector fares on each series with what is best on the others."""
    series = labelled(folder)
    names = list(series)
    rows_per_day = {name: round(one.rows_per_month / 30) for name, (one, _) in series.items()}
    choices = grid if grid is not None else (GRID if detector == "peaks" else [{}])
    scores = {
        (index, name): detector_scores(values, rows_per_day[name], detector, **choice)
        for index, choice in enumerate(choices)
        for name, (_, values) in series.items()
    }
    earned = {key: points(series[key[1]][0], value, THRESHOLDS) for key, value in scores.items()}
    fared = []
    for name in names:
        totals = np.array(
            [sum(earned[index, other] for other in names if other != name) for index in range(len(choices))]
        )
        index, place = np.unravel_index(int(np.argmax(totals)), totals.shape)
        one, threshold = series[name][0], float(THRESHOLDS[place])
        own = scores[int(index), name]
        windows = len(one.judged_windows)
        fared.append(
            Fared(
                detector,
                name,
                ", ".join(
                    [f"threshold {threshold:.3g}", *(f"{k} {v}" for k, v in choices[int(index)].items())]
                ),
                windows,
                found_windows(one, own, threshold),
                false_alarms_a_month(one, own, threshold),
                normalised(earned[int(index), name][place], windows),
                normalised(points(one, own, [threshold], 0.22)[0], windows),
                area_under_curve(one.inside(), own),
            )
        )
    return fared


def main() -> None:
    """Print a table as CSV."""
    folder = Path(sys.argv[1])
    writer = csv.writer(sys.stdout)
    writer.writerow(Fared.__dataclass_fields__)
    for detector in DETECTORS:
        for one in fare(folder, detector):
            figures = [f"{value:.3g}" if isinstance(value, float) else value for value in vars(one).values()]
            writer.writerow(figures)


if __name__ == "__main__":
    main()
