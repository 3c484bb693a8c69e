"""The business marts of the demo against what its generator planted: response times, the drop of the NPS, deals."""

import statistics
from datetime import date

import pytest

from ingestion.sources.demo import truth
from ingestion.sources.demo.business import build_business
from tests.integration.demo_road import DemoRoad

UNTIL = date(2026, 9, 28)


@pytest.fixture(scope="module")
def business():
    return build_business()


def test_response_times_of_every_channel_are_those_planted(never_killed: DemoRoad, business):
    planted = truth.care_figures(business, UNTIL)
    rows = never_killed.published(
        """
        select channel, cases, needed_reply, replied, median_first_response_hours, mean_first_response_hours,
            median_handling_hours, reopened, first_response_waiting
        from marts.mart_care_service_levels
        where brand_id = 'lumora' and period_kind = 'all' and clock = 'calendar' and channel <> 'all'
        """
    )
    assert {row[0] for row in rows} == set(planted)
    for channel, cases, needed, replied, median, mean, handling, reopened, waiting in rows:
        figures = planted[channel]
        assert (cases, needed, replied) == (figures.cases, figures.needed_reply, figures.replied), channel
        assert median == pytest.approx(statistics.median(figures.responses) / 3600), channel
        assert mean == pytest.approx(statistics.mean(figures.responses) / 3600), channel
        assert handling == pytest.approx(statistics.median(figures.handlings) / 3600), channel
        assert (reopened, waiting) == (figures.reopened, len(figures.waiting)), channel


def kaplan_meier_median(ended, waiting):
    """The slow and obvious way: walk through the moments, keep the part that still waits."""
    part = 1.0
    for moment in sorted(set(ended)):
        at_risk = sum(one >= moment for one in (*ended, *waiting))
        part *= 1 - sum(one == moment for one in ended) / at_risk
        if part <= 0.5 + 1e-12:
            return moment
    return None


def test_who_waits_counts_in_the_median_as_a_slow_count_says(never_killed: DemoRoad, business):
    planted = truth.care_figures(business, UNTIL)
    rows = never_killed.published(
        """
        select channel, km_median_first_response_hours from marts.mart_care_service_levels
        where period_kind = 'all' and clock = 'calendar' and channel <> 'all'
        """
    )
    assert len(rows) == 4
    for channel, hours in rows:
        expected = kaplan_meier_median(planted[channel].responses, planted[channel].waiting)
        assert hours == pytest.approx(expected / 3600), channel


def test_a_customer_who_comes_back_within_seven_days_is_found(never_killed: DemoRoad):
    """Every pair of cases is looked at, which the mart does not."""
    cases = never_killed.published(
        "select case_key, customer_key, topic, opened_at, resolved_at, observed_through_at, is_recontacted_7d "
        "from marts.fct_care_cases"
    )
    by_customer: dict[tuple, list] = {}
    for _, customer, topic, opened, *_ in cases:
        by_customer.setdefault((customer, topic), []).append(opened)
    week = 7 * 86_400
    for key, customer, topic, _, resolved, through, told in cases:
        if resolved is None or (through - resolved).total_seconds() < week:
            assert told is None, key
        else:
            later = [(one - resolved).total_seconds() for one in by_customer[customer, topic]]
            assert told == any(0 < one <= week for one in later), key
    assert sum(bool(told) for *_, told in cases) > 10


def test_the_nps_drops_in_one_segment_as_planted(never_killed: DemoRoad, business):
    planted = truth.nps_figures(business)
    rows = never_killed.published(
        f"""
        select
            segment, week_start_date > date '{truth.nps_breaks_at().date()}' as is_after,
            100.0 * sum(nps_promoters - nps_detractors) / sum(nps_responses) as nps
        from marts.mart_voice_of_customer
        where topic = 'all' and segment <> 'all' and week_start_date not between date '2026-08-17' and date '2026-08-20'
        group by all
        """
    )
    found = {(segment, after): nps for segment, after, nps in rows}
    for (segment, after), figures in planted.items():
        assert found[segment, after] == pytest.approx(figures.nps, abs=12), (segment, after)
    drops = {segment: found[segment, False] - found[segment, True] for segment, _ in planted}
    assert drops["smb"] > 30
    assert max(abs(drops["enterprise"]), abs(drops["consumer"])) < 15


def test_deals_that_social_media_touched_stand_against_those_it_did_not(never_killed: DemoRoad, business):
    planted = truth.sales_figures(business, UNTIL)
    groups = {True: "touched", False: "untouched"}
    rows = {
        row[0]: row[1:]
        for row in never_killed.published(
            """
            select touch_group, closed, won, mean_cycle_days, win_rate_difference, win_rate_difference_low,
                win_rate_difference_high
            from marts.mart_sales_pipeline_social where segment = 'all'
            """
        )
    }
    assert sum(row[0] for row in rows.values()) == sum(one.closed for one in planted.values())
    touched = planted[True], rows["touched"]
    for is_touched, name in groups.items():
        if is_touched:
            continue  # the CRM's word "social" counts as touched, too, where no touches are recorded
        assert rows[name][:2] == (planted[is_touched].closed, planted[is_touched].won)
        assert rows[name][2] == pytest.approx(planted[is_touched].cycle_days, abs=0.01)
    assert touched[1][0] >= touched[0].closed
    _, _, cycle, difference, low, high = rows["touched"]
    assert low < difference < high and difference > 0
    assert cycle < rows["untouched"][2]


def test_the_weights_of_the_evidence_sum_to_each_kpi(never_killed: DemoRoad):
    rows = never_killed.published(
        """
        select scorecard.kpi, any_value(kpi_value), sum(weight), count(*), count(exclusion_reason)
        from marts.mart_exec_scorecard as scorecard
        join marts.mart_kpi_evidence as evidence using (scope_id, kpi)
        group by scorecard.scope_id, scorecard.kpi
        """
    )
    assert {row[0] for row in rows} == {
        "mentions", "engagement", "net_sentiment", "negative_share", "share_of_voice_coffee_machines"
    }  # fmt: skip
    for kpi, value, weights, posts, excluded in rows:
        assert weights == pytest.approx(value, rel=1e-9), kpi
        assert 0 < excluded < posts, kpi
