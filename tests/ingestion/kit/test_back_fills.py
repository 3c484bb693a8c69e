"""Back-fills and what reads tell, for every network. A new source registers in `apis.py`, no more."""

import json
from datetime import datetime, timedelta

import pytest

from ingestion.network import gaps
from ingestion.network.back_fill import BackFillRefused, check_reach
from ingestion.registry import network_type
from tests.ingestion.kit.apis import APIS
from tests.ingestion.kit.bench import NOW, Bench, Post

DAY = (NOW - timedelta(days=40)).replace(hour=0)
"""A day long before the first run looks back to."""
OLD = range(101, 108)


@pytest.fixture(params=APIS, ids=lambda api: api.name)
def api(request):
    return request.param()


@pytest.fixture
def bench(api, server, clock):
    return Bench(api, network_type(api.name), server, clock)


@pytest.fixture
def aged(bench):
    """A network that has run, and that has seven posts of an old day that no run reads."""
    if bench.network.declaration.reach == "newest":
        pytest.skip(f"{bench.api.name} gives only its newest items, and says so")
    bench.run()
    bench.api.posts += [Post(number, DAY + timedelta(hours=number - 100)) for number in OLD]
    return bench


def old_ids(bench):
    return {bench.api.native_id(number) for number in OLD}


def fill(bench, **wanted):
    return bench.back_fill(DAY, DAY + timedelta(days=1), **wanted)


# -- how far back -----------------------------------------------------------------------------------


def test_how_far_a_source_reaches_is_declared_and_held(bench):
    declaration, listening = bench.network.declaration, bench.listening()
    if declaration.reach == "newest":
        with pytest.raises(BackFillRefused) as refused:
            check_reach(bench.api.name, listening, DAY, NOW)
        assert declaration.reach_told in str(refused.value) and "first_days" in str(refused.value)
    elif declaration.reach_days is not None:
        with pytest.raises(BackFillRefused, match=f"{declaration.reach_days} days"):
            check_reach(bench.api.name, listening, NOW - timedelta(days=declaration.reach_days + 2), NOW)
    else:
        check_reach(bench.api.name, listening, DAY, NOW)


def test_what_is_switched_off_is_not_back_filled(bench):
    with pytest.raises(BackFillRefused, match="switched off"):
        bench.settings["enabled"] = False
        check_reach(bench.api.name, bench.listening(), DAY, NOW)


# -- reading the past -------------------------------------------------------------------------------


def test_a_back_fill_lands_an_old_day_once_however_often_it_is_asked_for(aged):
    outcome = fill(aged)
    assert outcome.is_done and outcome.stopped is None
    assert aged.ids == aged.wanted
    landed = len(aged.posts)
    aged.server.forget()
    assert fill(aged).is_done
    assert aged.server.asked(aged.api.path) == [], "a day that was read was asked for again"
    assert fill(aged, again=True).is_done
    assert len(aged.posts) == landed


@pytest.mark.parametrize("budget", [1, 2])
def test_a_back_fill_in_pieces_equals_one_in_one_go(aged, budget):
    aged.settings["max_pages"] = budget
    for _ in range(20):
        if fill(aged).is_done:
            break
    assert aged.ids == aged.wanted
    assert len({row["observation_id"] for row in aged.posts}) == len(aged.posts) == 11 + len(OLD)


def test_a_back_fill_that_breaks_off_is_made_good(aged):
    aged.server.always(aged.api.path, lambda handler, _: handler.answer(500, {}, b"down"))
    outcome = fill(aged)
    assert not outcome.is_done and old_ids(aged).isdisjoint(aged.ids)
    assert "HTTP 500" in aged.messages
    aged.server.always(aged.api.path, None)
    assert fill(aged).is_done
    assert aged.ids == aged.wanted


def test_the_quota_ends_a_back_fill_and_the_next_day_goes_on(aged):
    aged.settings["daily_units"] = aged.quota["units_today"]
    outcome = fill(aged)
    assert not outcome.is_done and "quota" in outcome.stopped
    assert old_ids(aged).isdisjoint(aged.ids)
    aged.clock.skip(86_400)
    aged.settings["daily_units"] = None
    assert fill(aged).is_done
    assert old_ids(aged) <= aged.ids


def test_a_back_fill_leaves_the_present_alone(aged):
    before = json.loads(json.dumps({name: aged.state[name] for name in ("items", "streams")}))
    fill(aged)
    for stream, kept in before["streams"].items():
        assert aged.state["streams"][stream]["newest"] == kept["newest"]
    assert set(aged.state["items"]) == set(before["items"]), "old posts are followed, or young ones no more"
    landed = len(aged.posts)
    aged.run()
    assert len(aged.posts) == landed


def test_a_tombstone_keeps_a_post_from_coming_back_with_a_back_fill(aged):
    """Also where the source's own memory has long forgotten it: the warehouse has not."""
    if aged.network.declaration.delete_capture == "none":
        pytest.skip(f"{aged.api.name} does not notice deletions, and says so")
    aged.run()
    aged.api.deleted = {11}
    aged.run()
    assert aged.observations(11)[-1]["is_deleted"]
    for name in ("tombstones", "seen"):
        aged.state[name].clear()
    aged.api.deleted = set()  # an archive that still has it
    day = aged.api.posts[10].created.replace(hour=0)
    outcome = aged.back_fill(day, day + timedelta(days=1), again=True)
    assert outcome.is_done
    assert [row["is_deleted"] for row in aged.observations(11)] == [False, True]


# -- gaps -------------------------------------------------------------------------------------------


def test_a_gap_that_is_given_up_is_listed_and_can_be_back_filled(bench, monkeypatch):
    if not bench.api.has_cursor:
        pytest.skip(f"{bench.api.name} pages by number: it has no cursor")
    monkeypatch.setattr(gaps, "MAX_TRIES", 1)
    bench.run(max_pages=2)
    bench.api.expired = True
    bench.run(max_pages=1)
    assert "given up" in bench.messages and "--gaps" in bench.messages
    holes = [one for one in bench.missing if not one["is_waiting"]]
    assert len(holes) == 1 and holes[0]["since"] < holes[0]["until"]
    assert not bench.ids >= bench.wanted
    if bench.network.declaration.reach == "newest":
        return  # listed; what it can do about it is told by the refusal
    since, until = (datetime.fromisoformat(holes[0][name]) for name in ("since", "until"))
    bench.settings["max_pages"] = 100
    assert bench.back_fill(since, until, stream=holes[0]["stream"]).is_done
    assert bench.ids == bench.wanted
    assert not [one for one in bench.missing if not one["is_waiting"]]


def test_what_a_small_budget_left_waits_and_is_told(bench):
    bench.run(max_pages=1)
    assert bench.missing and all(one["is_waiting"] for one in bench.missing)
    bench.run(max_pages=100)
    assert bench.missing == []


# -- what reads tell --------------------------------------------------------------------------------


def reads(bench, run):
    return [row for row in bench.tables["reads"] if row["landing_run_id"] == f"run-{run}"]


def test_every_read_tells_what_it_saw_and_what_it_knew(bench):
    bench.run()
    first = reads(bench, 1)
    assert sum(row["seen"] for row in first) == 11
    assert not any(row["known"] or row["found_before"] or row["is_reread"] for row in first)
    bench.run(revisit_days=0)
    second = reads(bench, 2)
    assert all(row["is_reread"] for row in second if row["is_whole_hour"])
    assert sum(row["seen"] for row in second) == sum(row["known"] for row in second) > 0
    assert {row["platform"] for row in first} == {bench.network.declaration.platform}


def test_a_post_that_a_read_does_not_see_again_is_told_as_missed(bench):
    bench.run()
    hidden = {9, 10}
    bench.api.posts = [post for post in bench.api.posts if post.number not in hidden]
    bench.api.posts.append(Post(30, NOW - timedelta(hours=5, minutes=30)))
    bench.settings["max_revisits"] = 0  # they are not shown, which is not to say that they are gone
    bench.run()
    again = [row for row in reads(bench, 2) if row["is_reread"] and row["is_whole_hour"]]
    assert sum(row["found_before"] - row["known"] for row in again) == len(hidden)
    assert sum(row["seen"] - row["known"] for row in again) == 1


def test_a_deleted_post_is_not_told_as_missed(bench):
    if bench.network.declaration.delete_capture == "none":
        pytest.skip(f"{bench.api.name} does not notice deletions, and says so")
    bench.run()
    bench.api.deleted = {10}
    bench.run()
    bench.run()
    assert all(row["found_before"] == row["known"] for row in reads(bench, 3))


def test_an_hour_that_is_read_in_part_is_told_so(bench):
    bench.api.change(6, created=NOW - timedelta(hours=23, minutes=30))
    bench.run(max_pages=2)
    told = reads(bench, 1)
    if datetime.fromisoformat(bench.missing[0]["until"]).minute == 0:
        pytest.skip(f"pages of {bench.api.name} repeat the last post of a page: two end on the hour")
    oldest = min(told, key=lambda row: row["hour_at"])
    assert not oldest["is_whole_hour"] and oldest["seen"] == 1


def test_a_back_fill_tells_its_own_reads(aged):
    fill(aged)
    told = [
        row
        for row in aged.tables["reads"]
        if row["is_back_fill"] and row["hour_at"] < DAY + timedelta(days=1)
    ]
    assert sum(row["seen"] for row in told) == len(OLD)
    assert fill(aged, again=True).is_done
    second = [
        row for row in reads(aged, aged.runs) if row["hour_at"] < DAY + timedelta(days=1) and row["seen"]
    ]
    assert all(row["is_reread"] and row["known"] == row["seen"] == row["found_before"] for row in second)
