"""`listenhouse rescore`: mentions and files scored by a transformer, and what is told when they cannot be."""

import duckdb
import pandas as pd
import pytest

from ml.registry import current_model, warehouse_tables
from tests.ml.transformer.tiny import tiny_transformer
from tests.orchestration.cli.spoken_posts import POSTS, write_posts

MEANING = "negative,neutral,positive"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny_transformer(tmp_path_factory.mktemp("model"), ["LABEL_0", "LABEL_1", "LABEL_2"])


@pytest.fixture
def published(home, publish):
    write_posts(home)
    with duckdb.connect(str(home.warehouse)) as warehouse:
        warehouse.execute(
            "create table marts.fct_mentions as select post_key, 'lumora' as entity_id from marts.fct_posts"
        )
    return publish()


@pytest.fixture
def gold(tmp_path):
    file = tmp_path / "gold.csv"
    texts = [
        (f"{word} {number}", label)
        for word, label in zip(("hate", "fine", "love"), MEANING.split(","), strict=True)
        for number in range(10)
    ]
    pd.DataFrame(texts, columns=["text", "label"]).to_csv(file, index=False)
    return file


def test_mentions_are_scored_once_and_used_when_the_error_is_known(listenhouse, home, published, model, gold):
    command = ["rescore", "--model-path", str(model), "--labels", MEANING]
    english = sum(post[2] == "en" for post in POSTS)
    first = listenhouse(*command)
    assert (first.code, f"{english} of {english} posts scored" in first.err) == (0, True)
    refused = listenhouse(*command, "--use")
    assert refused.code == 2
    assert "Remedy: give labelled texts with --gold" in refused.err
    second = listenhouse(*command, "--use", "--gold", str(gold), "--languages", "all")
    assert second.code == 0
    assert f"{len(POSTS) - english} of {len(POSTS)} posts scored, the others already were" in second.err
    current = current_model("sentiment", home.models)
    scores = warehouse_tables(home.models)["post_scores"].to_pandas()
    assert set(scores["post_key"]) == {post[0] for post in POSTS}
    assert set(scores["model_version"]) == {current.version}
    assert scores[["p_negative", "p_neutral", "p_positive"]].sum(axis=1).round(4).eq(1).all()


def test_a_file_keeps_its_columns_and_rows(listenhouse, tmp_path, model):
    file, out = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_text('id,text\n007,"love, the\ncoffee"\n8,\n', encoding="utf-8")
    done = listenhouse(
        "rescore", "--model-path", str(model), "--labels", MEANING, "--file", str(file), "--out", str(out)
    )
    assert done.code == 0
    scored = pd.read_csv(out, dtype={"id": str}, keep_default_na=False)
    assert list(scored) == ["id", "text", "label", "p_negative", "p_neutral", "p_positive"]
    assert scored["id"].tolist() == ["007", "8"]
    assert scored["text"].tolist() == ["love, the\ncoffee", ""]


def test_labels_without_a_meaning_are_bad_input(listenhouse, model):
    done = listenhouse("rescore", "--model-path", str(model))
    assert done.code == 2
    assert "Remedy: say what they mean" in done.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--file", "in.csv"], "--file and --out belong together"),
        (["--languages", "english"], "'english' is no ISO 639-1 code"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_loaded(listenhouse, arguments, told):
    done = listenhouse("rescore", "--model-path", "nowhere", *arguments)
    assert done.code == 2
    assert told in done.err
