"""Fit, calibrate and measure the sentiment model: one multinomial logistic regression a language.

A language learns from the project's own labelled posts and lexicons, and where they are given, from the public
files of `ml.sentiment.labelled` and from a teacher's soft labels. What is learnt about parts of words and about
lexicon valence is folded into the weights of the words (`ml.sentiment.fitting`), so that SQL looks up words.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ml.calibration import expected_calibration_error, fit_temperature, softmax
from ml.features import (
    NEGATED,
    PART,
    feature_matrix,
    features,
    frequent_terms,
    is_publishable,
    is_word,
    negated_features,
    word_parts,
)
from ml.sentiment.fitting import fit_spread
from ml.sentiment.labelled import read_public
from ml.sentiment.lexicon import lexicon_directions
from ml.sentiment.sample import DATA, LABELS, OWN, read_sample
from ml.weights import round_weights

LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "id", "it", "pt")

MINIMUM_TEXTS = 2
"""A term that no lexicon lists must occur in this many of the project's own texts to enter the vocabulary,"""
MINIMUM_PUBLIC_TEXTS = 5
"""or in this many of all texts."""

SCALES = {"word": 1.0, "pair": 1.0, "negated": 1.0, "part": 0.25, "lexicon": 0.5}
"""How readily each kind of parameter moves: its column in the spread is multiplied by this, so that its penalty
is divided by the square. Chosen by cross-validation on the English training file."""

PENALTY = {"en": 8.0}
PENALTY_ELSEWHERE = 8.0

OWN_WEIGHT = 5.0
"""The project's own posts are of the kind that will be scored, about brands; each counts as this many public ones."""

SOFT_WEIGHT = 0.5
"""Weight of a text that only the teacher labelled."""

TEACHER_SHARE = 0.9
"""Where a text has a label and the teacher's probabilities, the share of the latter in its target."""

EMPTY_TEXTS = 3.0
"""Weight of an empty text labelled neutral: without evidence a text is neutral."""

SMALLEST_MARGIN = 0.1
"""The neutral intercept stands at least this far above the two others."""

FAINTEST = 0.01
"""A term none of whose weights differs this much from what the model would say without it is left out."""

FOLDS = 5


@dataclass(frozen=True)
class LanguageModel:
    """A fitted language: a scikit-learn estimator whose coefficients are the stored weights.

    `held_out` has source, true and predicted label numbers, and the calibrated probabilities, of every labelled
    text as scored by a model that did not learn from it.
    """

    language: str
    vocabulary: list[str]
    estimator: object
    held_out: pd.DataFrame
    scores: dict[str, float]


def labelled_texts(language: str, folder: Path = DATA, public: Path | None = None) -> pd.DataFrame:
    """Return text, label, source and tokens of the project's own texts and of the public ones."""
    own = read_sample(language, folder) if (folder / f"sample_{language}.csv").exists() else None
    parts = [] if own is None else [own[["text", "label", "tokens"]].assign(source=OWN)]
    if public is not None:
        parts.append(read_public(language, public).assign(source="public"))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"text": []})


def fit_language(
    language: str,
    *,
    seed: int,
    folder: Path = DATA,
    public: Path | None = None,
    soft: pd.DataFrame | None = None,
) -> LanguageModel:
    """Train one language on its lexicon, its labelled texts and, if given, a teacher's soft labels.

    The calibration temperature comes from cross-validated logits and is divided into the coefficients,
    which are then rounded to stored precision: `estimator.predict_proba` is what SQL computes.
    """
    from sklearn.model_selection import StratifiedKFold

    texts = labelled_texts(language, folder, public)
    truth = texts["label"].map(list(LABELS).index).to_numpy()
    data = _prepare(language, texts, truth, soft, lexicon_directions(language, folder))
    logits = np.zeros((len(texts), len(LABELS)))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    # Own and public texts are dealt evenly to the folds, so that each fold meets both kinds.
    kinds = truth + len(LABELS) * (texts["source"] == "public").to_numpy()
    for seen, unseen in folds.split(kinds, kinds):
        coefficients, intercepts = data.fit(np.concatenate([seen, np.arange(len(texts), data.size)]))
        logits[unseen] = data.matrix[unseen] @ coefficients.T + intercepts
    temperature = fit_temperature(logits, truth)

    coefficients, intercepts = data.fit(np.arange(data.size))
    vocabulary, coefficients = data.without_faint(coefficients / temperature)
    estimator = _estimator(round_weights(coefficients), round_weights(intercepts / temperature))
    held_out, scores = _measure(logits / temperature, truth, texts["source"])
    scores |= {
        "texts": len(texts),
        "soft_texts": data.size - len(texts) - 1,
        "terms": len(vocabulary),
        "temperature": round(temperature, 4),
    }
    return LanguageModel(language, vocabulary, estimator, held_out.assign(language=language), scores)


@dataclass(frozen=True)
class _Prepared:
    """Everything a fit needs: rows are labelled texts, then soft ones, last the empty text."""

    vocabulary: list[str]
    matrix: object
    spread: object
    targets: np.ndarray
    weights: np.ndarray
    penalty: float

    @property
    def size(self) -> int:
        return self.matrix.shape[0]

    def fit(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients and intercepts learnt from some rows, classes balanced among them."""
        targets, weights = self.targets[rows], self.weights[rows]
        coefficients, intercepts = fit_spread(
            self.matrix[rows], self.spread, targets, _balance(targets, weights), self.penalty
        )
        return coefficients, _neutral_without_evidence(intercepts)

    def without_faint(self, coefficients: np.ndarray) -> tuple[list[str], np.ndarray]:
        """Return vocabulary and coefficients without the terms that hardly matter.

        A word is judged by how far it stands from the sum of its parts, which is what it weighs as an unknown one.
        """
        column = {term: number for number, term in enumerate(self.vocabulary)}
        surprise = coefficients.copy()
        for term, number in column.items():
            if is_word(term):
                parts = [column[part] for part in word_parts(term) if part in column]
                surprise[:, number] -= coefficients[:, parts].sum(axis=1)
        faint = np.abs(surprise).max(axis=0) < FAINTEST
        kept = [term for term, is_faint in zip(self.vocabulary, faint, strict=True) if not is_faint]
        return kept, coefficients[:, ~faint]


def _prepare(
    language: str, texts: pd.DataFrame, truth: np.ndarray, soft: pd.DataFrame | None, lexicon: pd.DataFrame
) -> _Prepared:
    targets = np.eye(len(LABELS))[truth]
    if soft is None:
        soft = pd.DataFrame({"text": [], "tokens": [], **{f"p_{label}": [] for label in LABELS}})
    told = soft.set_index("text")[[f"p_{label}" for label in LABELS]].astype("float64")
    shared = texts["text"].isin(told.index).to_numpy()
    if shared.any():
        of_teacher = told.loc[texts.loc[shared, "text"]].to_numpy()
        targets[shared] = (1 - TEACHER_SHARE) * targets[shared] + TEACHER_SHARE * of_teacher
    unlabelled = soft[~soft["text"].isin(texts["text"])]
    tokens = [*texts["tokens"], *unlabelled["tokens"], []]

    vocabulary = _vocabulary(texts, tokens, lexicon)
    neutral = np.eye(len(LABELS))[[list(LABELS).index("neutral")]]
    own = (texts["source"] == OWN).to_numpy()
    return _Prepared(
        vocabulary,
        feature_matrix(tokens, vocabulary),
        _spread(vocabulary, lexicon),
        np.vstack([targets, told.reindex(unlabelled["text"]).to_numpy().reshape(-1, len(LABELS)), neutral]),
        np.concatenate(
            [np.where(own, OWN_WEIGHT, 1.0), np.full(len(unlabelled), SOFT_WEIGHT), [EMPTY_TEXTS]]
        ),
        PENALTY.get(language, PENALTY_ELSEWHERE),
    )


def _vocabulary(texts: pd.DataFrame, tokens: list[list[str]], lexicon: pd.DataFrame) -> list[str]:
    """Return the lexicon's terms, the frequent words, pairs and negated tokens, and the frequent parts of words."""
    kinds = (features, negated_features)
    own = texts.loc[texts["source"] == OWN, "tokens"]
    terms = frequent_terms(own, MINIMUM_TEXTS, of=kinds) | frequent_terms(
        tokens, MINIMUM_PUBLIC_TEXTS, of=kinds
    )
    words = Counter(token for text in tokens for token in set(text))
    parts: Counter = Counter()
    for word, count in words.items():
        parts.update(dict.fromkeys(word_parts(word), count))
    terms |= {part for part, count in parts.items() if count >= MINIMUM_PUBLIC_TEXTS and is_publishable(part)}
    return sorted(terms | set(lexicon.index))


def _spread(vocabulary: list[str], lexicon: pd.DataFrame) -> object:
    """Return the matrix of shape (terms, parameters): a column a term's own weight, then one a lexicon column."""
    from scipy.sparse import csr_matrix, hstack

    column = {term: number for number, term in enumerate(vocabulary)}
    rows, columns, values = [], [], []
    for term, number in column.items():
        spread_over = {number: SCALES[_kind(term)]}
        if is_word(term):
            spread_over |= {column[part]: SCALES["part"] for part in word_parts(term) if part in column}
        rows += [number] * len(spread_over)
        columns += spread_over.keys()
        values += spread_over.values()
    own = csr_matrix((values, (rows, columns)), shape=(len(column), len(column)))
    listed = csr_matrix(SCALES["lexicon"] * lexicon.reindex(vocabulary, fill_value=0.0).to_numpy())
    return hstack([own, listed]).tocsr()


def _kind(term: str) -> str:
    if term.startswith(PART):
        return "part"
    if term.startswith(NEGATED):
        return "negated"
    return "pair" if " " in term else "word"


def _balance(targets: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return weights under which each class has the same mass: macro recall counts classes, not texts."""
    mass = weights @ targets
    return weights * (targets @ (mass.sum() / (len(mass) * np.maximum(mass, 1e-9))))


def _neutral_without_evidence(intercepts: np.ndarray) -> np.ndarray:
    """Return intercepts under which a text without known features has polarity exactly 0 and is neutral."""
    negative, neutral, positive = intercepts
    polar = (negative + positive) / 2
    return np.array([polar, max(neutral, polar + SMALLEST_MARGIN), polar])


def _estimator(coefficients: np.ndarray, intercepts: np.ndarray) -> object:
    from sklearn.linear_model import LogisticRegression

    estimator = LogisticRegression()
    estimator.classes_, estimator.n_features_in_ = np.array(list(LABELS)), coefficients.shape[1]
    estimator.coef_, estimator.intercept_ = coefficients, intercepts
    return estimator


def _measure(
    logits: np.ndarray, truth: np.ndarray, source: pd.Series
) -> tuple[pd.DataFrame, dict[str, float]]:
    from sklearn.metrics import f1_score, recall_score

    probabilities = softmax(logits)
    predicted = probabilities.argmax(axis=1)
    scores = {
        "macro_recall": recall_score(truth, predicted, average="macro"),
        "macro_f1": f1_score(truth, predicted, average="macro"),
        "accuracy": (predicted == truth).mean(),
        "calibration_error": expected_calibration_error(probabilities.max(axis=1), predicted == truth),
    }
    of_own = (source == OWN).to_numpy()
    if of_own.any() and not of_own.all():
        scores["macro_recall_own"] = recall_score(truth[of_own], predicted[of_own], average="macro")
        scores["macro_recall_public"] = recall_score(truth[~of_own], predicted[~of_own], average="macro")
    held_out = pd.DataFrame({"source": source.to_numpy(), "true": truth, "predicted": predicted})
    held_out[[f"p_{label}" for label in LABELS]] = probabilities
    return held_out, {name: round(float(value), 4) for name, value in scores.items()}
