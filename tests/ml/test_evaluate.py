"""Scores on labelled files that no training reads."""

import pytest

from ml.evaluate import evaluate_file
from ml.registry import current_model
from ml.weights import read_weights

LEXICON_RULES = 0.570
"""Macro recall of lexicon rules alone on the English test set of this task."""


@pytest.fixture(scope="module")
def weights():
    return read_weights(current_model("sentiment").folder / "weights.parquet")


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("en_validation.tsv", LEXICON_RULES),
        ("es_validation.tsv", 0.48),
        ("de_validation.tsv", 0.53),
        ("id_validation.tsv", 0.66),
    ],
)
def test_published_validation_texts_are_scored_well_above_chance(shared_data, weights, name, least):
    assert evaluate_file(shared_data / "sentiment" / name, weights)["macro_recall"] >= least


def test_a_language_without_weights_has_no_scores(tmp_path, weights):
    (tmp_path / "nl_test.tsv").write_text("label\ttext\npositive\theel goed\n", encoding="utf-8")
    assert evaluate_file(tmp_path / "nl_test.tsv", weights) is None


def test_tabs_and_quotes_in_a_text_are_part_of_it(tmp_path, weights):
    (tmp_path / "en_test.tsv").write_text(
        'label\ttext\npositive\t"so\tgood\nnegative\tawful "\n', encoding="utf-8"
    )
    measured = evaluate_file(tmp_path / "en_test.tsv", weights)
    assert 0 <= measured.pop("calibration_error") <= 1
    assert measured == {
        "file": "en_test.tsv",
        "texts": 2,
        "macro_recall": 1.0,
        "recall_negative": 1.0,
        "recall_positive": 1.0,
    }


def test_an_unknown_label_is_refused_by_file_and_line(tmp_path, weights):
    (tmp_path / "en_test.tsv").write_text("label\ttext\nneutral\tok\nmixed\thm\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"en_test\.tsv: line 3: label is 'mixed'; write one of"):
        evaluate_file(tmp_path / "en_test.tsv", weights)
