"""The sentiment training data: what ships, and what is refused."""

import numpy as np
import pytest

from ml.sentiment.lexicon import lexicon_directions, read_lexicon
from ml.sentiment.sample import LABELS, LANGUAGES, read_sample

MINIMUM = {"en": 150, "es": 60, "de": 60, "id": 60}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_enough_distinct_texts_of_each_class(language):
    sample = read_sample(language)
    assert sample["text"].is_unique
    assert set(sample["label"]) == set(LABELS)
    assert sample["label"].value_counts().min() >= MINIMUM[language]
    assert (sample["tokens"].map(len) > 0).all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_lexicons_are_readable_and_list_no_term_twice(language):
    lexicon = read_lexicon(language)
    assert lexicon["term"].is_unique
    assert {"😡", "😍", ":("} <= set(lexicon["term"])
    assert set(np.sign(lexicon["valence"])) >= {-1.0, 1.0}


@pytest.fixture
def data(tmp_path):
    (tmp_path / "emoji.csv").write_text("term,valence,source\n😍,3,emoji\n", encoding="utf-8")
    (tmp_path / "lexicon_en.csv").write_text(
        "term,valence,source\n"
        "good,2,listenhouse\nbad,-2,listenhouse\nnot bad,1,listenhouse\nlike,0,listenhouse\n",
        encoding="utf-8",
    )
    (tmp_path / "lexicon_en_other.csv").write_text(
        "term,valence,source\nlike,1.5,other\ngrand,2.5,other\n", encoding="utf-8"
    )
    return tmp_path


def _total(directions, *terms: str) -> float:
    """The valence of a text with these features: its positive less its negative columns."""
    amounts = directions.reindex(terms, fill_value=0.0).sum()
    positive = amounts[amounts.index.str.endswith("positive")].sum()
    return positive - amounts[amounts.index.str.endswith("negative")].sum()


def test_our_own_list_overrules_a_borrowed_one(data):
    lexicon = read_lexicon("en", data).set_index("term")
    assert lexicon.loc["like", ["valence", "source"]].tolist() == [0.0, "listenhouse"]


def test_a_negated_word_leans_to_the_other_side_by_a_smaller_amount(data):
    directions = lexicon_directions("en", data)
    assert _total(directions, "good") == 2
    assert _total(directions, "never", "good", "never good") == pytest.approx(-1.2)


def test_a_phrase_has_the_valence_of_both_words_together_and_is_not_negated_twice(data):
    directions = lexicon_directions("en", data)
    assert _total(directions, "not", "bad", "not bad") == pytest.approx(1.0)


def test_a_borrowed_word_meets_the_common_negators_only(data):
    terms = lexicon_directions("en", data).index
    assert {"not grand", "hardly good"} <= set(terms)
    assert "hardly grand" not in terms


@pytest.mark.parametrize("row", ["good,9,x", "one two three,1,x", "...,1,x"])
def test_a_bad_lexicon_entry_is_refused_by_file_and_line(data, row):
    (data / "lexicon_en.csv").write_text(f"term,valence,source\nfine,1,x\n{row}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"lexicon_en\.csv: line 3: .*write one or two words"):
        read_lexicon("en", data)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("hello,happy,en,x", "row 2: label is 'happy'; write one of"),
        ("hola,neutral,es,x", "row 2: language is 'es'; write one of"),
        (" ,neutral,en,x", "row 2: text is empty; remove the row"),
    ],
)
def test_a_bad_labelled_text_is_refused_by_file_and_row(tmp_path, row, message):
    content = f"text,label,language,source\nfine,neutral,en,x\n{row}\n"
    (tmp_path / "sample_en.csv").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"sample_en\.csv: {message}"):
        read_sample("en", tmp_path)
