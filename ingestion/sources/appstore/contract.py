"""From an entry of Apple's feed of customer reviews to a post; what the feed does not give stays NULL."""

import re
from typing import Any

_ACCOUNT = re.compile(r"/id([0-9]+)")


def to_row(entry: dict[str, Any], country: str) -> dict[str, Any]:
    """Return a review under contract names.

    The feed dates a review by its last change, and has votes, not likes: they and the stars are in `extra`.
    """
    author = entry["author"]
    account = _ACCOUNT.search(_label(author.get("uri")) or "")
    return {
        "post_id": entry["id"]["label"],
        "post_type": "review",
        "title": _label(entry.get("title")),
        "text": _label(entry.get("content")),
        "url": _link(entry.get("link")),
        "author_id": account[1] if account else _label(author.get("name")),
        "country": country,
        "created_at": _label(entry.get("updated")),
        "extra": {
            "rating": _number(entry.get("im:rating")),
            "app_version": _label(entry.get("im:version")),
            "vote_sum": _number(entry.get("im:voteSum")),
            "vote_count": _number(entry.get("im:voteCount")),
        },
    }


def _label(value: Any) -> str | None:
    return value.get("label") or None if value else None


def _number(value: Any) -> int | None:
    text = _label(value) or ""
    return int(text) if re.fullmatch("-?[0-9]{1,9}", text) else None


def _link(value: Any) -> str | None:
    first = value[0] if isinstance(value, list) and value else value
    return first["attributes"].get("href") if first else None
