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
"""

import numpy as np
import pandas as pd
import pyarrow as pa

SHORT_NAMES = {"negative": "neg", "neutral": "neu", "positive": "pos"}
REPLICATES = 200
LARGEST_CONDITION = 20.0
"""Above this condition number an inverse multiplies noise more than it removes bias."""

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
    model_name: str, model_version: str, true: np.ndarray, predicted: np.ndarray, *, seed: int
) -> pa.Table:
    """Return the rows of `ml.sentiment_error`.

    `true` and `predicted` are numbers into negative, neutral, positive. Replicate 0 is the point estimate
    with z1 = z2 = 0, replicates 1 to `REPLICATES` are bootstrap draws. inv_<t>_<p> is row t, column p of the
    inverse: true share of t = sum over p of inv_<t>_<p> x predicted share of p.
    """
    generator = np.random.default_rng(seed)
    labels = len(SHORT_NAMES)
    of_class = [np.flatnonzero(true == number) for number in range(labels)]
    inverses, draws = [invert(confusion(true, predicted, labels))], [np.zeros(2)]
    for _ in range(REPLICATES):
        drawn = np.concatenate([generator.choice(rows, size=len(rows)) for rows in of_class if len(rows)])
        inverses.append(invert(confusion(true[drawn], predicted[drawn], labels)))
        draws.append(generator.standard_normal(2))
    flat = np.round(np.column_stack([np.array(inverses).reshape(-1, labels * labels), draws]), 9)
    frame = pd.DataFrame(flat, columns=ERROR_SCHEMA.names[3:])
    frame.insert(0, "replicate", np.arange(len(frame), dtype="int32"))
    frame.insert(0, "model_version", model_version)
    frame.insert(0, "model_name", model_name)
    return pa.Table.from_pandas(frame, schema=ERROR_SCHEMA, preserve_index=False).replace_schema_metadata(
        None
    )


def corrected_shares(predicted_shares: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Return the corrected class shares, clipped to the simplex (negative shares become 0, sum 1)."""
    shares = np.clip(inverse @ predicted_shares, 0.0, None)
    return shares / shares.sum()
