"""`listenhouse explain`: the words that made a score, and nothing that a post's text could set off."""

import duckdb
import pytest

from ml.registry import current_model
from tests.orchestration.cli.spoken_posts import HOSTILE, write_posts

SENTIMENT, TOPICS = current_model("sentiment").version, current_model("topics").version


@pytest.fixture
def explain(home, listenhouse, publish):
    write_posts(home)
    with duckdb.connect(str(home.warehouse)) as warehouse:
        for model, version in (("sentiment", SENTIMENT), ("topics", TOPICS)):
            warehouse.execute(
                f"create or replace table marts.fct_mention_{model} as"
                f" select post_key, '{version}' as model_version from marts.fct_posts where language = 'en'"
            )
        warehouse.execute(
            "insert into marts.fct_posts by name select 'f:1' as post_key, 'fi' as language, 'liian hyvä' as text,"
            " timestamptz '2026-03-01 10:00:00+00' as posted_at"
        )
        warehouse.execute(
            "update marts.fct_mention_sentiment set model_version = 'gone' where post_key = 'd:5'"
        )
    publish()
    return lambda *arguments: listenhouse("explain", *arguments)


def test_the_words_for_and_against_each_label_are_told(explain):
    done = explain("d:1")
    assert done.code == 0, done.err
    assert f"d:1  2026-03-01 10:00  x  en  sentiment {SENTIMENT}" in done.out
    assert "I love my Lumora Brew, no leak at all" in done.out
    (positive,) = [line for line in done.out.splitlines() if line.split()[:1] == ["positive"]]
    assert "love +" in positive
    assert {
        line.split()[0] for line in done.out.splitlines() if line.split()[1:2] and line.split()[1][0] in "+-"
    } == {
        "negative",
        "neutral",
        "positive",
    }


def test_the_label_with_the_highest_score_stands_first(explain):
    scores = [
        float(line.split()[1])
        for line in explain("d:2").out.splitlines()
        if line.split()[:1] in (["negative"], ["neutral"], ["positive"])
    ]
    assert scores == sorted(scores, reverse=True) and len(scores) == 3


def test_topics_for_which_a_word_speaks_are_told(explain):
    done = explain("d:2", "--model", "topics", "--terms", "1")
    assert done.code == 0, done.err
    assert f"topics {TOPICS}" in done.out


def test_hostile_texts_are_shown_and_not_obeyed(explain):
    for number in (0, 2, 5, 10):
        done = explain(f"h:{number}")
        assert done.code == 0, done.err
        assert "\x1b" not in done.out and "\t" not in done.out
        assert HOSTILE[number].strip() in done.out


@pytest.mark.parametrize(
    ("post_key", "told"),
    [
        ("nobody", "There is no post 'nobody'"),
        ("d:1' or true --", "There is no post"),
        ("f:1", "knows no fi"),
        ("d:5", "sentiment gone, which is no longer"),
    ],
)
def test_what_cannot_be_explained_is_bad_input_with_a_remedy(explain, post_key, told):
    done = explain(post_key)
    assert done.code == 2
    assert told in done.err and "Remedy: " in done.err


def test_without_a_release_there_is_nothing_to_explain(listenhouse):
    assert listenhouse("explain", "d:1").code == 4
