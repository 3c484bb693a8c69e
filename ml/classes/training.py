"""Fit, tune, calibrate and measure one logistic regression over the classes of labelled texts.

Everything is chosen by cross-validation on the training texts: how strongly weights are held back, and how far rare
classes are lifted. Terms are weighed by their rarity, and the weights of models that are known already may be built
upon; both are folded into the weights of plain terms, so that what is stored is one weight a term and class.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ml.calibration import expected_calibration_error, fit_temperature, softmax
from ml.classes.columns import Columns, FitColumns, Known, combined
from ml.features import feature_matrix, is_word
from ml.weights import round_weights

FOLDS = 5
STRENGTHS = (0.02, 0.05, 0.15, 0.5, 1.5)
"""Inverse strengths of regularisation to choose among."""

BALANCE = 0.75
"""Exponent b of a class's size n in the weight n^-b of its texts: 0 would leave classes as they are, under 1 all
would weigh the same, and the rare ones be called too often."""

SMALLEST_WEIGHT = 0.01
"""Fainter weights are dropped: thousands of them change no class, and each costs a row a post."""


class TooFewTexts(ValueError):
    """A class has too few labelled texts to learn it and to measure what was learnt."""


@dataclass(frozen=True)
class ClassModel:
    """A fitted language: a scikit-learn estimator whose coefficients are the stored weights.

    `held_out` has true and predicted class numbers of every labelled text, scored by a model that did not see it;
    `scores` are measured there. `settings` are those that cross-validation chose. `coefficients` has shape (classes,
    terms), `intercepts` (classes,): those of `estimator`, whose two classes, if there are two only, share one row.
    """

    language: str
    labels: list[str]
    vocabulary: list[str]
    estimator: object
    held_out: pd.DataFrame
    scores: dict[str, float]
    settings: dict[str, float | bool]

    @property
    def coefficients(self) -> np.ndarray:
        return _a_row_a_class(self.estimator.coef_)

    @property
    def intercepts(self) -> np.ndarray:
        return _a_row_a_class(self.estimator.intercept_[:, None])[:, 0]


def fit_classes(
    texts: pd.DataFrame,
    labels: Sequence[str],
    *,
    language: str,
    seed: int,
    known: Known | None = None,
    anchored: bool = False,
) -> ClassModel:
    """Train one language on `texts` (columns label, tokens), each text once.

    `known` weights are columns beside the terms. With `anchored` they are those of the same labels, in that order, and
    count in full: what is learnt is where the texts differ from them, so few texts change little.

    With a column `group` (the video under which a comment stood, say) a text is held out with its whole group, so that
    what is measured is how well the model does on a group that it never saw.
    Raises TooFewTexts naming the class if one has less than `FOLDS` texts.
    """
    labels = list(labels)
    for label in labels:
        found = int((texts["label"] == label).sum())
        if found < FOLDS:
            raise TooFewTexts(
                f"{label}: {found} labelled texts in language {language}; label at least {FOLDS}, better 100"
            )
    truth = texts["label"].map(labels.index).to_numpy()
    tokens = texts["tokens"].tolist()
    known_columns = _known_columns(tokens, known)
    columns = Columns(tokens)
    fit = _anchored_estimator if anchored else _estimator
    setting, logits = _tune(columns, truth, known_columns, _folds(texts, truth, seed), fit)
    temperature = fit_temperature(logits, truth)
    seen = setting.columns(columns, np.arange(len(truth)))
    estimator = fit(seen.matrix(known_columns), truth, setting.strength, tol=1e-5)
    vocabulary = _fold(estimator, seen, known, temperature)
    probabilities = softmax(logits / temperature)
    held_out = pd.DataFrame({"true": truth, "predicted": probabilities.argmax(axis=1), "language": language})
    scores = {"texts": len(texts), **class_scores(probabilities, truth, labels)}
    settings = {
        "inverse_regularisation": setting.strength,
        "rich_columns": setting.rich,
        "balance": BALANCE,
        "temperature": round(temperature, 4),
    }
    return ClassModel(language, labels, vocabulary, estimator, held_out, scores, settings)


def _folds(texts: pd.DataFrame, truth: np.ndarray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the rows seen and unseen in each fold; a group, if there are any, is unseen as a whole."""
    from sklearn.model_selection import LeaveOneGroupOut, StratifiedKFold

    if "group" in texts.columns:
        return list(LeaveOneGroupOut().split(truth, truth, texts["group"]))
    return list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(truth, truth))


@dataclass(frozen=True)
class _Setting:
    """What cross-validation chooses: which columns, and how strongly weights are held back.

    Rich columns are words, pairs, negated words and parts of words, each in the size of its rarity; plain ones are
    without parts and all of one size, which serves few texts better.
    """

    rich: bool
    strength: float

    def columns(self, columns: Columns, rows: np.ndarray) -> FitColumns:
        return columns.of(rows, with_parts=self.rich, by_rarity=self.rich)


def _tune(
    columns: Columns,
    truth: np.ndarray,
    known_columns: np.ndarray,
    folds: list[tuple[np.ndarray, np.ndarray]],
    fit: Callable,
) -> tuple[_Setting, np.ndarray]:
    """Return the setting with the best macro F1 on held-out texts, and the held-out logits under it.

    First the columns are chosen, then the strength for them.
    """
    from sklearn.metrics import f1_score

    logits: dict[_Setting, np.ndarray] = {}

    def worth(setting: _Setting) -> float:
        if setting not in logits:
            logits[setting] = _held_out_logits(columns, truth, known_columns, folds, fit, setting)
        return round(f1_score(truth, logits[setting].argmax(axis=1), average="macro"), 3)

    kind = max((_Setting(rich, STRENGTHS[2]) for rich in (True, False)), key=worth)
    best = max((replace(kind, strength=strength) for strength in STRENGTHS), key=worth)
    return best, logits[best]


def _held_out_logits(
    columns: Columns,
    truth: np.ndarray,
    known_columns: np.ndarray,
    folds: list[tuple[np.ndarray, np.ndarray]],
    fit: Callable,
    setting: _Setting,
) -> np.ndarray:
    logits = np.zeros((len(truth), int(truth.max()) + 1))
    for seen, unseen in folds:
        matrix = setting.columns(columns, seen).matrix(known_columns)
        estimator = fit(matrix[seen], truth[seen], setting.strength, tol=2e-3)
        logits[unseen] = _a_column_a_class(estimator.decision_function(matrix[unseen]))
    return logits


def _estimator(columns: object, truth: np.ndarray, strength: float, *, tol: float) -> object:
    from sklearn.linear_model import LogisticRegression

    estimator = LogisticRegression(C=strength, solver="lbfgs", tol=tol, max_iter=2000)
    return estimator.fit(columns, truth, sample_weight=_text_weights(truth))


def _anchored_estimator(columns: object, truth: np.ndarray, strength: float, *, tol: float) -> object:
    """Return an estimator whose last columns, one a class, have the coefficient 1 for their class: an offset.

    Minimises strength x weighted log loss + half the squared coefficients of the other columns, as scikit-learn does.
    """
    from scipy.optimize import minimize
    from sklearn.linear_model import LogisticRegression

    classes = int(truth.max()) + 1
    own = columns.shape[1] - classes
    learnt, offset = columns[:, :own], columns[:, own:].toarray()
    weights = _text_weights(truth)
    wanted = np.eye(classes)[truth]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        rows = flat.reshape(classes, own + 1)
        probabilities = softmax(offset + learnt @ rows[:, :own].T + rows[:, own])
        missed = weights[:, None] * (probabilities - wanted)
        of_texts = -(weights * np.log(np.maximum((probabilities * wanted).sum(axis=1), 1e-300))).sum()
        gradient = np.column_stack(
            [strength * (learnt.T @ missed).T + rows[:, :own], strength * missed.sum(axis=0)]
        )
        return float(strength * of_texts + 0.5 * (rows[:, :own] ** 2).sum()), gradient.ravel()

    options = {"maxiter": 2000, "gtol": tol * strength * len(truth), "ftol": 1e-12}
    found = minimize(loss, np.zeros(classes * (own + 1)), jac=True, method="L-BFGS-B", options=options)
    rows = found.x.reshape(classes, own + 1)
    estimator = LogisticRegression()
    estimator.classes_ = np.arange(classes)
    estimator.coef_, estimator.intercept_ = np.hstack([rows[:, :own], np.eye(classes)]), rows[:, own]
    if classes == 2:  # scikit-learn holds one row for two classes
        estimator.coef_ = np.diff(estimator.coef_, axis=0)
        estimator.intercept_ = np.diff(estimator.intercept_)
    estimator.n_features_in_ = columns.shape[1]
    return estimator


def _text_weights(truth: np.ndarray) -> np.ndarray:
    weights = (np.bincount(truth).clip(1).astype("float64") ** -BALANCE)[truth]
    return weights * (len(truth) / weights.sum())


def _known_columns(tokens: list, known: Known | None) -> np.ndarray:
    """Return what a text gets from the weights that are known, shape (texts, columns)."""
    if known is None:
        return np.zeros((len(tokens), 0))
    return feature_matrix(tokens, known.terms) @ known.weights


def _fold(estimator: object, seen: FitColumns, known: Known | None, temperature: float) -> list[str]:
    """Make the estimator one over plain terms, calibrated and rounded as stored; return its vocabulary."""
    of_columns, of_known = np.split(estimator.coef_, [len(seen.terms)], axis=1)
    sources = [*seen.learnt(of_columns)]
    if known is not None:
        sources.append(Known(known.terms, known.weights @ of_known.T))
    vocabulary, weights = combined(sources)
    coefficients = round_weights(weights.T / temperature)
    coefficients[np.abs(coefficients) < SMALLEST_WEIGHT] = 0.0
    # A word without weight stays: unknown, its parts would be looked up.
    kept = np.array([is_word(term) for term in vocabulary]) | coefficients.any(axis=0)
    estimator.coef_, estimator.n_features_in_ = coefficients[:, kept], int(kept.sum())
    estimator.intercept_ = round_weights(estimator.intercept_ / temperature)
    return [term for term, is_kept in zip(vocabulary, kept, strict=True) if is_kept]


def _a_column_a_class(logits: np.ndarray) -> np.ndarray:
    return logits if logits.ndim == 2 else np.column_stack([np.zeros(len(logits)), logits])


def _a_row_a_class(values: np.ndarray) -> np.ndarray:
    return values if len(values) > 1 else np.vstack([np.zeros_like(values), values])


def class_scores(probabilities: np.ndarray, truth: np.ndarray, labels: Sequence[str]) -> dict[str, float]:
    """Return macro F1, macro recall, accuracy, calibration error and each class's F1, rounded.

    `probabilities` has shape (texts, classes), `truth` holds class numbers. Macro recall is over classes that occur.
    """
    from sklearn.metrics import f1_score, recall_score

    predicted = probabilities.argmax(axis=1)
    numbers = range(len(labels))
    of_classes = f1_score(truth, predicted, average=None, labels=numbers, zero_division=0)
    scores = {
        "macro_f1": of_classes.mean(),
        "macro_recall": recall_score(truth, predicted, average="macro", labels=np.unique(truth)),
        "accuracy": (predicted == truth).mean(),
        "calibration_error": expected_calibration_error(probabilities.max(axis=1), predicted == truth),
        **{f"f1_{label}": value for label, value in zip(labels, of_classes, strict=True)},
    }
    return {name: round(float(value), 4) for name, value in scores.items()}
