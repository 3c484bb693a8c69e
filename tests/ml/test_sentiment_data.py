"""The sentiment training data: what ships, and what is refused."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml.sentiment.labelled import read_public, read_soft
from ml.sentiment.lexicon import lexicon_directions, read_lexicon
from ml.sentiment.sample import LABELS, LANGUAGES, read_sample
from ml.sentiment.training import LANGUAGES as SCORED_LANGUAGES

MINIMUM = {"en": 150, "es": 60, "de": 60, "id": 60}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_enough_distinct_texts_of_each_class(language):
    sample = read_sample(language)
    assert sample["text"].is_unique
    assert set(sample["label"]) == set(LABELS)
    assert sample["label"].value_counts().min() >= MINIMUM[language]
    assert (sample["tokens"].map(len) > 0).all()


@pytest.mark.parametrize("language", SCORED_LANGUAGES)
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
    assert _total(directions, "never", "good", "!good") == pytest.approx(-1.2)


def test_a_phrase_has_the_valence_of_both_words_together_and_is_not_negated_twice(data):
    directions = lexicon_directions("en", data)
    assert _total(directions, "not", "bad", "not bad", "!bad") == pytest.approx(1.0)


def test_faint_words_and_negators_are_not_negated(data):
    (data / "lexicon_en_more.csv").write_text(
        "term,valence,source\nmeh,-0.5,other\nno,-1.2,other\n", encoding="utf-8"
    )
    terms = lexicon_directions("en", data).index
    assert {"!grand", "!good", "meh", "no"} <= set(terms)
    assert not {"!meh", "!no"} & set(terms)


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


@pytest.fixture
def public(tmp_path):
    folder = tmp_path / "public" / "sentiment"
    folder.mkdir(parents=True)
    return folder


def test_public_texts_are_read_raw_with_characters_spelled_out_put_back(public):
    lines = [
        "label\ttext",
        'negative\tI can\\u2019t "wait" &amp; see',
        "neutral\tone\ttab",
        "neutral\tone\ttab",
    ]
    (public / "fr_train.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    texts = read_public("fr", public.parent)
    assert list(texts["text"]) == ['I can’t "wait" & see', "one\ttab"]
    assert texts["tokens"].iloc[0] == ["i", "can't", "wait", "see"]
    assert read_public("it", public.parent).empty


def test_a_bad_public_label_is_refused_by_file_and_line(public):
    (public / "fr_train.tsv").write_text("label\ttext\nneutral\ta\ngood\tb\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"fr_train\.tsv: line 3: label is 'good'; write one of"):
        read_public("fr", public.parent)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": "a", "p_negative": 0.5, "p_neutral": 0.1, "p_positive": 0.1}, "row 2: .* sum to 1"),
        ({"text": None, "p_negative": 0.5, "p_neutral": 0.5, "p_positive": 0.0}, "row 2: .* missing"),
        ({"text": "a", "p_negative": 1.5, "p_neutral": -0.5, "p_positive": 0.0}, "row 2: "),
        ({"text": "a"}, "row 2: "),
    ],
)
def test_bad_soft_labels_are_refused_by_file_and_row(tmp_path, row, message):
    good = {"text": "fine", "p_negative": 0.2, "p_neutral": 0.3, "p_positive": 0.5}
    pq.write_table(pa.Table.from_pylist([good, row]), tmp_path / "soft.parquet")
    with pytest.raises(ValueError, match=rf"soft\.parquet: {message}"):
        read_soft(tmp_path / "soft.parquet")


def test_soft_labels_need_their_columns(tmp_path):
    pq.write_table(pa.table({"text": ["a"]}), tmp_path / "soft.parquet")
    with pytest.raises(ValueError, match=r"soft\.parquet: has no column \['p_negative'"):
        read_soft(tmp_path / "soft.parquet")
