"""Corrected class shares: right on average, honest about what they do not know."""

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ml.prevalence import (
    ALL,
    CONFUSIONS,
    ERROR_SCHEMA,
    FEWEST_OF_A_CLASS,
    INVERSES,
    PRIOR_TEXTS,
    REPLICATES,
    by_language,
    confusion,
    corrected_shares,
    error_table,
    point_confusions,
    read_errors,
    solve,
)
from ml.weights import write_table
from orchestration.matching.model_sql import template_sql

TRUE_CONFUSION = np.array([[0.75, 0.10, 0.05], [0.20, 0.80, 0.20], [0.05, 0.10, 0.75]])


def _labels(generator: np.random.Generator, shares: list[float], count: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw true labels with `shares` and what a classifier with TRUE_CONFUSION makes of them."""
    true = generator.choice(3, size=count, p=shares)
    predicted = np.array([generator.choice(3, p=TRUE_CONFUSION[:, label]) for label in true])
    return true, predicted


def test_columns_of_the_confusion_are_distributions_over_predictions():
    matrix = confusion(np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2]), 3)
    np.testing.assert_allclose(matrix.sum(axis=0), 1.0)
    assert matrix[1, 0] == pytest.approx(1.5 / 3.5)


def test_a_class_without_held_out_texts_is_no_division_by_zero():
    assert np.isfinite(solve(confusion(np.array([0, 0, 1]), np.array([0, 0, 1]), 3))).all()


def _corrected(seen: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return corrected_shares({ALL: seen}, {ALL: 1.0}, {ALL: matrix})


def test_the_correction_undoes_the_expected_error():
    shares = np.array([0.5, 0.3, 0.2])
    np.testing.assert_allclose(_corrected(TRUE_CONFUSION @ shares, solve(TRUE_CONFUSION)), shares, atol=0.005)


def test_a_classifier_without_error_is_believed_whatever_was_guessed():
    np.testing.assert_allclose(solve(np.eye(3)), np.eye(3), atol=1e-12)
    np.testing.assert_allclose(solve(np.eye(3), np.array([1.0, 0, 0])), np.eye(3), atol=1e-12)


def test_a_classifier_that_guesses_leaves_the_guess():
    guess = np.array([0.6, 0.3, 0.1])
    blind = np.tile([[0.2], [0.5], [0.3]], 3)
    np.testing.assert_allclose(solve(blind, guess), np.tile(guess[:, None], 3), atol=1e-12)


def test_shares_are_clipped_to_the_simplex():
    shares = _corrected(np.array([0.0, 1.0, 0.0]), solve(TRUE_CONFUSION))
    assert shares.min() >= 0
    assert shares.sum() == pytest.approx(1.0)


def test_a_classifier_that_cannot_tell_two_classes_apart_is_not_inverted_into_noise():
    blind = np.array([[0.5, 0.4999, 0.1], [0.4, 0.4, 0.1], [0.1, 0.1001, 0.8]])
    moved = _corrected(np.array([0.40, 0.40, 0.20]), solve(blind)) - _corrected(
        np.array([0.41, 0.39, 0.20]), solve(blind)
    )
    assert np.abs(moved).max() < 0.02
    positive = _corrected(blind @ np.array([0.1, 0.1, 0.8]), solve(blind))[2]
    assert positive == pytest.approx(0.8, abs=0.02), "what can be told is told"


def _judged(seen: dict[str, list[int]], errors: pd.DataFrame) -> pd.DataFrame:
    """Return what the macro of the marts makes of counts of negative, neutral and positive by stratum."""
    rows = [(name, "v", *counts) for name, counts in seen.items()]
    with duckdb.connect() as connection:
        connection.execute(
            "create table counts (stratum text, model_version text, negative bigint, neutral bigint, positive bigint, k int)"
        )
        connection.executemany("insert into counts values (?, ?, ?, ?, ?, 1)", rows)
        connection.register("errors", errors.drop(columns="model_name"))
        sql = template_sql("{{ corrected_shares('counts', ['k']) }}", {"int_sentiment_error": "errors"})
        return connection.execute(sql).df()


def test_where_the_confusion_tells_nothing_the_interval_covers_what_might_be():
    generator = np.random.default_rng(1)
    true, guessed = generator.integers(0, 3, 3_000), generator.integers(0, 3, 3_000)
    errors = error_table("sentiment", "v", {ALL: [(true, guessed)]}, seed=5).to_pandas()
    (row,) = _judged({"xx": [3_000, 3_100, 2_900]}, errors).to_dict("records")
    assert row["negative_low"] < 0.05 and row["negative_high"] > 0.85


def test_sql_and_python_correct_alike_stratum_by_stratum():
    generator = np.random.default_rng(8)
    strata = {name: [_labels(generator, [1 / 3] * 3, 600)] for name in (ALL, "de", "target:en")}
    errors = error_table("sentiment", "v", strata, seed=5).to_pandas()
    seen = {"de": [3, 9, 8], "target:en": [20, 4, 6], "fr": [1, 0, 9]}
    known = {"de": "de", "target:en": "target:en", "fr": ALL}
    point = errors[errors["replicate"] == 0].set_index("stratum")[INVERSES]
    expected = corrected_shares(
        {name: np.array(counts) / sum(counts) for name, counts in seen.items()},
        {name: sum(counts) / 60 for name, counts in seen.items()},
        {name: point.loc[known[name]].to_numpy().reshape(3, 3) for name in seen},
    )
    (row,) = _judged(seen, errors).to_dict("records")
    np.testing.assert_allclose([row["negative"], row["neutral"], row["positive"]], expected, atol=1e-9)
    assert row["own_error_share"] == pytest.approx(50 / 60)
    assert _judged(dict(reversed(seen.items())), errors).to_dict("records") == [row]


def test_replicates_line_up_across_strata_and_are_drawn_apart():
    generator = np.random.default_rng(9)
    labels = _labels(generator, [1 / 3] * 3, 600)
    rows = error_table("sentiment", "v", {ALL: [labels], "de": [labels]}, seed=5).to_pandas()
    alone = error_table("sentiment", "v", {"de": [labels]}, seed=5).to_pandas()
    everything, german = (rows[rows["stratum"] == name].reset_index(drop=True) for name in (ALL, "de"))
    assert german.equals(alone), "what is drawn for a stratum does not depend on the others"
    assert everything["replicate"].equals(german["replicate"])
    assert abs(np.corrcoef(everything["z1"], german["z1"])[0, 1]) < 0.25
    assert not everything["c_neg_neg"][1:].equals(german["c_neg_neg"][1:])


def test_every_replicate_solves_its_own_confusion():
    labels = _labels(np.random.default_rng(9), [1 / 3] * 3, 6_000)
    rows = error_table("sentiment", "v", {ALL: [labels]}, seed=5).to_pandas()
    for matrix, inverse in zip(rows[CONFUSIONS].to_numpy(), rows[INVERSES].to_numpy(), strict=True):
        shares = inverse.reshape(3, 3) @ matrix.reshape(3, 3) @ [0.2, 0.6, 0.2]
        np.testing.assert_allclose(shares, [0.2, 0.6, 0.2], atol=0.03)


def test_languages_with_too_few_texts_have_no_error_of_their_own():
    many, few = np.arange(3 * FEWEST_OF_A_CLASS) % 3, np.arange(3 * FEWEST_OF_A_CLASS - 1) % 3
    true = np.concatenate([many, few])
    languages = np.array(["de"] * len(many) + ["fr"] * len(few))
    assert set(by_language(languages, true, true)) == {ALL, "de"}
    assert set(by_language(languages[:5], true[:5], true[:5])) == {ALL}


def test_a_kind_nearest_to_what_is_scored_counts_double_and_replicates_are_of_one_kind():
    true = np.arange(3_000) % 3
    always, never = true, (true + 1) % 3
    table = error_table("sentiment", "v", {ALL: [(true, always), (true, never)]}, seed=5)
    assert point_confusions(table)[ALL][0, 0] == pytest.approx(2 / 3, abs=0.01)
    found = table.to_pandas()["c_neg_neg"][1:]
    assert set(found.round()) == {0.0, 1.0}
    assert 0.5 < found.mean() < 0.8


def test_an_error_from_before_there_were_strata_is_that_of_all(tmp_path):
    names = [name for name in ERROR_SCHEMA.names if name != "stratum" and name not in CONFUSIONS]
    labels = _labels(np.random.default_rng(3), [0.3, 0.4, 0.3], 300)
    table = error_table("sentiment", "v", {ALL: [labels]}, seed=5).to_pandas()
    matrix = point_confusions(error_table("sentiment", "v", {ALL: [labels]}, seed=5))[ALL]
    table.loc[0, INVERSES] = np.linalg.inv(matrix).ravel()
    write_table(pa.Table.from_pandas(table[names], preserve_index=False), tmp_path / "old.parquet")
    read = read_errors(tmp_path / "old.parquet")
    assert read.schema.equals(ERROR_SCHEMA)
    np.testing.assert_allclose(point_confusions(read)[ALL], matrix, atol=1e-6)


def test_the_table_has_one_point_estimate_and_reproducible_replicates():
    true, predicted = _labels(np.random.default_rng(1), [0.3, 0.4, 0.3], 300)
    table = error_table("sentiment", "v", {ALL: [(true, predicted)]}, seed=5)
    assert table.schema.equals(ERROR_SCHEMA)
    assert table.column("replicate").to_pylist() == list(range(REPLICATES + 1))
    point = table.slice(0, 1).to_pylist()[0]
    assert (point["z1"], point["z2"]) == (0.0, 0.0)
    assert point["inv_neg_pos"] == pytest.approx(solve(confusion(true, predicted, 3))[0, 2])
    assert table.equals(error_table("sentiment", "v", {ALL: [(true, predicted)]}, seed=5))
    assert not table.equals(error_table("sentiment", "v", {ALL: [(true, predicted)]}, seed=6))


def test_the_interval_covers_the_true_share_about_as_often_as_it_says():
    generator = np.random.default_rng(2)
    shares, covered, trials = [0.2, 0.6, 0.2], 0, 60
    for trial in range(trials):
        table = error_table(
            "sentiment", "v", {ALL: [_labels(generator, [1 / 3] * 3, 600)]}, seed=trial
        ).to_pandas()
        _, predicted = _labels(generator, shares, 400)
        seen = np.bincount(predicted, minlength=3) / len(predicted)
        covariance = (np.diag(seen) - np.outer(seen, seen))[::2, ::2] / len(predicted)
        drawn = seen[::2] + table[["z1", "z2"]].to_numpy() @ np.linalg.cholesky(covariance).T
        inverses = table.filter(like="inv_").to_numpy().reshape(-1, 3, 3)
        negative = [
            _corrected(np.array([pair[0], 1 - pair.sum(), pair[1]]), inverse)[0]
            for pair, inverse in zip(drawn[1:], inverses[1:], strict=True)
        ]
        low, high = np.percentile(negative, [2.5, 97.5])
        covered += low <= shares[0] <= high
    assert covered / trials >= 0.85


def test_the_confusion_can_be_read_back_from_the_table():
    true, predicted = _labels(np.random.default_rng(3), [0.3, 0.4, 0.3], 300)
    table = error_table("sentiment", "v", {ALL: [(true, predicted)]}, seed=5)
    np.testing.assert_allclose(point_confusions(table)[ALL], confusion(true, predicted, 3), atol=1e-7)


def test_few_labels_of_ones_own_move_the_prior_as_much_as_they_are_worth():
    true, predicted = np.full(int(PRIOR_TEXTS), 0), np.full(int(PRIOR_TEXTS), 2)
    given = {"strata": {"en": [(true, predicted)]}, "seed": 5, "priors": {"en": TRUE_CONFUSION}}
    table = error_table("sentiment", "v", **given)
    matrix = point_confusions(table)["en"]
    np.testing.assert_allclose(matrix[:, 0], [0.375, 0.1, 0.525], atol=1e-7)
    np.testing.assert_allclose(matrix[:, 1:], TRUE_CONFUSION[:, 1:], atol=1e-7)
    inverses = table.to_pandas()[INVERSES].to_numpy()[1:]
    assert len(np.unique(inverses, axis=0)) == REPLICATES
    assert table.equals(error_table("sentiment", "v", **given))
