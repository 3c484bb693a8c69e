"""Languages of texts of files, told as landing tells them."""

from functools import cache

import pyarrow as pa

from ingestion.landing.language import NEIGHBOURS, LanguageDetector


def detect_languages(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return the ISO 639-1 codes of a string array, NULL where there is no telling, and NULL probabilities."""
    codes = _detector().detect(texts)
    return codes, pa.nulls(len(texts), pa.float64())


@cache
def _detector() -> LanguageDetector:
    return LanguageDetector([*NEIGHBOURS, "ar", "hi"])
