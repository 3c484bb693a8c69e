"""Labelled texts beside the project's own: public files of one kind, and soft labels of a teacher.

`<folder>/sentiment/<language>_train.tsv` has the columns label and text, a line a text, no quoting: the layout of
TweetEval, of the multilingual benchmark UMSAB and of SmSA as their authors give them. Files of any other part
(validation, test) are never opened here.

Soft labels are one Parquet file with text, p_negative, p_neutral, p_positive: what a larger model says of
unlabelled texts.
"""

import html
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from ml.sentiment.sample import LABELS
from ml.tokens import token_series

SOFT_LANGUAGE = "en"
"""The language that the teacher speaks."""

ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
"""Some public files spell a character as six."""


def read_public(language: str, folder: Path) -> pd.DataFrame:
    """Return text, label and tokens of `<folder>/sentiment/<language>_train.tsv`, doubles left out; no rows without it.

    Raises ValueError naming file and line for a label that is none of the three.
    """
    path = folder / "sentiment" / f"{language}_train.tsv"
    if not path.exists():
        return pd.DataFrame({"text": [], "label": [], "tokens": []}, dtype=object)
    # Not read_csv: published files hold stray quotes and tabs within texts.
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")[1:]
    texts = pd.DataFrame(
        [line.partition("\t")[::2] for line in lines], columns=["label", "text"], dtype=object
    )
    wrong = texts[~texts["label"].isin(LABELS)]
    if len(wrong):
        raise ValueError(
            f"{path}: line {wrong.index[0] + 2}: label is {wrong.iloc[0]['label']!r}; write one of {list(LABELS)}"
        )
    texts["text"] = texts["text"].map(unescape)
    texts = texts.drop_duplicates("text", ignore_index=True)
    return texts.assign(tokens=token_series(texts["text"]))


def unescape(text: str) -> str:
    """Return a text with HTML entities and spelled-out characters as the characters that they stand for."""
    spelled = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    paired = spelled.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    return html.unescape(html.unescape(paired))


def read_soft(path: Path) -> pd.DataFrame:
    """Return text, p_negative, p_neutral, p_positive and tokens of a file of soft labels, doubles left out.

    Raises ValueError naming file, row and remedy for a missing column, a missing value or probabilities that do
    not sum to 1.
    """
    columns = ["text", *(f"p_{label}" for label in LABELS)]
    missing = sorted(set(columns) - set(pq.read_schema(path).names))
    if missing:
        raise ValueError(f"{path}: has no column {missing}; write {columns}")
    texts = pq.read_table(path, columns=columns).to_pandas()
    sums = texts[columns[1:]].sum(axis=1, skipna=False)
    wrong = texts[
        texts["text"].isna() | ~np.isclose(sums, 1.0, atol=1e-3) | (texts[columns[1:]] < 0).any(axis=1)
    ]
    if len(wrong):
        raise ValueError(
            f"{path}: row {wrong.index[0] + 1}: {wrong.iloc[0][columns[1:]].to_dict()} with text "
            f"{'missing' if pd.isna(wrong.iloc[0]['text']) else 'present'}; every row needs a text and three "
            "probabilities that sum to 1"
        )
    texts["text"] = texts["text"].map(unescape)
    texts = texts.drop_duplicates("text", ignore_index=True)
    return texts.assign(tokens=token_series(texts["text"]))
