"""Made-up events of Jetstream, and runs of its source without a warehouse."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

from ingestion.landing import Counts, Landing, Pseudonyms
from ingestion.listening import Listening
from ingestion.network.wanted import Wanted
from ingestion.sources.jetstream import Jetstream
from ingestion.sources.jetstream.events import author_of
from ingestion.sources.jetstream.hearing import Hearing
from tests.replay_server import SkippingClock

COLLECTION = "app.bsky.feed.post"
NOW = datetime.now(UTC)
"""The server ends with events of this moment, so that a run knows that it has caught up."""


def us(ago_s: float) -> int:
    return round((NOW - timedelta(seconds=ago_s)).timestamp() * 1_000_000)


def did(number: int) -> str:
    return f"did:plc:kit{number:021d}"


def uri(number: int, author: int = 0) -> str:
    return f"at://{did(author)}/{COLLECTION}/{number:013d}"


def message(ago_s: float, author: int = 0, **rest) -> tuple[int, bytes]:
    event = {"did": did(author), "time_us": us(ago_s), **rest}
    return event["time_us"], json.dumps(event).encode()


def commit(
    number,
    ago_s,
    operation="create",
    text="my lumora machine",
    *,
    author=0,
    record=None,
    collection=COLLECTION,
):
    said = {
        "rev": f"rev{us(ago_s)}",
        "operation": operation,
        "collection": collection,
        "rkey": f"{number:013d}",
    }
    if operation != "delete":
        created = (NOW - timedelta(seconds=ago_s)).isoformat()
        said["record"] = record or {"$type": collection, "text": text, "langs": ["en"], "createdAt": created}
        said["cid"] = "c"
    return message(ago_s, author, kind="commit", commit=said)


def account(author, ago_s, *, active=False, status="deleted"):
    said = {"active": active, "did": did(author), "seq": 1, "status": status, "time": "2026-03-01T12:00:00Z"}
    return message(ago_s, author, kind="account", account=said)


PRESENT = message(-3500, kind="identity", identity={"did": did(0), "handle": "kit.example", "seq": 2})
"""A later event than any run's start (the clock of the runs stands at NOW)."""


class Held:
    """What earlier runs landed, asked of the tables of this test."""

    def __init__(self, posts):
        self._gone = {row["post_id"] for row in posts if row["is_deleted"]}
        self._ids = {
            row["post_id"]: round(row["observed_at"].timestamp() * 1_000_000) for row in reversed(posts)
        }

    def deleted(self):
        return self._gone

    def live(self, ids, authors=()):
        live = {i: at for i, at in self._ids.items() if i not in self._gone}
        return {i: at for i, at in live.items() if i in ids or author_of(i) in authors}


class Bench:
    """Runs the source against a server; what lands is kept here, as is its state."""

    def __init__(self, server, wanted=None):
        self.url = server.url
        self.wanted = wanted or Wanted(["lumora"])
        self.clock = SkippingClock(NOW)
        self.state, self.tables, self.quota, self.settings = {}, {}, {}, {}
        self.runs = 0

    def listening(self):
        source = {"enabled": True, "base_url": self.url, "first_hours": 1, **self.settings}
        brand = {"name": "Lumora", "terms": ["lumora"]}
        return Listening.model_validate({"version": 1, "brands": [brand], "sources": {"jetstream": source}})

    def run(self, **settings):
        self.settings |= settings
        self.runs += 1
        started = datetime.now(UTC)
        landing = Landing("jetstream", f"run-{self.runs}", started, Pseudonyms(b"a key for tests only"))
        network = Jetstream(self.listening().sources.jetstream, {})
        hearing = Hearing(network, landing, self.state, self.clock, self.wanted, Held(self.posts))
        for item in [*hearing.run(), *landing.finish()]:
            self.tables.setdefault(item.meta.table_name, []).extend(item.data.to_pylist())
        self.state = json.loads(json.dumps(self.state))  # as dlt keeps it
        self.quota = landing.quota
        return sum((unit.counts for unit in landing.units), Counts())

    @property
    def posts(self):
        return self.tables.get("posts", [])

    @property
    def landed(self):
        return Counter(row["post_id"] for row in self.posts if not row["is_deleted"])

    @property
    def gone(self):
        return Counter(row["post_id"] for row in self.posts if row["is_deleted"])

    @property
    def messages(self):
        return "\n".join(row["message"] or "" for row in self.tables.get("landings", []))
