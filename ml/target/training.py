"""Fit, calibrate and measure the target model: multinomial logistic regression over `target_terms`."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.sparse import csr_matrix

from ml.calibration import expected_calibration_error, fit_temperature, softmax
from ml.evaluate import score_texts
from ml.features import feature_matrix
from ml.prevalence import HeldOut
from ml.sentiment.sample import LABELS
from ml.target.brands import AIRLINES, SANDERS, read_airlines, read_sanders
from ml.target.labelled import FILE_NAME, leak_groups, names, read_labelled
from ml.target.splices import spliced
from ml.target.terms import STEPS, is_publishable_term, mention_table, step_terms, term_lists
from ml.weights import round_weights

LANGUAGE = "en"
MINIMUM_TEXTS = 5
"""A term must occur in this many labelled texts to enter the vocabulary."""

INVERSE_REGULARISATION = 0.02
SPLICES_AN_ITEM = 0.5
FOLDS = 5

SETS = {
    "Dong et al.": (FILE_NAME, read_labelled),
    "Sanders": (SANDERS, read_sanders),
    "airlines": (AIRLINES, read_airlines),
}
"""Name -> path in the data folder, and its reader."""


@dataclass(frozen=True)
class TargetModel:
    """A fitted model: a scikit-learn estimator whose coefficients are the stored weights.

    `sizes` has items and targets of each set that was there. `held_out` are true and predicted label numbers of texts
    that name several targets, as scored by models that learnt from neither them nor their target: posts first, then
    splices of two texts.
    """

    vocabulary: list[str]
    estimator: object
    temperature: float
    sizes: dict[str, tuple[int, int]]
    splices: int
    scores: list[dict[str, object]]
    held_out: list[HeldOut]


def read_items(folder: Path) -> pd.DataFrame:
    """Return the items of all sets in a data folder, shaped as `read_labelled` does, with the column `origin`.

    Raises FileNotFoundError without the set of Dong et al.; the sets about brands may be absent.
    """
    if not (folder / FILE_NAME).is_file():
        raise FileNotFoundError(f"{folder}: has no file {FILE_NAME}; give the folder that holds it")
    parts = []
    for name, (path, read) in SETS.items():
        if (folder / path).is_file():
            parts.append(read(folder / path).assign(origin=name))
    return pd.concat(parts, ignore_index=True)


def fit_target(folder: Path, sentiment_weights: pa.Table, *, seed: int) -> TargetModel:
    """Train on the labelled targets in a data folder and measure by cross-validation.

    No target and no text of a fold is in the folds that its model learns from. As with sentiment, the
    temperature is divided into the coefficients, which are then rounded to stored precision.
    """
    items = read_items(folder)
    groups = leak_groups(items)
    named = names(items)
    terms = pd.Series(_terms(items, sentiment_weights), index=items.index)
    truth = _numbers(items["label"])
    logits = np.zeros((len(items), len(LABELS)))
    pairs = []
    for number, (seen, unseen) in enumerate(_folds(groups)):
        vocabulary, estimator = _fit(items, terms, groups, seen, named, sentiment_weights, seed + number)
        logits[unseen] = _logits(estimator, vocabulary, terms.iloc[unseen])
        pair = spliced(items.iloc[unseen], groups[unseen], len(unseen) // 2, seed + 100 + number)
        pairs.append(
            pair.assign(logits=list(_logits(estimator, vocabulary, _terms(pair, sentiment_weights))))
        )
    temperature = fit_temperature(logits, truth)
    everything = np.arange(len(items))
    vocabulary, estimator = _fit(items, terms, groups, everything, named, sentiment_weights, seed)
    estimator.coef_ = round_weights(estimator.coef_ / temperature)
    estimator.intercept_ = round_weights(estimator.intercept_ / temperature)
    spliced_items = pd.concat(pairs, ignore_index=True)
    spliced_items["logits"] = [one / temperature for one in spliced_items["logits"]]
    scores = _scores(items, logits / temperature, spliced_items, sentiment_weights)
    several = names_several(items)
    held_out = [
        (truth[several], logits[several].argmax(axis=1)),
        (
            _numbers(spliced_items["label"]),
            np.array(spliced_items["logits"].tolist()).reshape(-1, len(LABELS)).argmax(axis=1),
        ),
    ]
    return TargetModel(
        vocabulary,
        estimator,
        round(temperature, 4),
        {name: (len(part), part["target"].nunique()) for name, part in items.groupby("origin", sort=False)},
        int(len(items) * SPLICES_AN_ITEM),
        scores,
        held_out,
    )


def _folds(groups: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return (seen, unseen) rows of each fold; whole groups, of nearly equal size."""
    from sklearn.model_selection import GroupKFold

    return list(GroupKFold(min(FOLDS, len(set(groups)))).split(groups, groups=groups))


def _terms(items: pd.DataFrame, sentiment_weights: pa.Table) -> list[list[str]]:
    mentions = mention_table(items["tokens"], items["own_positions"], items["other_positions"], LANGUAGE)
    return term_lists(mentions, sentiment_weights)


def _fit(
    items: pd.DataFrame,
    terms: pd.Series,
    groups: np.ndarray,
    rows: np.ndarray,
    named: set[str],
    sentiment_weights: pa.Table,
    seed: int,
) -> tuple[list[str], object]:
    """Return the vocabulary and the uncalibrated estimator learnt from some rows and their splices.

    Labels weigh by the square root of their rarity: half the texts are neutral, and a rare label is not worth less.
    """
    from sklearn.linear_model import LogisticRegression

    counts = Counter(term for listed in terms.iloc[rows] for term in set(listed) if ":<" not in term)
    words = sorted(
        term
        for term, count in counts.items()
        if count >= MINIMUM_TEXTS
        and is_publishable_term(term)
        and term.partition(":")[2].lstrip("#") not in named
    )
    vocabulary = [*words, *(term for steps in step_terms() for term in steps)]
    pairs = spliced(items.iloc[rows], groups[rows], int(len(rows) * SPLICES_AN_ITEM), seed)
    listed = [*terms.iloc[rows], *_terms(pairs, sentiment_weights)]
    truth = _numbers(pd.concat([items["label"].iloc[rows], pairs["label"]]))
    shares = np.bincount(truth, minlength=len(LABELS)) / len(truth)
    reached = _reached(len(words))
    estimator = LogisticRegression(C=INVERSE_REGULARISATION, solver="newton-cg", tol=1e-6, max_iter=500)
    weights = 1 / np.sqrt(3 * shares[truth])
    estimator.fit(feature_matrix(listed, vocabulary) @ reached, truth, sample_weight=weights)
    estimator.coef_ = estimator.coef_ @ reached.T.toarray()
    return vocabulary, estimator


def _reached(words: int) -> csr_matrix:
    """Return the matrix that turns the step of a place into all steps up to it, and leaves words as they are.

    Learnt so, neighbouring steps share what they tell; what is learnt is folded back into a weight a step.
    """
    from scipy.sparse import block_diag, identity

    upwards = np.tril(np.ones((len(STEPS), len(STEPS))))
    return block_diag([identity(words), *[upwards] * len(step_terms())], format="csr")


def names_several(items: pd.DataFrame) -> np.ndarray:
    """Return, for each item, whether its text names other targets too."""
    return items["other_positions"].map(len).to_numpy() > 0


def _logits(estimator: object, vocabulary: list[str], terms: list[list[str]] | pd.Series) -> np.ndarray:
    if not len(terms):
        return np.empty((0, len(LABELS)))
    return estimator.decision_function(feature_matrix(terms, vocabulary))


def _numbers(labels: pd.Series) -> np.ndarray:
    return labels.map(list(LABELS).index).to_numpy(dtype="int64")


def _scores(
    items: pd.DataFrame, logits: np.ndarray, pairs: pd.DataFrame, sentiment_weights: pa.Table
) -> list[dict[str, object]]:
    """Return the scores of the model and of "the post's sentiment for every target" on held-out texts."""
    of_pairs = np.array(pairs["logits"].tolist())
    several = names_several(items)
    differs = pairs["differs"].to_numpy(dtype=bool)
    parts = {}
    for name, part in items.groupby("origin", sort=False):
        parts[name] = (part, logits[part.index])
    parts |= {
        "texts that name several targets": (items[several], logits[several]),
        "two texts spliced, one target each": (pairs, of_pairs),
        "of these, with two labels": (pairs[differs], of_pairs[differs]),
    }
    rows = []
    for name, (part, part_logits) in parts.items():
        if part.empty:
            continue
        truth = _numbers(part["label"])
        rows.append({"held_out": name, "method": "target model", **measured(truth, softmax(part_logits))})
        post = post_probabilities(part, sentiment_weights)
        rows.append({"held_out": name, "method": "post's sentiment", **measured(truth, post)})
    return rows


def post_probabilities(items: pd.DataFrame, sentiment_weights: pa.Table) -> np.ndarray:
    """Return what the post's sentiment gives every target, shape (items, 3)."""
    texts = pd.Series([_without_names(item) for item in items.itertuples()], dtype=object)
    scored = score_texts(texts, LANGUAGE, sentiment_weights)
    return scored[[f"p_{label}" for label in LABELS]].to_numpy()


def _without_names(item: object) -> str:
    """Return the text as the sentiment model gets it, less the words that stand in for names."""
    hidden = {*item.own_positions, *item.other_positions}
    return " ".join(token for place, token in enumerate(item.tokens, 1) if place not in hidden)


def measured(truth: np.ndarray, probabilities: np.ndarray) -> dict[str, object]:
    """Return texts, accuracy, macro_f1 and calibration_error (ECE) of probabilities of shape (texts, 3)."""
    from sklearn.metrics import f1_score

    predicted = probabilities.argmax(axis=1)
    correct = predicted == truth
    return {
        "texts": len(truth),
        "accuracy": round(float(correct.mean()), 3),
        "macro_f1": round(float(f1_score(truth, predicted, average="macro")), 3),
        "calibration_error": round(expected_calibration_error(probabilities.max(axis=1), correct), 3),
    }
