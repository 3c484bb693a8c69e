"""From a Stack Exchange question to a post; what the API does not give stays NULL."""

import html
from typing import Any

from ingestion.plain_text import plain_text


def to_row(question: dict[str, Any]) -> dict[str, Any]:
    """Return a question under contract names. The score is net up-votes and may be below zero, which no count is."""
    owner, score = question.get("owner") or {}, question.get("score")
    title = question.get("title")
    return {
        "post_id": question.get("question_id"),
        "post_type": "original",
        "title": html.unescape(title) if isinstance(title, str) else title,
        "text": plain_text(question.get("body")),
        "url": question.get("link"),
        "author_id": owner.get("account_id") or owner.get("user_id"),
        "created_at": question.get("creation_date"),
        "edited_at": question.get("last_edit_date"),
        "like_count": question.get("up_vote_count"),
        "comment_count": question.get("answer_count"),
        "view_count": question.get("view_count"),
        "extra": {
            "tags": question.get("tags") or [],
            "score": score,
            "is_answered": question.get("is_answered"),
        },
    }
