"""Planted drift is flagged by the check that is about it and by no other; without drift all are quiet."""

import duckdb
import pytest

from ingestion.home import Home
from orchestration.checks.drift import CHECKS, drift_checks

QUIET = dict.fromkeys(CHECKS, False)


@pytest.fixture
def warehouse(home: Home):
    """Write 35 days of 100 scored posts each; what is planted is SQL of the post's number and its age in days."""

    def write(
        *,
        word: str = "'fine'",
        polarity: str = "(number % 9 - 4) / 8",
        label: str | None = None,
        posts: int = 100,
    ):
        labels = ["negative", "neutral", "positive"]
        labelled = label or f"{labels}[number % 3 + 1]"
        home.warehouse.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(home.warehouse)) as connection:
            connection.execute(
                f"""
                create schema marts; create schema intermediate; create schema ml;
                create table posts as
                select
                    'p' || age || '-' || number as post_key, date '2026-03-31' - cast(age as integer) as day,
                    age, number, cast({polarity} as double) as polarity, {labelled} as label, {word} as word
                from range(35) as ages(age), range({posts}) as numbers(number);
                create table ml.model_registry as
                select 'sentiment' as model_name, unnest(['v1', 'v0']) as model_version, unnest([true, false]) as is_current;
                create table ml.model_weights as
                select 'sentiment' as model_name, 'v1' as model_version, 'en' as language, unnest(['', 'good', 'fine']) as term
                union all select 'sentiment', 'v0', 'en', 'strange';
                create table intermediate.int_posts_tokenised as
                select post_key, day as post_date, 'en' as language, ['good', word, '@someone', '12'] as tokens from posts;
                create table intermediate.int_post_sentiment as
                select post_key, day as post_date, (1 + polarity) / 2 as p_positive, (1 - polarity) / 2 as p_negative
                from posts;
                create table marts.fct_mention_sentiment as
                select post_key, day as mention_date, true as is_counted, label as sentiment_label from posts;
                """
            )

    return write


def seen(home: Home) -> dict[str, bool]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return {name: compare(connection).has_drifted for name, compare in CHECKS.items()}


def test_without_drift_every_check_is_quiet(home, warehouse):
    warehouse()
    assert seen(home) == QUIET


def test_words_that_the_model_does_not_know_are_flagged(home, warehouse):
    warehouse(word="case when age < 7 and number % 2 = 0 then 'strange' else 'fine' end")
    assert seen(home) == QUIET | {"vocabulary_drift": True}
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        assert CHECKS["vocabulary_drift"](connection).figures == {
            "unknown_share": pytest.approx(0.25),
            "unknown_share_before": 0.0,
        }


def test_scores_that_are_distributed_otherwise_are_flagged(home, warehouse):
    warehouse(polarity="(number % 9 - 4) / case when age < 7 then 32 else 8 end")
    assert seen(home) == QUIET | {"score_distribution_drift": True}


def test_labels_that_become_frequent_or_rare_are_flagged(home, warehouse):
    warehouse(
        label="case when age < 7 and number % 2 = 0 then 'unscored' else ['negative', 'neutral', 'positive'][number % 3 + 1] end"
    )
    assert seen(home) == QUIET | {"prevalence_drift": True}


def test_of_few_posts_nothing_is_said(home, warehouse):
    warehouse(
        posts=10,
        word="case when age < 7 then 'strange' else 'fine' end",
        label="case when age < 7 then 'unscored' else 'neutral' end",
    )
    assert seen(home) == QUIET


def test_a_check_warns_and_blocks_nothing(home, warehouse, monkeypatch):
    from dagster import AssetCheckSeverity

    monkeypatch.setenv("LISTENHOUSE_HOME", str(home.root))
    warehouse(word="case when age < 7 then 'strange' else 'fine' end")
    results = {check.check_key.name: check() for check in drift_checks()}
    assert {name: result.passed for name, result in results.items()} == {
        name: name != "vocabulary_drift" for name in CHECKS
    }
    assert {result.severity for result in results.values()} == {AssetCheckSeverity.WARN}
    assert "does not know 50.0% of the words" in results["vocabulary_drift"].description
