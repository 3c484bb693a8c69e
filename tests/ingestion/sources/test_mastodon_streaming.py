"""Mastodon's stream: what it sends lands beside what the pages bring, and nothing lands twice."""

import json
from datetime import timedelta

import pytest

from ingestion.landing import Counts
from ingestion.network.stream import MAX_FAILURES
from ingestion.registry import network_type
from tests.ingestion.kit.apis import MastodonApi
from tests.ingestion.kit.bench import NOW, PRIVATE, SECRET, Bench, Post
from tests.replay_server import ReplayServer, SkippingClock
from tests.stream_server import StreamServer

STREAM = ["hashtag", "lumora"]


@pytest.fixture
def stream():
    with StreamServer() as stream:
        stream.greets = 1
        yield stream


@pytest.fixture
def bench(stream, monkeypatch):
    monkeypatch.setattr("ingestion.network.stream.BATCH_SECONDS", 0.02)
    clock = SkippingClock(NOW)
    with ReplayServer() as server:
        settings = {"streaming_url": stream.url, "listen_seconds": 1}
        yield Bench(MastodonApi(), network_type("mastodon"), server, clock, settings)


def send(stream, event, payload):
    said = {
        "stream": STREAM,
        "event": event,
        "payload": payload if isinstance(payload, str) else json.dumps(payload),
    }
    stream.send((len(stream.messages) + 1, json.dumps(said).encode()))


def update(bench, stream, number, event="update", **changes):
    post = Post(number, NOW - timedelta(minutes=1), **changes)
    send(stream, event, bench.api.item(post))
    return post


def test_without_listen_seconds_nothing_is_listened_to(bench, stream):
    bench.run(listen_seconds=0)
    assert stream.connections == [] and len(bench.posts) == 11


def test_it_subscribes_to_the_tags_with_its_token_in_a_header(bench, stream):
    bench.run()
    (came,) = stream.connections
    assert came.path == "/api/v1/streaming" and came.query == {}
    assert came.headers["authorization"] == f"Bearer {SECRET}"
    assert [json.loads(words) for words in came.said] == [
        {"type": "subscribe", "stream": "hashtag", "tag": "lumora"}
    ]
    assert SECRET not in "\n".join(bench.everything())


def test_the_public_timeline_is_subscribed_to_where_it_is_wanted(bench, stream):
    stream.greets = 2
    bench.server.serve("/api/v1/timelines/public", [])
    bench.run(timelines=["hashtags", "public"])
    assert json.loads(stream.connections[0].said[1]) == {"type": "subscribe", "stream": "public"}


def test_new_and_edited_statuses_land(bench, stream):
    update(bench, stream, 30)
    update(bench, stream, 11, "status.update", text="I sold my lumora", edited=NOW)
    send(stream, "filters_changed", "")
    counts = bench.run()
    assert counts == Counts(received=13, accepted=13)
    first, second = bench.observations(11)
    assert "sold" in second["text"] and second["edited_at"] == NOW and "sold" not in first["text"]
    assert len(bench.observations(30)) == 1
    assert bench.messages.strip() == ""


def test_what_the_stream_sent_is_not_landed_again_by_the_pages(bench, stream):
    post = update(bench, stream, 30)
    bench.run()
    bench.api.posts.append(post)
    assert bench.run(listen_seconds=0).accepted == 0


def test_a_deletion_of_what_landed_becomes_a_tombstone_at_once(bench, stream):
    update(bench, stream, 30)
    for number in ("30", "5", "999"):
        send(stream, "delete", number)
    bench.run(revisit_days=0)
    assert sorted(row["post_id"] for row in bench.posts if row["is_deleted"]) == ["30", "5"]
    for row in bench.posts:
        if row["is_deleted"]:
            assert (row["text"], row["url"], row["author_key"], row["extra"]) == (None,) * 4
    # A server may still have the old page.
    assert bench.run(listen_seconds=0).accepted == 0


def test_dropped_connections_double_nothing(bench, stream):
    for number in range(30, 40):
        update(bench, stream, number)
    send(stream, "delete", "33")
    stream.drop_after(2, 5, 0, 4)
    stream.drop_after(7, 1, half=True)
    bench.run(listen_seconds=8, revisit_days=0)
    assert len(stream.connections) == 7
    assert len(bench.posts) == 22 and len({row["observation_id"] for row in bench.posts}) == 22
    assert [row["is_deleted"] for row in bench.observations(33)] == [False, True]


def test_a_stream_that_is_not_there_does_not_hold_up_the_pages(bench, stream):
    stream.refuse(500, times=50)
    bench.run(listen_seconds=600)
    assert len(bench.posts) == 11
    assert len(stream.connections) == MAX_FAILURES and "HTTP 500" in bench.messages


def test_a_refusal_is_told_with_what_to_do(bench, stream):
    stream.refuse(401)
    bench.run()
    assert "HTTP 401; listenhouse sources test mastodon" in bench.messages
    send_error = json.dumps({"error": "Error: no such stream", "status": 400}).encode()
    stream.send((1, send_error))
    bench.run()
    assert "the stream says: Error: no such stream" in bench.messages


def test_a_long_retry_after_is_obeyed_across_runs(bench, stream):
    stream.refuse(429, "7200")
    bench.run()
    bench.server.forget()
    bench.run()
    assert bench.server.requests == [] and "no request before" in bench.messages


BAD = {
    "no JSON": (b'{"event":"upd', "invalid_json"),
    "no UTF-8": (b'{"event":"\xff"}', "invalid_utf8"),
    "a broken payload": (b'{"event":"update","payload":"{\\"id\\": 1"}', "invalid_json"),
    "a list": (b"[1]", "unexpected_shape"),
    "no event": (b"{}", "unexpected_shape"),
    "no status": (b'{"event":"update","payload":"[1]"}', "unexpected_shape"),
}


@pytest.mark.parametrize(("raw", "reason"), BAD.values(), ids=BAD)
def test_a_message_that_is_not_understood_is_quarantined_alone(bench, stream, raw, reason):
    update(bench, stream, 30)
    stream.send((90, raw))
    update(bench, stream, 31)
    counts = bench.run()
    assert (counts.accepted, counts.quarantined) == (13, 1)
    assert bench.tables["quarantine"][0]["reason"] == reason


def test_nothing_private_lands(bench, stream):
    update(bench, stream, 30, text="call +43 1 234 56 78 about my lumora")
    private = bench.api.item(Post(31, NOW)) | {"visibility": "private"}
    send(stream, "update", private)
    stream.send((90, json.dumps({"event": "update", "payload": json.dumps(private)[:-9]}).encode()))
    bench.run()
    landed = "\n".join(bench.everything())
    assert not [words for words in PRIVATE.values() if words in landed]
    assert "[phone]" in bench.observations(30)[0]["text"] and bench.observations(31) == []
