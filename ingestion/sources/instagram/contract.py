"""From a medium, story or comment to a post; what the API does not give stays NULL."""

from typing import Any


def to_row(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item under contract names. Only comments have a `text`."""
    if "text" in item or "_about" in item:
        return {
            "post_id": item.get("id"),
            "post_type": "comment",
            "text": item.get("text"),
            # Whoever gave the account no permission to be named has no author here.
            "author_id": (item.get("from") or {}).get("id"),
            "parent_post_id": item.get("_parent") or item.get("parent_id") or item.get("_about"),
            "created_at": item.get("timestamp"),
            "like_count": item.get("like_count"),
        }
    kind = {
        "media_type": item.get("media_type"),
        "media_product_type": item.get("media_product_type"),
    }
    return {
        "post_id": item.get("id"),
        "post_type": "original",
        "text": item.get("caption"),
        "url": item.get("permalink"),
        "author_id": (item.get("owner") or {}).get("id") or item.get("_account"),
        "created_at": item.get("timestamp"),
        "like_count": item.get("like_count"),
        "comment_count": item.get("comments_count"),
        "extra": {name: value for name, value in kind.items() if value} or None,
    }


def with_replies(items: list[Any]) -> list[Any]:
    """Return comments of a medium and the replies to them, one after another."""
    told: list[Any] = []
    for item in items:
        told.append(item)
        if isinstance(item, dict):
            replies = (item.get("replies") or {}).get("data", [])
            told += [{**reply, "_about": item["_about"], "_parent": item.get("id")} for reply in replies]
    return told
