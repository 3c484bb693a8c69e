"""The project's own labelled texts: `data/sample_<language>.csv`, columns text, label, language, source."""

from pathlib import Path

import pandas as pd

from ml.tokens import token_series

DATA = Path(__file__).with_name("data")
LABELS = {
    "negative": "The author is unhappy, angry, disappointed or warns others.",
    "neutral": "The author states, asks or reports without taking sides; also: no evidence either way.",
    "positive": "The author is happy, praises, thanks or recommends.",
}
"""Label -> what it means, in the order of their numbers."""

LANGUAGES = ("de", "en", "es", "id")
OWN = "own"
"""Source of the project's own texts, where they stand beside others."""


def read_sample(language: str, folder: Path = DATA) -> pd.DataFrame:
    """Return text, label, source and tokens of one language's labelled texts, without doubles.

    Raises ValueError naming file, line and remedy for an unknown label, another language or a missing text.
    """
    path = folder / f"sample_{language}.csv"
    sample = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column, allowed in (("label", LABELS), ("language", (language,))):
        wrong = sample[~sample[column].isin(allowed)]
        if len(wrong):
            raise ValueError(
                f"{path}: row {wrong.index[0] + 1}: {column} is {wrong.iloc[0][column]!r}; "
                f"write one of {list(allowed)}"
            )
    empty = sample[sample["text"].str.strip() == ""]
    if len(empty):
        raise ValueError(f"{path}: row {empty.index[0] + 1}: text is empty; remove the row")
    sample = sample.drop_duplicates("text", ignore_index=True)
    return sample.assign(tokens=token_series(sample["text"]))
