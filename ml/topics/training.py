"""Fit, calibrate and measure the topic model: one binary logistic regression a topic.

All languages are fitted together. What is shared between them is how much a seed counts and how rare a
topic is; words are learnt per language, because "hell" is no topic in German. Afterwards the worth of
a seed is folded into the weights of the seed's terms, and each language gets estimators of its own.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.calibration import expected_calibration_error
from ml.features import feature_matrix, features, frequent_terms
from ml.tokens import token_lists, token_series
from ml.topics.taxonomy import Taxonomy
from ml.weights import round_weights

MINIMUM_TEXTS = 2
"""A term that is no seed must occur in this many examples of its language to enter the vocabulary."""

INVERSE_REGULARISATION = 1.0

SMALLEST_WEIGHT = 0.25
"""Fainter learnt weights are dropped: they are function words by chance, and each costs a row a post."""

FOLDS = 5
THRESHOLDS = np.round(np.arange(0.30, 0.71, 0.05), 2)
"""A threshold is chosen among these: examples are too few to trust one outside."""

UNSURE_SHARE = 0.5
"""The band in which a topic is neither given nor ruled out begins at this share of the topic's threshold."""


@dataclass(frozen=True)
class TopicModel:
    """A fitted taxonomy.

    `vocabularies` and `estimators` are by language; estimators[language][i] is the scikit-learn estimator of
    topics[i] on that vocabulary, its coefficients being the stored weights. `scores` is by topic. A text is about a
    topic from `thresholds` on, and neither that nor the contrary from `unsure_from` on.
    """

    topics: list[str]
    vocabularies: dict[str, list[str]]
    estimators: dict[str, list]
    thresholds: dict[str, float]
    unsure_from: dict[str, float]
    scores: dict[str, dict[str, float]]
    summary: dict[str, float]


@dataclass(frozen=True)
class _Columns:
    """Column space of a joint fit: learnt (language, term) columns, then one seed column a topic."""

    learnt: dict[str, list[str]]
    seeds: dict[str, dict[str, set[str]]]

    def learnt_matrix(self, texts: pd.DataFrame) -> object:
        """Return the learnt features of texts, each language in columns of its own, as a sparse matrix."""
        from scipy.sparse import block_diag, csr_matrix

        blocks, order = [], []
        for language, terms in self.learnt.items():
            rows = np.flatnonzero((texts["language"] == language).to_numpy())
            tokens = texts["tokens"].iloc[rows]
            blocks.append(feature_matrix(tokens, terms) if terms else csr_matrix((len(rows), 0)))
            order.append(rows)
        return block_diag(blocks, format="csr")[np.argsort(np.concatenate(order), kind="stable")]

    def seed_counts(self, texts: pd.DataFrame) -> np.ndarray:
        """Return how many seeds of each topic a text has: shape (texts, topics)."""
        seeds = self.seeds
        return np.array(
            [
                [len(seeds[topic][language].intersection(found)) for topic in seeds]
                for language, found in zip(texts["language"], texts["tokens"].map(features), strict=True)
            ],
            dtype="float64",
        )


def taxonomy_texts(taxonomy: Taxonomy) -> pd.DataFrame:
    """Return text, language, tokens and one 0/1 column a topic, one row a distinct labelled post."""
    names = [topic.id for topic in taxonomy.topics]
    labels: dict[tuple[str, str], set[str]] = {}
    for topic in taxonomy.topics:
        for language, examples in topic.examples.items():
            for example in examples:
                labels.setdefault((language, example.text), set()).update({topic.id, *example.also})
    for plain in [taxonomy.background, *(topic.counter_examples for topic in taxonomy.topics)]:
        for language, posts in plain.items():
            for text in posts:
                labels.setdefault((language, text), set())
    texts = pd.DataFrame(list(labels), columns=["language", "text"])
    texts["tokens"] = token_series(texts["text"])
    for name in names:
        texts[name] = [int(name in found) for found in labels.values()]
    return texts


def fit_topics(taxonomy: Taxonomy, *, seed: int) -> TopicModel:
    """Train every topic of the taxonomy; same taxonomy and seed, same model."""
    texts = taxonomy_texts(taxonomy)
    names = [topic.id for topic in taxonomy.topics]
    seeds = seed_terms(taxonomy)
    truth = texts[names].to_numpy()
    logits = _held_out_logits(texts, taxonomy, seeds, names, seed)
    slope, shift = _platt_scaling(logits, truth)
    probabilities = 1 / (1 + np.exp(-(slope * logits + shift)))
    thresholds, unsure_from = bands(probabilities, truth, names)

    columns = _columns(texts, taxonomy, seeds)
    vocabularies = {
        language: sorted(
            {*columns.learnt[language], *(term for name in names for term in seeds[name][language])}
        )
        for language in taxonomy.languages
    }
    estimators: dict[str, list] = {language: [] for language in taxonomy.languages}
    learnt, seed_counts = columns.learnt_matrix(texts), columns.seed_counts(texts)
    for number, name in enumerate(names):
        joint = _fit(learnt, seed_counts[:, number], truth[:, number])
        for language in taxonomy.languages:
            folded = _fold(joint, columns, language, name, vocabularies[language])
            folded.coef_ = round_weights(slope * folded.coef_)
            folded.intercept_ = round_weights(slope * folded.intercept_ + shift)
            estimators[language].append(folded)
    scores, summary = measure(probabilities, truth, names, thresholds, unsure_from, texts["language"])
    return TopicModel(names, vocabularies, estimators, thresholds, unsure_from, scores, summary)


def bands(
    probabilities: np.ndarray, truth: np.ndarray, names: list[str], among: np.ndarray = THRESHOLDS
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the threshold of each topic, and where the band begins below it in which the model is unsure.

    Both arrays have shape (texts, topics) and belong to held-out texts; thresholds are chosen `among` these.
    """
    thresholds = {
        name: _best_threshold(probabilities[:, i], truth[:, i], among) for i, name in enumerate(names)
    }
    return thresholds, {name: round(UNSURE_SHARE * value, 3) for name, value in thresholds.items()}


def seed_terms(taxonomy: Taxonomy) -> dict[str, dict[str, set[str]]]:
    """Return the seeds as terms (folded by the tokeniser), by topic and language."""
    terms = {topic.id: {language: set() for language in taxonomy.languages} for topic in taxonomy.topics}
    seeds = [
        (topic.id, language, seed)
        for topic in taxonomy.topics
        for language in taxonomy.languages
        for seed in topic.seeds[language]
    ]
    for (topic, language, _), tokens in zip(seeds, token_lists(seed for *_, seed in seeds), strict=True):
        terms[topic][language].add(" ".join(tokens))
    return terms


def _columns(texts: pd.DataFrame, taxonomy: Taxonomy, seeds: dict) -> _Columns:
    learnt = {
        language: sorted(frequent_terms(texts.loc[texts["language"] == language, "tokens"], MINIMUM_TEXTS))
        for language in taxonomy.languages
    }
    return _Columns(learnt, seeds)


def _fit(learnt: object, seed_counts: np.ndarray, truth: np.ndarray) -> object:
    """Return one topic's estimator over learnt features and the topic's seed count, faint weights dropped."""
    from scipy.sparse import hstack
    from sklearn.linear_model import LogisticRegression

    estimator = LogisticRegression(C=INVERSE_REGULARISATION, solver="newton-cg", tol=1e-8, max_iter=500)
    estimator.fit(hstack([learnt, seed_counts[:, None]]).tocsr(), truth)
    estimator.coef_[np.abs(estimator.coef_) < SMALLEST_WEIGHT] = 0.0
    return estimator


def _fold(joint: object, columns: _Columns, language: str, topic: str, vocabulary: list[str]) -> object:
    """Return an estimator over one language's plain features that scores as the joint one does."""
    from sklearn.linear_model import LogisticRegression

    sizes = [len(terms) for terms in columns.learnt.values()]
    *by_language, of_seeds = np.split(joint.coef_[0], np.cumsum(sizes))
    of_learnt = dict(zip(columns.learnt, by_language, strict=True))[language]
    position = pd.Index(vocabulary)
    coefficients = np.zeros(len(vocabulary))
    coefficients[position.get_indexer(columns.learnt[language])] = of_learnt
    coefficients[position.get_indexer(sorted(columns.seeds[topic][language]))] += of_seeds
    folded = LogisticRegression()
    folded.classes_, folded.n_features_in_ = joint.classes_, len(vocabulary)
    folded.coef_, folded.intercept_ = coefficients[None, :], joint.intercept_.copy()
    return folded


def _held_out_logits(
    texts: pd.DataFrame, taxonomy: Taxonomy, seeds: dict, names: list[str], seed: int
) -> np.ndarray:
    """Return logits of shape (texts, topics), each text scored by models that did not see it."""
    from scipy.sparse import hstack
    from sklearn.model_selection import StratifiedKFold

    truth = texts[names].to_numpy()
    logits = np.zeros(truth.shape)
    main_topic = np.where(truth.any(axis=1), truth.argmax(axis=1), len(names))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    for seen, unseen in folds.split(main_topic, main_topic):
        columns = _columns(texts.iloc[seen], taxonomy, seeds)
        learnt, seed_counts = columns.learnt_matrix(texts), columns.seed_counts(texts)
        for number in range(len(names)):
            estimator = _fit(learnt[seen], seed_counts[seen, number], truth[seen, number])
            features_of_unseen = hstack([learnt[unseen], seed_counts[unseen, number][:, None]])
            logits[unseen, number] = estimator.decision_function(features_of_unseen.tocsr())
    return logits


def _platt_scaling(logits: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Return slope and shift that calibrate all topics' held-out logits at once (Platt, 1999)."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e6, solver="newton-cg", tol=1e-8).fit(logits.reshape(-1, 1), truth.ravel())
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _best_threshold(probabilities: np.ndarray, truth: np.ndarray, among: np.ndarray) -> float:
    """Return the threshold with the best F1 on held-out texts; among equals the one nearest a half."""
    from sklearn.metrics import f1_score

    ranked = sorted(
        among,
        key=lambda value: (
            -round(f1_score(truth, probabilities >= value, zero_division=0), 3),
            abs(value - 0.5),
        ),
    )
    return float(ranked[0])


def measure(
    probabilities: np.ndarray,
    truth: np.ndarray,
    names: list[str],
    thresholds: dict[str, float],
    unsure_from: dict[str, float],
    languages: pd.Series,
) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Return the scores of held-out texts by topic, and over all topics."""
    from sklearn.metrics import f1_score, precision_score, recall_score

    predicted = np.column_stack([probabilities[:, i] >= thresholds[name] for i, name in enumerate(names)])
    scores = {}
    for number, name in enumerate(names):
        of_topic = truth[:, number], predicted[:, number]
        measured = {
            "precision": precision_score(*of_topic, zero_division=0),
            "recall": recall_score(*of_topic, zero_division=0),
            "f1": f1_score(*of_topic, zero_division=0),
        }
        scores[name] = {key: round(float(value), 4) for key, value in measured.items()}
        possible = probabilities[:, number] >= unsure_from[name]
        scores[name] |= {
            "threshold": thresholds[name],
            "unsure_from": unsure_from[name],
            "recall_with_unsure": round(float(recall_score(truth[:, number], possible, zero_division=0)), 4),
            "texts": int(truth[:, number].sum()),
        }
    in_band = (probabilities >= np.array([unsure_from[name] for name in names])) & ~predicted
    summary = {
        "macro_f1": float(np.mean([score["f1"] for score in scores.values()])),
        "calibration_error": expected_calibration_error(probabilities.ravel(), truth.ravel() == 1),
        "unsure": in_band.any(axis=1).mean(),
    }
    for language in sorted(languages.unique()):
        of_language = (languages == language).to_numpy()
        summary[f"macro_f1_{language}"] = f1_score(
            truth[of_language], predicted[of_language], average="macro", zero_division=0
        )
    return scores, {key: round(float(value), 4) for key, value in summary.items()} | {"texts": len(languages)}
