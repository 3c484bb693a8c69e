"""Tickets and comments of Zendesk as rows of the landing contracts. What is not given is absent, never 0."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.network import MOMENT
from ingestion.sources.zendesk.settings import SATISFACTION


def case_row(ticket: dict[str, Any]) -> dict[str, Any]:
    """Return a ticket, with `metrics` and its requester's `address` where told, under the names of `support_cases`."""
    metrics = ticket.get("metrics") or {}
    is_resolved = ticket["status"] in ("solved", "closed")
    minutes = (metrics.get("reply_time_in_minutes") or {}).get("calendar")
    opened = datetime.fromisoformat(ticket["created_at"])
    return {
        MOMENT: _end_of(ticket["generated_timestamp"]),
        "observed_at": _moment(ticket["generated_timestamp"]),
        "case_id": str(ticket["id"]),
        "account_id": _text(ticket.get("organization_id")),
        "customer_id": _text(ticket.get("requester_id")),
        "email": ticket.get("address"),
        "channel": (ticket.get("via") or {}).get("channel"),
        "text": ticket.get("description"),
        "status": ticket["status"],
        "opened_at": opened.isoformat(),
        "first_response_at": (opened + timedelta(minutes=minutes)).isoformat()
        if minutes is not None
        else None,
        "resolved_at": metrics.get("solved_at") if is_resolved else None,
        "csat_score": SATISFACTION.get((ticket.get("satisfaction_rating") or {}).get("score")),
        "is_deleted": ticket["status"] == "deleted",
    }


def message_row(comment: dict[str, Any], agents: set[str]) -> dict[str, Any]:
    """Return a comment, with `ticket_id` and `timestamp` of its event, under the names of `case_messages`."""
    author = _text(comment.get("author_id"))
    return {
        MOMENT: _end_of(comment["timestamp"]),
        "observed_at": _moment(comment["timestamp"]),
        "message_id": str(comment["id"]),
        "case_id": str(comment["ticket_id"]),
        "author_id": author,
        "is_inbound": author not in agents if author else None,
        "message_kind": "message" if comment["public"] else "note",
        "text": comment.get("body"),
        "sent_at": _moment(comment["timestamp"]),
    }


def _end_of(second: int) -> int:
    """Return the end of a second: an export that begins within it is not taken for older than its beginning."""
    return second + 1


def _moment(timestamp: int) -> str:
    return datetime.fromtimestamp(timestamp, UTC).isoformat()


def _text(native_id: Any) -> str | None:
    return str(native_id) if native_id is not None else None
