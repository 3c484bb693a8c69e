"""MetricFlow's headline metrics are the marts' numbers."""

from collections.abc import Iterator

import pytest
from metricflow_queries import Metrics

from tests.integration.demo_road import DemoRoad


@pytest.fixture(scope="module")
def metrics(never_killed: DemoRoad) -> Iterator[Metrics]:
    release = never_killed.home / "published/current/listenhouse.duckdb"
    asked = Metrics(never_killed.home / "dbt/semantic_manifest.json", release)
    yield asked
    asked.close()


def test_mentions_are_those_of_the_mart(metrics, never_killed):
    expected = never_killed.published(
        "select entity_id, sum(mentions) from marts.mart_mentions_daily group by entity_id order by entity_id"
    )
    assert len(expected) > 3
    assert metrics.query(["mentions"], ["mention_day__entity_id"]) == expected


def test_the_share_of_voice_of_a_day_is_that_of_the_mart(metrics, never_killed):
    expected = never_killed.published(
        """
        select entity_id, cast(mention_date as timestamp), sov_mentions from marts.mart_share_of_voice_daily
        where panel_id = 'coffee_machines' and sov_mentions is not null order by 1, 2
        """
    )
    found = metrics.query(
        ["share_of_voice"],
        ["panel_day__entity_id", "metric_time__day"],
        "{{ Dimension('panel_day__panel_id') }} = 'coffee_machines'",
    )
    assert 0 < min(share for *_, share in expected if share) < 1, (
        "a ratio of 1 everywhere would prove nothing"
    )
    found = [row for row in found if row[-1] is not None]
    assert [row[:2] for row in found] == [row[:2] for row in expected]
    assert [row[2] for row in found] == pytest.approx([row[2] for row in expected])


def test_the_net_sentiment_of_a_day_is_that_of_the_mart(metrics, never_killed):
    expected = never_killed.published(
        """
        select entity_id, cast(mention_date as timestamp), net_sentiment from marts.mart_sentiment_daily
        where net_sentiment is not null order by 1, 2
        """
    )
    found = metrics.query(["net_sentiment"], ["sentiment_day__entity_id", "metric_time__day"])
    found = [row for row in found if row[-1] is not None]
    assert [row[:2] for row in found] == [row[:2] for row in expected]
    assert [row[2] for row in found] == pytest.approx([row[2] for row in expected])


def test_the_engagement_rate_is_interactions_by_followers_of_the_posts(metrics, never_killed):
    expected = never_killed.published(
        """
        select platform, sum(engagement_total) / sum(author_followers) from marts.fct_posts
        where is_counted and author_followers > 0 and engagement_total is not null group by platform order by 1
        """
    )
    found = [row for row in metrics.query(["engagement_rate"], ["post__platform"]) if row[-1] is not None]
    assert [row[0] for row in found] == [row[0] for row in expected]
    assert [row[1] for row in found] == pytest.approx([row[1] for row in expected])


def test_the_response_time_is_the_median_of_the_service_levels(metrics, never_killed):
    expected = never_killed.published(
        """
        select channel, median_first_response_hours from marts.mart_care_service_levels
        where period_kind = 'all' and clock = 'calendar' order by channel = 'all' desc, channel
        """
    )
    found = metrics.query(["response_time"], []) + [
        row[1:] for row in metrics.query(["response_time"], ["care_case__channel"])
    ]
    assert len(found) == 5
    assert [hours for (hours,) in found] == pytest.approx([hours for _, hours in expected])


def test_the_nps_of_a_week_is_that_of_the_voice_of_the_customer(metrics, never_killed):
    expected = never_killed.published(
        """
        select cast(week_start_date as timestamp), nps from marts.mart_voice_of_customer
        where segment = 'all' and topic = 'all' and nps is not null order by 1
        """
    )
    found = [row for row in metrics.query(["nps"], ["metric_time__week"]) if row[-1] is not None]
    assert len(found) > 10
    assert [row[0] for row in found] == [row[0] for row in expected]
    assert [row[1] for row in found] == pytest.approx([row[1] for row in expected])
