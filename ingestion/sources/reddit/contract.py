"""From a Reddit thing (a submission, t3, or a comment, t1) to a post; what the API does not give stays NULL."""

from typing import Any

from ingestion.sources.reddit.settings import GONE_TEXTS


def to_row(thing: dict[str, Any]) -> dict[str, Any] | None:
    """Return a thing under contract names, None for what is neither submission nor comment (also a message)."""
    data = thing["data"]
    if thing["kind"] == "t3":
        return _common(data) | _submission(data)
    # The inbox gives comments too, next to private messages; those never have a link.
    if thing["kind"] == "t1" and data.get("link_id"):
        return _common(data) | _comment(data)
    return None


def _common(data: dict[str, Any]) -> dict[str, Any]:
    author, link = data.get("author"), data.get("permalink")
    return {
        "post_id": data.get("name"),
        "url": f"https://www.reddit.com{link}" if link else None,
        "author_id": None if author in GONE_TEXTS else author,
        "created_at": data.get("created_utc"),
        # Old things say true: edited, at a time that nobody knows.
        "edited_at": None if isinstance(data.get("edited"), bool) else data.get("edited"),
        # Ups are net of downs and never below zero; the score may be, and is no count.
        "like_count": data.get("ups") if (data.get("ups") or 0) >= 0 else None,
        "extra": {"subreddit": data.get("subreddit"), "score": data.get("score")},
    }


def _submission(data: dict[str, Any]) -> dict[str, Any]:
    parents = data.get("crosspost_parent")
    text = data.get("selftext")
    return {
        "post_type": "reshare" if parents else "original",
        "title": data.get("title"),
        "text": text or None,
        "reshared_post_id": parents,
        "comment_count": data.get("num_comments"),
        "is_deleted": text in GONE_TEXTS or None,
    }


def _comment(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "post_type": "comment",
        "text": data.get("body"),
        "parent_post_id": data.get("parent_id"),
        "is_deleted": data.get("body") in GONE_TEXTS or None,
    }
