"""Where people live, by the language they write in."""

import numpy as np

from ingestion.sources.demo.settings import COUNTRIES, LANGUAGES


def countries() -> tuple[list[str], np.ndarray, list[tuple[int, np.ndarray]]]:
    """Return country codes, their hours ahead of UTC, and per language the first number and the weights."""
    codes, offsets, languages = [], [], []
    for language in LANGUAGES:
        languages.append((len(codes), np.array([weight for _, _, weight in COUNTRIES[language]])))
        codes += [code for code, _, _ in COUNTRIES[language]]
        offsets += [offset for _, offset, _ in COUNTRIES[language]]
    return codes, np.array(offsets), languages
