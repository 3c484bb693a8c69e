"""Every way of writing a moment that landing understands, and those that it refuses."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from ingestion.landing import POSTS

NOON = datetime(2026, 2, 11, 12, 0, tzinfo=UTC)


def created_at(landing, tables, value, time_zone=None):
    batch = pa.table({"post_id": ["1"], "platform": ["x"], "created_at": pa.array([value])})
    rows = tables(landing.land(POSTS, batch, unit="u", time_zone=time_zone))
    if "posts" in rows:
        return rows["posts"][0]["created_at"]
    return rows["quarantine"][0]["reason"]


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-11T12:00:00Z",
        "2026-02-11 12:00:00 UTC",
        "2026-02-11 12:00:00 GMT",
        "2026-02-11T12:00:00.000Z",
        "2026-02-11T12:00:00,000+00:00",
        "2026-02-11T13:00:00+01:00",
        "2026-02-11T13:00:00+0100",
        "2026-02-11T13:00:00+01",
        "2026-02-11T13:00+01:00",
        "2026-02-11T12:00Z",
        " 2026-02-11T12:00:00z ",
        "2026-02-11 04:00:00 -0800",
        "2026-02-11 17:30:00 +05:30",
        "Wed Feb 11 12:00:00 +0000 2026",
        "Wed Feb 11 04:00:00 -0800 2026",
        "Wed, 11 Feb 2026 13:00:00 +0100",
        "Wed, 11 Feb 2026 12:00:00 GMT",
        "11 Feb 2026 12:00:00 GMT",
        "1770811200",
        "1770811200.0",
        "1770811200000",
        "1770811200000000",
    ],
)
def test_a_moment_is_read(landing, tables, text):
    assert created_at(landing, tables, text) == NOON


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-02-11 13:00:00", NOON),
        ("2026-02-11T13:00", NOON),
        ("2026-02-11", datetime(2026, 2, 10, 23, tzinfo=UTC)),
        ("2026-07-11 14:00:00", datetime(2026, 7, 11, 12, tzinfo=UTC)),
        (datetime(2026, 2, 11, 13), NOON),
    ],
)
def test_a_naive_time_is_read_in_the_time_zone_of_the_mapping(landing, tables, value, moment):
    assert created_at(landing, tables, value, "Europe/Berlin") == moment


@pytest.mark.parametrize("value", ["2026-02-11 13:00:00", "2026-02-11", datetime(2026, 2, 11, 13)])
def test_a_naive_time_without_a_zone_is_refused(landing, tables, value):
    assert created_at(landing, tables, value) == "naive_timestamp"


@pytest.mark.parametrize(
    "text", ["yesterday", "11/02/2026", "infinity", "epoch", "2026-02-30T00:00:00Z", "12"]
)
def test_what_is_no_moment_is_refused(landing, tables, text):
    assert created_at(landing, tables, text) == "not_a_timestamp"


def test_microseconds_are_kept(landing, tables):
    read = created_at(landing, tables, "2026-02-11T12:00:00.123456Z")
    assert read == NOON.replace(microsecond=123456)
