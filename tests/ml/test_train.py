"""Training, the registry of versions, and the tables that the warehouse loads."""

import json
import shutil

import numpy as np
import pyarrow.compute as pc
import pytest
import yaml

from ml import registry
from ml.sentiment.sample import DATA, LANGUAGES
from ml.topics.taxonomy import SHIPPED
from ml.train import train_sentiment, train_topics


@pytest.fixture(scope="module")
def small_data(tmp_path_factory):
    """A few texts a class of each language and short lexicons: enough to train in a second."""
    folder = tmp_path_factory.mktemp("data")
    shutil.copy(DATA / "emoji.csv", folder)
    for language in LANGUAGES:
        head, *rows = (DATA / f"sample_{language}.csv").read_text(encoding="utf-8").splitlines()
        chosen = [
            row for label in ("negative", "neutral", "positive") for row in _with_label(rows, label)[:15]
        ]
        (folder / f"sample_{language}.csv").write_text("\n".join([head, *chosen]) + "\n", encoding="utf-8")
        lexicon = (DATA / f"lexicon_{language}.csv").read_text(encoding="utf-8").splitlines()
        (folder / f"lexicon_{language}.csv").write_text("\n".join(lexicon[:80]) + "\n", encoding="utf-8")
    return folder


def _with_label(rows: list[str], label: str) -> list[str]:
    return [row for row in rows if f",{label}," in row]


@pytest.fixture(scope="module")
def small_taxonomy(tmp_path_factory):
    """Three topics of the shipped taxonomy in one language."""
    content = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    content["languages"] = ["en"]
    content["background"] = {"en": content["background"]["en"]}
    content["topics"] = [
        topic for topic in content["topics"] if topic["id"] in ("price", "delivery", "safety")
    ]
    for topic in content["topics"]:
        for field in ("seeds", "examples", "counter_examples"):
            topic[field] = {"en": [entry for entry in topic[field]["en"] if isinstance(entry, str)]}
    path = tmp_path_factory.mktemp("taxonomy") / "taxonomy.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def test_retraining_sentiment_gives_the_same_bytes(tmp_path, small_data):
    first = train_sentiment(tmp_path / "a", seed=3, data=small_data)
    second = train_sentiment(tmp_path / "b", seed=3, data=small_data)
    assert first.version == second.version
    for name in ("weights", "labels", "sentiment_error"):
        a, b = (tmp_path / x / "sentiment" / first.version / f"{name}.parquet" for x in "ab")
        assert a.read_bytes() == b.read_bytes()


def test_retraining_topics_gives_the_same_bytes(tmp_path, small_taxonomy):
    first = train_topics(tmp_path / "a", seed=3, taxonomy_path=small_taxonomy)
    second = train_topics(tmp_path / "b", seed=3, taxonomy_path=small_taxonomy)
    for name in ("weights", "labels"):
        a, b = (tmp_path / x / "topics" / first.version / f"{name}.parquet" for x in "ab")
        assert a.read_bytes() == b.read_bytes()
    assert first.version == second.version


def test_training_on_what_ships_gives_what_ships(tmp_path):
    trained = [train_sentiment(tmp_path), train_topics(tmp_path)]
    assert [one.changed for one in trained] == [False, False]
    assert [one.version for one in trained] == [
        registry.current_model(name).version for name in ("sentiment", "topics")
    ]
    assert not list(tmp_path.glob("*/*"))


def test_an_edited_taxonomy_becomes_current_and_going_back_brings_the_shipped_one_back(
    tmp_path, small_taxonomy
):
    edited = train_topics(tmp_path, taxonomy_path=small_taxonomy)
    assert edited.changed
    assert registry.current_model("topics", tmp_path).version == edited.version
    assert (
        registry.current_model("sentiment", tmp_path).version == registry.current_model("sentiment").version
    )
    assert not train_topics(tmp_path, taxonomy_path=small_taxonomy).changed
    back = train_topics(tmp_path)
    assert back.changed
    assert registry.current_model("topics", tmp_path) == registry.current_model("topics")
    assert {model.version for model in registry.list_models(tmp_path) if model.name == "topics"} == {
        back.version,
        edited.version,
    }


def test_the_warehouse_gets_all_versions_side_by_side_and_a_registry_that_names_the_current(
    tmp_path, small_taxonomy
):
    edited = train_topics(tmp_path, taxonomy_path=small_taxonomy)
    tables = registry.warehouse_tables(tmp_path)
    listed = tables["model_registry"].to_pandas()
    assert listed.groupby("model_name")["is_current"].sum().tolist() == [1, 1]
    assert len(listed) == 3
    assert str(listed["trained_at"].dt.tz) == "UTC"
    for name in ("model_weights", "model_labels"):
        of_topics = tables[name].filter(pc.equal(tables[name]["model_name"], "topics"))
        assert {edited.version, registry.version_in(registry.SHIPPED / "topics")} == set(
            pc.unique(of_topics["model_version"]).to_pylist()
        )
    error = tables["sentiment_error"]
    assert pc.unique(error["model_version"]).to_pylist() == [registry.current_model("sentiment").version]


def test_a_pointer_to_a_lost_version_is_an_error_that_says_what_to_do(tmp_path):
    (tmp_path / "topics").mkdir()
    (tmp_path / "topics" / "current").write_text("0123456789ab\n", encoding="utf-8")
    with pytest.raises(
        FileNotFoundError, match=r"names version 0123456789ab.*retrain the model, or delete the file"
    ):
        registry.list_models(tmp_path)


def test_bad_training_data_leaves_the_current_model_alone(tmp_path, small_data):
    spoilt = tmp_path / "data"
    shutil.copytree(small_data, spoilt)
    (spoilt / "sample_de.csv").write_text("text,label,language,source\nHallo,froh,de,x\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"sample_de\.csv: row 1: label is 'froh'"):
        train_sentiment(tmp_path / "models", data=spoilt)
    assert registry.current_model("sentiment", tmp_path / "models") == registry.current_model("sentiment")


def test_a_text_without_evidence_is_neutral_even_where_training_hardly_saw_neutral_texts(
    tmp_path, small_data
):
    trained = train_sentiment(tmp_path, seed=3, data=small_data)
    weights = registry.read_weights(tmp_path / "sentiment" / trained.version / "weights.parquet").to_pandas()
    intercepts = weights[weights["term"] == ""].pivot(index="language", columns="label", values="weight_nano")
    assert (intercepts["neutral"] > intercepts["negative"]).all()
    assert (intercepts["negative"] == intercepts["positive"]).all()


@pytest.mark.parametrize("name", ["sentiment", "topics"])
def test_a_shipped_card_states_data_scores_and_failures(name):
    model = registry.current_model(name)
    card = model.card
    assert all(entry["licence"] for entry in card["data"])
    assert card["known_failures"]
    assert card["scores"]
    assert "handles" in card["vocabulary_filter"]
    text = (model.folder / "card.md").read_text(encoding="utf-8")
    assert card["model_version"] in text
    assert json.dumps(card)


def test_shipped_scores_reach_the_marks_that_we_set_ourselves():
    sentiment = {row["language"]: row for row in registry.current_model("sentiment").card["scores"]}
    assert all(row["macro_recall"] >= 0.70 for row in sentiment.values())
    assert all(row["calibration_error"] <= 0.10 for row in sentiment.values())
    topics = registry.current_model("topics").card
    assert np.mean([row["f1"] for row in topics["scores"]]) >= 0.70
