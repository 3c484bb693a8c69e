"""Fit, calibrate and measure the sentiment model: one multinomial logistic regression a language."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ml.calibration import expected_calibration_error, fit_temperature, softmax
from ml.features import feature_matrix, frequent_terms
from ml.sentiment.lexicon import lexicon_directions
from ml.sentiment.sample import DATA, LABELS, read_sample
from ml.weights import round_weights

MINIMUM_TEXTS = 2
"""A term that no lexicon lists must occur in this many labelled texts to enter the vocabulary."""

INVERSE_REGULARISATION = 0.5

EMPTY_TEXTS = 3.0
"""Weight of an empty text labelled neutral: without evidence a text is neutral."""

SMALLEST_MARGIN = 0.1
"""The neutral intercept stands at least this far above the two others."""

FOLDS = 5


@dataclass(frozen=True)
class LanguageModel:
    """A fitted language: a scikit-learn estimator whose coefficients are the stored weights.

    `held_out` has true and predicted label numbers, and the calibrated logits, of every labelled text
    as scored by a model that did not see it.
    """

    language: str
    vocabulary: list[str]
    estimator: object
    held_out: pd.DataFrame
    scores: dict[str, float]


def fit_language(language: str, *, seed: int, folder: Path = DATA) -> LanguageModel:
    """Train one language on its lexicon and its labelled texts.

    The calibration temperature comes from cross-validated logits and is divided into the coefficients,
    which are then rounded to stored precision: `estimator.predict_proba` is what SQL computes.
    """
    sample = read_sample(language, folder)
    lexicon = lexicon_directions(language, folder)
    truth = sample["label"].map(list(LABELS).index).to_numpy()
    logits = _held_out_logits(sample, lexicon, truth, seed)
    temperature = fit_temperature(logits, truth)
    vocabulary, estimator = _fit(sample, lexicon)
    estimator.coef_ = round_weights(estimator.coef_ / temperature)
    estimator.intercept_ = round_weights(estimator.intercept_ / temperature)
    held_out, scores = _measure(logits / temperature, truth)
    scores |= {"texts": len(sample), "lexicon_terms": len(lexicon), "temperature": round(temperature, 4)}
    return LanguageModel(language, vocabulary, estimator, held_out.assign(language=language), scores)


def _held_out_logits(sample: pd.DataFrame, lexicon: pd.DataFrame, truth: np.ndarray, seed: int) -> np.ndarray:
    """Return logits of shape (texts, 3), each text scored by a model trained on the other folds."""
    from sklearn.model_selection import StratifiedKFold

    logits = np.zeros((len(sample), len(LABELS)))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    for seen, unseen in folds.split(truth, truth):
        vocabulary, estimator = _fit(sample.iloc[seen], lexicon)
        logits[unseen] = estimator.decision_function(
            feature_matrix(sample["tokens"].iloc[unseen], vocabulary)
        )
    return logits


def _fit(sample: pd.DataFrame, lexicon: pd.DataFrame) -> tuple[list[str], object]:
    """Return the vocabulary and the uncalibrated estimator learnt from sample and lexicon.

    The estimator is fitted on the terms of the sample and on the lexicon's columns, then the worth of the
    lexicon's columns is folded into the weights of its terms, so that it scores plain feature matrices.
    """
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    learnt = sorted(frequent_terms(sample["tokens"], MINIMUM_TEXTS))
    vocabulary = sorted({*learnt, *lexicon.index})
    directions = csr_matrix(lexicon.reindex(vocabulary, fill_value=0.0).to_numpy())
    position = pd.Index(vocabulary).get_indexer(learnt)

    texts = feature_matrix([*sample["tokens"], []], vocabulary)
    labels = [*sample["label"], "neutral"]
    weights = [*np.ones(len(sample)), EMPTY_TEXTS]
    estimator = LogisticRegression(C=INVERSE_REGULARISATION, solver="newton-cg", tol=1e-8, max_iter=500)
    estimator.fit(hstack([texts[:, position], texts @ directions]).tocsr(), labels, sample_weight=weights)

    of_terms, of_lexicon = np.split(estimator.coef_, [len(learnt)], axis=1)
    folded = (directions @ of_lexicon.T).T
    folded[:, position] += of_terms
    estimator.coef_, estimator.n_features_in_ = folded, len(vocabulary)
    estimator.intercept_ = _neutral_without_evidence(estimator.intercept_)
    return vocabulary, estimator


def _neutral_without_evidence(intercepts: np.ndarray) -> np.ndarray:
    """Return intercepts under which a text without known features has polarity exactly 0 and is neutral."""
    negative, neutral, positive = intercepts
    polar = (negative + positive) / 2
    return np.array([polar, max(neutral, polar + SMALLEST_MARGIN), polar])


def _measure(logits: np.ndarray, truth: np.ndarray) -> tuple[pd.DataFrame, dict[str, float]]:
    from sklearn.metrics import f1_score, recall_score

    probabilities = softmax(logits)
    predicted = probabilities.argmax(axis=1)
    scores = {
        "macro_recall": recall_score(truth, predicted, average="macro"),
        "macro_f1": f1_score(truth, predicted, average="macro"),
        "accuracy": (predicted == truth).mean(),
        "calibration_error": expected_calibration_error(probabilities.max(axis=1), predicted == truth),
    }
    held_out = pd.DataFrame({"true": truth, "predicted": predicted})
    held_out[[f"p_{label}" for label in LABELS]] = probabilities
    return held_out, {name: round(float(value), 4) for name, value in scores.items()}
