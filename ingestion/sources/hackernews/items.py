"""From the API's JSON to rows of the contract."""

from datetime import datetime
from typing import Any

from ingestion import network
from ingestion.network import decoded
from ingestion.plain_text import plain_text
from ingestion.sources.hackernews.settings import PLATFORM


class BadAnswer(network.BadAnswer):
    """An answer with status 200 that is not what the API documents, with its bytes."""

    def __init__(self, reason: str, detail: str, body: bytes) -> None:
        super().__init__(reason, detail)
        self.body = body


def read_json(body: bytes) -> Any:
    """Return the decoded answer; raises BadAnswer where it is no JSON."""
    try:
        return decoded(body)
    except network.BadAnswer as problem:
        raise BadAnswer(problem.reason, problem.detail, body) from problem


def to_row(item: dict[str, Any], observed_at: datetime) -> dict[str, Any]:
    """Return an item under contract names. Nothing is judged here: odd values go to landing as they came."""
    return {
        "item_id": item.get("id"),
        "platform": PLATFORM,
        "item_type": item.get("type"),
        "title": _text(item.get("title")),
        "text": _text(item.get("text")),
        "url": item.get("url"),
        "author_id": item.get("by"),
        "parent_item_id": item.get("parent"),
        "created_at": item.get("time"),
        "is_deleted": item.get("deleted"),
        "is_dead": item.get("dead"),
        "score": item.get("score"),
        "descendants": item.get("descendants"),
        "observed_at": observed_at,
    }


def _text(value: Any) -> Any:
    return plain_text(value) if isinstance(value, str) else value
