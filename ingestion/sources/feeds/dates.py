"""When an entry was published, as far as its feed says."""

import calendar
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.sources.feeds.settings import MAX_AHEAD_H


def settle_dates(row: dict[str, Any], first_seen: dict[str, list[str]], observed_at: datetime) -> None:
    """Fill created_at, created_at_source and edited_at of a row from its `_published` and `_updated`.

    `first_seen` (entry id -> [ISO time, source]) keeps created_at of entries that do not say when they
    were published, so that it stays the same in later observations; it is updated here.
    """
    latest = observed_at + timedelta(hours=MAX_AHEAD_H)
    published, updated = (
        moment if moment and moment <= latest else None
        for moment in (row.pop("_published"), row.pop("_updated"))
    )
    row["observed_at"] = observed_at
    if published:
        row["created_at"], row["created_at_source"] = published, "published"
        row["edited_at"] = updated if updated and updated > published else None
        return
    first = [updated.isoformat(), "updated"] if updated else [observed_at.isoformat(), "first_seen"]
    created, row["created_at_source"] = first_seen.setdefault(row["entry_id"], first)
    row["created_at"] = datetime.fromisoformat(created)
    row["edited_at"] = updated if updated and updated > row["created_at"] else None


def moment(parsed: time.struct_time | None) -> datetime | None:
    """Return feedparser's UTC date, None where there is none or it is no date of the calendar."""
    if parsed is None:
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=calendar.timegm(parsed))
    except (OverflowError, ValueError):
        return None
