"""Is a challenger worse than the champion on labelled texts, beyond what chance would do?

Both models label the same texts, so texts are drawn in pairs: the paired bootstrap of Efron & Tibshirani, "An
Introduction to the Bootstrap", 1993, chapter 8, as used for comparing classifiers by Berg-Kirkpatrick, Burkett &
Klein, "An Empirical Investigation of Statistical Significance in NLP", EMNLP 2012. The measure is macro recall,
the mean over the classes of the share found; a text that a model leaves unscored is not found.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

DRAWS = 5_000
SEED = 20260801
FEWEST_TEXTS = 100
"""Fewer labelled texts decide nothing: their interval is wider than any difference worth having."""


@dataclass(frozen=True)
class Judgement:
    """Macro recall of two models on the same texts; `low` and `high` bound challenger - champion at 95%."""

    texts: int
    champion: float
    challenger: float
    low: float
    high: float
    only_champion_right: int
    only_challenger_right: int

    @property
    def difference(self) -> float:
        return self.challenger - self.champion

    @property
    def decides(self) -> bool:
        """Whether there are texts enough."""
        return self.texts >= FEWEST_TEXTS

    @property
    def is_worse(self) -> bool:
        """Whether the challenger is worse beyond noise: the whole interval lies below 0."""
        return self.high < 0


def judge(true: Sequence[str], champion: Sequence[str], challenger: Sequence[str]) -> Judgement:
    """Compare two models' labels of the same texts with the true ones; all of equal length, not empty.

    A draw of texts with replacement is drawn as the numbers of texts in each cell of (true label, champion right,
    challenger right), which is the same and takes no time. A class that a draw misses counts for neither.
    """
    classes, of_text = np.unique(np.asarray(true), return_inverse=True)
    right = [np.asarray(labels) == np.asarray(true) for labels in (champion, challenger)]
    cells = np.zeros((len(classes), 2, 2))
    np.add.at(cells, (of_text, right[0].astype(int), right[1].astype(int)), 1)
    generator = np.random.default_rng(SEED)
    drawn = generator.multinomial(len(of_text), cells.ravel() / cells.sum(), size=DRAWS)
    recalls = _macro_recalls(drawn.reshape(DRAWS, *cells.shape).astype(float))
    low, high = np.percentile(recalls[:, 1] - recalls[:, 0], [2.5, 97.5])
    ((champion_recall, challenger_recall),) = _macro_recalls(cells[None])
    return Judgement(
        texts=len(of_text),
        champion=float(champion_recall),
        challenger=float(challenger_recall),
        low=float(low),
        high=float(high),
        only_champion_right=int(cells[:, 1, 0].sum()),
        only_challenger_right=int(cells[:, 0, 1].sum()),
    )


def _macro_recalls(cells: np.ndarray) -> np.ndarray:
    """Return shape (draws, 2) of macro recalls from cells of shape (draws, classes, 2, 2)."""
    texts = cells.sum(axis=(2, 3))
    found = np.stack([cells[:, :, 1, :].sum(axis=2), cells[:, :, :, 1].sum(axis=2)], axis=2)
    shares = np.divide(found, texts[:, :, None], out=np.zeros_like(found), where=texts[:, :, None] > 0)
    return shares.sum(axis=1) / (texts > 0).sum(axis=1)[:, None]


def sentiment_labels(texts: pd.DataFrame, weights: pa.Table) -> pd.Series:
    """Return the sentiment that a model gives each text, 'unscored' in a language that it does not know.

    `texts` has the columns text and language; the index is kept.
    """
    from ml.evaluate import score_texts

    labels = pd.Series("unscored", index=texts.index, name="label", dtype=object)
    for language, of_language in texts.groupby("language"):
        scored = score_texts(of_language["text"], str(language), weights)
        labels.loc[scored.index] = scored["sentiment"]
    return labels
