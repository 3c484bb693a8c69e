"""Single-choice models: what is fitted is what is stored, and what is stored is what SQL scores."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from test_score_sql import NASTY

from ml.classes.columns import Columns, Known, combined
from ml.classes.labels_file import LabelsFileError, read_labelled
from ml.classes.training import TooFewTexts, fit_classes
from ml.features import INTERCEPT, PART, feature_matrix
from ml.registry import Model, current_model
from ml.scoring import score_texts
from ml.tokens import token_lists
from ml.train import train_classes
from ml.weights import NANO, read_weights

TEXTS = [
    "I was so angry about the delayed parcel",
    "what a lovely joyful morning, thank you!",
    "not a happy day, not at all",
    "subscribe to my channel https://example.com/x",
    "unsubscribing happily, hopefully unhappier 😡 :)",
    "love loves loved lovely lovelier lovable",
]


def _estimator(model: Model) -> tuple[list[str], object]:
    """Return the vocabulary of a stored model of one language, and scikit-learn's estimator with its weights."""
    from sklearn.linear_model import LogisticRegression

    rows = read_weights(model.folder / "weights.parquet", model.name).to_pandas()
    assert rows["language"].nunique() == 1
    wide = rows.pivot(index="label", columns="term", values="weight_nano").fillna(0) / NANO
    wide = wide.loc[model.card["labels"]]
    vocabulary = [term for term in wide.columns if term != INTERCEPT]
    estimator = LogisticRegression()
    coefficients, intercepts = wide[vocabulary].to_numpy(), wide[INTERCEPT].to_numpy()
    if len(wide) == 2:  # scikit-learn holds one row for two classes
        coefficients, intercepts = np.diff(coefficients, axis=0), np.diff(intercepts)
    estimator.classes_ = np.arange(len(wide))
    estimator.coef_, estimator.intercept_ = coefficients, intercepts
    estimator.n_features_in_ = len(vocabulary)
    return vocabulary, estimator


@pytest.mark.parametrize("name", ["emotion", "spam"])
def test_sql_agrees_with_scikit_learn_on_nasty_texts(name):
    model = current_model(name)
    texts = [
        text for text in [*NASTY, *TEXTS, *("".join(TEXTS)[place:] for place in range(150))] if text.strip()
    ]
    vocabulary, estimator = _estimator(model)
    expected = estimator.predict_proba(feature_matrix(token_lists(texts), vocabulary))
    languages = pa.array(model.card["languages"] * len(texts))
    scored = score_texts(pa.array(texts), languages, model).to_pandas()
    labels = model.card["labels"]
    assert list(scored.columns) == ["label", *(f"p_{label}" for label in labels)]
    found = scored[[f"p_{label}" for label in labels]].to_numpy()
    np.testing.assert_allclose(found, expected, atol=1e-6, rtol=0)
    assert scored["label"].tolist() == [labels[place] for place in found.argmax(axis=1)]


def test_what_a_fit_sees_weighs_as_much_when_it_is_folded_into_terms():
    tokens = token_lists(TEXTS * 5)
    unseen = token_lists(["lovelyness of angrier parcels", "not lovely", "@handle unsubscribed $CASH 12"])
    columns = Columns([*tokens, *unseen])
    fit = columns.of(np.arange(len(tokens)), with_parts=True, by_rarity=True)
    known = Known(["happy", "~^unh", "~ppy$"], np.array([[1.0], [0.5], [0.25]]))
    known_columns = feature_matrix([*tokens, *unseen], known.terms) @ known.weights
    coefficients = np.random.default_rng(1).normal(size=(2, len(fit.terms) + 1))
    expected = fit.matrix(known_columns) @ coefficients.T
    learnt = fit.learnt(coefficients[:, :-1])
    sources = [*learnt, Known(known.terms, known.weights @ coefficients[:, -1:].T)]
    vocabulary, weights = combined(sources)
    assert any(term.startswith(PART) for term in vocabulary)
    np.testing.assert_allclose(feature_matrix([*tokens, *unseen], vocabulary) @ weights, expected, atol=1e-9)


def _labelled(turns: int = 6) -> pd.DataFrame:
    rows = [
        (f"{text} {chr(97 + turn) * 3}", label)
        for turn in range(turns)
        for text, label in [
            ("the seat was broken", "seat"),
            ("queue was long", "queue"),
            ("my bag is lost", "bag"),
        ]
    ]
    texts = pd.DataFrame(rows, columns=["text", "label"])
    return texts.assign(tokens=token_lists(texts["text"]), language="en")


def test_the_same_labels_and_seed_give_the_same_bytes(tmp_path):
    trained = [train_classes(tmp_path / x, "mine", _labelled(), source="l.csv", seed=3) for x in "ab"]
    assert trained[0].version == trained[1].version
    for name in ("weights", "labels"):
        a, b = (tmp_path / x / "mine" / trained[0].version / f"{name}.parquet" for x in "ab")
        assert a.read_bytes() == b.read_bytes()


def test_other_labels_are_another_version_and_the_older_one_stays(tmp_path):
    first = train_classes(tmp_path, "mine", _labelled(), source="l.csv")
    second = train_classes(tmp_path, "mine", _labelled(8), source="l.csv")
    assert second.changed and first.version != second.version
    assert current_model("mine", tmp_path).version == second.version
    assert (tmp_path / "mine" / first.version / "weights.parquet").exists()


def test_held_out_probabilities_are_calibrated_and_two_classes_are_enough():
    texts = _labelled(30)
    model = fit_classes(texts[texts["label"] != "bag"], ["queue", "seat"], language="en", seed=1)
    assert model.coefficients.shape == (2, len(model.vocabulary))
    assert not model.coefficients[0].any()
    assert model.scores["macro_f1"] == 1.0


def test_an_anchored_fit_without_anything_to_learn_is_what_it_is_anchored_to():
    texts = pd.DataFrame(
        {"text": [f"{word} xx{chr(97 + turn)}" for turn in range(12) for word in ("good", "bad", "so")]}
    )
    texts["label"] = ["positive", "negative", "neutral"] * 12
    texts["tokens"] = token_lists(texts["text"])
    anchor = Known(["bad", "good", "grand"], np.array([[2.0, 0.0, -2.0], [-2.0, 0.0, 2.0], [-3.0, 0.0, 3.0]]))
    labels = ["negative", "neutral", "positive"]
    model = fit_classes(texts, labels, language="en", seed=1, known=anchor, anchored=True)
    assert model.scores["macro_f1"] == 1.0
    unseen = model.estimator.predict(feature_matrix(token_lists(["grand", "bad"]), model.vocabulary))
    assert [labels[place] for place in unseen] == ["positive", "negative"]
    two = texts[texts["label"] != "neutral"]
    anchor = Known(anchor.terms, anchor.weights[:, [0, 2]])
    model = fit_classes(two, ["negative", "positive"], language="en", seed=1, known=anchor, anchored=True)
    probabilities = model.estimator.predict_proba(
        feature_matrix(token_lists(["grand", "bad"]), model.vocabulary)
    )
    assert (probabilities.argmax(axis=1) == [1, 0]).all()


def test_a_class_with_too_few_texts_is_named():
    with pytest.raises(TooFewTexts, match="bag: 4 labelled texts in language en; label at least 5"):
        fit_classes(_labelled(4), ["bag", "queue", "seat"], language="en", seed=1)


def test_texts_of_one_group_are_held_out_together():
    texts = _labelled(10)
    texts["group"] = texts["label"]
    # A fit that never saw a class cannot find it: with groups there is no peeping at the others of the group.
    with pytest.raises(ValueError, match="class"):
        fit_classes(texts[texts["label"] != "bag"], ["queue", "seat"], language="en", seed=1)


def test_spam_trained_on_the_public_comments_is_what_ships(shared_data, tmp_path):
    from ml.classes.models import shipped_classes
    from ml.classes.shipped import CLASS_TASKS
    from ml.train import SEED, _one_thread

    with _one_thread():
        card, _ = shipped_classes(CLASS_TASKS["spam"], shared_data, seed=SEED, sentiment=None)
    assert card["model_version"] == current_model("spam").version


def test_published_files_label_what_they_mean(tmp_path):
    path = tmp_path / "en_train.tsv"
    path.write_text('label\ttext\njoy\t"so happy\nanger\tgrr "\njoy\t"so happy\n', encoding="utf-8")
    given = read_labelled(path, allowed=["anger", "joy"])
    assert given.texts["text"].tolist() == ['"so happy', 'grr "']
    assert "1 texts occur again" in given.notices[0]
    with pytest.raises(LabelsFileError, match=r"en_train\.tsv, line 3, label: 'anger' is no label here"):
        read_labelled(path, allowed=["joy"])
