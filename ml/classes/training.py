"""Fit, tune, calibrate and measure one logistic regression over the classes of labelled texts.

Everything is chosen by cross-validation on the training texts: how strongly weights are held back, and how far rare
classes are lifted. Terms are weighed by their rarity, and the weights of models that are known already may be built
upon; both are folded into the weights of plain terms, so that what is stored is one weight a term and class.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import product

import numpy as np
import pandas as pd

from ml.calibration import expected_calibration_error, fit_temperature, softmax
from ml.features import feature_matrix, frequent_terms
from ml.weights import round_weights

MINIMUM_TEXTS = 5
"""A term that no model listed before must occur in this many labelled texts to enter the vocabulary."""

FOLDS = 5
INVERSE_REGULARISATIONS = (0.03, 0.1, 0.3, 1.0)
BALANCES = (0.5, 1.0)
"""Exponents b of a class's size n in the weight n^-b of its texts: 0 would leave classes as they are, 1 makes all
classes weigh the same."""

RARITIES = (0.0, 1.0)
"""Exponents of a term's inverse document frequency in the size of its column: 0 takes all terms alike."""

SMALLEST_WEIGHT = 0.01
"""Fainter weights are dropped: thousands of them change no class, and each costs a row a post."""


class TooFewTexts(ValueError):
    """A class has too few labelled texts to learn it and to measure what was learnt."""


@dataclass(frozen=True)
class Known:
    """Weights that a fit may build on: `weights` has shape (terms, columns), a column being an older model's class."""

    terms: list[str]
    weights: np.ndarray


@dataclass(frozen=True)
class ClassModel:
    """A fitted language: a scikit-learn estimator whose coefficients are the stored weights.

    `held_out` has true and predicted class numbers and p_<class> of every labelled text, scored by a model that did
    not see it. `coefficients` has shape (classes, terms), `intercepts` (classes,): those of `estimator`, whose two
    classes, if there are two only, share one row.
    """

    language: str
    labels: list[str]
    vocabulary: list[str]
    estimator: object
    held_out: pd.DataFrame
    scores: dict[str, float]

    @property
    def coefficients(self) -> np.ndarray:
        return _a_row_a_class(self.estimator.coef_)

    @property
    def intercepts(self) -> np.ndarray:
        return _a_row_a_class(self.estimator.intercept_[:, None])[:, 0]


def fit_classes(
    texts: pd.DataFrame, labels: Sequence[str], *, language: str, seed: int, known: Known | None = None
) -> ClassModel:
    """Train one language on `texts` (columns label, tokens), each text once.

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
    setting, logits = _tune(tokens, truth, known_columns, _folds(texts, truth, seed))
    temperature = fit_temperature(logits, truth)
    space = _Space.of(tokens, setting.rarity)
    columns = space.matrix(tokens, known_columns)
    vocabulary, estimator = _fold(space, _estimator(columns, truth, setting, tol=1e-8), known)
    estimator.coef_ = round_weights(estimator.coef_ / temperature)
    estimator.coef_[np.abs(estimator.coef_) < SMALLEST_WEIGHT] = 0.0
    estimator.intercept_ = round_weights(estimator.intercept_ / temperature)
    vocabulary = _without_idle_terms(vocabulary, estimator)
    held_out, scores = _measure(logits / temperature, truth, labels)
    scores |= {
        "texts": len(texts),
        "terms": len(vocabulary),
        **asdict(setting),
        "temperature": round(temperature, 4),
    }
    return ClassModel(language, labels, vocabulary, estimator, held_out.assign(language=language), scores)


@dataclass(frozen=True)
class _Setting:
    """What cross-validation chooses."""

    rarity: float
    inverse_regularisation: float
    balance: float


def _folds(texts: pd.DataFrame, truth: np.ndarray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the rows seen and unseen in each fold; a group, if there are any, is unseen as a whole."""
    from sklearn.model_selection import LeaveOneGroupOut, StratifiedKFold

    if "group" in texts.columns:
        return list(LeaveOneGroupOut().split(truth, truth, texts["group"]))
    return list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(truth, truth))


def _tune(
    tokens: list, truth: np.ndarray, known_columns: np.ndarray, folds: list[tuple[np.ndarray, np.ndarray]]
) -> tuple[_Setting, np.ndarray]:
    """Return the setting with the best macro F1 over held-out folds, and the held-out logits under it."""
    from sklearn.metrics import f1_score

    settings = [_Setting(*values) for values in product(RARITIES, INVERSE_REGULARISATIONS, BALANCES)]
    logits = {setting: np.zeros((len(truth), int(truth.max()) + 1)) for setting in settings}
    for (seen, unseen), rarity in product(folds, RARITIES):
        space = _Space.of([tokens[row] for row in seen], rarity)
        columns = space.matrix(tokens, known_columns)
        for setting in settings:
            if setting.rarity == rarity:
                estimator = _estimator(columns[seen], truth[seen], setting, tol=1e-3)
                logits[setting][unseen] = _a_column_a_class(estimator.decision_function(columns[unseen]))
    best = max(
        settings,
        key=lambda setting: round(f1_score(truth, logits[setting].argmax(axis=1), average="macro"), 3),
    )
    return best, logits[best]


@dataclass(frozen=True)
class _Space:
    """The learnt columns of a fit: terms, and the size of each one's column."""

    terms: list[str]
    sizes: np.ndarray

    @classmethod
    def of(cls, tokens: list, rarity: float) -> "_Space":
        terms = sorted(frequent_terms(tokens, MINIMUM_TEXTS))
        texts = np.asarray(feature_matrix(tokens, terms).sum(axis=0)).ravel()
        # A quarter of the inverse document frequency: the column of a term in one text of fifty has size one.
        return cls(terms, (np.log(len(tokens) / texts) / 4) ** rarity)

    def matrix(self, tokens: list, known_columns: np.ndarray) -> object:
        """Return columns of shape (texts, terms and known columns), sparse."""
        from scipy.sparse import csr_matrix, diags, hstack

        learnt = feature_matrix(tokens, self.terms) @ diags(self.sizes)
        return hstack([learnt, csr_matrix(known_columns)]).tocsr()


def _estimator(columns: object, truth: np.ndarray, setting: _Setting, *, tol: float) -> object:
    from sklearn.linear_model import LogisticRegression

    weights = (np.bincount(truth).astype("float64") ** -setting.balance)[truth]
    weights *= len(truth) / weights.sum()
    solver = "lbfgs" if tol > 1e-6 else "newton-cg"
    estimator = LogisticRegression(C=setting.inverse_regularisation, solver=solver, tol=tol, max_iter=1000)
    return estimator.fit(columns, truth, sample_weight=weights)


def _known_columns(tokens: list, known: Known | None) -> np.ndarray:
    """Return what a text gets from the weights that are known, shape (texts, columns)."""
    if known is None:
        return np.zeros((len(tokens), 0))
    return feature_matrix(tokens, known.terms) @ known.weights


def _fold(space: _Space, estimator: object, known: Known | None) -> tuple[list[str], object]:
    """Return vocabulary and an estimator over plain terms that scores as the fitted one does."""
    of_terms, of_known = np.split(estimator.coef_, [len(space.terms)], axis=1)
    vocabulary = sorted({*space.terms, *(known.terms if known else ())})
    position = pd.Index(vocabulary)
    folded = np.zeros((len(of_terms), len(vocabulary)))
    folded[:, position.get_indexer(space.terms)] += of_terms * space.sizes
    if known is not None:
        folded[:, position.get_indexer(known.terms)] += of_known @ known.weights.T
    estimator.coef_, estimator.n_features_in_ = folded, len(vocabulary)
    return vocabulary, estimator


def _without_idle_terms(vocabulary: list[str], estimator: object) -> list[str]:
    """Take terms without any weight out of vocabulary and estimator."""
    used = np.flatnonzero(estimator.coef_.any(axis=0))
    estimator.coef_, estimator.n_features_in_ = estimator.coef_[:, used], len(used)
    return [vocabulary[place] for place in used]


def _a_column_a_class(logits: np.ndarray) -> np.ndarray:
    return logits if logits.ndim == 2 else np.column_stack([np.zeros(len(logits)), logits])


def _a_row_a_class(values: np.ndarray) -> np.ndarray:
    return values if len(values) > 1 else np.vstack([np.zeros_like(values), values])


def _measure(
    logits: np.ndarray, truth: np.ndarray, labels: list[str]
) -> tuple[pd.DataFrame, dict[str, float]]:
    from sklearn.metrics import f1_score, recall_score

    probabilities = softmax(logits)
    predicted = probabilities.argmax(axis=1)
    of_classes = f1_score(truth, predicted, average=None, labels=range(len(labels)), zero_division=0)
    scores = {
        "macro_f1": of_classes.mean(),
        "macro_recall": recall_score(truth, predicted, average="macro"),
        "accuracy": (predicted == truth).mean(),
        "calibration_error": expected_calibration_error(probabilities.max(axis=1), predicted == truth),
        **{f"f1_{label}": value for label, value in zip(labels, of_classes, strict=True)},
    }
    held_out = pd.DataFrame({"true": truth, "predicted": predicted})
    held_out[[f"p_{label}" for label in labels]] = probabilities
    return held_out, {name: round(float(value), 4) for name, value in scores.items()}
