"""Features: distinct tokens and distinct pairs of neighbours."""

import numpy as np

from ml.features import feature_matrix, features, frequent_terms, is_publishable


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
