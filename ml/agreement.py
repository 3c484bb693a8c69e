"""How far two people agree who labelled the same texts, beyond what chance would make of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 2_000
SEED = 20260801


@dataclass(frozen=True)
class Agreement:
    """`share` is the share of texts labelled alike, fraction of 1; kappa is 1 at full agreement, 0 at chance.

    kappa is None where both gave one and the same label to every text: there is nothing to agree on.
    """

    texts: int
    share: float
    kappa: float | None
    low: float | None
    high: float | None


def agreement(one: Sequence[str], other: Sequence[str]) -> Agreement:
    """Return Cohen's kappa of two coders with a 95% bootstrap interval over texts.

    Cohen, "A Coefficient of Agreement for Nominal Scales", Educational and Psychological Measurement 20(1), 1960.
    The sequences hold the labels of the same texts in the same order, one text at least.
    """
    labels = sorted({*one, *other})
    table = np.zeros((len(labels), len(labels)))
    np.add.at(table, ([labels.index(x) for x in one], [labels.index(x) for x in other]), 1.0)
    generator = np.random.default_rng(SEED)
    drawn = generator.multinomial(len(one), table.ravel() / table.sum(), size=DRAWS)
    kappas = _kappas(drawn.reshape(DRAWS, *table.shape).astype(float))
    kappas = kappas[~np.isnan(kappas)]
    (kappa,) = _kappas(table[None])
    share = float(np.trace(table) / table.sum())
    if np.isnan(kappa) or not len(kappas):
        return Agreement(len(one), share, None, None, None)
    low, high = np.percentile(kappas, [2.5, 97.5])
    return Agreement(len(one), share, float(kappa), float(low), float(high))


def _kappas(tables: np.ndarray) -> np.ndarray:
    """Return kappa of each table of shape (labels, labels), NaN where chance alone would agree on everything."""
    shares = tables / tables.sum(axis=(1, 2), keepdims=True)
    observed = np.trace(shares, axis1=1, axis2=2)
    expected = (shares.sum(axis=2) * shares.sum(axis=1)).sum(axis=1)
    defined = expected < 1 - 1e-12
    kappas = np.full(len(tables), np.nan)
    kappas[defined] = (observed[defined] - expected[defined]) / (1 - expected[defined])
    return kappas
