"""Scores of the detectors for series in memory."""

import duckdb
import numpy as np
import pyarrow as pa

from ml.macros import MACROS, render_macro

DETECTORS = ("peaks", "robust", "sd", "window", "seasonal")
DEFAULT = "peaks"
"""Best on the five labelled series that it was tried on, each time chosen without the series it was judged by."""

WARM_UP_ROWS = 12
"""Rows that only teach: their spacing tells how many rows make a day, so none of them is judged."""


def detector_scores(
    values: np.ndarray,
    rows_per_day: int,
    detector: str = DEFAULT,
    *,
    threads: int = 2,
    **settings: float,
) -> np.ndarray:
    """Return the anomaly score of every row, an array of floats from 0 to 1 as long as `values`.

    `values` are evenly spaced in time, `rows_per_day` of them a day (1 for daily and slower series); NaN is
    unknown and gets the score NaN. The score of a row depends on that row and those before it only: 0.5 is the
    detector's threshold, 0 is usual or not yet known. `settings` are those of the macro `detector_scores`:
    `strictness` of `sd`, `peak_days` and `peak_quantile` of `peaks`.

    Raises ValueError for a detector that does not exist.
    """
    if detector not in DETECTORS:
        raise ValueError(f"There is no detector {detector!r}. Remedy: choose one of {', '.join(DETECTORS)}.")
    values = np.asarray(values, dtype=float)
    series = pa.table(
        {
            "series_id": pa.array(np.zeros(len(values), dtype=np.int64)),
            "row_number": pa.array(np.arange(1, len(values) + 1)),
            "value": pa.array(values, from_pandas=True),
        }
    )
    sql = render_macro(
        MACROS / "detection" / "detectors.sql",
        "detector_scores",
        "series",
        detector,
        rows_per_day,
        **settings,
    )
    with duckdb.connect(config={"threads": threads}) as connection:
        connection.register("series", series)
        scored = connection.execute(
            f"select anomaly_score from ({sql}) as scored order by row_number"
        ).fetchnumpy()
    scores = np.array(scored["anomaly_score"], dtype=float)
    scores[:WARM_UP_ROWS] = 0
    scores[np.isnan(values)] = np.nan
    return np.clip(scores, 0, 1)
