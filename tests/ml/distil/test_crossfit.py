"""Folds, batches, and a whole run with a tiny encoder where torch is installed."""

import json
import random
from functools import partial

import numpy as np
import pandas as pd
import pytest

from ml.distil.__main__ import main
from ml.distil.crossfit import HELD_OUT, assign_folds
from ml.distil.encoder import NEEDED_FILES, Settings, macro_recall, shuffled_batches

LIKED = "I love this great phone {}"
HATED = "I hate this awful phone {}"
SEEN = "I have this phone {}"


def test_each_class_is_spread_evenly_over_folds_and_a_tenth_is_held_out():
    labels = pd.Series(["negative"] * 20 + ["neutral"] * 40 + ["positive"] * 60)
    folds = assign_folds(labels, 2, seed=3)
    assert pd.crosstab(labels, folds).to_numpy().tolist() == [[2, 9, 9], [4, 18, 18], [6, 27, 27]]
    assert (folds == assign_folds(labels, 2, seed=3)).all()
    assert min(folds) == HELD_OUT


def test_one_fold_or_a_class_with_too_few_texts_is_refused():
    with pytest.raises(ValueError, match="two or more"):
        assign_folds(pd.Series(["neutral"] * 9), 1, seed=0)
    with pytest.raises(ValueError, match="2 texts are negative"):
        assign_folds(pd.Series(["negative"] * 2 + ["neutral"] * 9 + ["positive"] * 9), 2, seed=0)


def test_batches_hold_each_row_once_and_rows_of_like_length():
    lengths = [number % 40 for number in range(1000)]
    batches = list(shuffled_batches(lengths, 10, random.Random(5)))
    assert sorted(row for batch in batches for row in batch) == list(range(1000))
    spread = [max(lengths[row] for row in batch) - min(lengths[row] for row in batch) for batch in batches]
    assert np.mean(spread) < 5
    assert batches[0] != next(shuffled_batches(lengths, 10, random.Random(6)))


def test_macro_recall_counts_each_class_the_same():
    assert macro_recall(np.array([0, 0, 0, 0, 1, 2]), np.array([0, 0, 0, 1, 1, 0])) == pytest.approx(
        (3 / 4 + 1 + 0) / 3
    )


def test_an_encoder_folder_that_lacks_files_is_told_which(tmp_path):
    with pytest.raises(SystemExit, match=r"has no config\.json, model\.safetensors, tokenizer\.json"):
        main([str(tmp_path), "--encoder", str(tmp_path), "--out", str(tmp_path / "out.parquet")])


def test_without_torch_the_command_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    for name in NEEDED_FILES:
        (tmp_path / name).touch()
    with pytest.raises(SystemExit, match=r"pip install 'listenhouse\[distil\]'"):
        main([str(tmp_path), "--encoder", str(tmp_path), "--out", str(tmp_path / "out.parquet")])


@pytest.fixture
def tiny_encoder(tmp_path):
    """A random encoder of one layer whose word list holds the words of this file's sentences."""
    reason = "a teacher needs torch and transformers: pip install 'listenhouse[distil]'"
    torch = pytest.importorskip("torch", reason=reason)
    transformers = pytest.importorskip("transformers", reason=reason)
    from tokenizers import Tokenizer, models, pre_tokenizers

    folder = tmp_path / "encoder"
    words = ["[PAD]", "[UNK]", *sorted(set(f"{LIKED} {HATED} {SEEN}".lower().replace("{}", "").split()))]
    tokenizer = Tokenizer(
        models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="[UNK]")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        initializer_range=0.1,
    )
    torch.manual_seed(1)
    transformers.BertModel(config).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture
def data_folder(tmp_path):
    folder = tmp_path / "data"
    (folder / "sentiment").mkdir(parents=True)
    (folder / "emotion").mkdir()
    rows = [
        f"{label}\t{text.format(f'{number} of them')}"
        for number in range(100)
        for label, text in (("positive", LIKED), ("negative", HATED), ("neutral", SEEN))
    ]
    (folder / "sentiment" / "en_train.tsv").write_text(
        "\n".join(["label\ttext", *rows]) + "\n", encoding="utf-8"
    )
    validation = ["label\ttext", f"positive\t{LIKED.format('of all')}", f"negative\t{HATED.format('of all')}"]
    (folder / "sentiment" / "en_validation.tsv").write_text("\n".join(validation) + "\n", encoding="utf-8")
    others = [
        f"joy\t{LIKED.format('of all')}",
        f"joy\t{LIKED.format('of mine')}",
        f"anger\t{HATED.format('of mine')}",
    ]
    (folder / "emotion" / "en_train.tsv").write_text(
        "\n".join(["label\ttext", *others]) + "\n", encoding="utf-8"
    )
    return folder


def test_a_run_labels_all_texts_the_same_again_and_goes_on_where_it_was(
    tiny_encoder, data_folder, tmp_path, capsys, monkeypatch
):
    quick = partial(Settings, batch=8, learning_rate=0.003, head_learning_rate=0.02)
    monkeypatch.setattr("ml.distil.__main__.Settings", quick)

    def run(name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        out = tmp_path / name / "soft.parquet"
        out.parent.mkdir(exist_ok=True)
        validation = data_folder / "sentiment" / "en_validation.tsv"
        told = ["--encoder", tiny_encoder, "--out", out, "--epochs", "10", "--float32", "--score", validation]
        main([str(value) for value in (data_folder, *told)])
        return pd.read_parquet(out), pd.read_parquet(out.with_name("soft-train.parquet"))

    labels, train = run("once")
    assert sorted(labels["text"]) == [HATED.format("of mine"), LIKED.format("of mine")]
    assert len(train) == 300 and train["is_held_out"].sum() == 30
    for soft in (labels, train):
        assert np.allclose(soft[["p_negative", "p_neutral", "p_positive"]].sum(axis=1), 1, atol=1e-4)
    found = train[["p_negative", "p_neutral", "p_positive"]].idxmax(axis=1).str.removeprefix("p_")
    assert (found == train["label"]).mean() > 0.9
    assert "macro recall, en_validation.tsv: 1.000" in capsys.readouterr().out

    weights = next((tmp_path / "once").glob("*.work/teacher-0.safetensors"))
    trained_at = weights.stat().st_mtime_ns
    for left in (tmp_path / "once").glob("*.work/unlabelled-*.npy"):
        left.unlink()
    again, _ = run("once")
    assert weights.stat().st_mtime_ns == trained_at
    fresh, fresh_train = run("twice")
    assert labels.equals(again) and labels.equals(fresh) and train.equals(fresh_train)
    assert json.loads(weights.with_name("teacher-0-recall.json").read_text())[-1] > 0.9
