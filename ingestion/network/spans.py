"""Spans of time: which of them cover others, and which touch each other."""

from collections.abc import Iterable
from datetime import datetime

Span = tuple[datetime, datetime]


def spans_of(told: Iterable[Iterable[str]]) -> list[Span]:
    """Return spans that were told as pairs of ISO times."""
    return [(datetime.fromisoformat(since), datetime.fromisoformat(until)) for since, until in told]


def covers(outer: Span, inner: Span) -> bool:
    """Whether all of one span is part of the other."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that touch each other as one."""
    found: list[Span] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return found
