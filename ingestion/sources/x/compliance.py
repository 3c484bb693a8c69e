"""Deletions of all posts of X that have landed, however old: one batch compliance job after another.

The look-up of known posts (`X.lookup`) follows young ones only, and is billed. A job takes any number of ids and is
not: a run begins one, hands over the ids, and a later run reads what came of it. What is deleted, or whose author
is protected, suspended or gone, becomes a tombstone.

API: POST `/2/compliance/jobs`, PUT of the ids to the job's `upload_url`, GET `/2/compliance/jobs/<id>` until its
`status` is complete, GET of its `download_url`: JSON lines with `id`, `action` and `reason`.
See https://docs.x.com/x-api/compliance/batch-compliance/introduction
"""

import json
from collections.abc import Callable, Iterator, MutableMapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import duckdb

from ingestion.home import Home
from ingestion.http import HttpClient, HttpError
from ingestion.landing import POSTS, Landing
from ingestion.network import Ask, BadAnswer, Network, decoded
from ingestion.network.credentials import shown
from ingestion.network.memory import Memory
from ingestion.network.shapes import SHAPE_ERRORS
from ingestion.network.tombstones import land_tombstones

JOBS = "/2/compliance/jobs"
UNIT = "x compliance"
NEVER = "1970-01-01T00:00:00+00:00"
KEPT = "scrub_geo"
"""The reason of an entry that asks for places to be forgotten only: none lands."""
LOST = frozenset({"failed", "expired"})


def living_posts(home: Home) -> list[str]:
    """Return the ids of all posts that have landed and have no tombstone, in order."""
    if not home.warehouse.exists():
        return []
    with duckdb.connect(str(home.warehouse)) as connection:
        found = connection.execute(
            """
            select posts.post_id
            from raw_x.posts as posts
            join raw_x._dlt_loads as loads on loads.load_id = posts._dlt_load_id and loads.status = 0
            group by posts.post_id
            having not bool_or(posts.is_deleted)
            order by posts.post_id
            """
        ).fetchall()
    return [post_id for (post_id,) in found]


def told_by_compliance(
    network: Network,
    landing: Landing,
    state: MutableMapping[str, Any],
    http: HttpClient,
    living: Callable[[], list[str]],
) -> Iterator[Any]:
    """Land tombstones of what a finished job calls gone; else begin a job, where the last is old enough.

    `state` keeps the job that is under way and when the last one was read. What fails is told, and tried by the
    next run.
    """
    hours, now, memory = network.settings.compliance_hours, http.clock.now(), Memory(state)
    job = state.setdefault("compliance", {})
    if not hours or landing.back_fill is not None or (memory.retry_at and memory.retry_at > now):
        return
    gone = None
    try:
        if "id" in job:
            gone = _gone(network, http, job)
            if "id" not in job:
                landing.note(POSTS, unit=UNIT, message="the job came to nothing; the next run begins another")
        elif now - datetime.fromisoformat(job.get("read_at", NEVER)) >= timedelta(hours=hours):
            _begin(network, http, job, living())
    except HttpError as error:
        refused = error.status in (401, 403)
        hint = "; where your access has no compliance jobs, set compliance_hours: 0" if refused else ""
        landing.note(POSTS, unit=UNIT, message=shown(f"{error}{hint}", network.secrets))
        return
    except (BadAnswer, *SHAPE_ERRORS) as error:
        # Words of an answer may hold signed addresses.
        told = f"an answer is not as the API documents it ({type(error).__name__}); the next run asks again"
        landing.note(POSTS, unit=UNIT, message=told)
        return
    if gone is None:
        return
    platform = network.declaration.platform
    yield from land_tombstones(landing, memory, POSTS, gone, unit=UNIT, platform=platform, at=now)
    job.clear()
    job["read_at"] = now.isoformat()


def _begin(network: Network, http: HttpClient, job: MutableMapping[str, Any], ids: list[str]) -> None:
    if not ids:
        return
    headers = network.headers(http) | {"Content-Type": "application/json"}
    url = Ask(JOBS).url(network.settings.base_url)
    made = decoded(http.post(url, json.dumps({"type": "tweets"}).encode(), headers).body)["data"]
    address, hidden = _signed(made["upload_url"])
    body = "\n".join(ids).encode()
    # The storage is another host, and takes no token: the address is signed.
    http.put(address, body, {"Content-Type": "text/plain"}, hidden=hidden)
    job["id"] = str(made["id"])


def _gone(network: Network, http: HttpClient, job: MutableMapping[str, Any]) -> list[str] | None:
    """Return the posts that a job calls gone, each once; None while it is at work. Forgets a job that is lost."""
    url = Ask(f"{JOBS}/{job['id']}").url(network.settings.base_url)
    told = decoded(http.get(url, headers=network.headers(http)).body)["data"]
    if told["status"] in LOST:
        del job["id"]
    if told["status"] != "complete":
        return None
    address, hidden = _signed(told["download_url"])
    lines = http.get(address, hidden=hidden).body.splitlines()
    entries = [decoded(line) for line in lines if line.strip()]
    return list(
        dict.fromkeys(str(e["id"]) for e in entries if e["action"] == "delete" and e["reason"] != KEPT)
    )


def _signed(url: str) -> tuple[str, dict[str, str]]:
    """Return a signed address without its query, and the query, which no message may hold."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="")), dict(parse_qsl(parts.query))
