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
from tests.ingestion.kit.apis import BlueskyApi, MastodonApi, RedditApi, XApi, YouTubeApi
from tests.ingestion.kit.bench import Bench
from tests.ingestion.kit.single_apis import FeedApi, HackerNewsApi

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
    ("x_v2", XApi, x_v2, 0.5),
]


@pytest.mark.parametrize(("folder", "api", "items_of", "share"), FOLDERS, ids=[name for name, *_ in FOLDERS])
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
    assert (counts.received - counts.quarantined) / counts.received >= share
    handles = (
        {str(o["acct"]) for item in items for o in _inside(item) if "acct" in o}
        if folder == "mastodon"
        else set()
    )
    landed = " ".join(str({**row, "text": None, "url": None}) for row in bench.posts)
    assert not [handle for handle in handles if handle in landed]


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
