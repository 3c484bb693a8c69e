"""Topics that learn from a user's own labelled posts."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml
from test_taxonomy import _content

from ml.features import feature_matrix
from ml.registry import current_model
from ml.scoring import score_texts
from ml.tokens import token_lists
from ml.topics.labelled import FEWEST, UnknownTopic, fit_labelled_topics, topic_labels
from ml.topics.taxonomy import load_taxonomy
from ml.train import train_topics


@pytest.fixture
def taxonomy_path(tmp_path):
    path = tmp_path / "taxonomy.yml"
    path.write_text(yaml.safe_dump(_content()), encoding="utf-8")
    return path


def _labelled(turns: int = 20) -> pd.DataFrame:
    rows = [
        (f"{text} {chr(97 + turn) * 3}", label)
        for turn in range(turns)
        for text, label in [
            ("it costs too much", "price"),
            ("the courier lost it", "Delivery"),
            ("costs a lot and the courier is late", "price|delivery"),
        ]
    ]
    texts = pd.DataFrame(rows, columns=["text", "label"])
    return texts.assign(tokens=token_lists(texts["text"]), language="en")


def test_posts_teach_words_that_the_taxonomy_does_not_have_and_sql_agrees(tmp_path, taxonomy_path):
    trained = train_topics(tmp_path, taxonomy_path=taxonomy_path, labelled=_labelled(), source="posts.csv")
    texts = [
        "the courier again",
        "costs and couriers",
        "hello there",
        "price",
        "unpriceable courierless ñandú 😍",
    ]
    model = current_model("topics", tmp_path)
    assert model.version == trained.version
    scored = score_texts(pa.array(texts), pa.array(["en"] * len(texts)), model).to_pandas()
    assert scored["label"].tolist()[:2] == ["delivery", "delivery|price"]
    taxonomy = load_taxonomy(taxonomy_path)
    fitted = fit_labelled_topics(taxonomy, topic_labels(_labelled(), taxonomy), seed=20260801)
    matrix = feature_matrix(token_lists(texts), fitted.vocabularies["en"])
    expected = np.column_stack([one.predict_proba(matrix)[:, 1] for one in fitted.estimators["en"]])
    found = scored[[f"p_{topic}" for topic in fitted.topics]].to_numpy()
    np.testing.assert_allclose(found, expected, atol=1e-6, rtol=0)


def test_the_same_posts_give_the_same_bytes(tmp_path, taxonomy_path):
    one, two = (
        train_topics(tmp_path / x, taxonomy_path=taxonomy_path, labelled=_labelled(), source="p.csv")
        for x in "ab"
    )
    a, b = (tmp_path / x / "topics" / one.version / "weights.parquet" for x in "ab")
    assert one.version == two.version and a.read_bytes() == b.read_bytes()


def test_the_band_lies_under_the_threshold_and_holds_most_of_a_topic(taxonomy_path):
    taxonomy = load_taxonomy(taxonomy_path)
    model = fit_labelled_topics(taxonomy, topic_labels(_labelled(), taxonomy), seed=1)
    assert all(0 < model.unsure_from[name] < model.thresholds[name] for name in model.topics)
    assert set(model.summary) >= {"macro_f1", "unsure", "calibration_error"}


def test_a_label_that_is_no_topic_is_named_with_what_there_is(taxonomy_path):
    with pytest.raises(
        UnknownTopic, match=r"'price\|taste' names no topic.*Remedy: write one of price, delivery"
    ):
        topic_labels(pd.DataFrame({"label": ["price|taste"]}), load_taxonomy(taxonomy_path))


def test_too_few_posts_are_told(taxonomy_path):
    taxonomy = load_taxonomy(taxonomy_path)
    few = topic_labels(_labelled(3), taxonomy)
    with pytest.raises(UnknownTopic, match=f"9 labelled texts, less than {FEWEST}"):
        fit_labelled_topics(taxonomy, few, seed=1)
