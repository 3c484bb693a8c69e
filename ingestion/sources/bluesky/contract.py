"""From a Bluesky post view to a post; what the API does not give stays NULL."""

import re
from typing import Any

_WITH_OFFSET = re.compile(r".*T.*(Z|z|[+-][0-9]{2}:?[0-9]{2})")


def to_row(view: dict[str, Any]) -> dict[str, Any]:
    """Return a post view (or a feed's frame around one) under contract names."""
    view = view.get("post") or view
    record = view.get("record") or {}
    parent = ((record.get("reply") or {}).get("parent") or {}).get("uri")
    quoted = quoted_uri(record.get("embed"))
    created, source = _created(record.get("createdAt"), view.get("indexedAt"))
    return {
        "post_id": view.get("uri"),
        "post_type": "quote" if quoted else "reply" if parent else "original",
        "text": record.get("text"),
        "url": address_of(view.get("uri")),
        "language": next(iter(record.get("langs") or ()), None),
        "author_id": (view.get("author") or {}).get("did"),
        "parent_post_id": parent,
        "reshared_post_id": quoted,
        "created_at": created,
        "like_count": view.get("likeCount"),
        "comment_count": view.get("replyCount"),
        "share_count": view.get("repostCount"),
        "quote_count": view.get("quoteCount"),
        "save_count": view.get("bookmarkCount"),
        "extra": {"created_at_source": source, "tags": record.get("tags") or []},
    }


def quoted_uri(embed: Any) -> str | None:
    """Return the address of a quoted post, alone or beside pictures; other embedded records are no posts."""
    record = (embed or {}).get("record") or {}
    uri = record.get("uri") or (record.get("record") or {}).get("uri")
    return uri if uri and "/app.bsky.feed.post/" in uri else None


def address_of(uri: Any) -> str | None:
    """Return the web address of a post: at://<did>/app.bsky.feed.post/<key>."""
    did, _, key = str(uri or "").removeprefix("at://").partition("/app.bsky.feed.post/")
    return f"https://bsky.app/profile/{did}/post/{key}" if did and key else None


def _created(created: Any, indexed: Any) -> tuple[Any, str]:
    """Return when it was written, as its app says, or else when the network first saw it.

    Apps write that time themselves. Without an offset it is no moment, and the time zone is not guessed.
    """
    if isinstance(created, str) and _WITH_OFFSET.fullmatch(created):
        return created, "created"
    return (indexed, "indexed") if indexed else (created, "created")
