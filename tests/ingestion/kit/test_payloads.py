"""Recorded answers of the real APIs: every post in them lands through its source, or is quarantined with a reason."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingestion.registry import network_type
from tests.ingestion.kit.apis import (
    BlueskyApi,
    FacebookApi,
    InstagramApi,
    MastodonApi,
    RedditApi,
    XApi,
    YouTubeApi,
)
from tests.ingestion.kit.bench import Bench
from tests.ingestion.kit.single_apis import FeedApi, HackerNewsApi
from tests.ingestion.sources.jetstream_bench import PRESENT
from tests.ingestion.sources.jetstream_bench import Bench as JetstreamBench
from tests.stream_server import StreamServer

MANY = 10_000


def _inside(value: Any) -> Iterator[dict]:
    """Yield every object in a decoded answer, however deep."""
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _inside(child)


def _decoded(texts: Iterator[str | None]) -> Iterator[Any]:
    for text in texts:
        try:
            yield json.loads(text or "")
        except ValueError:
            continue


def _exchanges(cassette: dict) -> list[dict]:
    """Return what was recorded, under either of the names that the recorder gave it."""
    return cassette.get("http_interactions") or cassette["interactions"]


def mastodon(folder: Path) -> list[dict]:
    """Return the statuses of all answers, boosted and quoted ones also by themselves."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    bodies = (
        exchange["response"]["body"].get("string")
        for path in sorted(folder.glob("*.yaml"))
        for exchange in yaml.load(path.read_text(encoding="utf-8"), loader)["interactions"]
    )
    return [
        o
        for body in _decoded(bodies)
        for o in _inside(body)
        if {"content", "visibility", "account"} <= set(o)
    ]


def reddit(folder: Path) -> list[dict]:
    """Return the submissions and comments of all answers."""
    bodies = (
        exchange["response"]["body"].get("string")
        for path in sorted(folder.glob("*.json"))
        for exchange in _exchanges(json.loads(path.read_text(encoding="utf-8")))
    )
    things = (o for body in _decoded(bodies) for o in _inside(body))
    return [o for o in things if o.get("kind") in ("t1", "t3") and isinstance(o.get("data"), dict)]


def youtube(folder: Path) -> list[dict]:
    """Return the videos, comments and comment threads of all answers; search results only name videos."""
    kinds = {"youtube#video", "youtube#comment", "youtube#commentThread", "youtube#searchResult"}
    answers = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.json")))
    return [o for answer in answers for o in _inside(answer) if o.get("kind") in kinds and "snippet" in o]


def bluesky_records(folder: Path) -> list[dict]:
    """Return post views, and bare records of posts, which have no identity."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    posts = ("app.bsky.feed.defs#feedViewPost", "app.bsky.feed.defs#postView", "app.bsky.feed.post")
    return [o for o in found if o.get("$type") in posts]


def facebook(folder: Path) -> list[dict]:
    """Return the posts, videos and comments of all answers of pages; not what is attached to them."""
    return _of_answers(folder / "facebook/apidata", ("comments", "live_videos", "posts", "videos"))


def instagram(folder: Path) -> list[dict]:
    """Return the media, stories and comments of all answers, of either API."""
    found = _of_answers(folder / "instagram/apidata", ("comments", "medias", "stories", "discovery"))
    found += _of_answers(folder / "instagram_basic/apidata", ("media", "user"))
    media = [item for item in found if "media_type" in item or "caption" in item or "text" in item]
    return [item for item in media if item.get("media_type") != "CAROUSEL_ITEM"]


def _of_answers(folder: Path, kinds: tuple[str, ...]) -> list[dict]:
    paths = [path for kind in kinds for path in sorted((folder / kind).glob("*.json"))]
    answers = (json.loads(path.read_text(encoding="utf-8")) for path in paths)
    return [item for answer in answers for item in _listed(answer) if "id" in item or "message" in item]


def _listed(answer: Any) -> list[dict]:
    """Return the items of an answer: of a list, of several asked for by id, or the one that it is."""
    if isinstance(answer, dict) and isinstance(answer.get("business_discovery"), dict):
        answer = answer["business_discovery"].get("media", {})
    if isinstance(answer, dict) and isinstance(answer.get("data"), list):
        return [item for item in answer["data"] if isinstance(item, dict)]
    if (
        isinstance(answer, dict)
        and answer
        and all(isinstance(v, dict) and "id" in v for v in answer.values())
    ):
        return list(answer.values())
    return [answer] if isinstance(answer, dict) else []


def x_v2(folder: Path) -> list[dict]:
    """Return the posts of all answers, also those that stand beside others; what only names a post is none."""
    answers = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.json")))
    return [
        o for answer in answers for o in _inside(answer) if {"id", "text"} <= set(o) and "event_type" not in o
    ]


# (folder, its made-up API, its items, share that lands at least)
FOLDERS = [
    ("mastodon", MastodonApi, mastodon, 0.99),
    ("reddit", RedditApi, reddit, 0.99),
    ("youtube", YouTubeApi, youtube, 0.8),
    ("bluesky_records", BlueskyApi, bluesky_records, 0.5),
    ("meta", FacebookApi, facebook, 0.6),
    ("meta", InstagramApi, instagram, 0.6),
    ("x_v2", XApi, x_v2, 0.5),
]


@pytest.mark.parametrize(
    ("folder", "api", "items_of", "share"), FOLDERS, ids=[api.name for _, api, *_ in FOLDERS]
)
def test_recorded_posts_land_or_are_quarantined_with_a_reason(
    shared_data, server, clock, folder, api, items_of, share
):
    items = items_of(shared_data / "payloads" / folder)
    assert items
    bench = Bench(api(), network_type(api.name), server, clock)
    if api is YouTubeApi:
        videos = {item["id"]: item for item in items if item["kind"] == "youtube#video"}
        server.serve(
            "/videos",
            lambda seen: {"items": [v for i in seen.query["id"].split(",") if (v := videos.get(i))]},
        )
        items = [
            {"kind": "youtube#searchResult", "id": {"videoId": i}, "snippet": v["snippet"]}
            for i, v in videos.items()
        ] + [item for item in items if item["kind"] != "youtube#video"]
        bench.api.listed = lambda items, cursor, seen: {"items": items}
    bench.api.answer = lambda seen: bench.api.listed(items, None, seen)
    server.serve(bench.api.path, bench.api.answer, etag=False)
    counts = bench.run(max_revisits=MANY)
    assert counts.balanced
    reasons = [(row["reason"], row["field"]) for row in bench.tables.get("quarantine", [])]
    print(f"{folder}: {counts}, {sorted(map(str, set(reasons)))}")
    assert all(reason for reason, _ in reasons)
    if folder == "meta":  # recorded for requests that did not ask for ids or times
        assert set(reasons) <= {("missing_id", "post_id"), ("missing_value", "created_at")}
    assert (counts.received - counts.quarantined) / counts.received >= share
    handles = (
        {str(o["acct"]) for item in items for o in _inside(item) if "acct" in o}
        if folder == "mastodon"
        else set()
    )
    landed = " ".join(str({**row, "text": None, "url": None}) for row in bench.posts)
    assert not [handle for handle in handles if handle in landed]


class Everything:
    """Takes every text for one with a searched term."""

    def matches(self, text: str) -> bool:
        return True


def test_recorded_events_of_jetstream_land_or_are_quarantined_with_a_reason(shared_data):
    lines = [
        line
        for path in sorted((shared_data / "payloads" / "bluesky_jetstream").rglob("*.jsonl"))
        for line in path.read_bytes().splitlines()
    ]
    events = [json.loads(line) for line in lines]
    posts = [
        f"at://{event['did']}/app.bsky.feed.post/{event['commit']['rkey']}"
        for event in events
        if event.get("commit", {}).get("collection") == "app.bsky.feed.post"
        and event["commit"]["operation"] == "create"
    ]
    assert len(posts) > 10
    with StreamServer(
        [*((e["time_us"], line) for e, line in zip(events, lines, strict=True)), PRESENT]
    ) as server:
        bench = JetstreamBench(server, Everything())
        bench.state = {"cursor": 1}
        counts = bench.run()
    assert counts.balanced and bench.quota["events_read"] == len(lines) + 1
    quarantined = [row["native_id"] for row in bench.tables.get("quarantine", [])]
    print(f"bluesky_jetstream: {counts}, passed over {bench.quota['passed_over']}")
    assert sorted([*bench.landed, *quarantined]) == sorted(posts)
    assert bench.quota["passed_over"] == len(lines) + 1 - len(posts)
    assert len(bench.landed) / len(posts) >= 0.99
    written = [str(row["author_key"]) + str(row["extra"]) for row in bench.posts]
    assert not [event["did"] for event in events if any(event["did"] in words for words in written)]


# A document that has entries, by the names of the elements, whatever their prefix.
HAS_ENTRIES = re.compile(rb"<(\w+:)?(entry|item)\b")


@pytest.mark.parametrize("kind", ["wellformed", "illformed", "encoding", "entities"])
def test_recorded_feeds_land_or_are_quarantined_with_a_reason(shared_data, server, clock, kind):
    """Each document is a feed of its own; of the well-formed ones that have entries, 95 % yield them."""
    bench = Bench(FeedApi(), None, server, clock)
    folder = shared_data / "payloads" / "feeds" / kind
    documents = {f"/{number}.xml": path.read_bytes() for number, path in enumerate(_documents(folder))}
    for path, body in documents.items():
        server.serve(path, body)
    bench.api.set_up = lambda url, settings: {"urls": [url + path for path in documents]}
    counts = bench.run()
    assert counts.balanced
    by_feed = {row["unit"].removeprefix(server.url): row for row in bench.tables["landings"]}
    with_entries = {path for path, body in documents.items() if HAS_ENTRIES.search(body)}
    yielding = {path for path in with_entries if by_feed[path]["accepted"] + by_feed[path]["duplicate"]}
    reasons = [(row["reason"], row["field"]) for row in bench.tables.get("quarantine", [])]
    print(
        f"feeds/{kind}: {len(documents)} documents, {len(with_entries)} with entries, {len(yielding)} yield them; "
        f"{counts}, {sorted(map(str, set(reasons)))}"
    )
    told = {path for path, row in by_feed.items() if row["quarantined"] or row["message"]}
    assert with_entries - yielding <= told
    assert len(yielding) >= (0.95 if kind == "wellformed" else 0.5) * len(with_entries)


def _documents(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix == ".xml")


def test_recorded_stories_land(shared_data, server, clock):
    """They were read off the site by a program that has names of its own for what the API gives."""
    listed = [
        story
        for path in sorted((shared_data / "payloads" / "hackernews").glob("*.json"))
        for story in json.loads(path.read_text(encoding="utf-8"))
    ]
    items = {
        story["id"]: {
            "id": int(story["id"]),
            "type": "story",
            "title": story["title"],
            "url": story["url"],
            "time": int(datetime.fromisoformat(story["dt"]).replace(tzinfo=UTC).timestamp()),
            "score": story["points"],
            "by": story["submitter"],
            "descendants": story["numComments"],
        }
        for story in listed
    }
    bench = Bench(HackerNewsApi(), None, server, clock)
    bench.api.answer = lambda seen: items[seen.query["item"]]
    server.serve(bench.api.path, bench.api.answer, etag=False)
    server.serve("/newstories.json", [int(number) for number in items])
    counts = bench.run(max_pages=MANY // 10)
    print(f"hackernews: {len(listed)} stories, {len(items)} different, {counts}")
    assert counts.accepted == len(items) and counts.balanced
    landed = " ".join(str({**row, "text": None, "title": None, "url": None}) for row in bench.posts)
    assert not [story["submitter"] for story in listed if f"'{story['submitter']}'" in landed]
