"""The detectors find the crisis that is planted in the demo, when it begins, and nothing like it at the rivals."""

from datetime import timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ingestion.sources.demo import truth
from ml.detection.replay import ReplayedAlert, replay
from tests.ingestion.sources.demo_world import default_world


@pytest.fixture(scope="module")
def hours() -> pa.Table:
    """Original mentions by entity and hour, from what was planted."""
    named = truth.mentions(truth.originals(default_world().truth))
    named = named.append_column("hour_at", pc.floor_temporal(named["created_at"], unit="hour"))
    counted = named.group_by(["entity_id", "hour_at"]).aggregate(
        [("post_id", "count"), ("author_number", "count_distinct")]
    )
    return counted.rename_columns(["entity_id", "hour_at", "mentions", "authors"])


@pytest.fixture(scope="module")
def crisis() -> truth.CrisisFigures:
    return truth.crisis_figures(default_world().truth)


def strongest(hours: pa.Table, detector: str, entity_id: str) -> ReplayedAlert:
    alerts = [alert for alert in replay(hours, detector) if alert.entity_id == entity_id]
    return max(alerts, key=lambda alert: alert.peak_strength)


@pytest.mark.parametrize(
    ("detector", "hours_to_see_it"), [("robust", 2), ("peaks", 2), ("window", 2), ("seasonal", 2), ("sd", 8)]
)
def test_the_strongest_alert_is_the_crisis_and_comes_before_its_peak(
    hours, crisis, detector, hours_to_see_it
):
    alert = strongest(hours, detector, crisis.entity_id)
    assert alert.alert_kind == "spike"
    assert crisis.starts_at <= alert.opened_at <= crisis.starts_at + timedelta(hours=hours_to_see_it)
    if detector != "sd":
        assert alert.opened_at < crisis.peak_hour_at


def test_the_default_of_the_marts_lasts_while_the_crisis_is_loud(hours, crisis):
    alert = strongest(hours, "robust", crisis.entity_id)
    planted = (crisis.ends_at - crisis.starts_at).total_seconds() / 3600
    assert planted / 3 <= alert.duration_hours <= planted


def test_the_rivals_have_no_alert_of_that_strength(hours, crisis):
    own = strongest(hours, "robust", crisis.entity_id)
    for rival in ("brevanta", "caldrix", "tazzaro"):
        assert strongest(hours, "robust", rival).peak_strength < own.peak_strength / 2
