"""Scores on disk: what was cut off goes on, what was edited is scored again, nothing is scored twice."""

import numpy as np
import pytest

from ml.transformer import ScoreFolder, read_scores
from ml.transformer import scores as score_files

POSTS = [(f"p{number:02}", f"text {number}") for number in range(10)]


def halves(texts):
    return np.tile([0.25, 0.25, 0.5], (len(texts), 1))


def positive(scores):
    return ["positive"] * len(scores)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(score_files, "PART", 4)
    return ScoreFolder(tmp_path, "sentiment", "v1")


def test_a_scoring_that_was_cut_off_goes_on_where_it_was(store):
    run = store.add(store.pending(POSTS), halves, positive)
    assert [next(run), next(run)] == [4, 8]
    run.close()
    (store.folder / "scores" / "000003.parquet.part").write_bytes(b"cut off")
    left = store.pending(POSTS)
    assert left == POSTS[8:]
    assert list(store.add(left, halves, positive)) == [2]
    table = read_scores(store.folder)
    assert table["post_key"].to_pylist() == [key for key, _ in POSTS]
    assert table["part"].to_pylist() == [1] * 4 + [2] * 4 + [3] * 2
    assert store.pending(POSTS) == []


def test_an_edited_post_is_scored_again_and_its_latest_score_counts(store):
    list(store.add(store.pending(POSTS), halves, positive))
    edited = [("p03", "another text"), *(post for post in POSTS if post[0] != "p03")]
    assert store.pending(edited) == [("p03", "another text")]
    list(
        store.add(
            store.pending(edited), lambda texts: np.array([[1.0, 0.0, 0.0]]), lambda scores: ["negative"]
        )
    )
    scored = read_scores(store.folder).to_pandas().set_index("post_key")
    assert scored.loc["p03", "sentiment_label"] == "negative"
    assert len(scored) == len(POSTS)
    assert store.pending(edited) == []


def test_the_order_of_the_posts_changes_nothing(store, tmp_path):
    list(store.add(store.pending(POSTS), halves, positive))
    other = ScoreFolder(tmp_path / "other", "sentiment", "v1")
    list(other.add(other.pending(reversed(POSTS)), halves, positive))
    assert read_scores(other.folder).equals(read_scores(store.folder))


def test_a_folder_of_weights_has_no_scores(tmp_path):
    assert read_scores(tmp_path).num_rows == 0
