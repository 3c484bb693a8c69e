"""Replayed alerts: when they open, when they end, and that the future does not change them."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from ml.detection.replay import replay

START = datetime(2026, 3, 2, tzinfo=UTC)


def hours_of(mentions: np.ndarray, *, entity_id: str = "a", authors: np.ndarray | None = None) -> pa.Table:
    spoken = np.flatnonzero(mentions)
    return pa.table(
        {
            "entity_id": [entity_id] * len(spoken),
            "hour_at": pa.array(
                [START + timedelta(hours=int(row)) for row in spoken], pa.timestamp("us", tz="UTC")
            ),
            "mentions": mentions[spoken],
            "authors": (mentions if authors is None else authors)[spoken],
        }
    )


def quiet_weeks(weeks: int) -> np.ndarray:
    return np.full(weeks * 168, 10)


def test_signals_a_cooldown_apart_are_one_alert_and_it_opens_with_the_first():
    mentions = quiet_weeks(5)
    mentions[[600, 601, 610]] = 40, 90, 50
    mentions[700] = 40
    first, second = replay(hours_of(mentions), "robust", cooldown_hours=12)
    assert (first.alert_kind, first.entity_id, first.signals) == ("spike", "a", 3)
    assert first.opened_at == START + timedelta(hours=600)
    assert (first.duration_hours, first.lead_hours) == (11, 1)
    assert first.peak_strength == pytest.approx((90 - 10) / 1 / 3)
    assert second.opened_at == START + timedelta(hours=700)
    assert len(replay(hours_of(mentions), "robust", cooldown_hours=5)) == 3


def test_a_valley_is_an_alert_where_mentions_were_expected():
    mentions = quiet_weeks(5)
    mentions[650] = 0
    (alert,) = replay(hours_of(mentions), "robust")
    assert (alert.alert_kind, alert.opened_at) == ("valley", START + timedelta(hours=650))


def test_few_authors_or_mentions_are_no_alert():
    mentions = quiet_weeks(5)
    mentions[600] = 90
    authors = mentions.copy()
    authors[600] = 2
    assert replay(hours_of(mentions, authors=authors), "robust") == []


@pytest.mark.parametrize("detector", ["robust", "sd", "window", "seasonal", "peaks"])
def test_what_comes_later_changes_no_opening(detector):
    generator = np.random.default_rng(3)
    mentions = generator.poisson(10, 6 * 168)
    mentions[800:812] += 60
    mentions[900] += 80
    whole = replay(hours_of(mentions), detector)
    assert (
        START + timedelta(hours=800) <= whole[0].opened_at <= START + timedelta(hours=824) or len(whole) > 1
    )
    until = replay(hours_of(mentions[:880]), detector)
    assert until
    assert [alert for alert in whole if alert.last_signal_at < START + timedelta(hours=868)] == [
        alert for alert in until if alert.last_signal_at < START + timedelta(hours=868)
    ]


def test_entities_are_judged_apart():
    loud = quiet_weeks(5)
    loud[600] = 90
    both = pa.concat_tables([hours_of(loud), hours_of(quiet_weeks(5), entity_id="b")])
    assert [alert.entity_id for alert in replay(both, "robust")] == ["a"]
