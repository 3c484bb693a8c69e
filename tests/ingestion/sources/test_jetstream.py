"""Jetstream: against a server that drops, repeats and forgets, nothing is lost and nothing is doubled."""

import json
import random
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from ingestion.home import Home
from ingestion.landing import Counts, Pseudonyms
from ingestion.landing.runner import LandingError, land
from ingestion.network.probe import probe
from ingestion.network.stream import MAX_FAILURES
from ingestion.sources.jetstream.hearing import Hearing
from tests.ingestion.sources.jetstream_bench import (
    COLLECTION,
    NOW,
    PRESENT,
    Bench,
    account,
    commit,
    did,
    message,
    uri,
    us,
)
from tests.stream_server import StreamServer, random_drops


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """A run ends when nothing came for a moment; a busy machine takes up to that moment."""
    monkeypatch.setattr("ingestion.network.stream.BATCH_SECONDS", 0.02)
    monkeypatch.setattr("ingestion.sources.jetstream.hearing.SILENCE_S", 1.0)


@pytest.fixture
def server():
    with StreamServer() as server:
        yield server


@pytest.fixture
def bench(server):
    return Bench(server)


# -- reading --------------------------------------------------------------------------------------


def test_only_posts_with_a_searched_term_land_and_the_rest_is_counted(bench, server):
    server.send(
        commit(1, 600),
        commit(2, 599, text="nothing of interest"),
        commit(3, 598, collection="app.bsky.feed.like", record={"subject": "x"}),
        commit(4, 597, text="ＬＵＭＯＲＡ is not folded, Lümora is"),
        account(7, 596, active=True, status=None),
        message(595, kind="identity", identity={"did": did(1), "handle": "h", "seq": 3}),
        message(594, kind="something new"),
        PRESENT,
    )
    counts = bench.run()
    assert counts == Counts(received=2, accepted=2)
    assert set(bench.landed) == {uri(1), uri(4)}
    assert bench.quota == {"milliseconds_behind": 0, "events_read": 8, "passed_over": 6}
    assert (
        "of 8 events passed over: 1 posts without a searched term, 1 other account events, 2 identity events, "
        "1 records that are no posts, 1 events of an unknown kind" in bench.messages
    )


def test_a_post_lands_as_bluesky_lands_it(bench, server):
    record = {
        "$type": COLLECTION,
        "text": "lumora? write to ann@mail.example",
        "langs": ["de"],
        "createdAt": "2026-03-01T12:00:00.000Z",
        "reply": {"parent": {"uri": uri(5, 3), "cid": "c"}, "root": {"uri": uri(5, 3), "cid": "c"}},
    }
    server.send(commit(1, 600, record=record), PRESENT)
    bench.run()
    (row,) = bench.posts
    assert (row["platform"], row["post_type"], row["language"], row["parent_post_id"]) == (
        "bluesky",
        "reply",
        "de",
        uri(5, 3),
    )
    assert row["text"] == "lumora? write to [email]"
    assert row["created_at"] == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert row["observed_at"] == datetime.fromtimestamp(us(600) / 1_000_000, UTC)
    assert row["like_count"] is None and row["author_key"] == Pseudonyms(b"a key for tests only").one(
        "bluesky", did(0)
    )


def test_it_asks_for_posts_from_the_first_hours_on_and_then_from_its_cursor(bench, server):
    server.send(commit(1, 600), PRESENT)
    bench.run()
    bench.run()
    first, second = (seen.query for seen in server.connections)
    assert first["wantedCollections"] == COLLECTION
    assert int(first["cursor"]) == pytest.approx(us(3600), abs=1_000_000)
    assert int(second["cursor"]) == PRESENT[0] - 5_000_000


def test_without_first_hours_it_begins_at_the_present(bench, server):
    server.send(commit(1, 600))
    bench.run(first_hours=0, max_seconds=1)
    assert "cursor" not in server.connections[0].query and bench.posts == []


def test_a_second_run_adds_nothing(bench, server):
    server.send(*[commit(n, 0.5 - n / 1_000) for n in range(20)], PRESENT)
    assert bench.run().accepted == 20
    assert bench.run() == Counts()
    assert len(bench.posts) == 20


def test_a_run_that_ends_at_its_limit_is_gone_on_with_by_the_next(bench, server):
    server.send(*[commit(n, 600 - n) for n in range(50)], PRESENT)
    bench.run(max_events=13)
    assert len(bench.posts) == 13 and "a limit of the run was reached" in bench.messages
    for _ in range(6):
        bench.run()
    assert bench.landed == Counter(uri(n) for n in range(50))


def test_events_that_come_a_little_late_are_caught_by_the_overlap(bench, server):
    server.send(commit(1, 0), PRESENT)
    bench.run()
    server.messages.insert(0, commit(2, -3498))
    bench.run()
    assert bench.landed == Counter([uri(1), uri(2)])


def test_it_listens_on_for_as_long_as_it_is_asked_to(bench, server):
    server.send(PRESENT)
    late = threading.Timer(0.5, lambda: server.send(commit(9, -2)))
    late.start()
    bench.run(listen_seconds=2)
    late.join()
    assert set(bench.landed) == {uri(9)}


# -- connections that end -------------------------------------------------------------------------


def history(seed: int, size: int = 400) -> list[tuple[int, bytes]]:
    """Return a made-up stream of posts, edits, deletions, ended accounts and noise, and what no event is."""
    drawn = random.Random(seed)
    events, held = [], []
    for n in range(size):
        ago = 900 - n * 2
        kind = drawn.random()
        if kind < 0.5 or not held:
            held.append((n, drawn.randint(0, 40)))
            events.append(commit(n, ago, author=held[-1][1]))
        elif kind < 0.6:
            events.append(commit(n, ago, text="no term", author=drawn.randint(0, 40)))
        elif kind < 0.75:
            number, author = held.pop(drawn.randrange(len(held)))
            events.append(commit(number, ago, "delete", author=author))
        elif kind < 0.85:
            number, author = drawn.choice(held)
            events.append(commit(number, ago, "update", f"edit {n} of my machine", author=author))
        elif kind < 0.9:
            author = drawn.randint(0, 40)
            events.append(account(author, ago))
            held = [(number, by) for number, by in held if by != author] or []
        elif kind < 0.95:
            events.append((us(ago), b'{"did":"did:plc:half","time_us":' + str(n).encode()))
        else:
            events.append(message(ago, kind="identity", identity={"did": did(1), "seq": n}))
    return [*events, PRESENT]


def outcome(bench):
    observations = Counter(
        (row["post_id"], row["observed_at"], row["text"], row["is_deleted"]) for row in bench.posts
    )
    return observations, sorted(row["reason"] for row in bench.tables.get("quarantine", []))


@pytest.mark.parametrize("seed", range(6))
def test_dropped_connections_lose_nothing_and_double_nothing(seed):
    events = history(seed)
    with StreamServer(events) as server:
        whole = Bench(server)
        whole.run()
    assert whole.gone and len(whole.tables["quarantine"]) > 5
    with StreamServer(events) as server:
        broken = Bench(server)
        server.drop_after(*random_drops(seed, 60, 12))
        server.drop_after(*random_drops(seed + 100, 60, 12), half=True)
        while broken.state.get("cursor") != PRESENT[0]:
            broken.run()
        broken.run()
        assert len(server.connections) > 10
    assert outcome(broken) == outcome(whole)
    assert max(outcome(broken)[0].values()) == 1


@pytest.mark.parametrize("budget", [9, 20, 50])
def test_reading_in_pieces_equals_one_full_read(budget):
    events = history(11, 120)
    with StreamServer(events) as server:
        whole, pieces = Bench(server), Bench(server)
        whole.run()
        while pieces.state.get("cursor") != PRESENT[0]:
            pieces.run(max_events=budget)
    assert outcome(pieces) == outcome(whole)


def test_a_connection_that_brings_nothing_new_is_given_up_after_some_tries(bench, server):
    server.refuse(503, times=50)
    bench.run()
    assert len(server.connections) == MAX_FAILURES
    assert f"HTTP 503, {MAX_FAILURES} times in a row" in bench.messages
    assert all(
        earlier <= 2 * later + 1
        for earlier, later in zip(bench.clock.sleeps, bench.clock.sleeps[1:], strict=False)
    )


def test_a_server_that_is_not_there_fails_no_run(bench, server):
    server.close()
    assert bench.run() == Counts()
    assert "no connection" in bench.messages


def test_retry_after_is_obeyed_in_the_run_and_across_runs(bench, server):
    server.send(commit(1, 600), PRESENT)
    server.refuse(429, "20")
    bench.run()
    assert max(bench.clock.sleeps) == 20 and len(bench.posts) == 1
    server.refuse(429, "7200")
    bench.run()
    before = len(server.connections)
    bench.run()
    assert len(server.connections) == before and "no request before" in bench.messages
    bench.clock.skip(7300)
    bench.run(max_seconds=1)
    assert len(server.connections) > before


def test_a_refusal_ends_the_run_and_says_what_to_do(bench, server):
    server.refuse(403, times=9)
    bench.run()
    assert len(server.connections) == 1
    assert "HTTP 403; listenhouse sources test jetstream" in bench.messages


def test_a_cursor_that_is_too_old_is_told_as_a_gap(bench, server):
    server.send(commit(1, 3000), PRESENT)
    bench.run(max_events=1)
    server.keeps_from_us = us(1000)
    server.messages.insert(1, commit(2, 900))
    bench.run(max_events=100)
    assert set(bench.landed) == {uri(1), uri(2)}
    gap = f"a gap: no events from {NOW - timedelta(seconds=3000):%Y-%m-%d %H:%M:%S} to {NOW - timedelta(seconds=900):%Y-%m-%d %H:%M:%S} UTC"
    assert gap in bench.messages


def test_a_cursor_that_the_server_refuses_is_told_and_the_present_is_read(bench, server):
    server.send(commit(1, 3000))
    bench.run(max_events=1)
    server.refuse(400)
    server.send(PRESENT)
    bench.run(max_seconds=2)
    assert "refuses the cursor" in bench.messages
    assert any("cursor" not in seen.query for seen in server.connections)


# -- edits and deletions --------------------------------------------------------------------------


def test_an_edit_is_another_observation_also_without_the_term(bench, server):
    server.send(
        commit(1, 600), commit(1, 500, "update", "I sold it"), commit(2, 400, "update", "never ours"), PRESENT
    )
    bench.run()
    first, second = sorted(bench.posts, key=lambda row: row["observed_at"])
    assert (first["edited_at"], second["text"]) == (None, "I sold it")
    assert second["edited_at"] == second["observed_at"] > first["observed_at"]
    assert "1 edits of other posts" in bench.messages
    server.messages.insert(3, commit(1, -3499, "update", "I bought another"))
    bench.run()
    assert [row["text"] for row in bench.posts][-1] == "I bought another"


@pytest.mark.parametrize("later", [False, True], ids=["in the same run", "in a later run"])
def test_a_deletion_becomes_a_tombstone_of_what_landed_alone(bench, server, later):
    posts = [commit(1, 600), commit(2, 590), commit(3, 580, text="none of ours")]
    deletions = [commit(1, 500, "delete"), commit(3, 490, "delete")]
    server.send(*posts, *([] if later else deletions), PRESENT)
    if later:
        bench.run(max_events=3)
        server.messages[3:3] = deletions
    bench.run(max_events=100)
    assert bench.gone == Counter([uri(1)])
    (row,) = [row for row in bench.posts if row["is_deleted"]]
    assert (row["text"], row["url"], row["author_key"], row["extra"]) == (None,) * 4
    assert "1 deletions of other posts" in bench.messages


@pytest.mark.parametrize("later", [False, True], ids=["in the same run", "in a later run"])
@pytest.mark.parametrize("status", ["deleted", "takendown"])
def test_an_account_that_ends_takes_its_posts_along(bench, server, later, status):
    server.send(commit(1, 600, author=5), commit(2, 590, author=5), commit(3, 580, author=6), PRESENT)
    if later:
        bench.run(max_events=3)
    server.messages[3:3] = [account(5, 500, status=status), account(99, 490)]
    bench.run(max_events=100)
    assert bench.gone == Counter([uri(1, 5), uri(2, 5)])
    assert set(bench.landed) == {uri(1, 5), uri(2, 5), uri(3, 6)}


@pytest.mark.parametrize("status", ["suspended", "deactivated", "desynchronized"])
def test_an_account_that_may_come_back_keeps_its_posts(bench, server, status):
    server.send(commit(1, 600, author=5), account(5, 500, status=status), PRESENT)
    bench.run()
    assert not bench.gone


def test_what_an_account_writes_after_its_return_is_not_deleted(bench, server):
    server.send(
        commit(1, 600, author=5), account(5, 500, status="takendown"), commit(2, 400, author=5), PRESENT
    )
    bench.run()
    assert bench.gone == Counter([uri(1, 5)])


def test_a_deleted_post_does_not_come_back_with_an_old_stretch(bench, server):
    server.send(commit(1, 600), commit(1, 500, "delete"), PRESENT)
    bench.run()
    bench.state = {}  # as if the cursor were lost: the server replays all of it
    bench.run()
    assert (bench.landed, bench.gone) == (Counter([uri(1)]), Counter([uri(1)]))
    assert "1 posts that were deleted before" in bench.messages


def test_the_same_events_read_anew_are_the_same_observations(bench, server):
    server.send(commit(1, 600), commit(2, 500), PRESENT)
    bench.run()
    bench.state = {}
    bench.run()
    assert len(bench.posts) == 4 and len({row["observation_id"] for row in bench.posts}) == 2


# -- what is no event -----------------------------------------------------------------------------

BROKEN = {
    "no JSON": b'{"did":"did:plc:annann","time_us":17, "text": "mail ann@mail.example"',
    "no UTF-8": b'{"did":"did:plc:annann\xff"}',
    "half a character": b'{"did":"did:plc:annann","text":"\\ud800"}',
    "empty": b"",
}
ODD = {
    "a list": b"[1]",
    "no time": b'{"did":"did:plc:a","kind":"commit"}',
    "a time far off": b'{"did":"did:plc:a","kind":"identity","time_us":99999999999999999}',
    "a time ahead of all clocks": message(-4000, kind="identity", identity={})[1],
    "a record that is none": json.loads(commit(1, 600, record={"x": 1})[1])
    | {"commit": {"operation": "create"}},
    "an unknown operation": json.dumps(
        {"did": "did:plc:a", "time_us": 5, "kind": "commit"}
        | {"commit": {"operation": "erase", "rkey": "1", "rev": "1", "collection": COLLECTION, "record": {}}}
    ).encode(),
}


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN)
def test_what_is_no_json_is_quarantined_with_its_bytes_but_without_people(bench, server, raw):
    server.send(commit(1, 600), (us(590), raw), commit(2, 580), PRESENT)
    server.drop_after(2, 3)
    counts = bench.run()
    assert (counts.accepted, counts.quarantined) == (2, 1)
    (row,) = bench.tables["quarantine"]
    assert row["reason"] == "invalid_json" and row["payload_bytes"] == len(raw) and row["remedy"]
    assert b"annann" not in row["payload"] and b"ann@" not in row["payload"]
    assert len(row["payload"]) > 10 or not raw


@pytest.mark.parametrize("raw", ODD.values(), ids=ODD)
def test_an_event_of_another_shape_is_quarantined_alone(bench, server, raw):
    raw = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    server.send(commit(1, 600), (us(590), raw), commit(2, 580), PRESENT)
    counts = bench.run()
    assert (counts.accepted, counts.quarantined) == (2, 1)
    assert bench.tables["quarantine"][0]["reason"] == "unexpected_shape"
    assert bench.state["cursor"] == PRESENT[0]


def test_a_post_that_does_not_fit_is_quarantined_with_the_field(bench, server):
    odd = {"$type": COLLECTION, "text": {"words": "lumora"}, "createdAt": "2026-03-01T12:00:00Z"}
    nul = {"$type": COLLECTION, "text": "lumora \0", "createdAt": "2026-03-01T12:00:00Z"}
    server.send(commit(1, 600, record=odd), commit(2, 590, record=nul), commit(3, 580), PRESENT)
    counts = bench.run()
    assert (counts.accepted, counts.quarantined) == (1, 2)
    assert {row["field"] for row in bench.tables["quarantine"]} == {"text"}


# -- through dlt into the warehouse, and the command ----------------------------------------------


def test_through_dlt_what_lands_and_the_cursor_go_together(server, tmp_path):
    events = history(3)
    with StreamServer(events) as other:
        whole = Bench(other)
        whole.run()
    server.messages = events
    server.drop_after(30, 60)
    bench = Bench(server)
    home = Home(root=tmp_path, config=tmp_path / "listening.yml")
    for number in range(3):
        bench.settings = {"max_events": 230, "first_hours": 1}
        land("jetstream", home, bench.listening(), f"run-{number}")
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select post_id, observed_at, text, is_deleted from raw_jetstream.posts"
        ).fetchall()
        unbalanced = connection.execute(
            "select count(*) from raw_jetstream.landings where received <> accepted + duplicate + quarantined + deleted"
        ).fetchone()
    assert Counter(rows) == outcome(whole)[0]
    assert unbalanced == (0,)


def test_a_run_that_breaks_off_leaves_the_cursor_where_it_was(server, tmp_path, monkeypatch):
    server.messages = [*[commit(n, 600 - n) for n in range(30)], PRESENT]
    bench = Bench(server)
    home = Home(root=tmp_path, config=tmp_path / "listening.yml")
    settle, broken = Hearing._settle, []

    def breaks_once(hearing):
        yield from settle(hearing)
        if not broken:
            broken.append(hearing)
            raise RuntimeError("out of disk")

    monkeypatch.setattr("ingestion.sources.jetstream.hearing.FLUSH_ROWS", 5)
    monkeypatch.setattr(Hearing, "_settle", breaks_once)
    with pytest.raises(LandingError, match="out of disk"):
        land("jetstream", home, bench.listening(), "run-1")
    assert land("jetstream", home, bench.listening(), "run-2").total == Counts(received=30, accepted=30)
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        rows = connection.execute("select post_id from raw_jetstream.posts").fetchall()
    assert sorted(rows) == [(uri(n),) for n in range(30)]
    first, second = (int(seen.query["cursor"]) for seen in server.connections)
    assert abs(first - second) < 600 * 1_000_000  # an hour ago both times, not where the first one got to


def test_the_probe_opens_reads_one_event_and_closes(server):
    server.ends = False
    listening = Bench(server).listening()
    late = commit(1, 0)
    threading.Timer(0.3, lambda: server.send(late)).start()
    found = probe("jetstream", listening)
    assert found.is_good and f"an event of {len(late[1]):,} bytes" in found.detail
    assert len(server.connections) == 1 and "cursor" not in server.connections[0].query
    server.refuse(403)
    assert not probe("jetstream", listening).is_good
