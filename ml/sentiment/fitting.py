"""Multinomial logistic regression whose coefficients are few numbers spread over many terms.

A term's weights are a sum of parameters: its own, those of its word's parts, the worth of a point of lexicon
valence. With X the texts' features (texts, terms), S the spread (terms, parameters) and T the parameters
(parameters, labels), logits are X S T + b, so that coefficients are S T: what was learnt about a part or a valence
weighs in every word that has it, and nothing but a weight per term remains. Minimised is

    sum over texts of  w * cross-entropy(q, softmax(X S T + b))  +  penalty / 2 * ||T||^2

with q a text's label as a row of 0 and 1, or a teacher's probabilities (Hinton, Vinyals & Dean, "Distilling the
Knowledge in a Neural Network", 2015). The intercepts of negative and positive are one number: a text without
evidence takes no side. L-BFGS from zero: same data, same digits.
"""

import numpy as np
from scipy.sparse import csr_matrix

ITERATIONS = 80
POLAR = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
"""Spreads two intercepts over negative, neutral, positive."""


def fit_spread(
    matrix: csr_matrix, spread: csr_matrix, targets: np.ndarray, weights: np.ndarray, penalty: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return coefficients (labels, terms) and intercepts (labels,).

    `targets` has shape (texts, labels), its rows sum to 1; `weights` has shape (texts,).
    """
    from scipy.optimize import minimize

    parameters, labels = spread.shape[1], targets.shape[1]
    transposed, gathered = matrix.T.tocsr(), spread.T.tocsr()

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        own, bare = flat[: parameters * labels].reshape(parameters, labels), flat[parameters * labels :]
        logits = matrix @ (spread @ own) + bare @ POLAR
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        total = odds.sum(axis=1, keepdims=True)
        value = -(weights[:, None] * targets * (logits - np.log(total))).sum() + penalty / 2 * (own**2).sum()
        surplus = weights[:, None] * (odds / total - targets)
        gradient = gathered @ (transposed @ surplus) + penalty * own
        return value, np.concatenate([gradient.ravel(), POLAR @ surplus.sum(axis=0)])

    found = minimize(
        loss,
        np.zeros(parameters * labels + len(POLAR)),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": ITERATIONS, "maxcor": 6, "ftol": 1e-8, "gtol": 1e-4},
    ).x
    own, bare = found[: parameters * labels].reshape(parameters, labels), found[parameters * labels :]
    return (spread @ own).T, bare @ POLAR
