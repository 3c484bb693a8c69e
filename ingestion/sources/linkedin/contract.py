"""From a post or comment of a page to a post; what the API does not give stays NULL."""

from datetime import UTC, datetime
from typing import Any

from ingestion.sources.linkedin.settings import POST_FIGURES

SITE = "https://www.linkedin.com/feed/update/"


def to_row(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item under contract names. A post comes without its counts: statistics tell them."""
    if "actor" in item:
        return _comment(item)
    state = item.get("lifecycleStateInfo") or {}
    parent = (item.get("reshareContext") or {}).get("parent")
    text = item.get("commentary") or None
    return {
        "post_id": item.get("id"),
        "post_type": ("quote" if text else "reshare") if parent else "original",
        "text": text,
        "url": f"{SITE}{item['id']}" if item.get("id") else None,
        "author_id": item.get("author"),
        "reshared_post_id": parent,
        "created_at": moment(item.get("publishedAt") or item.get("createdAt")),
        "edited_at": moment(item.get("lastModifiedAt")) if state.get("isEditedByAuthor") else None,
    }


def _comment(item: dict[str, Any]) -> dict[str, Any]:
    created, changed = (item.get(name) or {} for name in ("created", "lastModified"))
    is_edited = changed.get("time") != created.get("time")
    return {
        "post_id": item.get("commentUrn") or item.get("$URN"),
        "post_type": "comment",
        "text": (item.get("message") or {}).get("text"),
        "author_id": item.get("actor"),
        "parent_post_id": item.get("parentComment") or item.get("_about") or item.get("object"),
        "created_at": moment(created.get("time")),
        "edited_at": moment(changed.get("time")) if is_edited else None,
        "like_count": (item.get("likesSummary") or {}).get("totalLikes"),
        "comment_count": (item.get("commentsSummary") or {}).get("aggregatedTotalComments"),
    }


def figures(statistics: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of a post since its publication; a negative one is one that LinkedIn does not tell."""
    told = statistics.get("totalShareStatistics") or {}
    values = {column: told.get(name) for column, name in POST_FIGURES.items()}
    return {c: None if isinstance(v, int) and v < 0 else v for c, v in values.items()}


def moment(milliseconds: Any) -> Any:
    """Return milliseconds since 1970 as a moment; anything else as it is, for landing to judge."""
    if isinstance(milliseconds, int) and not isinstance(milliseconds, bool):
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    return milliseconds
