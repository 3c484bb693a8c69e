"""`listenhouse dictionary` tells what the published tables mean."""

import pytest

from orchestration.publish.dictionary import MartFacts


@pytest.fixture
def published(fill, publish):
    fill()
    return publish(catalogue={"mart_daily": MartFacts("listening", "Social listening", "monitoring")})


def test_marts_are_listed_with_department_and_owner(listenhouse, published):
    done = listenhouse("dictionary")
    assert done.code == 0
    (line,) = [line for line in done.out.splitlines() if "mart_daily" in line]
    assert "listening" in line and "Social listening" in line and "Posts per day" in line
    assert "fct_posts" in done.out


def test_a_mart_is_told_column_by_column(listenhouse, published):
    done = listenhouse("dictionary", "mart_daily")
    assert done.code == 0
    assert "Posts per day, it's said." in done.out
    (line,) = [line for line in done.out.splitlines() if line.split()[:1] == ["posts"]]
    assert "BIGINT" in line and 'Number of "posts".' in line


def test_a_wrong_name_is_bad_input_and_told_the_nearest(listenhouse, published):
    done = listenhouse("dictionary", "mart_dayly")
    assert done.code == 2
    assert "did you mean mart_daily?" in done.err
