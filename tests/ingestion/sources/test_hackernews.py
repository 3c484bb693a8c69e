"""Hacker News, from the API's shapes (as documented at github.com/HackerNews/API) to the landed tables."""

from datetime import timedelta

import pytest

from ingestion.landing import Counts
from ingestion.sources.hackernews.items import BadAnswer, read_json, to_row
from ingestion.sources.hackernews.memory import Memory
from ingestion.sources.hackernews.settings import MAX_WAITING
from tests.ingestion.kit.bench import NOW
from tests.ingestion.sources.live import LiveSource, prepared_home
from tests.replay_server import html, status, truncated


def epoch(moment):
    return int(moment.timestamp())


def story(number, **changes):
    return {
        "by": "dhouston",
        "descendants": 3,
        "id": number,
        "kids": [number + 1000],
        "score": 104,
        "time": epoch(NOW - timedelta(hours=2)),
        "title": f"Story {number}",
        "type": "story",
        "url": f"https://example.org/{number}",
    } | changes


def comment(number, **changes):
    return {
        "by": "norvig",
        "id": number,
        "parent": 100,
        "text": "Aw shucks, guys ... you make me blush.<p>It&#x27;s <i>fine</i>.",
        "time": epoch(NOW - timedelta(hours=1)),
        "type": "comment",
    } | changes


class Api:
    """The API's addresses on a replay server."""

    def __init__(self, server):
        self.server = server
        self.items = {}
        self.lists([])
        server.serve("/v0/updates.json", lambda _: {"items": [], "profiles": []})

    def lists(self, ids, name="newstories"):
        self.server.serve(f"/v0/{name}.json", ids)

    def put(self, *items):
        for item in items:
            self.server.serve(f"/v0/item/{item['id']}.json", item)

    def asked(self):
        """Return the numbers of the items asked for since the log was cleared, sorted."""
        paths = [seen.path for seen in self.server.requests if "/item/" in seen.path]
        return sorted(int(path.rpartition("/")[2].removesuffix(".json")) for path in paths)


@pytest.fixture
def api(server):
    return Api(server)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return prepared_home("hackernews", tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def source(prepared, tmp_path, server, clock):
    return LiveSource(
        "hackernews", prepared, tmp_path / "home", server, clock, {"base_url": server.url + "/v0"}
    )


# -- parse ----------------------------------------------------------------------------------------


def test_a_story_becomes_a_row():
    row = to_row(story(8863, dead=True), NOW)
    assert row == {
        "item_id": 8863,
        "platform": "hackernews",
        "item_type": "story",
        "title": "Story 8863",
        "text": None,
        "url": "https://example.org/8863",
        "author_id": "dhouston",
        "parent_item_id": None,
        "created_at": epoch(NOW - timedelta(hours=2)),
        "is_deleted": None,
        "is_dead": True,
        "score": 104,
        "descendants": 3,
        "observed_at": NOW,
    }


def test_a_comment_becomes_plain_text_under_its_parent():
    row = to_row(comment(2921983), NOW)
    assert row["text"] == "Aw shucks, guys ... you make me blush.\nIt's fine."
    assert (row["parent_item_id"], row["item_type"]) == (100, "comment")


def test_odd_values_are_left_for_landing_to_judge():
    row = to_row({"id": "x", "text": ["no", "text"], "time": 2**70, "score": "1.2K"}, NOW)
    assert (row["item_id"], row["text"], row["created_at"], row["score"]) == (
        "x",
        ["no", "text"],
        2**70,
        "1.2K",
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "invalid_json"),
        (b'{"id": 1, "by": "dhou', "invalid_json"),
        (b"<html></html>", "invalid_json"),
        (b'{"id": 1, "title": "\xff"}', "invalid_utf8"),
        (b"[" * 100_000, "invalid_json"),
        (b'{"id": ' + b"9" * 5000 + b"}", "invalid_json"),
    ],
)
def test_what_is_no_json_is_told_apart(body, reason):
    with pytest.raises(BadAnswer) as problem:
        read_json(body)
    assert (problem.value.reason, problem.value.body) == (reason, body)


# -- memory ---------------------------------------------------------------------------------------


def test_ids_wait_until_their_items_came():
    memory = Memory({})
    memory.note_list("newstories", [3, 2, 1], {})
    assert memory.due(2) == [3, 2]
    memory.note_item(3, epoch(NOW), NOW)
    assert memory.due(5) == [2, 1]
    memory.note_list("newstories", [4, 3, 2], {})
    assert memory.due(5) == [4, 2, 1]


def test_counting_starts_near_the_newest_item_and_then_misses_none():
    memory = Memory({})
    memory.count_up_to(1000, first_time=3)
    assert memory.due(10) == [1000, 999, 998]
    memory.count_up_to(1004, first_time=3)
    assert memory.due(10) == [1004, 1003, 1002, 1001, 1000, 999, 998]
    memory.count_up_to(900, first_time=3)
    assert memory.due(1) == [1004]


def test_an_endless_backlog_is_cut_and_counted():
    memory = Memory({})
    memory.count_up_to(1, first_time=1)
    memory.count_up_to(10**9, first_time=1)
    assert memory.tidy(NOW, 7) == 1
    assert len(memory.due(10**6)) == MAX_WAITING


def test_changed_items_are_asked_again_first_and_old_ones_never():
    memory = Memory({})
    for number, days in [(1, 1), (2, 2), (3, 3), (4, 30)]:
        memory.note_item(number, epoch(NOW - timedelta(days=days)), NOW - timedelta(hours=10 - number))
    memory.note_item(5, None, NOW - timedelta(hours=9))
    assert memory.due_again([3, 4, 99], NOW, 7, 10) == [3, 1, 2]
    assert memory.due_again([], NOW, 7, 2) == [1, 2]
    assert memory.due_again([], NOW, 0, 2) == []


def test_old_items_are_forgotten_once_they_are_on_no_list():
    state = {}
    memory = Memory(state)
    for number, days in [(1, 1), (2, 20), (3, 20)]:
        memory.note_item(number, epoch(NOW - timedelta(days=days)), NOW)
        memory.seen[str(number)] = "hash"
    memory.note_list("beststories", [3], {})
    memory.tidy(NOW, 7)
    assert sorted(state["items"]) == sorted(state["seen"]) == ["1", "3"]


# -- landing --------------------------------------------------------------------------------------


def test_items_land_typed_pseudonymised_and_counted(source, api):
    api.put(
        story(100), comment(101, deleted=False), story(102, type="job", title="A &amp; B <hiring>", by="ann")
    )
    api.lists([102, 101, 100])
    report = source.run()
    assert report.counts["items"] == Counts(received=3, accepted=3)
    assert report.messages == []
    rows = source.query(
        "select item_id, item_type, title, text, url, parent_item_id, created_at, score, descendants,"
        " is_deleted, is_dead, length(author_key), source_name, landing_run_id from items order by item_id"
    )
    assert rows[0] == (
        "100", "story", "Story 100", None, "https://example.org/100", None, NOW - timedelta(hours=2), 104, 3,
        False, False, 32, "hackernews", "run-1",
    )  # fmt: skip
    assert rows[1][:6] == (
        "101",
        "comment",
        None,
        "Aw shucks, guys ... you make me blush.\nIt's fine.",
        None,
        "100",
    )
    assert source.query("select distinct received, accepted, message from landings") == [(3, 3, None)]


def test_no_raw_handle_lands_anywhere(source, api):
    api.put(
        story(1, by="secret_handle"), story(2, by="secret_handle", time="when?"), story(3, by="secret_handle")
    )
    api.put(story(4, by="secret_handle", title="half \ud83d of a pair"))
    api.server.plan("/v0/item/3.json", truncated(0.5))
    api.lists([4, 3, 2, 1])
    assert source.run().counts["items"].quarantined == 3
    assert "secret_handle" not in source.everything()
    assert "Story 1" in source.everything()


def test_only_new_items_are_asked_for_when_none_is_to_be_observed_again(source, api):
    api.put(story(1), story(2), story(3))
    api.lists([2, 1])
    source.run(reobserve_days=0)
    api.server.forget()
    api.lists([3, 2, 1])
    report = source.run()
    assert api.asked() == [3]
    assert report.counts["items"] == Counts(received=1, accepted=1)


def test_an_unchanged_list_costs_a_304_and_nothing_else(source, api):
    api.put(story(1))
    api.lists([1])
    source.run(reobserve_days=0)
    api.server.forget()
    report = source.run()
    assert [seen.path for seen in api.server.requests] == ["/v0/newstories.json"]
    assert "if-none-match" in api.server.requests[0].headers
    assert report.counts == {}
    assert source.query("select count(*) from landings") == [(1,)]


def test_what_max_items_leaves_out_comes_in_later_runs_even_if_no_longer_listed(source, api):
    numbers = list(range(1, 8))
    api.put(*(story(number) for number in numbers))
    api.lists(numbers[::-1])
    source.run(max_items=3, reobserve_days=0)
    assert source.query("select list(item_id order by item_id) from items") == [(["5", "6", "7"],)]
    api.lists([])
    source.run()
    source.run()
    assert source.query("select count(*), count(distinct item_id) from items") == [(7, 7)]


def test_a_deletion_lands_as_a_tombstone_once(source, api):
    api.put(comment(1))
    api.lists([1])
    source.run()
    api.put(
        {"deleted": True, "id": 1, "parent": 100, "time": epoch(NOW), "type": "comment", "text": "[delayed]"}
    )
    source.clock.skip(60)
    report = source.run()
    assert report.counts["items"] == Counts(received=1, deleted=1)
    assert source.query("select text, author_key, is_deleted from items order by observed_at")[1] == (
        None,
        None,
        True,
    )
    assert source.run().counts["items"] == Counts(received=1, duplicate=1)


def test_items_are_observed_again_only_while_young(source, api):
    api.put(story(1))
    api.lists([1])
    source.run(reobserve_days=2)
    source.clock.skip(3 * 86400)
    api.server.forget()
    source.run()
    assert api.asked() == []


def test_items_named_as_changed_go_first_when_requests_are_few(source, api):
    api.put(*(story(number) for number in range(1, 6)))
    api.lists([5, 4, 3, 2, 1])
    source.run()
    api.server.serve("/v0/updates.json", {"items": [4, 77], "profiles": ["ann"]})
    api.server.forget()
    source.run(max_items=1)
    assert api.asked() == [4]


def test_every_item_since_the_last_run_is_read_with_maxitem(source, api):
    api.put(*(comment(number) for number in range(90, 111)))
    api.server.serve("/v0/maxitem.json", 100)
    source.run(lists=["maxitem"], max_items=5, reobserve_days=0)
    api.server.serve("/v0/maxitem.json", 108)
    source.run()
    source.run()
    landed = source.query("select list(cast(item_id as int) order by cast(item_id as int)) from items")
    assert landed == [(list(range(96, 109)),)]


# -- faults ---------------------------------------------------------------------------------------


def test_a_429_is_obeyed_and_costs_no_item(source, api, clock):
    api.put(story(1), story(2))
    api.lists([2, 1])
    api.server.plan("/v0/newstories.json", status(429, retry_after="7"))
    report = source.run()
    assert report.counts["items"] == Counts(received=2, accepted=2)
    assert max(clock.sleeps) == pytest.approx(7, abs=0.5)
    assert len(api.server.asked("/v0/newstories.json")) == 2


def test_an_item_that_fails_stops_no_other_and_comes_next_time(source, api):
    api.put(story(1), story(2), story(3))
    api.lists([3, 2, 1])
    api.server.always("/v0/item/2.json", status(500))
    report = source.run()
    assert report.counts["items"] == Counts(received=2, accepted=2)
    assert "1 items did not come and are asked for again: item 2:" in report.messages[0]
    assert "HTTP 500" in source.query("select message from landings")[0][0]
    api.server.always("/v0/item/2.json", None)
    api.lists([])
    assert source.run().counts["items"].accepted == 1
    assert source.query("select count(distinct item_id) from items") == [(3,)]


def test_an_item_that_fails_for_ever_ends_in_quarantine(source, api, monkeypatch):
    monkeypatch.setattr("ingestion.sources.hackernews.memory.MAX_TRIES", 2)
    api.put(story(1))
    api.lists([2, 1])
    api.server.always("/v0/item/2.json", status(500))
    source.run(reobserve_days=0)
    report = source.run()
    assert report.counts["items"] == Counts(received=1, quarantined=1)
    assert source.query("select native_id, reason from quarantine") == [("2", "not_fetched")]
    api.server.forget()
    source.run()
    assert api.asked() == []


def test_a_server_that_fails_for_ever_is_reported_and_left_alone(source, api):
    api.put(story(0))
    api.lists(list(range(1, 101)))
    for number in range(1, 101):
        api.server.always(f"/v0/item/{number}.json", status(500))
    report = source.run()
    assert "100 items did not come" in report.messages[0] and "and 97 more" in report.messages[0]
    assert len(api.asked()) < 60
    for number in range(1, 101):
        api.server.always(f"/v0/item/{number}.json", None)
        api.put(story(number))
    assert source.run().counts["items"].accepted == 100


def test_a_list_that_fails_stops_no_other_list(source, api):
    api.put(story(1), story(2))
    api.lists([1])
    api.server.always("/v0/topstories.json", status(404))
    api.lists([2], "beststories")
    report = source.run(lists=["topstories", "newstories", "beststories"])
    assert report.counts["items"].accepted == 2
    assert "topstories.json" in report.messages[0] and "HTTP 404" in report.messages[0]


def test_a_web_page_instead_of_a_list_is_quarantined_with_its_bytes(source, api):
    api.put(story(1))
    api.lists([1])
    api.server.plan("/v0/newstories.json", html())
    report = source.run()
    assert report.counts["items"] == Counts(received=1, quarantined=1)
    unit, detail, remedy, payload = source.query("select unit, detail, remedy, payload from quarantine")[0]
    assert unit.endswith("/newstories.json") and "web page" in detail and "asks again" in remedy
    assert b"Log in" in payload
    assert source.run().counts["items"].accepted == 1


def test_a_truncated_item_is_quarantined_and_comes_next_time(source, api):
    api.put(story(1), story(2))
    api.lists([2, 1])
    api.server.plan("/v0/item/2.json", truncated())
    report = source.run(reobserve_days=0)
    assert report.counts["items"] == Counts(received=2, accepted=1, quarantined=1)
    assert source.query("select native_id, reason from quarantine") == [("2", "invalid_json")]
    assert source.run().counts["items"] == Counts(received=1, accepted=1)


def test_an_item_that_is_not_there_yet_waits(source, api):
    api.server.serve("/v0/item/1.json", b"null")
    api.lists([1])
    report = source.run()
    assert "the item is not there (yet)" in report.messages[0]
    api.put(story(1))
    assert source.run().counts["items"] == Counts(received=1, accepted=1)


BAD_ITEMS = [
    ({"title": "half \ud83d of a pair"}, "title", "lone_surrogate"),
    ({"title": "a \0 b"}, "title", "nul_byte"),
    ({"score": 2**70}, "score", "integer_out_of_range"),
    ({"score": "1.2K"}, "score", "not_an_integer"),
    ({"descendants": -1}, "descendants", "negative_count"),
    ({"id": None}, "item_id", "missing_id"),
    ({"time": None}, "created_at", "missing_value"),
    ({"time": "yesterday"}, "created_at", "not_a_timestamp"),
    ({"time": 2**70}, "created_at", "not_a_timestamp"),
    ({"type": "comment", "text": "x" * 100_001}, "text", "text_too_long"),
    ({"text": {"no": "text"}}, "text", "value_not_allowed"),
    ({"id": 7}, None, "value_not_allowed"),
]


def test_bad_items_are_quarantined_alone_and_not_asked_for_again(source, api):
    good, bad = len(BAD_ITEMS) + 1, list(enumerate(BAD_ITEMS, start=1))
    for number, (change, _, _) in bad:
        item = {name: value for name, value in (story(number) | change).items() if value is not None}
        api.server.serve(f"/v0/item/{number}.json", item)
    api.put(story(good))
    api.lists([good, *(number for number, _ in bad)])
    report = source.run(reobserve_days=0)
    assert report.counts["items"] == Counts(received=good, accepted=1, quarantined=len(bad))
    assert source.query("select item_id from items") == [(str(good),)]
    told = source.query("select field, reason from quarantine where remedy <> '' and payload_bytes > 0")
    assert sorted(map(str, told)) == sorted(str((field, reason)) for _, field, reason in BAD_ITEMS)
    api.server.forget()
    source.run()
    # The item that claims another id may have been an answer mixed up on the way: it gets another chance.
    assert api.asked() == [len(bad)]
