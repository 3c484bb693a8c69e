"""A transformer as a scorer: its labels understood, its scores the same in any company, a kill made good."""

import json

import numpy as np
import pandas as pd
import pytest

from ml import registry
from ml.cards import write_card
from ml.transformer import ScoreFolder, TransformerError
from ml.transformer.classifier import SENTIMENTS, load_classifier, sentiment_labels
from ml.transformer.gold import judged
from ml.weights import write_table
from tests.ml.transformer.tiny import tiny_transformer

TEXTS = ["love the good coffee", "", "hate", "awful smoke and not great " * 40, "日本語 😀"]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_transformer(tmp_path_factory.mktemp("model"), ["LABEL_NEG", "NEUTRAL", "positive"])


@pytest.fixture(scope="module")
def classifier(model):
    return load_classifier(str(model), ["negative", "neutral", "positive"])


def test_scores_are_probabilities_and_the_same_alone_or_among_others(classifier):
    together = classifier.probabilities(TEXTS)
    assert together.shape == (len(TEXTS), 3)
    np.testing.assert_allclose(together.sum(axis=1), 1, atol=1e-12)
    alone = np.vstack([classifier.probabilities([text]) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=2e-6)
    assert len(set(map(tuple, together))) > 1, "a model that says one thing of everything tests nothing"


def test_a_version_is_of_the_files_and_of_what_the_labels_mean(tmp_path, classifier):
    same = tiny_transformer(tmp_path / "same", ["LABEL_NEG", "NEUTRAL", "positive"])
    other = tiny_transformer(tmp_path / "other", ["LABEL_NEG", "NEUTRAL", "positive"], seed=1)
    meant = list(SENTIMENTS)
    assert load_classifier(str(same), meant).version == classifier.version
    assert load_classifier(str(other), meant).version != classifier.version
    assert load_classifier(str(same), meant[::-1]).version != classifier.version


def test_stars_are_sentiments(tmp_path):
    labels = ["1 star", "2 stars", "3 stars", "4 stars", "5 stars"]
    stars = load_classifier(str(tiny_transformer(tmp_path, labels)))
    assert stars.groups == {"negative": [0, 1], "neutral": [2], "positive": [3, 4]}


def test_a_model_without_neutral_gives_it_no_probability(tmp_path):
    two = load_classifier(str(tiny_transformer(tmp_path, ["NEGATIVE", "POSITIVE"])))
    assert (two.probabilities(TEXTS)[:, 1] == 0).all()


@pytest.mark.parametrize(
    ("names", "given", "told"),
    [
        (
            ["LABEL_0", "LABEL_1"],
            None,
            r"'LABEL_0' says no sentiment. Remedy: .*--labels negative,neutral,positive",
        ),
        (["negative", "neutral"], None, "none is positive. Remedy"),
        (["a", "b", "c"], ["negative", "positive"], "has 3 classes and 2 labels are given. Remedy"),
    ],
)
def test_labels_that_say_no_sentiment_are_told(tmp_path, names, given, told):
    with pytest.raises(TransformerError, match=told):
        load_classifier(str(tiny_transformer(tmp_path, names)), given)


def test_what_is_no_classifier_is_told(tmp_path, model):
    with pytest.raises(TransformerError, match=r"no such folder. Remedy"):
        load_classifier(str(tmp_path / "nothing"))
    with pytest.raises(TransformerError, match=r"no transformer: .* Remedy"):
        load_classifier(str(tmp_path))
    headless = tiny_transformer(tmp_path / "headless", ["negative", "positive"])
    config = json.loads((headless / "config.json").read_text(encoding="utf-8"))
    (headless / "config.json").write_text(
        json.dumps(config | {"architectures": ["BertModel"]}), encoding="utf-8"
    )
    with pytest.raises(TransformerError, match=r"BertModel, which classifies no texts. Remedy"):
        load_classifier(str(headless))


def test_a_pickle_is_not_read(tmp_path):
    folder = tiny_transformer(tmp_path, ["negative", "positive"])
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(TransformerError, match=r"Remedy: it needs model.safetensors"):
        load_classifier(str(folder))


def gold(texts_a_class: int) -> pd.DataFrame:
    texts = [
        f"{word} coffee {number}" for word in ("hate", "fine", "love") for number in range(texts_a_class)
    ]
    return pd.DataFrame({"text": texts, "label": np.repeat(SENTIMENTS, texts_a_class)})


def test_the_version_becomes_current_with_its_error_and_its_scores(tmp_path, classifier):
    folder = tmp_path / "sentiment" / classifier.version
    card, errors = judged(classifier, gold(20), "gold.csv", ["en"])
    write_table(errors, folder / "sentiment_error.parquet")
    write_card(card, folder)
    posts = [(f"p{number}", f"{text} {number}") for number, text in enumerate(TEXTS)]
    assert list(
        ScoreFolder(folder, "sentiment", classifier.version).add(
            posts, classifier.probabilities, sentiment_labels
        )
    ) == [5]
    before = registry.warehouse_tables(tmp_path)
    assert before["post_scores"].num_rows == 0
    registry.use_version(tmp_path, "sentiment", classifier.version)
    tables = registry.warehouse_tables(tmp_path)
    current = (
        tables["model_registry"].to_pandas().query("is_current").set_index("model_name")["model_version"]
    )
    assert current["sentiment"] == classifier.version
    assert set(tables["model_weights"]["model_name"].to_pylist()) == {"topics"}
    assert tables["post_scores"]["post_key"].to_pylist() == [key for key, _ in posts]
    assert set(tables["sentiment_error"]["model_version"].to_pylist()) == {classifier.version}
    assert {name: table.schema for name, table in before.items()} == {
        name: table.schema for name, table in tables.items()
    }


def test_too_few_labels_are_told(classifier):
    with pytest.raises(TransformerError, match=r"has 9 texts labelled negative. Remedy: label at least 10"):
        judged(classifier, gold(9), "gold.csv", ["en"])
