"""What is planted in the demo is found by the marts: the crisis, when and how long; its topic; the campaign's theme."""

from datetime import UTC, timedelta

import pytest

from ingestion.sources.demo import truth
from ingestion.sources.demo.settings import CAMPAIGN
from tests.ingestion.sources.demo_world import default_world
from tests.integration.whole_demo import WholeDemo


@pytest.fixture(scope="module")
def crisis() -> truth.CrisisFigures:
    return truth.crisis_figures(default_world().truth)


def test_the_crisis_has_the_one_critical_alert_which_begins_and_ends_with_it(whole_demo: WholeDemo, crisis):
    alerts = whole_demo.ask(
        f"""
        select opened_at, last_signal_at, duration_hours, severity, alert_state
        from marts.mart_alerts where alert_kind = 'crisis' and entity_id = '{crisis.entity_id}'
        """
    )
    others = [alert for alert in alerts if alert[3] != "critical"]
    ((opened_at, last_signal_at, hours, severity, state),) = [a for a in alerts if a[3] == "critical"]
    assert sum(alert[2] for alert in others) < hours / 8, "little else is taken for a crisis"
    planted_hours = (crisis.ends_at - crisis.starts_at).total_seconds() / 3600
    assert crisis.starts_at <= opened_at.astimezone(UTC) <= crisis.starts_at + timedelta(hours=4)
    assert opened_at.astimezone(UTC) < crisis.peak_hour_at
    assert planted_hours / 2 <= hours <= planted_hours
    assert last_signal_at.astimezone(UTC) <= crisis.ends_at
    assert (severity, state) == ("critical", "closed")


def test_no_rival_has_a_crisis_meanwhile(whole_demo: WholeDemo, crisis):
    (loudest,) = whole_demo.ask(
        f"""
        select coalesce(max(crisis_score), 0) from marts.mart_crisis_signals
        where entity_id in ('brevanta', 'caldrix', 'tazzaro')
            and hour_at between timestamptz '{crisis.starts_at}' and timestamptz '{crisis.ends_at}'
        """
    )
    assert loudest[0] < 50


def test_the_topic_of_the_crisis_trends_on_most_platforms_on_its_second_day(whole_demo: WholeDemo, crisis):
    day = (crisis.starts_at + timedelta(days=1)).date()
    leading = whole_demo.ask(
        f"select topic from marts.mart_trending_topics where mention_date = '{day}' and trend_rank = 1"
    )
    assert len(leading) >= 4
    assert leading.count((crisis.topic,)) > len(leading) / 2


def test_the_mood_falls_by_what_is_said_of_the_crisis(whole_demo: WholeDemo, crisis):
    week = crisis.starts_at.date() - timedelta(days=crisis.starts_at.weekday())
    drivers = whole_demo.ask(
        f"""
        select topic, effect, net_sentiment_change from marts.mart_sentiment_drivers
        where entity_id = '{crisis.entity_id}' and week_start_date = '{week}' and topic <> 'no_topic'
        order by effect
        """
    )
    assert drivers[0][0] == crisis.topic
    assert drivers[0][2] < -0.2


def test_the_campaigns_hashtag_is_the_strongest_theme_of_its_first_week(whole_demo: WholeDemo):
    ((theme,),) = whole_demo.ask(
        f"""
        select theme from marts.mart_emerging_themes
        where language = 'en' and week_start_date = '{CAMPAIGN.starts_on}' order by burst_z desc limit 1
        """
    )
    assert theme == CAMPAIGN.hashtag.lower()


def test_the_campaigns_theme_lives_as_long_as_the_campaign_under_one_id(whole_demo: WholeDemo):
    weeks = whole_demo.ask(
        f"""
        select language, count(distinct theme_id), count(*), min(week_start_date), bool_and(entity_id = '{CAMPAIGN.brand_id}')
        from marts.mart_emerging_themes where theme = '{CAMPAIGN.hashtag.lower()}' group by language
        """
    )
    assert {language for language, *_ in weeks} == {"en", "es", "de", "id"}
    assert {tuple(rest) for _, *rest in weeks} == {(1, 2, CAMPAIGN.starts_on, True)}


def test_what_the_crisis_is_about_is_among_the_strongest_themes_of_its_week(whole_demo: WholeDemo, crisis):
    week = crisis.starts_at.date() - timedelta(days=crisis.starts_at.weekday())
    themes = whole_demo.ask(
        f"""
        select theme_terms, life_event, entity_id from marts.mart_emerging_themes
        where language = 'en' and week_start_date = '{week}' order by burst_z desc limit 3
        """
    )
    assert {theme[1:] for theme in themes} == {("born", crisis.entity_id)}
    assert any({"overheating", "smoke", "fire"} <= set(theme[0].split(" | ")) for theme in themes)


def test_most_threats_of_harm_are_said_in_the_crisis(whole_demo: WholeDemo, crisis):
    ((inside, everywhere),) = whole_demo.ask(
        f"""
        select count(*) filter (where mention_date between '{crisis.starts_at.date()}' and '{crisis.ends_at.date()}'), count(*)
        from marts.mart_threat_signals where threat_kind = 'harm' and entity_id = '{crisis.entity_id}'
        """
    )
    assert everywhere >= 300
    assert inside / everywhere > 0.7
