"""Moments as APIs write them."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any


def moment_of(value: Any) -> datetime | None:
    """Return a created_at as a moment, None where landing would have to judge it."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e11:
        return datetime.fromtimestamp(value, UTC)
    if isinstance(value, str):
        for read in (datetime.fromisoformat, parsedate_to_datetime):
            try:
                moment = read(value)
            except (ValueError, TypeError):
                continue
            return moment if moment.tzinfo else None
    return None
