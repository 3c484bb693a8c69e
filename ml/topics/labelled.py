"""Fit the topics of a taxonomy to a user's own labelled posts: one logistic regression a topic.

The taxonomy's seeds and examples stay: what a topic's seeds are worth is learnt with the words of the posts. Languages
without labelled posts keep what the taxonomy alone teaches.
"""

import numpy as np
import pandas as pd

from ml.classes.columns import Columns, FitColumns, Known, combined
from ml.features import feature_matrix, is_word
from ml.topics.taxonomy import Taxonomy
from ml.topics.training import FOLDS, TopicModel, bands, fit_topics, measure, seed_terms, taxonomy_texts
from ml.weights import round_weights

FEWEST = 50
"""Labelled posts that a language needs; with fewer it keeps what the taxonomy teaches."""

MANY_THRESHOLDS = np.round(np.arange(0.10, 0.71, 0.05), 2)
"""Thresholds to choose among: many posts can be trusted with lower ones than a taxonomy's few examples."""

STRENGTH = 0.05
"""Inverse strength of regularisation; thresholds and calibration are fitted, so that this matters little."""

BALANCE = 0.5
SMALLEST_WEIGHT = 0.02


class UnknownTopic(ValueError):
    """Labels name a topic that the taxonomy does not have; the message names it and what there is."""


def topic_labels(texts: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """Return labelled texts with one 0/1 column a topic; labels are ids or names of topics, joined by `|`.

    Raises UnknownTopic.
    """
    known = {name.casefold(): topic.id for topic in taxonomy.topics for name in (topic.id, topic.name)}
    found = [[known.get(part.strip().casefold()) for part in label.split("|")] for label in texts["label"]]
    for label, topics in zip(texts["label"], found, strict=True):
        if None in topics:
            raise UnknownTopic(
                f"{label!r} names no topic of the taxonomy. Remedy: write one of "
                f"{', '.join(topic.id for topic in taxonomy.topics)}, rename it with --map, or add it to a copy of the "
                "taxonomy and name that with --taxonomy."
            )
    columns = {topic.id: [int(topic.id in topics) for topics in found] for topic in taxonomy.topics}
    return texts.assign(**columns)


def fit_labelled_topics(taxonomy: Taxonomy, texts: pd.DataFrame, *, seed: int) -> TopicModel:
    """Train the topics on labelled texts (language, tokens and a 0/1 column a topic) and the taxonomy.

    Thresholds, bands and scores are those of the labelled texts, each scored by a fit that did not see it.
    Raises UnknownTopic if no language of the taxonomy has `FEWEST` labelled texts.
    """
    counts = texts["language"].value_counts()
    languages = [name for name in taxonomy.languages if counts.get(name, 0) >= FEWEST]
    if not languages:
        raise UnknownTopic(
            f"{len(texts)} labelled texts, less than {FEWEST} in each language of the taxonomy "
            f"({', '.join(taxonomy.languages)}). Remedy: label more, or name their language with --lang."
        )
    names = [topic.id for topic in taxonomy.topics]
    taught = fit_topics(taxonomy, seed=seed) if len(languages) < len(taxonomy.languages) else None
    vocabularies = dict(taught.vocabularies) if taught else {}
    estimators = dict(taught.estimators) if taught else {}
    own = taxonomy_texts(taxonomy)
    stated, truths, of_languages = [], [], []
    for language in languages:
        labelled = texts[texts["language"] == language]
        together = pd.concat([labelled, own[own["language"] == language]], ignore_index=True)
        truth = together[names].to_numpy()
        probabilities, vocabularies[language], estimators[language] = _fit_language(
            together["tokens"].tolist(), truth, taxonomy, language, seed
        )
        stated.append(probabilities[: len(labelled)])
        truths.append(truth[: len(labelled)])
        of_languages += [language] * len(labelled)
    probabilities, truth = np.vstack(stated), np.vstack(truths)
    thresholds, unsure_from = bands(probabilities, truth, names, MANY_THRESHOLDS)
    scores, summary = measure(probabilities, truth, names, thresholds, unsure_from, pd.Series(of_languages))
    summary |= _single_choice(probabilities, truth)
    return TopicModel(names, vocabularies, estimators, thresholds, unsure_from, scores, summary)


def _fit_language(
    tokens: list, truth: np.ndarray, taxonomy: Taxonomy, language: str, seed: int
) -> tuple[np.ndarray, list[str], list]:
    """Return held-out probabilities of shape (texts, topics), and the vocabulary with an estimator a topic."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import KFold

    seeds = seed_terms(taxonomy)
    terms = sorted({term for of_topic in seeds.values() for term in of_topic[language]})
    speaks_for = np.array(
        [[float(term in of_topic[language]) for of_topic in seeds.values()] for term in terms]
    )
    known = Known(terms, speaks_for)
    known_columns = feature_matrix(tokens, terms) @ speaks_for
    columns = Columns(tokens)
    logits = np.zeros(truth.shape)
    for seen, unseen in KFold(FOLDS, shuffle=True, random_state=seed).split(truth):
        matrix = columns.of(seen, with_parts=True, by_rarity=True).matrix(known_columns)
        for topic in range(truth.shape[1]):
            fitted = _estimator(matrix[seen], truth[seen, topic], tol=2e-3)
            logits[unseen, topic] = fitted.decision_function(matrix[unseen])
    of_all = columns.of(np.arange(len(truth)), with_parts=True, by_rarity=True)
    matrix = of_all.matrix(known_columns)
    probabilities, rows, intercepts = np.zeros(truth.shape), [], []
    for topic in range(truth.shape[1]):
        platt = LogisticRegression(C=1e6, solver="newton-cg", tol=1e-8).fit(
            logits[:, [topic]], truth[:, topic]
        )
        slope, shift = float(platt.coef_[0, 0]), float(platt.intercept_[0])
        probabilities[:, topic] = 1 / (1 + np.exp(-(slope * logits[:, topic] + shift)))
        fitted = _estimator(matrix, truth[:, topic], tol=1e-5)
        rows.append(slope * fitted.coef_[0])
        intercepts.append(slope * fitted.intercept_[0] + shift)
    return probabilities, *_folded(np.array(rows), np.array(intercepts), of_all, known)


def _estimator(matrix: object, truth: np.ndarray, *, tol: float) -> object:
    from sklearn.linear_model import LogisticRegression

    weights = (np.bincount(truth, minlength=2).clip(1).astype("float64") ** -BALANCE)[truth]
    weights *= len(truth) / weights.sum()
    estimator = LogisticRegression(C=STRENGTH, solver="lbfgs", tol=tol, max_iter=1000)
    return estimator.fit(matrix, truth, sample_weight=weights)


def _folded(
    rows: np.ndarray, intercepts: np.ndarray, of_all: FitColumns, known: Known
) -> tuple[list[str], list]:
    """Return the vocabulary and one estimator a topic over plain terms, rounded as stored."""
    from sklearn.linear_model import LogisticRegression

    of_columns, of_known = np.split(rows, [len(of_all.terms)], axis=1)
    sources = [*of_all.learnt(of_columns), Known(known.terms, known.weights @ of_known.T)]
    vocabulary, weights = combined(sources)
    coefficients = round_weights(weights.T)
    coefficients[np.abs(coefficients) < SMALLEST_WEIGHT] = 0.0
    kept = np.array([is_word(term) for term in vocabulary]) | coefficients.any(axis=0)
    estimators = []
    for row, intercept in zip(coefficients[:, kept], round_weights(intercepts), strict=True):
        estimator = LogisticRegression()
        estimator.classes_, estimator.n_features_in_ = np.array([0, 1]), int(kept.sum())
        estimator.coef_, estimator.intercept_ = row[None, :], np.array([intercept])
        estimators.append(estimator)
    return [term for term, is_kept in zip(vocabulary, kept, strict=True) if is_kept], estimators


def _single_choice(probabilities: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Return macro F1 of the most probable topic where every text has exactly one; nothing otherwise."""
    from sklearn.metrics import f1_score

    if not (truth.sum(axis=1) == 1).all():
        return {}
    score = f1_score(truth.argmax(axis=1), probabilities.argmax(axis=1), average="macro")
    return {"macro_f1_of_the_most_probable": round(float(score), 4)}
