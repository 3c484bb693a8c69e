"""The check that stands before publishing sees a model that has gone blind, and nothing in one that has not."""

import duckdb
import pytest

from ingestion.home import Home
from orchestration.checks.batches import scored_batch
from orchestration.checks.suites import ENOUGH, failures, scored_suite


def found(home: Home, *, label: str, targets: str = "false", p_positive: str = "0.5") -> list[str]:
    """Write twice ENOUGH mentions with a label each (SQL of their number), and return what the suite says of them."""
    home.warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(
            f"""
            create schema marts; create schema intermediate;
            create table intermediate.int_open_days as select date '2026-03-01' as post_date;
            create table marts.fct_mention_sentiment as
            select
                'm' || number as mention_key, date '2026-03-01' as mention_date, 'v1' as model_version,
                case when {targets} then 'target' end as sentiment_scope, label as sentiment_label,
                case label when 'negative' then 0.5 else 0.25 end as p_negative,
                case label when 'neutral' then 0.5 else 0.25 end as p_neutral,
                case label when 'positive' then {p_positive} else 0.25 end as p_positive
            from (
                select number, ['negative', 'neutral', 'positive'][{label}] as label
                from range({2 * ENOUGH}) as numbers(number)
            )
            """
        )
    batch = scored_batch(home)
    assert len(batch) == 2 * ENOUGH
    return failures(batch, scored_suite(len(batch)))


def test_labels_of_all_kinds_pass(home: Home):
    assert found(home, label="number % 3 + 1") == []


@pytest.mark.parametrize("place,label", [(1, "negative"), (2, "neutral"), (3, "positive")])
def test_a_model_that_gives_one_label_only_is_told(home: Home, place: int, label: str):
    (line,) = found(home, label=str(place))
    assert f"is_{label}" in line


def test_the_labels_of_targets_do_not_hide_a_blind_model_of_posts(home: Home):
    (line,) = found(home, label="if(number % 5 = 0, number % 3 + 1, 3)", targets="number % 5 = 0")
    assert "is_positive" in line


def test_probabilities_that_do_not_add_up_are_told(home: Home):
    (line,) = found(home, label="number % 3 + 1", p_positive="0.75")
    assert "probability_error" in line
