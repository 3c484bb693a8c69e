"""The target model: SQL says what scikit-learn says, training repeats itself, and nobody is named."""

from itertools import product

import numpy as np
import pyarrow as pa
import pytest

from ml import registry
from ml.evaluate import score_texts
from ml.features import feature_matrix, is_publishable
from ml.macros import render_macro
from ml.target.evaluate import evaluate_file
from ml.target.labelled import FILE_NAME, names, read_labelled
from ml.target.terms import mention_table, score_mentions, term_lists
from ml.target.train import train_target_sentiment
from ml.target.training import read_items
from ml.tokens import token_lists
from ml.weights import read_weights
from tests.ml.target.invented import write_invented
from tests.ml.test_score_sql import NASTY

LABELS = ["negative", "neutral", "positive"]
TEXTS = [
    "I love lumora but brevanta is terrible",
    "lumora is so much better than brevanta, which broke again",
    "Went from brevanta to lumora: what a relief :) never going back",
    "brevanta vs lumora vs brevanta?",
    "lumora lumora brevanta lumora",
    "lumora brevanta",
    "@lumora #lumora love, $brevanta 100 2024 " * 40 + "lumora brevanta",
    *(f"{text} lumora {text} brevanta {text}" for text in NASTY if len(text) < 1_000),
]


@pytest.fixture(scope="module")
def sentiment():
    return read_weights(registry.current_model("sentiment").folder / "weights.parquet")


@pytest.fixture(scope="module")
def target():
    return read_weights(registry.current_model("target_sentiment").folder / "weights.parquet")


def mentions_in(texts, own="lumora", other="brevanta", language="en"):
    tokens = token_lists(texts)
    places = [
        [[number for number, token in enumerate(listed, 1) if token == name] for listed in tokens]
        for name in (own, other)
    ]
    return mention_table(tokens, *places, language)


def terms_of(text, sentiment):
    (terms,) = term_lists(mentions_in([text]), sentiment)
    return {term for term in terms if ":<" not in term}


def estimated(terms: list[list[str]], weights: pa.Table) -> np.ndarray:
    """Return the probabilities that scikit-learn computes from the stored weights."""
    from sklearn.linear_model import LogisticRegression

    rows = weights.to_pandas()
    table = rows.pivot(index="term", columns="label", values="weight_nano").fillna(0.0) / 1e9
    vocabulary = [term for term in table.index if term]
    estimator = LogisticRegression()
    estimator.classes_ = np.array(LABELS)
    estimator.coef_ = table.loc[vocabulary, LABELS].to_numpy().T
    estimator.intercept_ = table.loc["", LABELS].to_numpy()
    return estimator.predict_proba(feature_matrix(terms, vocabulary))


def test_sql_agrees_with_scikit_learn_on_real_and_nasty_texts(sentiment, target):
    from ml.sentiment.sample import read_sample

    own = list(read_sample("en")["text"])
    joined = [f"{a} lumora {b} brevanta" for a, b in zip(own, own[::-1], strict=True)]
    texts = [*TEXTS, *joined, *(f"brevanta {text} lumora" for text in own)]
    for names_of in (("lumora", "brevanta"), ("brevanta", "lumora")):
        mentions = mentions_in(texts, *names_of)
        scored = score_mentions(mentions, sentiment, target)
        terms = term_lists(mentions, sentiment)
        known = [number for number, listed in enumerate(terms) if listed]
        assert scored.index.tolist() == known
        assert len(known) > 0.95 * len(texts)
        expected = estimated([terms[number] for number in known], target)
        np.testing.assert_allclose(scored[[f"p_{label}" for label in LABELS]], expected, atol=1e-6, rtol=0)


def test_the_steps_of_a_place_are_those_of_its_sentiment(sentiment):
    """What stands before the turn is scored as the sentiment model scores that text alone."""
    (terms,) = term_lists(mentions_in(["I love lumora but brevanta is terrible"]), sentiment)
    alone, nothing = (score_texts_of(text, sentiment) for text in ("I love", ""))
    negative, neutral, positive = (alone[f"logit_nano_{x}"] - nothing[f"logit_nano_{x}"] for x in LABELS)
    for mood, nano in {
        "polarity": positive - negative,
        "opinion": (positive + negative) / 2 - neutral,
    }.items():
        start = f"clause_before:<{mood}>"
        found = [int(term.removeprefix(start)) for term in terms if term.startswith(start)]
        assert found == [min(max(nano // 500_000_000, -6), 6)]


def score_texts_of(text, sentiment):
    import pandas as pd

    return score_texts(pd.Series([text]), "en", sentiment).iloc[0]


def test_a_word_belongs_to_the_nearest_place_of_the_target(sentiment):
    assert terms_of("a b lumora c d e f lumora g", sentiment) == {
        *(f"post:{word}" for word in "abcdefg"),
        *(f"near_before:{word}" for word in "abef"),
        *(f"clause_before:{word}" for word in "abef"),
        *(f"near_after:{word}" for word in "cdg"),
        *(f"clause_after:{word}" for word in "cdg"),
    }


def test_a_clause_ends_at_a_turn_and_at_another_target_and_names_are_no_words(sentiment):
    terms = terms_of("w but x lumora y brevanta z than", sentiment)
    assert {term for term in terms if term.startswith("clause")} == {"clause_before:x", "clause_after:y"}
    assert {"near_before:but", "near_before:w", "near_after:z", "post:than"} <= terms
    assert not {term for term in terms if "lumora" in term or "brevanta" in term}


def test_better_than_the_target_is_not_the_target_better_than(sentiment):
    first = terms_of("brevanta is better than lumora", sentiment)
    second = terms_of("lumora is better than brevanta", sentiment)
    assert {"near_before:better", "near_before:than"} <= first
    assert {"near_after:better", "near_after:than", "clause_after:better"} <= second
    assert not first & {"clause_before:better", "near_after:better"}


def test_nothing_around_the_target_another_language_and_no_place_give_no_score(sentiment, target):
    assert score_mentions(mentions_in(["lumora", "lumora brevanta", ""]), sentiment, target).empty
    assert score_mentions(mentions_in(["lumora é bom"], language="pt"), sentiment, target).empty
    assert score_mentions(mentions_in(["so good and so bad"]), sentiment, target).empty


def test_a_post_that_praises_one_and_damns_the_other_has_two_sentiments(sentiment, target):
    texts = [
        "I love lumora but brevanta is terrible",
        "lumora is wonderful, happy with it, while brevanta is awful, worst machine ever",
        "brevanta broke again and support was horrible, however lumora is great, love it",
    ]
    praised = score_mentions(mentions_in(texts), sentiment, target)
    damned = score_mentions(mentions_in(texts, "brevanta", "lumora"), sentiment, target)
    assert list(praised["sentiment"]) == ["positive"] * len(texts)
    assert list(damned["sentiment"]) == ["negative"] * len(texts)


def test_retraining_gives_the_same_bytes(tmp_path):
    write_invented(tmp_path)
    trained = [train_target_sentiment(tmp_path / name, tmp_path, seed=3) for name in "ab"]
    assert trained[0].version == trained[1].version
    assert all(one.changed for one in trained)
    for name in ("weights", "labels"):
        a, b = (tmp_path / x / "target_sentiment" / trained[0].version / f"{name}.parquet" for x in "ab")
        assert a.read_bytes() == b.read_bytes()
    assert registry.current_model("target_sentiment", tmp_path / "a").version == trained[0].version
    card = trained[0].card
    assert card["sentiment_version"] == registry.current_model("sentiment").version
    weights = read_weights(tmp_path / "a" / "target_sentiment" / trained[0].version / "weights.parquet")
    words = {term.partition(":")[2] for term in weights["term"].to_pylist()}
    assert {"love", "awful"} <= words
    assert not words & names(read_labelled(tmp_path / FILE_NAME))


def test_a_folder_without_the_file_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=rf"{FILE_NAME}; give the folder"):
        train_target_sentiment(tmp_path / "models", tmp_path)
    assert not (tmp_path / "models").exists()


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_training_on_the_published_set_gives_what_ships(tmp_path, shared_data):
    trained = train_target_sentiment(tmp_path, shared_data)
    assert not trained.changed
    assert trained.version == registry.current_model("target_sentiment").version


def test_shipped_terms_name_nobody(target):
    words = [term.partition(":")[2] for term in target["term"].to_pylist() if term]
    assert words and all(map(is_publishable, words))
    places = {term.partition(":")[0] for term in target["term"].to_pylist() if term}
    assert places == {"post", *(f"{a}_{b}" for a, b in product(("near", "clause"), ("before", "after")))}


def test_no_name_of_the_published_sets_is_in_a_shipped_term(target, shared_data):
    named = names(read_items(shared_data))
    words = {term.partition(":")[2].lstrip("#") for term in target["term"].to_pylist()}
    assert not words & named


def test_held_out_scores_beat_the_posts_sentiment():
    scores = registry.current_model("target_sentiment").card["scores"]
    by_part = {}
    for row in scores:
        by_part.setdefault(row["held_out"], {})[row["method"]] = row
    assert len(by_part) == 6
    for part in by_part.values():
        assert part["target model"]["accuracy"] > part["post's sentiment"]["accuracy"]


def test_any_file_of_this_form_can_be_evaluated(tmp_path):
    scores = evaluate_file(write_invented(tmp_path))
    assert scores["method"].tolist() == ["target model", "post's sentiment"]
    assert scores["accuracy"].min() > 0.5


def test_the_macro_reads_only_what_it_is_given():
    from ml.target.terms import MACRO_FILES

    query = render_macro(MACRO_FILES, "target_scores", "posts", ["a", "b"], "words", "s", "t", "lang")
    assert "words as tokens" in query and "lang as language" in query
