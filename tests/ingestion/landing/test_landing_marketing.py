"""What only owners and advertisers see: days as they are written, and figures that cannot be."""

from datetime import date

import pyarrow as pa
import pytest

from ingestion.landing import ACCOUNT_METRICS, AD_COSTS, WEB_SESSIONS

COST = {"campaign": "spring", "platform": "X", "cost_date": "2026-03-01", "cost": "12.50", "currency": "eur"}


def landed(landing, tables, contract, rows):
    batch = pa.Table.from_pylist(rows)
    made = tables(landing.land(contract, batch, unit="batch"))
    return made.get(contract.resource, []), made.get("quarantine", [])


@pytest.mark.parametrize(
    "told", ["2026-03-01", "2026-03-01 07:00:00 UTC", "2026-03-01T23:59:59-08:00", date(2026, 3, 1)]
)
def test_a_day_is_the_one_that_is_written_whatever_clock_stands_behind_it(landing, tables, told):
    (row,), bad = landed(landing, tables, AD_COSTS, [{**COST, "cost_date": told}])
    assert (row["cost_date"], row["platform"], row["currency"], row["cost"]) == (
        date(2026, 3, 1),
        "x",
        "EUR",
        12.5,
    )
    assert bad == []


@pytest.mark.parametrize(
    ("bad", "reason", "remedy"),
    [
        ({"cost_date": "03/01/2026"}, "not_a_date", "time_format"),
        ({"cost_date": "2026-02-30"}, "not_a_date", "2026-08-10"),
        ({"cost_date": None}, "missing_value", "fill cost_date"),
        ({"cost": "-1"}, "negative_count", "correct the number"),
        ({"currency": "Euro"}, "value_not_allowed", "correct the value"),
        ({"campaign": ""}, "missing_id", "map a column"),
    ],
)
def test_a_cost_that_cannot_be_is_quarantined_and_its_neighbour_lands(landing, tables, bad, reason, remedy):
    rows, quarantined = landed(landing, tables, AD_COSTS, [{**COST, **bad}, COST])
    assert [row["campaign"] for row in rows] == ["spring"]
    (row,) = quarantined
    assert (row["reason"], row["field"]) == (reason, next(iter(bad)))
    assert remedy in row["remedy"]


def test_a_figure_that_is_not_told_stays_absent_and_says_why(landing, tables):
    told = {
        "measured_on": "2026-03-01",
        "platform": "x",
        "account_id": "lumora",
        "unavailable_reason": "failed",
    }
    (row,), _ = landed(landing, tables, ACCOUNT_METRICS, [told])
    assert (row["follower_count"], row["reach_count"], row["unavailable_reason"]) == (None, None, "failed")
    assert row["audience_kind"] == "followers"
    assert len(row["account_key"]) == 32 and "account_id" not in row


def test_visitors_are_pseudonyms_and_a_visit_is_no_conversion_by_itself(landing, tables):
    visit = {"session_id": "s1", "visitor_id": "jane", "started_at": "2026-03-01T10:00:00Z"}
    (row,), _ = landed(landing, tables, WEB_SESSIONS, [visit])
    assert row["is_conversion"] is False and row["revenue"] is None
    assert "jane" not in str(row)
