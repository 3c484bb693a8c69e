"""From a Mastodon status to a post; what the API does not give stays NULL."""

from typing import Any
from urllib.parse import urlsplit

from ingestion.plain_text import plain_text

SHOWN = frozenset({"public", "unlisted"})


def to_row(status: dict[str, Any]) -> dict[str, Any] | None:
    """Return a status under contract names, None for one that is not for everybody."""
    if status.get("visibility") not in SHOWN:
        return None
    boosted, quoted = status.get("reblog"), _quoted_id(status.get("quote"))
    parent = status.get("in_reply_to_id")
    return {
        "post_id": status.get("id"),
        "post_type": "reshare" if boosted else "quote" if quoted else "reply" if parent else "original",
        "text": _text(boosted or status),
        "url": status.get("url") or status.get("uri"),
        "language": status.get("language"),
        "author_id": author_of(status.get("account") or {}),
        "parent_post_id": parent,
        "reshared_post_id": boosted.get("id") if boosted else quoted,
        "created_at": status.get("created_at"),
        "edited_at": status.get("edited_at"),
        "like_count": status.get("favourites_count"),
        "comment_count": status.get("replies_count"),
        "share_count": status.get("reblogs_count"),
        "quote_count": status.get("quotes_count"),
        "extra": {"tags": [tag.get("name") for tag in status.get("tags") or []]},
    }


def author_of(account: dict[str, Any]) -> str | None:
    """Return the author as name@server, also for accounts of the server that was asked."""
    name = account.get("acct")
    if not name or "@" in name:
        return name
    return f"{name}@{urlsplit(account.get('url') or '').hostname or ''}"


def _text(status: dict[str, Any]) -> Any:
    """Return the warning and the words: both are what was written."""
    parts = (status.get("spoiler_text"), plain_text(status.get("content")))
    return "\n".join(part for part in parts if part) or None


def _quoted_id(quote: Any) -> str | None:
    return ((quote.get("quoted_status") or {}).get("id") or quote.get("quoted_status_id")) if quote else None
