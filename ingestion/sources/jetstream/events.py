"""What an event of Jetstream says: a post, a deletion, or something that is passed over."""

import re
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import orjson

from ingestion.network.scrubber import masked
from ingestion.sources.bluesky.contract import to_row
from ingestion.sources.jetstream.settings import POSTS_COLLECTION

What = Literal[
    "post", "edit", "post gone", "author gone", "identity", "account", "other record", "unknown kind"
]

GONE = frozenset({"deleted", "takendown"})
"""States of an account whose posts are gone for good; a suspended or deactivated one may come back."""
_OPERATIONS: dict[str, What] = {"create": "post", "update": "edit", "delete": "post gone"}
_DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]+")


class Event(NamedTuple):
    """One event. `key` tells it from every other one, `at_us` is its time in microseconds since 1970."""

    what: What
    key: str
    at_us: int
    did: str
    uri: str | None = None
    record: dict[str, Any] | None = None


def read_event(raw: bytes, latest_us: int) -> Event:
    """Return what a message says; no event can be later than `latest_us`.

    Raises orjson.JSONDecodeError for what is no JSON, and anything usual for a shape that is not documented.
    """
    event = orjson.loads(raw)
    at_us, did, kind = event["time_us"], event["did"], event["kind"]
    if type(at_us) is not int or not 0 < at_us <= latest_us or not isinstance(did, str):
        raise ValueError("time_us or did is none")
    if kind != "commit":
        return _about_an_account(event, kind, did, at_us)
    commit = event["commit"]
    operation, rkey = commit["operation"], commit["rkey"]
    key = f"{did}/{rkey}/{commit['rev']}/{operation}"
    if commit["collection"] != POSTS_COLLECTION:
        return Event("other record", key, at_us, did)
    record = commit.get("record")
    if operation != "delete" and not isinstance(record, dict):
        raise ValueError("a post without a record")
    return Event(_OPERATIONS[operation], key, at_us, did, f"at://{did}/{POSTS_COLLECTION}/{rkey}", record)


def _about_an_account(event: dict[str, Any], kind: str, did: str, at_us: int) -> Event:
    key = f"{did}/{kind}/{at_us}"
    if kind == "account":
        account = event["account"]
        is_gone = account["active"] is False and account.get("status") in GONE
        return Event("author gone" if is_gone else "account", key, at_us, did)
    return Event("identity" if kind == "identity" else "unknown kind", key, at_us, did)


def to_post(event: Event) -> dict[str, Any]:
    """Return a post or an edit under contract names, observed when the network told it.

    So the same event read twice, in whatever runs, is the same observation.
    """
    observed_at = moment(event.at_us)
    view = {
        "uri": event.uri,
        "record": event.record,
        "author": {"did": event.did},
        "indexedAt": observed_at.isoformat(),
    }
    row = to_row(view) | {"observed_at": observed_at}
    return row | {"edited_at": observed_at} if event.what == "edit" else row


def tombstone(uri: str, at_us: int) -> dict[str, Any]:
    """Return the deletion of a post."""
    return {"post_id": uri, "is_deleted": True, "observed_at": moment(at_us)}


def author_of(uri: str) -> str:
    """Return the DID in a post's address."""
    return uri.split("/", 3)[2]


def without_people(raw: bytes) -> bytes:
    """Return the bytes of a broken message without DIDs, mail addresses and phone numbers."""
    text, _ = masked(_DID.sub("did:(hidden)", raw.decode("utf-8", "surrogateescape")))
    return text.encode("utf-8", "surrogateescape")


def moment(at_us: int) -> datetime:
    """Return a time of Jetstream as a moment in UTC."""
    seconds, micro = divmod(at_us, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micro)
