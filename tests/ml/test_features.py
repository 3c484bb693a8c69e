"""Features: distinct tokens and distinct pairs of neighbours."""

import itertools

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ml.features import (
    DOUBTFUL,
    feature_matrix,
    features,
    frequent_terms,
    is_publishable,
    is_word,
    negated_features,
    negators,
    word_parts,
)
from ml.tokens import token_lists


def test_features_are_distinct_tokens_and_neighbouring_pairs():
    assert features(["so", "good", "so", "good"]) == ["so", "good", "so good", "good so"]


def test_a_text_without_tokens_has_no_features():
    assert features([]) == []


def test_the_matrix_marks_presence_not_counts_and_ignores_unknown_terms():
    matrix = feature_matrix([["a", "a", "b"], [], ["c"]], ["a", "a b", "b"])
    assert np.array_equal(matrix.toarray(), [[1, 1, 1], [0, 0, 0], [0, 0, 0]])


def test_handles_cashtags_and_numbers_are_not_publishable_alone_or_in_a_pair():
    terms = ["@maria", "$acme", "2024", "#2024", "call @maria", "5 stars"]
    assert not any(is_publishable(term) for term in terms)
    assert all(is_publishable(term) for term in ["good", "#love", "<url>", "4k", "so good", "👍"])


def test_a_term_must_occur_in_enough_texts_not_often_in_one():
    texts = [["good", "good", "good"], ["fine"], ["fine", "@maria"], ["@maria"]]
    assert frequent_terms(texts, 2) == {"fine"}


def test_negated_tokens_can_be_asked_for():
    texts = [["not", "good"], ["never", "so", "good"]]
    assert frequent_terms(texts, 2, of=(negated_features,)) == {"!good"}


def test_what_follows_a_negator_within_three_tokens_is_negated_once():
    assert negated_features(["not", "a", "very", "good", "phone", "no", "phone"]) == [
        "!a",
        "!very",
        "!good",
        "!phone",
    ]
    assert negated_features(["all", "is", "good"]) == []


def test_every_negator_is_one_token_of_the_tokeniser():
    listed = sorted(negators())
    assert len(listed) > 50
    assert token_lists(listed) == [[word] for word in listed]


def test_parts_know_where_a_word_begins_and_ends():
    assert word_parts("bad") == ["~^ba", "~bad", "~ad$", "~^bad", "~bad$", "~^bad$"]
    assert word_parts("x") == ["~^x$"]


@pytest.mark.parametrize("token", ["@maria", "$acme", "<url>", "x" * 31])
def test_handles_cashtags_links_and_overlong_tokens_have_no_parts(token):
    assert word_parts(token) == []


def test_parts_and_negated_tokens_of_names_and_numbers_are_not_publishable():
    assert not any(map(is_publishable, ["!@maria", "!2024", "~^201", "~19$", "!", "good "]))
    assert all(map(is_publishable, ["!good", "~^un", "~4k$"]))


def test_every_term_that_is_not_publishable_is_doubtful():
    letters = ["a", "é", "7", "²", "٣", "Ⅳ", "#", "@", "$", " ", "!", "~", "^", "<"]
    terms = ["".join(drawn) for size in range(5) for drawn in itertools.product(letters, repeat=size)]
    doubtful = pc.match_substring_regex(pa.array(terms), DOUBTFUL).to_pylist()
    refused = [not is_publishable(term) for term in terms]
    assert not [term for term, bad, seen in zip(terms, refused, doubtful, strict=True) if bad and not seen]
    assert any(refused)
    assert not all(doubtful)


def test_marked_terms_and_pairs_are_no_words():
    assert [term for term in ["", "good", "so good", "!good", "~goo", "<url>"] if is_word(term)] == [
        "good",
        "<url>",
    ]


def test_only_what_the_vocabulary_does_not_know_is_cut_into_parts():
    texts = [["lovely"], ["lovable", "lovable"], ["lovable", "glove"]]
    matrix = feature_matrix(texts, ["lovely", "~lov", "~ove"])
    assert np.array_equal(matrix.toarray(), [[1, 0, 0], [0, 1, 0], [0, 2, 1]])
