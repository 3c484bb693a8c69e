"""What a read tells of each hour, what it remembers, and how much of it."""

from datetime import UTC, datetime, timedelta

import pytest

from ingestion.network import gaps, reads
from ingestion.network.gaps import Gap, Gaps
from ingestion.network.reads import Reading, hour_of, tidy_marks, unmark

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(hour: float) -> datetime:
    return NOON + timedelta(hours=hour)


def read(marks, posts, oldest, newest, **told):
    """One read of posts (id -> moment); return its rows by hour from noon."""
    reading = Reading(marks)
    reading.told_total = told.get("total")
    for native_id, moment in posts.items():
        reading.note(native_id, moment)
    rows = list(reading.rows(oldest, newest, told.get("day")))
    return {int((row["hour_at"] - NOON) / timedelta(hours=1)): row for row in rows}


def test_an_hour_counts_as_read_only_where_the_read_went_over_all_of_it():
    rows = read({}, {"a": at(0.6), "b": at(1.1), "c": at(2.2)}, at(0.5), at(2.5))
    assert {hour: row["is_whole_hour"] for hour, row in rows.items()} == {0: False, 1: True, 2: False}


def test_a_quiet_hour_that_was_read_is_known_to_have_been_read():
    marks = {}
    assert read(marks, {}, at(0), at(3)) == {}, "there is nothing to tell of an hour without posts"
    rows = read(marks, {"late": at(1.5)}, at(0), at(3))
    assert (rows[1]["is_reread"], rows[1]["found_before"], rows[1]["known"]) == (True, 0, 0)


def test_found_known_and_missed_posts_are_told_apart():
    marks = {}
    read(marks, {"a": at(0.1), "b": at(0.2), "c": at(0.3)}, at(0), at(1))
    rows = read(marks, {"b": at(0.2), "d": at(0.4)}, at(0), at(1))
    assert {name: rows[0][name] for name in ("seen", "known", "found_before")} == {
        "seen": 2,
        "known": 1,
        "found_before": 3,
    }
    third = read(marks, {}, at(0), at(1))
    assert third[0]["found_before"] == 4, (
        "an hour of which nothing came is told where something had come before"
    )


def test_the_apis_count_stands_in_the_first_hour_of_its_day_also_where_the_day_begins_at_half_past():
    assert read({}, {}, at(0), at(24), day=at(0), total=0)[0]["told_total"] == 0
    assert list(read({}, {}, at(0.5), at(24.5), day=at(0.5), total=7)) == [1]
    rows = read({}, {"a": at(5)}, at(0), at(24), day=at(0), total=7)
    assert {hour: row["told_total"] for hour, row in rows.items()} == {0: 7, 5: None}


def test_a_post_that_is_gone_is_forgotten_in_every_stream():
    streams = {"one": {}, "other": {}}
    for marks in streams.values():
        read(marks, {"a": at(0.1), "b": at(0.2)}, at(0), at(1))
    unmark(streams, "a", hour_of(at(0.1)))
    for marks in streams.values():
        row = read(marks, {"b": at(0.2)}, at(0), at(1))[0]
        assert (row["is_reread"], row["found_before"], row["known"]) == (True, 1, 1)


def test_the_memory_is_bounded_and_forgets_the_oldest_hours(monkeypatch):
    monkeypatch.setattr(reads, "MAX_MARKS", 10)
    streams = {"one": {}, "other": {}}
    for marks in streams.values():
        read(marks, {f"p{n}": at(n + 0.5) for n in range(8)}, at(0), at(8))
    tidy_marks(streams)
    left = sorted(int(hour) - hour_of(NOON) for marks in streams.values() for hour in marks)
    assert len(left) == 5 and min(left) >= 5


def test_a_long_first_read_remembers_no_more_hours_than_it_may(monkeypatch):
    monkeypatch.setattr(reads, "MAX_MARKS", 10)
    marks = {}
    read(marks, {}, at(-1000), at(0))
    assert len(marks) == 10


@pytest.mark.parametrize(
    ("spans", "joined"),
    [
        ([(0, 1), (1, 2)], [(0, 2)]),
        ([(5, 6), (0, 1)], [(0, 1), (5, 6)]),
        ([(0, 9), (2, 3)], [(0, 9)]),
    ],
)
def test_back_fills_that_touch_are_one_stretch(spans, joined):
    kept = Gaps({})
    for since, until in spans:
        gap = kept.back_fill_gap("s", (at(since), at(until)), begin_at=at(until), again=True)
        kept.close_back_fill("s", gap, at(until))
    assert kept.back_filled("s") == [(at(since), at(until)) for since, until in joined]
    for since, until in spans:
        assert kept.back_fill_gap("s", (at(since), at(until)), begin_at=at(until), again=False) is None


def test_holes_are_bounded_and_closed_by_a_back_fill_that_covers_them(monkeypatch):
    monkeypatch.setattr(gaps, "MAX_HOLES", 2)
    kept = Gaps({})
    for hour in (0, 2, 4):
        gap = Gap({"since": at(hour).isoformat(), "until": at(hour + 1).isoformat()})
        kept.note_hole("s", gap, "given up", NOON)
    assert [one.since for one in kept.missing()] == [at(4), at(2)]
    gap = kept.back_fill_gap("s", (at(2), at(4)), begin_at=at(4), again=False)
    kept.close_back_fill("s", gap, at(4))
    assert [one.since for one in kept.missing()] == [at(4)]
