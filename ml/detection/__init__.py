"""Unusual values in any series, found by the detectors of the marts: dbt macros, rendered and run in DuckDB.

Nothing here knows a formula. `transform/macros/detection/` does, so a file that is scored here and a mart that
is built there are judged alike.
"""

from ml.detection.detectors import DEFAULT, DETECTORS, detector_scores
from ml.detection.series_file import SeriesFile, SeriesFileError, read_series

__all__ = ["DEFAULT", "DETECTORS", "SeriesFile", "SeriesFileError", "detector_scores", "read_series"]
