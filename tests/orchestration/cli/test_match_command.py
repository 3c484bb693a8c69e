"""`listenhouse match`: hits with their words marked, and queries that mean nothing."""

import pytest

from tests.orchestration.cli.spoken_posts import HOSTILE, POSTS, write_posts


@pytest.fixture
def published(home, publish):
    write_posts(home)
    return publish()


def test_without_a_release_the_exit_code_says_so(listenhouse):
    assert listenhouse("match", "lumora").code == 4


def test_hits_are_counted_and_their_words_marked(listenhouse, published):
    done = listenhouse("match", '"lumora brew" NEAR/9 leak*')
    assert done.code == 0
    assert f"2 of {len(POSTS)} posts match" in done.out
    assert "1 of them count" in done.out
    assert "Found by: lumora brew near/9 leak* 2" in done.out
    assert "I love my «Lumora Brew», no «leak» at all" in done.out


def test_the_newest_hits_are_shown_up_to_the_limit(listenhouse, published):
    done = listenhouse("match", "lumora", "--limit", "2")
    assert done.out.count("«") == 2
    assert "The newest 2; --limit shows more." in done.out


def test_a_query_that_finds_nothing_says_so(listenhouse, published):
    assert f"0 of {len(POSTS)} posts match" in listenhouse("match", "nowhere").out


def test_a_mistake_is_pointed_at(listenhouse, published):
    done = listenhouse("match", "lumora or brew")
    assert done.code == 2
    assert done.err.startswith("lumora or brew\n       ^\ncolumn 8")
    assert "Remedy: write OR" in done.err


def test_a_query_that_fits_nearly_everything_is_bad_input(listenhouse, published):
    done = listenhouse("match", "NOT lumora")
    assert done.code == 2
    assert "nearly every post would match" in done.err and "Remedy: " in done.err


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_looked_for_and_never_obeyed(listenhouse, published, text):
    done = listenhouse("match", '"' + text.replace('"', " ").replace("*", " ") + ' lumora"', "--limit", "50")
    assert "Traceback" not in done.err
    assert done.code in (0, 2)
    if done.code == 0:
        assert f"h:{HOSTILE.index(text)}" in done.out
        assert "\x1b" not in done.out and "\t" not in done.out
    assert f"of {len(POSTS)} posts match" in listenhouse("match", "lumora").out
