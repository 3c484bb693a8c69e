"""JSON Feed 1.0 and 1.1 (jsonfeed.org), in the shape that feedparser gives RSS and Atom: one mapping for all."""

import json
from datetime import UTC, datetime
from time import struct_time
from typing import Any

from ingestion.sources.feeds.problems import NoFeed

VERSIONS = "https://jsonfeed.org/version/"


def is_json(body: bytes) -> bool:
    """Whether the bytes begin as a JSON object does; no RSS or Atom begins so."""
    return body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def parse(body: bytes) -> tuple[dict[str, Any], list[dict[str, Any]], str | None]:
    """Return the feed, its entries, and in words where it is broken; what no feed may hold is left out.

    Raises NoFeed where the bytes are no JSON, or other JSON.
    """
    try:
        document = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NoFeed(
            "unreadable_feed",
            f"the JSON of the feed is broken: {type(error).__name__}: {error}"[:300],
            "the next run asks again; if it stays so, tell the feed's owner",
        ) from error
    items = document.get("items")
    if not str(document.get("version")).startswith(VERSIONS) or not isinstance(items, list):
        raise NoFeed(
            "not_a_feed",
            "the address answers with JSON that is no JSON Feed (version, items)",
            "open the address in a browser and put the feed's own address into listening.yml",
        )
    entries = [_entry(item) for item in items if isinstance(item, dict)]
    odd = len(items) - len(entries)
    feed = {"language": document.get("language"), **_author(document)}
    return feed, entries, f"{odd} of its items are no objects" if odd else None


def _entry(item: dict[str, Any]) -> dict[str, Any]:
    language = {"language": item.get("language")}
    attachments = item.get("attachments") if isinstance(item.get("attachments"), list) else []
    tags = item.get("tags") if isinstance(item.get("tags"), list) else []
    entry = {
        "id": _id(item.get("id")),
        "link": _text(item.get("url")) or _text(item.get("external_url")),
        "enclosures": [{"href": _text(a.get("url"))} for a in attachments if isinstance(a, dict)],
        "title_detail": {"type": "text/plain", "value": _text(item.get("title")), **language},
        "content": [
            {"type": type_, "value": _text(item.get(name))}
            for name, type_ in (("content_html", "text/html"), ("content_text", "text/plain"))
        ],
        "summary_detail": {"type": "text/plain", "value": _text(item.get("summary"))},
        "tags": [{"term": tag} for tag in tags if isinstance(tag, str)],
        "published": _text(item.get("date_published")),
        "published_parsed": _moment(item.get("date_published")),
        "updated": _text(item.get("date_modified")),
        "updated_parsed": _moment(item.get("date_modified")),
    }
    return entry | _author(item)


def _author(holder: dict[str, Any]) -> dict[str, Any]:
    """Return the first author: 1.1 has `authors`, 1.0 has `author`."""
    authors = holder.get("authors") or [holder.get("author")]
    first = authors[0] if isinstance(authors, list) else None
    name = _text(first.get("name")) if isinstance(first, dict) else None
    return {"author_detail": {"name": name}} if name else {}


def _id(value: Any) -> str | None:
    """Return an id as text: 1.1 wants readers to take numbers, too."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else _text(value)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _moment(value: Any) -> struct_time | None:
    """Return an RFC 3339 time in UTC; one without an offset is no moment."""
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC).timetuple() if moment.tzinfo else None
    except (ValueError, TypeError, OverflowError):
        return None
