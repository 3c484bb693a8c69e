"""Scoring in SQL says what scikit-learn says: the shipped weights, the macro of the warehouse."""

import itertools

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml

from ml.evaluate import SCORE_MACROS, score_texts
from ml.features import feature_matrix, features, negated_features, word_parts
from ml.macros import render_macro
from ml.registry import current_model, warehouse_tables
from ml.sentiment.sample import LABELS, LANGUAGES, read_sample
from ml.sentiment.training import LANGUAGES as SCORED_LANGUAGES
from ml.tokens import token_lists
from ml.topics.taxonomy import SHIPPED, load_taxonomy
from ml.topics.training import fit_topics, taxonomy_texts
from ml.train import SEED
from ml.weights import language_estimator, language_weights, read_weights

NASTY = [
    "",
    " ",
    "...",
    "😡😡😡 😍😍 👍🏽 👨‍👩‍👧",
    "https://example.com/a?b=c#d www.example.com",
    "so good " * 3_000,
    "not good not good not bad bad not",
    "a" * 100_000,
    "أحب هذا المنتج 😍 لكن الشحن بطيء",
    "\u202bשלום\u202c good \u200bbad\u200d",
    "日本語は最高 love",
    "' '' \" ; drop table posts; --",
    "good\x00bad",
    "No NO nO no, nothing!!! :( :) ;-)",
    "@someone $ACME #love #fail 100 2024",
    "not",
    "not " * 50 + "good",
    "No es no, nunca; nicht kein ohne. N'est pas, لا أحب هذا ما",
    "यह अच्छा नहीं है, बिल्कुल नहीं क्षमा कीजिए",
    "sooooooo " + "ha" * 14 + " " + "ha" * 15 + "h",
    "👍🏽👍 ZoË naïveté ﬁne ǅ ß İstanbul",
]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """More than 5,000 texts: own posts, ends of some joined to starts of others, and nasty ones."""
    own = [text for language in LANGUAGES for text in read_sample(language)["text"]]
    tails = ["", " 😍", " 😡 https://t.co/x1", " not not good", " ما هذا", " :("]
    mixed = [f"{a[: len(a) // 2]} {b}" for a, b in zip(own, own[::-1], strict=True)]
    return NASTY + [text + tail for text, tail in itertools.product(own, tails)] + mixed


@pytest.fixture(scope="module")
def sentiment_weights() -> pa.Table:
    return read_weights(current_model("sentiment").folder / "weights.parquet")


@pytest.mark.parametrize("language", SCORED_LANGUAGES)
def test_sentiment_agrees_with_scikit_learn_on_thousands_of_texts(texts, sentiment_weights, language):
    from sklearn.linear_model import LogisticRegression

    assert len(texts) >= 5_000
    vocabulary, coefficients, intercepts = language_estimator(sentiment_weights, language, list(LABELS))
    estimator = LogisticRegression()
    estimator.classes_, estimator.n_features_in_ = np.array(list(LABELS)), len(vocabulary)
    estimator.coef_, estimator.intercept_ = coefficients, intercepts
    expected = estimator.predict_proba(feature_matrix(token_lists(texts), vocabulary))
    scored = score_texts(pd.Series(texts), language, sentiment_weights)
    assert len(scored) == len(texts)
    np.testing.assert_allclose(scored[[f"p_{label}" for label in LABELS]], expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("language", ["en", "hi"])
def test_every_kind_of_feature_is_the_same_in_sql_and_in_python(texts, language):
    """A model of all kinds that knows half of the words, on thousands of texts, to the last digit."""
    tokens = token_lists(texts)
    generator = np.random.default_rng(SEED)
    words = sorted({token for cut in tokens for token in cut})
    vocabulary = sorted(
        {
            *words[::2],
            *sorted({term for cut in tokens for term in features(cut) if " " in term})[::3],
            *sorted({term for cut in tokens for term in negated_features(cut)})[::2],
            *sorted({part for word in words for part in word_parts(word)})[::2],
        }
    )
    assert {term[0] for term in vocabulary} >= set("!~")
    coefficients = np.round(generator.normal(size=(3, len(vocabulary))), 1)
    intercepts = np.array([0.1, 0.2, 0.0])
    rows = language_weights(language, list(LABELS), vocabulary, coefficients, intercepts)
    scored = score_texts(pd.Series(texts), language, pa.Table.from_pandas(rows, preserve_index=False))
    expected = feature_matrix(tokens, vocabulary) @ np.rint(coefficients.T * 1e9) + np.rint(intercepts * 1e9)
    found = scored[[f"logit_nano_{label}" for label in LABELS]].to_numpy()
    assert len(found) == len(texts)
    np.testing.assert_array_equal(found, expected.astype("int64"))


def test_a_negator_reaches_three_tokens_and_no_further():
    weights = _weights([("positive", "!good", 1.0), ("negative", "", 0.25)])
    texts = ["not a very good phone", "not a very very good phone", "good", "not good, not good", "good not"]
    scored = score_texts(pd.Series(texts), "en", weights)
    assert list(scored["logit_nano_positive"] // 10**9) == [1, 0, 0, 1, 0]


def test_parts_tell_of_unknown_words_only_once_for_each_distinct_word():
    weights = _weights([("positive", "~lov", 1.0), ("negative", "lovable", 0.5), ("neutral", "", 0.25)])
    texts = ["lovely lovelier", "lovely lovely", "lovable", "@lovely $lov", "l" + "o" * 40 + "lov", "lovlov"]
    scored = score_texts(pd.Series(texts), "en", weights)
    assert list(scored["logit_nano_positive"] // 10**9) == [2, 1, 0, 0, 0, 1]


def test_a_known_word_of_weight_zero_is_not_taken_for_unknown():
    rows = language_weights(
        "en", list(LABELS), ["lovely", "~lov"], np.array([[0, 1.0], [0, 0], [0, 0]]), np.zeros(3)
    )
    scored = score_texts(
        pd.Series(["lovely", "lovable"]), "en", pa.Table.from_pandas(rows, preserve_index=False)
    )
    assert list(scored["logit_nano_negative"]) == [0, 1_000_000_000]


def test_topics_agree_with_scikit_learn(texts):
    tables = warehouse_tables()
    taxonomy = load_taxonomy()
    model = fit_topics(taxonomy, seed=SEED)
    for language in taxonomy.languages:
        vocabulary = model.vocabularies[language]
        known = feature_matrix(token_lists(texts), vocabulary)
        expected = np.column_stack([one.predict_proba(known)[:, 1] for one in model.estimators[language]])
        scored = _topic_probabilities(texts, language, tables, model.topics)
        # A topic without any known feature has no row; its probability is that of the intercept.
        missing = np.isnan(scored)
        np.testing.assert_allclose(scored[~missing], expected[~missing], atol=1e-6, rtol=0)
        bare = np.array([1 / (1 + np.exp(-one.intercept_[0])) for one in model.estimators[language]])
        np.testing.assert_allclose(
            np.broadcast_to(bare, expected.shape)[missing], expected[missing], atol=1e-6
        )
        assert (~missing).sum() > 1_000


def _topic_probabilities(texts: list[str], language: str, tables: dict, topics: list[str]) -> np.ndarray:
    """Return probabilities of shape (texts, topics) from SQL, thresholds taken away, NaN without a row."""
    labels = pa.table({"label": topics, "threshold": [0.0] * len(topics)})
    found = _scored_topics(texts, language, tables["model_weights"], labels)
    probabilities = np.full((len(texts), len(topics)), np.nan)
    probabilities[found["position"], found["topic"].map(topics.index)] = found["probability"]
    return probabilities


def _scored_topics(texts: list[str], language: str, weights: pa.Table, labels: pa.Table) -> pd.DataFrame:
    posts = pa.table(
        {
            "position": range(len(texts)),
            "language": [language] * len(texts),
            "tokens": pa.array(token_lists(texts), pa.list_(pa.string())),
        }
    )
    topic_weights = weights.filter(pa.compute.equal(weights["model_name"], "topics"))
    query = render_macro(
        SCORE_MACROS, "topic_scores", "posts", ["position"], "tokens", "topic_weights", "labels"
    )
    with duckdb.connect() as connection:
        for name, table in {"posts": posts, "topic_weights": topic_weights, "labels": labels}.items():
            connection.register(name, table)
        return connection.execute(query).df()


def test_only_topics_that_reach_their_threshold_come_back():
    tables = warehouse_tables()
    labels = tables["model_labels"].filter(pa.compute.equal(tables["model_labels"]["model_name"], "topics"))
    found = _scored_topics(
        ["The parcel never arrived and the courier lied", "hello there", ""],
        "en",
        tables["model_weights"],
        labels,
    )
    assert set(found["position"]) == {0}
    assert "delivery" in set(found["topic"])
    assert (found["probability"] >= found["threshold"]).all()


@pytest.mark.parametrize("language", SCORED_LANGUAGES)
def test_a_text_without_known_features_has_polarity_zero_and_is_neutral(sentiment_weights, language):
    scored = score_texts(pd.Series(["", "@nobody $acme 2024", "日本語"]), language, sentiment_weights)
    assert list(scored["sentiment"]) == ["neutral"] * 3
    assert (scored["logit_nano_positive"] - scored["logit_nano_negative"] == 0).all()


def test_evidence_that_cancels_out_exactly_is_neutral_never_negative():
    weights = _weights([("negative", "bad", 2.0), ("positive", "good", 2.0), ("neutral", "", 0.0)])
    scored = score_texts(pd.Series(["good bad", "bad", "good", ""]), "en", weights)
    assert list(scored["sentiment"]) == ["neutral", "negative", "positive", "neutral"]


def test_a_language_without_weights_is_unscored_not_neutral(sentiment_weights):
    assert score_texts(pd.Series(["heel goed", "slecht"]), "nl", sentiment_weights).empty


def test_each_feature_counts_once_however_often_it_occurs():
    weights = _weights([("positive", "good", 1.0), ("positive", "so good", 0.5), ("negative", "", 0.25)])
    scored = score_texts(pd.Series(["so good so good so good"]), "en", weights)
    assert scored["logit_nano_positive"].item() == 1_500_000_000
    assert scored["logit_nano_negative"].item() == 250_000_000


def test_probabilities_stay_finite_for_extreme_scores():
    weights = _weights([("positive", "good", 5_000.0), ("negative", "bad", -5_000.0), ("neutral", "", 0.1)])
    scored = score_texts(pd.Series(["good bad", "bad"]), "en", weights)
    probabilities = scored[["p_negative", "p_neutral", "p_positive"]]
    assert np.isfinite(probabilities.to_numpy()).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)


def test_posts_are_told_apart_by_all_their_key_columns_and_null_tokens_are_no_evidence():
    posts = pa.table(
        {
            "post_date": ["2026-08-01", "2026-08-02", "2026-08-02"],
            "post_key": ["x:1", "x:1", "x:2"],
            "lang": ["en", "en", "en"],
            "words": pa.array([["good"], ["bad"], None], pa.list_(pa.string())),
        }
    )
    weights = _weights([("negative", "bad", 1.0), ("positive", "good", 1.0), ("neutral", "", 0.5)])
    query = render_macro(
        SCORE_MACROS, "linear_scores", "posts", ["post_date", "post_key"], "words", "weights", "lang"
    )
    with duckdb.connect() as connection:
        connection.register("posts", posts)
        connection.register("weights", weights)
        rows = connection.execute(query).fetchall()
    assert set(rows) == {
        ("2026-08-01", "x:1", "positive", 1_000_000_000),
        ("2026-08-01", "x:1", "neutral", 500_000_000),
        ("2026-08-02", "x:1", "negative", 1_000_000_000),
        ("2026-08-02", "x:1", "neutral", 500_000_000),
        ("2026-08-02", "x:2", "neutral", 500_000_000),
    }


def _weights(rows: list[tuple[str, str, float]]) -> pa.Table:
    """Return a small English weight table from (label, term, weight)."""
    labels, terms, weights = zip(*rows, strict=True)
    return pa.table(
        {
            "language": ["en"] * len(rows),
            "label": labels,
            "term": terms,
            "weight_nano": [round(weight * 1e9) for weight in weights],
        }
    )


def test_the_shipped_topics_are_those_of_the_taxonomy_file():
    names = [topic["id"] for topic in yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["topics"]]
    labels = warehouse_tables()["model_labels"].to_pandas()
    assert sorted(labels.loc[labels["model_name"] == "topics", "label"]) == sorted(names)
    assert taxonomy_texts(load_taxonomy())[names].sum().min() >= 10
