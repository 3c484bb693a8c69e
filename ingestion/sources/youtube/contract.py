"""From a video, a search result or a comment thread to a post; what the API does not give stays NULL."""

from typing import Any

from ingestion.network import FIND
from ingestion.plain_text import plain_text


def to_row(item: dict[str, Any]) -> dict[str, Any] | None:
    """Return an item under contract names by its kind, None for channels, playlists and the like."""
    kind = item["kind"]
    if kind == "youtube#searchResult":
        # Its description is cut and it has no counts: it says no more than that the video is there.
        video = item["id"].get("videoId")
        return {"post_id": video, "created_at": item["snippet"]["publishedAt"], FIND: True} if video else None
    if kind == "youtube#video":
        return _video(item)
    if kind == "youtube#commentThread":
        thread = item["snippet"]
        return _comment(thread["topLevelComment"]) | {"comment_count": thread.get("totalReplyCount")}
    return _comment(item) if kind == "youtube#comment" else None


def _video(item: dict[str, Any]) -> dict[str, Any]:
    snippet, statistics = item.get("snippet") or {}, item.get("statistics") or {}
    return {
        "post_id": item.get("id"),
        "post_type": "original",
        "title": snippet.get("title"),
        "text": snippet.get("description") or None,
        "url": f"https://www.youtube.com/watch?v={item.get('id')}",
        "language": snippet.get("defaultLanguage") or snippet.get("defaultAudioLanguage"),
        "author_id": snippet.get("channelId"),
        "created_at": snippet.get("publishedAt"),
        "like_count": statistics.get("likeCount"),
        "comment_count": statistics.get("commentCount"),
        "view_count": statistics.get("viewCount"),
        "extra": {"category_id": snippet.get("categoryId"), "live": snippet.get("liveBroadcastContent")},
    }


def _comment(item: dict[str, Any]) -> dict[str, Any]:
    snippet = item["snippet"]
    published, updated = snippet.get("publishedAt"), snippet.get("updatedAt")
    video = snippet.get("videoId")
    return {
        "post_id": item.get("id"),
        "post_type": "comment",
        "text": snippet.get("textOriginal") or plain_text(snippet.get("textDisplay")),
        "url": f"https://www.youtube.com/watch?v={video}&lc={item.get('id')}" if video else None,
        "author_id": (snippet.get("authorChannelId") or {}).get("value"),
        "parent_post_id": snippet.get("parentId") or video,
        "created_at": published,
        "edited_at": updated if updated != published else None,
        "like_count": snippet.get("likeCount"),
    }
