"""From a post, video or comment of a page to a post; what the API does not give stays NULL."""

from typing import Any

from ingestion.network.graph import account_of

SITE = "https://www.facebook.com"


def to_row(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item under contract names."""
    comment = "like_count" in item or "_about" in item
    address = item.get("permalink_url")
    author = (item.get("from") or {}).get("id")
    row = {
        "post_id": item.get("id"),
        "post_type": "comment" if comment else "original",
        "title": item.get("title"),
        "text": item.get("message") or item.get("description"),
        "url": f"{SITE}{address}" if address and address.startswith("/") else address,
        "created_at": item.get("created_time") or item.get("creation_time"),
    }
    if comment:
        # Whoever gave the page no permission to be named has no author here.
        counts = {"like_count": item.get("like_count"), "comment_count": item.get("comment_count")}
        parent = (item.get("parent") or {}).get("id") or item.get("_about")
        return {**row, **counts, "author_id": author, "parent_post_id": parent}
    is_page_post = "_" in (item.get("id") or "")
    return {
        **row,
        "author_id": author or (account_of(item["id"]) if is_page_post else None),
        "like_count": _total(item.get("reactions")),
        "comment_count": _total(item.get("comments")),
        "share_count": (item.get("shares") or {}).get("count"),
        "extra": {"status_type": item["status_type"]} if item.get("status_type") else None,
    }


def _total(edge: dict[str, Any] | None) -> int | None:
    return ((edge or {}).get("summary") or {}).get("total_count")
