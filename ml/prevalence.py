"""From shares of predicted labels to shares of true labels, with their uncertainty.

A classifier that mistakes one class for another counts wrong, however many posts it sees. With
C[p, t] = P(predicted p | true t) measured on held-out labels, the expected predicted shares are
q = C pi, so pi = inverse(C) q: the adjusted count of Gart & Buck, "Comparison of a screening test and a
reference test in epidemiologic studies", American Journal of Epidemiology 83(3), 1966, brought to texts
and to more than two classes by Hopkins & King, "A Method of Automated Nonparametric Content Analysis for
Social Science", American Journal of Political Science 54(1), 2010.

The error differs by language, and by the model that scored: each is a stratum with a C of its own. The share of a
brand is the sum over strata of (stratum's share of the posts) x (what its q tells of its pi), clipped to the simplex
once, at the end: clipped one by one, small strata would lean towards the middle together. Where no error is known
of a stratum, that of all strata together stands (`ALL`).

A language whose texts the model hardly tells apart has a nearly singular C, whose inverse turns a difference of one
post into a swing of the whole share. So pi is looked for from a guess: before anything is counted every share may be
anything (Dirichlet(1/2, 1/2, 1/2), mean 1/3 each, covariance V), and q is C pi with the scatter S of mistakes among
`POSTS` posts, so that

    pi = u + K (q - C u),    K = V C' (C V C' + S)^-1

with u the guess: linear Bayes, Hartigan, "Linear Bayesian Methods", Journal of the Royal Statistical Society B 31(3),
1969; a Gaussian form of the model of Ziegler & Czyz, "Bayesian Quantification with Black-Box Estimators", TMLR 2024.
What comes out is the next guess, `PASSES` times: where C tells much nearly all of the guess is gone then (iterated
Tikhonov regularisation: Engl, Hanke & Neubauer, "Regularization of Inverse Problems", 1996, section 5.1). A classifier
without error gives the shares that it counts, one that tells classes apart the inverse, nearly; one that guesses
leaves the guess. For the estimate u is 1/3 each, in replicates a draw, so that where C tells nothing the interval
covers what might be (conditional simulation: Journel & Huijbregts, "Mining Geostatistics", 1978, chapter VII). A
replicate has one u for all strata: a brand's moods in two languages are more alike than not. All this is linear in
q, since q sums to 1: the table holds one matrix, which marts multiply.

The held-out labels are a sample too. So the table holds `REPLICATES` further matrices, each from labels
drawn anew with replacement within each true class, and two standard normal draws a replicate with which
a mart draws the predicted shares anew. Both are independent between strata. The spread of the results is the interval.

Texts of one kind are mistaken otherwise than texts of another. Where there are held-out texts of several kinds, C is
the mean of theirs, the first kind, nearest to what is scored, counting double. A replicate is of one kind, the first
as likely as its weight: nobody knows which of them the posts of a day are like.

Labels of one's own posts know one's own domain, but are few. Then the confusion that the model came with is
their prior: each true class begins with `PRIOR_TEXTS` texts mistaken as they were there, and the replicates are
draws from the posterior, a Dirichlet distribution a class (conjugate to multinomial counts: Gelman et al.,
"Bayesian Data Analysis", 3rd ed., section 3.4). `python -m tests.bench.prevalence FOLDER` measures what all that gives.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

SHORT_NAMES = {"negative": "neg", "neutral": "neu", "positive": "pos"}
REPLICATES = 200

ALL = "all"
"""The stratum of everything; stands in for strata that have no error of their own."""
TARGET = "target:"
"""Before a language: the stratum of scores towards a named target, which another model gives."""
FEWEST_OF_A_CLASS = 10
"""With fewer held-out texts of a class a language has no error of its own."""

POSTS = 25
PASSES = 3
"""Among the mistakes of how many posts the shares are looked for, and how often. More: less bias on days of
thousands of posts; fewer: less noise on days of dozens."""
GUESS = 0.5
"""Each parameter of the Dirichlet distribution of shares before anything is counted (Jeffreys' prior)."""
GUESSES_SEED = 20260801
"""Guesses are those of all models, so that a replicate's lines up across their tables."""

PRIOR_TEXTS = 50.0
"""How many texts of each true class the confusion that a model came with is worth beside labels of one's own."""

INVERSES = [f"inv_{true}_{predicted}" for true in SHORT_NAMES.values() for predicted in SHORT_NAMES.values()]
CONFUSIONS = [f"c_{predicted}_{true}" for predicted in SHORT_NAMES.values() for true in SHORT_NAMES.values()]

ERROR_SCHEMA = pa.schema(
    [
        ("model_name", pa.string()),
        ("model_version", pa.string()),
        ("stratum", pa.string()),
        ("replicate", pa.int32()),
        *((name, pa.float64()) for name in (*CONFUSIONS, *INVERSES)),
        ("z1", pa.float64()),
        ("z2", pa.float64()),
    ]
)

HeldOut = tuple[np.ndarray, np.ndarray]
"""Numbers into negative, neutral, positive of held-out texts of a kind: true, predicted."""


def confusion(true: np.ndarray, predicted: np.ndarray, labels: int) -> np.ndarray:
    """Return C of shape (labels, labels) with C[p, t] = P(predicted p | true t); columns sum to 1.

    Arguments are label numbers of held-out texts. Half a text is added to every cell (Jeffreys' prior),
    so that a mistake not seen in a small sample is not taken for impossible.
    """
    counts = np.zeros((labels, labels))
    np.add.at(counts, (predicted, true), 1.0)
    return _smoothed(counts)


def _smoothed(counts: np.ndarray) -> np.ndarray:
    return (counts + 0.5) / (counts + 0.5).sum(axis=0)


def solve(matrix: np.ndarray, guess: np.ndarray | None = None) -> np.ndarray:
    """Return the matrix A of shape (3, 3) with pi = A q for shares q that sum to 1; see the module.

    `matrix` is a confusion, `guess` the shares u before anything is counted (default: 1/3 each). Columns of A sum to 1.
    """
    labels = len(matrix)
    guess = np.full(labels, 1 / labels) if guess is None else guess
    # The last share follows from the others: two unknowns.
    known = matrix[:-1, :-1] - matrix[:-1, -1:]
    prior = ((np.eye(labels) - 1 / labels) / labels / (labels * GUESS + 1))[:-1, :-1]
    scatter = (np.diag(matrix.sum(axis=1)) - matrix @ matrix.T)[:-1, :-1] / labels / POSTS
    gain = np.linalg.solve(known @ prior @ known.T + scatter, known @ prior).T
    shares = np.tile(guess[:-1, None], labels)
    for _ in range(PASSES):
        shares = shares + gain @ (np.eye(labels)[:-1] - matrix[:-1, -1:] - known @ shares)
    return np.vstack([shares, 1 - shares.sum(axis=0)])


def by_language(
    languages: np.ndarray, true: np.ndarray, predicted: np.ndarray, kinds: np.ndarray | None = None
) -> dict[str, list[HeldOut]]:
    """Return the held-out texts of each stratum: all together, and each language that has enough of every class.

    `kinds` are numbers of kinds of texts, 0 the nearest to what is scored; a kind with too few texts is left out.
    """
    kinds = np.zeros(len(true), dtype=int) if kinds is None else kinds
    strata = {ALL: np.full(len(true), True)} | {str(name): languages == name for name in np.unique(languages)}
    found: dict[str, list[HeldOut]] = {}
    for stratum, is_of in strata.items():
        parts = [is_of & (kinds == kind) for kind in np.unique(kinds)]
        held_out = [(true[rows], predicted[rows]) for rows in parts if is_enough(true[rows])]
        if held_out:
            found[stratum] = held_out
    # However few: something must stand in for what is not known.
    return {ALL: [(true, predicted)]} | found


def is_enough(true: np.ndarray) -> bool:
    """Whether held-out texts with these label numbers tell the error of a stratum."""
    return np.bincount(true, minlength=len(SHORT_NAMES)).min() >= FEWEST_OF_A_CLASS


def error_table(
    model_name: str,
    model_version: str,
    strata: Mapping[str, Sequence[HeldOut]],
    *,
    seed: int,
    priors: Mapping[str, np.ndarray] | None = None,
) -> pa.Table:
    """Return the rows of `ml.sentiment_error`: `REPLICATES` + 1 a stratum, in the order of the strata's names.

    Replicate 0 is the point estimate with z1 = z2 = 0, replicates 1 to `REPLICATES` are bootstrap draws. c_<p>_<t> is
    the confusion, P(predicted p | true t); inv_<t>_<p> is row t, column p of `solve`: true share of t = sum over p of
    inv_<t>_<p> x predicted share of p. With `priors`, a confusion a stratum, the point estimate is the posterior
    mean and the replicates are draws from the posterior. What is drawn for a stratum does not depend on the others.
    """
    guesses = np.random.default_rng(GUESSES_SEED).dirichlet([GUESS] * len(SHORT_NAMES), size=REPLICATES)
    tables = []
    for stratum, held_out in sorted(strata.items()):
        generator = np.random.default_rng([seed, zlib.crc32(stratum.encode())])
        estimate, drawn = (
            _resampled(held_out, generator)
            if priors is None
            else _posterior(held_out, priors[stratum], generator)
        )
        matrices = [estimate, *drawn]
        solved = [solve(estimate), *(solve(*pair) for pair in zip(matrices[1:], guesses, strict=True))]
        draws = np.vstack([np.zeros(2), generator.standard_normal((REPLICATES, 2))])
        flat = np.column_stack(
            [np.reshape(matrices, (len(matrices), -1)), np.reshape(solved, (len(solved), -1)), draws]
        )
        frame = pd.DataFrame(np.round(flat, 9), columns=ERROR_SCHEMA.names[4:])
        frame.insert(0, "replicate", np.arange(len(frame), dtype="int32"))
        for column, value in (
            ("stratum", stratum),
            ("model_version", model_version),
            ("model_name", model_name),
        ):
            frame.insert(0, column, value)
        tables.append(pa.Table.from_pandas(frame, schema=ERROR_SCHEMA, preserve_index=False))
    return pa.concat_tables([ERROR_SCHEMA.empty_table(), *tables]).replace_schema_metadata(None)


def _resampled(
    held_out: Sequence[HeldOut], generator: np.random.Generator
) -> tuple[np.ndarray, Iterator[np.ndarray]]:
    """Return the confusion of the labels, and those of labels of a kind drawn anew within each true class."""
    labels = len(SHORT_NAMES)
    weights = np.ones(len(held_out))
    weights[0] = 2 if len(held_out) > 1 else 1
    weights /= weights.sum()
    # Drawing predictions anew from those of a class is drawing the numbers of each from a multinomial.
    counted = []
    for true, predicted in held_out:
        counts = np.zeros((labels, labels))
        np.add.at(counts, (predicted, true), 1.0)
        counted.append(counts)
    estimate = sum(weight * _smoothed(counts) for weight, counts in zip(weights, counted, strict=True))
    kinds = generator.choice(len(held_out), size=REPLICATES, p=weights)
    return estimate, (_smoothed(_redrawn(counted[kind], generator)) for kind in kinds)


def _redrawn(counts: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return counts (predicted, true) of as many texts of each class, drawn with replacement."""
    return np.column_stack(
        [
            generator.multinomial(int(column.sum()), column / column.sum()) if column.any() else column
            for column in counts.T
        ]
    )


def _posterior(
    held_out: Sequence[HeldOut], prior: np.ndarray, generator: np.random.Generator
) -> tuple[np.ndarray, Iterator[np.ndarray]]:
    """Return the posterior mean of the confusion, and draws from its posterior."""
    counts = prior * PRIOR_TEXTS
    for true, predicted in held_out:
        np.add.at(counts, (predicted, true), 1.0)
    # Texts that nobody mistook are not taken for impossible, see `confusion`.
    counts = np.maximum(counts, 0.5)
    return counts / counts.sum(axis=0), (
        np.column_stack([generator.dirichlet(column) for column in counts.T]) for _ in range(REPLICATES)
    )


def read_errors(path: Path) -> pa.Table:
    """Return the error table in a file; one written before there were strata is the error of all of them."""
    errors = pq.read_table(path)
    if "stratum" in errors.schema.names:
        return errors
    rows = errors.to_pandas()
    inverses = rows[INVERSES].to_numpy().reshape(len(rows), len(SHORT_NAMES), -1)
    matrices = np.clip(np.linalg.pinv(inverses), 0.0, None)
    matrices /= matrices.sum(axis=1, keepdims=True)
    rows[CONFUSIONS] = np.round(matrices.reshape(len(rows), -1), 9)
    return pa.Table.from_pandas(rows.assign(stratum=ALL), schema=ERROR_SCHEMA, preserve_index=False)


def point_confusions(errors: pa.Table) -> dict[str, np.ndarray]:
    """Return the confusion of shape (3, 3) as measured, by stratum."""
    rows = errors.filter(pc.equal(errors["replicate"], 0)).to_pandas()
    matrices = rows[CONFUSIONS].to_numpy().reshape(len(rows), len(SHORT_NAMES), -1)
    return dict(zip(rows["stratum"], matrices / matrices.sum(axis=1, keepdims=True), strict=True))


def corrected_shares(
    predicted_shares: Mapping[str, np.ndarray],
    weights: Mapping[str, float],
    matrices: Mapping[str, np.ndarray],
) -> np.ndarray:
    """Return the corrected class shares, clipped to the simplex (negative shares become 0, sum 1).

    By stratum: shares of predicted labels, the stratum's share of the posts, and its matrix (see `solve`).
    """
    shares = sum(weights[name] * matrices[name] @ predicted_shares[name] for name in sorted(weights))
    shares = np.clip(shares, 0.0, None)
    return shares / shares.sum()
