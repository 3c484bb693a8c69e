"""`listenhouse releases`: the list, the way back, and what cannot be."""

import pytest


@pytest.fixture
def two(fill, publish):
    fill(1)
    first = publish(run_id="r1")
    fill(2)
    return first, publish(run_id="r2")


def test_without_a_release_the_exit_code_says_so(listenhouse):
    done = listenhouse("releases")
    assert done.code == 4 and "Remedy: listenhouse run" in done.err


def test_releases_are_listed_and_the_current_one_is_named(listenhouse, two):
    lines = [
        line.split()
        for line in listenhouse("releases").out.splitlines()
        if line.split()[1:2] in (["yes"], ["no"])
    ]
    assert [line[:2] for line in lines] == [[two[1].release_id, "yes"], [two[0].release_id, "no"]]
    assert [line[-2] for line in lines] == [two[1].marts_sha256[:12], two[0].marts_sha256[:12]]
    assert two[0].marts_sha256 != two[1].marts_sha256


def test_one_goes_back_to_an_older_release_and_forth_again(listenhouse, two):
    for release, generation in ((two[0], 1), (two[1], 2)):
        done = listenhouse("releases", "--activate", release.release_id)
        assert done.code == 0 and "is current, until the next run publishes" in done.out
        found = listenhouse("query", "select distinct generation from fct_posts", "--format", "csv").out
        assert found.split() == ['"generation"', str(generation)]


@pytest.mark.parametrize("name", ["nothing", "..", "", ".building-x"])
def test_only_a_kept_release_can_be_gone_back_to(listenhouse, two, name):
    done = listenhouse("releases", "--activate", name)
    assert done.code == 2
    assert "Remedy: choose one of those kept" in done.err and two[0].release_id in done.err
    assert "yes" in listenhouse("releases").out
