"""`listenhouse alerts replay` on a published release."""

import duckdb
import pytest

TABLES = """
    set timezone = 'UTC';
    create or replace table marts.mart_mentions_hourly as
    select
        'lumora' as entity_id,
        timestamptz '2026-03-02 00:00:00+00' + to_hours(cast(hour as bigint)) as hour_at,
        cast(case when hour in (600, 602) then 60 when hour = 900 then 50 else 10 end as bigint) as mentions,
        cast(case when hour in (600, 602) then 60 when hour = 900 then 50 else 10 end as bigint) as authors,
        'mentions_hourly.v1' as metric_version
    from range(0, 1008) as hours (hour);
    create or replace table marts.mart_alerts as
    select
        kind || ':lumora:' || strftime(opened_at, '%Y-%m-%dT%HZ') as alert_id, kind as alert_kind,
        'lumora' as entity_id, opened_at, opened_at + interval '5 hours' as last_signal_at,
        opened_at + interval '2 hours' as peak_at, 90.0 as peak_strength, cast(6 as bigint) as signal_hours,
        case when kind = 'spike' then opened_at + interval '1 hour' end as acknowledged_at, 'alerts.v1' as metric_version
    from (
        values ('spike', timestamptz '2026-03-27 00:00:00+00'), ('crisis', timestamptz '2026-04-02 00:00:00+00')
    ) as given (kind, opened_at);
"""


@pytest.fixture
def published(home, fill, publish):
    fill(rows=30)
    with duckdb.connect(str(home.warehouse)) as warehouse:
        warehouse.execute(TABLES)
    return publish()


def cells(line: str) -> list[str]:
    return line.split()


def test_months_show_alerts_who_acknowledged_and_the_lead(listenhouse, published):
    done = listenhouse("alerts", "replay")
    assert done.code == 0, done.err
    march, april = (cells(line) for line in done.out.splitlines() if line.strip().startswith("2026-"))
    assert march == ["2026-03", "1", "1", "0", "0", "1", "3", "0"]
    assert april == ["2026-04", "1", "1", "0", "0", "0", "1", "0"]
    assert "2 alerts." in done.err


def test_each_alert_can_be_shown_and_the_cooldown_chosen(listenhouse, published):
    done = listenhouse("alerts", "replay", "--each", "--cooldown", "1", "--entity", "lumora")
    assert done.code == 0
    assert [line.split()[2] for line in done.out.splitlines() if line.strip().startswith("spike")] == [
        "2026-03-27",
        "2026-03-27",
        "2026-04-08",
    ]


def test_crises_are_those_that_are_stored(listenhouse, published):
    done = listenhouse("alerts", "replay", "--detector", "crisis")
    (month,) = (cells(line) for line in done.out.splitlines() if line.strip().startswith("2026-"))
    assert month == ["2026-04", "1", "0", "0", "1", "0", "6", "2"]


def test_an_entity_that_nobody_mentions_is_bad_input(listenhouse, published):
    done = listenhouse("alerts", "replay", "--entity", "nobody")
    assert done.code == 2
    assert "Remedy: choose one of lumora" in done.err


def test_without_a_release_the_exit_code_says_so(listenhouse):
    assert listenhouse("alerts", "replay").code == 4
