"""The shared tokeniser, as Python gets it from the dbt macro."""

import pandas as pd
import pytest

from ml.tokens import token_lists, token_series


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        (None, []),
        ("  \t\n ", []),
        ("!!! ... ---", []),
        ("Café CRÈME Straße", ["cafe", "creme", "straße"]),
        ("I’m sure it isn't", ["i'm", "sure", "it", "isn't"]),
        ("Lumora's coffee, the boys' mugs", ["lumora", "s", "coffee", "the", "boys", "mugs"]),
        ("see https://t.co/AbC1?x=1#y now", ["see", "<url>", "now"]),
        ("www.example.com and awww... cute", ["<url>", "and", "awww", "cute"]),
        ("#Love @Some_One $ACME", ["#love", "@some_one", "$acme"]),
        ("❤️👍🏽👍🏿 ⭐⭐", ["❤", "👍", "👍", "⭐", "⭐"]),
        ("good :) bad :-( wow :D note:done", ["good", ":)", "bad", ":-(", "wow", ":d", "note", "done"]),
        ("كيف حالك؟ مُمتاز", ["كيف", "حالك", "ممتاز"]),
        ("यह हिन्दी की किताब", ["यह", "हिन्दी", "की", "किताब"]),
        ("日本語は最高。買った", ["日本語は最高", "買った"]),
        ("3.5 stars for no. 1", ["3", "5", "stars", "for", "no", "1"]),
    ],
)
def test_a_text_becomes_folded_tokens(text, tokens):
    assert token_lists([text]) == [tokens]


def test_composed_and_decomposed_accents_give_the_same_tokens():
    assert token_lists(["caf\u00e9"]) == token_lists(["cafe\u0301"])


def test_very_long_texts_keep_every_token_and_their_neighbours_are_unharmed():
    short, words, letters = token_lists(["one two", "so good " * 12_500, "a" * 100_000])
    assert short == ["one", "two"]
    assert words == ["so", "good"] * 12_500
    assert letters == ["a" * 100_000]


def test_order_is_kept_over_many_texts():
    assert token_lists(f"post {number}" for number in range(20_000)) == [
        ["post", str(number)] for number in range(20_000)
    ]


def test_a_series_keeps_its_index():
    texts = pd.Series(["b a", "c"], index=[7, 3])
    assert token_series(texts).to_dict() == {7: ["b", "a"], 3: ["c"]}
