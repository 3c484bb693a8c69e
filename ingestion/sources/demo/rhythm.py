"""When people post: hours of their own day, days of their week, and the two planted events.

All times are whole seconds since the start of the window (UTC); tables are integers, so that every
machine draws the same ones.
"""

from datetime import UTC, date, datetime, time

import numpy as np

from ingestion.sources.demo import draw
from ingestion.sources.demo.settings import CAMPAIGN, CRISIS

HOUR = 3600
DAY = 24 * HOUR

# Local hours 0..23: quiet nights, a peak with the morning coffee, a broader one in the evening.
HOUR_WEIGHTS = np.array(
    [18, 10, 7, 5, 6, 13, 32, 60, 78, 72, 62, 58, 64, 62, 56, 52, 54, 60, 68, 76, 80, 74, 56, 34]
)
# Monday..Sunday.
WEEKDAY_WEIGHTS = np.array([104, 108, 106, 104, 98, 84, 88])


def hour_weights(seed: int, start: date, days: int, utc_offset: int) -> np.ndarray:
    """Return the odds of each hour of the window for people who live `utc_offset` hours ahead of UTC.

    Each day carries a little luck of its own (85-115%), the same for everyone.
    """
    hours = np.arange(days * 24)
    local = hours + utc_offset
    luck = draw.mix(np.arange(days) + start.toordinal(), seed + 101) % np.uint64(31) + np.uint64(85)
    weekday = (start.weekday() + local // 24) % 7
    return HOUR_WEIGHTS[local % 24] * WEEKDAY_WEIGHTS[weekday] * luck.astype(np.int64)[hours // 24]


def ordinary_seconds(
    rng: np.random.Generator,
    seed: int,
    start: date,
    days: int,
    utc_offsets: np.ndarray,
    first: int = 0,
    last: int | None = None,
) -> np.ndarray:
    """Draw one time per entry of `utc_offsets`, between the seconds `first` and `last` of the window."""
    seconds = np.zeros(len(utc_offsets), dtype=np.int64)
    last = days * DAY if last is None else last
    for offset in np.unique(utc_offsets):
        here = np.flatnonzero(utc_offsets == offset)
        odds = hour_weights(seed, start, days, int(offset))
        odds[: first // HOUR] = 0
        odds[-(-last // HOUR) :] = 0
        seconds[here] = draw.weighted(rng, odds, len(here)) * HOUR + rng.integers(0, HOUR, len(here))
    return seconds


def seconds_since(start: date, moment: datetime | date) -> int:
    """Return whole seconds from the start of the window to a moment (a date means its midnight, UTC)."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), UTC)
    return int((moment - datetime.combine(start, time(), UTC)).total_seconds())


def crisis_profile() -> np.ndarray:
    """Return the crisis's odds by hour since it began: up in a straight line, down by 6% an hour."""
    rise = [(hour + 1) * 1_000_000 // (CRISIS.peak_hour + 1) for hour in range(CRISIS.peak_hour)]
    fall = [1_000_000]
    while len(rise) + len(fall) < CRISIS.hours:
        fall.append(fall[-1] * 94 // 100)
    return np.array(rise + fall)


def crisis_hours(start: date, days: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the window's hours that the crisis touches, and its odds in each."""
    hours = seconds_since(start, CRISIS.starts_at) // HOUR + np.arange(CRISIS.hours)
    inside = (hours >= 0) & (hours < days * 24)
    return hours[inside], crisis_profile()[inside]


def crisis_seconds(rng: np.random.Generator, start: date, days: int, size: int) -> np.ndarray:
    """Return `size` times that follow the crisis's profile exactly, hour by hour (quotas, not luck)."""
    if not size:
        return np.zeros(0, dtype=np.int64)
    hours, odds = crisis_hours(start, days)
    return np.repeat(hours, draw.quota(size, odds)) * HOUR + rng.integers(0, HOUR, size)


def campaign_bounds(start: date, days: int) -> tuple[int, int]:
    """Return the first and last second of the campaign inside the window (equal: it is outside).

    It ends two hours before midnight UTC, so that its days are the same days in Europe.
    """
    first = max(0, seconds_since(start, CAMPAIGN.starts_on))
    last = min(days * DAY, seconds_since(start, CAMPAIGN.ends_on) + DAY - 2 * HOUR)
    return first, max(first, last)
