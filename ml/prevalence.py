"""From shares of predicted labels to shares of true labels, with their uncertainty.

A classifier that mistakes one class for another counts wrong, however many posts it sees. With
C[p, t] = P(predicted p | true t) measured on held-out labels, the expected predicted shares are
q = C pi, so pi = inverse(C) q: the adjusted count of Gart & Buck, "Comparison of a screening test and a
reference test in epidemiologic studies", American Journal of Epidemiology 83(3), 1966, brought to texts
and to more than two classes by Hopkins & King, "A Method of Automated Nonparametric Content Analysis for
Social Science", American Journal of Political Science 54(1), 2010. Marts multiply, then clip to the simplex.

The held-out labels are a sample too. So the table holds `REPLICATES` further inverses, each from labels
drawn anew with replacement within each true class, and two standard normal draws a replicate with which
a mart draws the predicted shares anew. The spread of the results is the interval.

Labels of one's own posts know one's own domain, but are few. Then the confusion that the model came with is
their prior: each true class begins with `PRIOR_TEXTS` texts mistaken as they were there, and the replicates are
draws from the posterior, a Dirichlet distribution a class (conjugate to multinomial counts: Gelman et al.,
"Bayesian Data Analysis", 3rd ed., section 3.4). `python -m tests.bench.prevalence FOLDER` measures what that gives.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

SHORT_NAMES = {"negative": "neg", "neutral": "neu", "positive": "pos"}
REPLICATES = 200
LARGEST_CONDITION = 20.0
"""Above this condition number an inverse multiplies noise more than it removes bias."""

PRIOR_TEXTS = 50.0
"""How many texts of each true class the confusion that a model came with is worth beside labels of one's own."""

ERROR_SCHEMA = pa.schema(
    [
        ("model_name", pa.string()),
        ("model_version", pa.string()),
        ("replicate", pa.int32()),
        *(
            (f"inv_{true}_{predicted}", pa.float64())
            for true in SHORT_NAMES.values()
            for predicted in SHORT_NAMES.values()
        ),
        ("z1", pa.float64()),
        ("z2", pa.float64()),
    ]
)


def confusion(true: np.ndarray, predicted: np.ndarray, labels: int) -> np.ndarray:
    """Return C of shape (labels, labels) with C[p, t] = P(predicted p | true t); columns sum to 1.

    Arguments are label numbers of held-out texts. Half a text is added to every cell (Jeffreys' prior),
    so that a mistake not seen in a small sample is not taken for impossible.
    """
    counts = np.full((labels, labels), 0.5)
    np.add.at(counts, (predicted, true), 1.0)
    return counts / counts.sum(axis=0)


def invert(matrix: np.ndarray) -> np.ndarray:
    """Return the inverse of a confusion matrix, or its Moore-Penrose inverse without the weak directions.

    A classifier that hardly tells two classes apart has a nearly singular matrix, whose inverse would
    turn a difference of one post into a swing of the whole share. Directions whose singular value is
    less than the largest / LARGEST_CONDITION are then dropped instead of blown up.
    """
    if np.linalg.cond(matrix) <= LARGEST_CONDITION:
        return np.linalg.inv(matrix)
    return np.linalg.pinv(matrix, rcond=1.0 / LARGEST_CONDITION)


def error_table(
    model_name: str,
    model_version: str,
    true: np.ndarray,
    predicted: np.ndarray,
    *,
    seed: int,
    prior: np.ndarray | None = None,
) -> pa.Table:
    """Return the rows of `ml.sentiment_error`.

    `true` and `predicted` are numbers into negative, neutral, positive. Replicate 0 is the point estimate
    with z1 = z2 = 0, replicates 1 to `REPLICATES` are bootstrap draws. inv_<t>_<p> is row t, column p of the
    inverse: true share of t = sum over p of inv_<t>_<p> x predicted share of p. With `prior`, a confusion of
    shape (3, 3), the point estimate is the posterior mean and the replicates are draws from the posterior.
    """
    generator = np.random.default_rng(seed)
    estimate, drawn = (
        _resampled(true, predicted, generator)
        if prior is None
        else _posterior(true, predicted, prior, generator)
    )
    inverses, draws = [invert(estimate)], [np.zeros(2)]
    for matrix in drawn:
        inverses.append(invert(matrix))
        draws.append(generator.standard_normal(2))
    labels = len(SHORT_NAMES)
    flat = np.round(np.column_stack([np.array(inverses).reshape(-1, labels * labels), draws]), 9)
    frame = pd.DataFrame(flat, columns=ERROR_SCHEMA.names[3:])
    frame.insert(0, "replicate", np.arange(len(frame), dtype="int32"))
    frame.insert(0, "model_version", model_version)
    frame.insert(0, "model_name", model_name)
    return pa.Table.from_pandas(frame, schema=ERROR_SCHEMA, preserve_index=False).replace_schema_metadata(
        None
    )


def _resampled(
    true: np.ndarray, predicted: np.ndarray, generator: np.random.Generator
) -> tuple[np.ndarray, Iterator[np.ndarray]]:
    """Return the confusion of the labels, and those of labels drawn anew within each true class."""
    labels = len(SHORT_NAMES)
    of_class = [np.flatnonzero(true == number) for number in range(labels)]

    def draw() -> np.ndarray:
        drawn = np.concatenate([generator.choice(rows, size=len(rows)) for rows in of_class if len(rows)])
        return confusion(true[drawn], predicted[drawn], labels)

    return confusion(true, predicted, labels), (draw() for _ in range(REPLICATES))


def _posterior(
    true: np.ndarray, predicted: np.ndarray, prior: np.ndarray, generator: np.random.Generator
) -> tuple[np.ndarray, Iterator[np.ndarray]]:
    """Return the posterior mean of the confusion, and draws from its posterior."""
    counts = prior * PRIOR_TEXTS
    np.add.at(counts, (predicted, true), 1.0)
    # Texts that nobody mistook are not taken for impossible, see `confusion`.
    counts = np.maximum(counts, 0.5)
    return counts / counts.sum(axis=0), (
        np.column_stack([generator.dirichlet(column) for column in counts.T]) for _ in range(REPLICATES)
    )


def point_confusion(errors: pa.Table) -> np.ndarray:
    """Return the confusion of shape (3, 3) that an error table's point estimate was inverted from."""
    columns = [name for name in ERROR_SCHEMA.names if name.startswith("inv_")]
    point = errors.filter(pc.equal(errors["replicate"], 0)).select(columns).to_pandas().to_numpy()
    matrix = np.clip(np.linalg.pinv(point.reshape(len(SHORT_NAMES), -1)), 0.0, None)
    return matrix / matrix.sum(axis=0)


def corrected_shares(predicted_shares: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Return the corrected class shares, clipped to the simplex (negative shares become 0, sum 1)."""
    shares = np.clip(inverse @ predicted_shares, 0.0, None)
    return shares / shares.sum()
