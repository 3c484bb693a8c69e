"""From the API's JSON to rows of the contract."""

import json
import re
from datetime import datetime
from typing import Any

from ingestion.plain_text import plain_text
from ingestion.sources.hackernews.settings import PLATFORM

# Also where the answer breaks off in the middle of the name.
_AUTHOR = re.compile(rb'("by"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|\\?$)')


class BadAnswer(Exception):
    """An answer with status 200 that is not what the API documents. `reason` is a quarantine code."""

    def __init__(self, reason: str, detail: str, body: bytes) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.body = body


def read_json(body: bytes) -> Any:
    """Return the decoded answer; raises BadAnswer where it is no JSON."""
    try:
        return json.loads(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadAnswer("invalid_utf8", f"the answer is no UTF-8: {error}", body) from error
    except RecursionError as error:
        raise BadAnswer("invalid_json", "the answer is nested too deeply", body) from error
    except ValueError as error:
        page = body.lstrip()[:1] == b"<"
        detail = "a web page came instead of JSON" if page else f"the answer is no JSON: {error}"
        raise BadAnswer("invalid_json", detail, body) from error


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


def without_author(body: bytes) -> bytes:
    """Return the bytes of an answer, fit to be kept: the author's name is taken out."""
    return _AUTHOR.sub(rb'\1"(removed)"', body)


def _text(value: Any) -> Any:
    return plain_text(value) if isinstance(value, str) else value
