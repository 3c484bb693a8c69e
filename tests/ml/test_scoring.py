"""Which language a row is scored in, and how answers become labels."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ml.registry import current_model
from ml.scoring import score_texts, with_columns
from ml.scoring import scorer as scorer_module
from ml.scoring.languages import row_languages


def _detect(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Tells what begins with `xx:`, with a probability of 0.8; nothing else."""
    codes = [text[:2] if text[2:3] == ":" else None for text in texts.to_pylist()]
    return pa.array(codes, pa.string()), pa.array([0.8 if code else 0.1 for code in codes])


def _codes(texts, stated=None, **options):
    found = row_languages(pa.chunked_array([pa.array(texts, pa.string())]), stated, _detect, **options)
    return found.codes.to_pylist(), found


def test_a_stated_language_is_taken_and_the_others_are_detected():
    stated = pa.chunked_array([["EN", "pt-BR", "", None, "und", "english", "de"]])
    texts = ["fr:a", "fr:b", "fr:c", "es:d", "it:e", "fr:f", ""]
    codes, found = _codes(texts, stated)
    assert codes == ["en", "pt", "fr", "es", "it", "fr", None]
    assert found.probabilities.to_pylist() == [None, None, 0.8, 0.8, 0.8, 0.8, None]
    assert _codes(["a", None, " "], pa.scalar("en"))[0] == ["en", None, None]


def test_a_text_too_short_to_tell_has_the_language_that_nearly_all_others_share():
    codes, found = _codes(["en:a"] * 9 + ["ok", "de:b"])
    assert codes == ["en"] * 10 + ["de"]
    assert (found.file_language, found.assumed) == ("en", 1)
    codes, found = _codes(["en:a"] * 8 + ["ok", "de:b"])
    assert codes[8] is None and (found.file_language, found.assumed) == (None, 0)
    assert _codes(["en:a"] * 9 + ["ok"], assume=False)[0][9] is None
    assert _codes(["ok", "fine"])[0] == [None, None]


def test_rows_keep_their_order_over_chunks(monkeypatch):
    monkeypatch.setattr(scorer_module, "CHUNK", 3)
    model = current_model("sentiment")
    texts = ["love it", "awful", None, "great", "horrible", "", "wonderful", "terrible"]
    done = []
    whole = score_texts(pa.array(texts), pa.array(["en"] * 8), model, advance=done.append)
    assert done == [3, 6, 8]
    assert whole["label"].to_pylist() == [
        "positive",
        "negative",
        "unscored",
        "positive",
        "negative",
        "unscored",
        "positive",
        "negative",
    ]
    monkeypatch.setattr(scorer_module, "CHUNK", 100)
    assert score_texts(pa.array(texts), pa.array(["en"] * 8), model).equals(whole)


def test_no_rows_give_no_rows():
    scored = score_texts(pa.array([], pa.string()), pa.array([], pa.string()), current_model("topics"))
    assert scored.num_rows == 0 and scored.column_names[0] == "label"


@pytest.mark.parametrize(
    ("stated", "label", "unsure"),
    [
        ([0.9, 0.1], "a", ""),
        ([0.9, 0.4], "a", "b"),
        ([0.9, 0.6], "a|b", ""),
        ([0.3, 0.4], "unsure", "b"),
        ([0.1, 0.1], "none", ""),
        ([np.nan, np.nan], "unscored", None),
    ],
)
def test_an_answer_is_yes_no_or_neither(stated, label, unsure):
    columns = [pa.chunked_array([pa.array([value], pa.float64(), from_pandas=True)]) for value in stated]
    found = scorer_module._answers(columns, ["a", "b"], np.array([0.5, 0.5]), np.array([0.35, 0.35]))
    assert [value.to_pylist()[0] for value in found] == [label, unsure]


def test_a_free_name_is_found_for_every_column_of_ours():
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2]), pa.array([3])], ["label", "input_label", "x"])
    together, renamed = with_columns(table, pa.table({"label": ["a"]}))
    assert together.column_names == ["input_input_label", "input_label", "x", "label"]
    assert renamed == [("label", "input_input_label")]
    assert pc.sum(together["x"]).as_py() == 3
