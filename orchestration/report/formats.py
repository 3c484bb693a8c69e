"""Figures and moments as a reader of English expects them; a missing figure is a dash."""

from datetime import date, datetime, timedelta, tzinfo

MISSING = "–"
_MINUS = "\u2212"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def count(value: float | None) -> str:
    """2171 -> '2,171'."""
    return MISSING if value is None else _minus(f"{value:,.0f}")


def percent(share: float | None) -> str:
    """0.4179 -> '41.8%'; `share` is a fraction of 1."""
    return MISSING if share is None else _minus(f"{100 * share:.1f}%")


def percent_of_100(value: float | None) -> str:
    """60.36 -> '60.4%'."""
    return MISSING if value is None else _minus(f"{value:.1f}%")


def points(value: float | None) -> str:
    """10 -> '+10.0', signed points of 100."""
    if value is None:
        return MISSING
    text = f"{value:+.1f}"
    return "0.0" if float(text) == 0 else _minus(text)


def net(value: float | None) -> str:
    """0.29 -> '+29.0': net sentiment, a fraction of 1, on its usual scale from -100 to +100."""
    return points(None if value is None else 100 * value)


def decimal(value: float | None) -> str:
    """7.25 -> '7.3'."""
    return MISSING if value is None else _minus(f"{value:,.1f}")


def hours(value: float | None) -> str:
    """0.28 -> '17 min', 3.42 -> '3.4 h'."""
    if value is None:
        return MISSING
    return f"{60 * value:.0f} min" if value < 1 else f"{value:,.1f} h"


def interval(low: str, high: str) -> str:
    """'40.5%', '43.1%' -> '40.5–43.1%'; with signs '−1.9', '+5.6' -> '−1.9 to +5.6'."""
    if any(sign in low + high for sign in (_MINUS, "+", MISSING)):
        return f"{low} to {high}"
    return f"{low.removesuffix('%')}–{high}"


def day(value: date | None) -> str:
    """2026-09-29 -> '29 Sep 2026'."""
    return MISSING if value is None else f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def days(first: date, last: date) -> str:
    """Name a span of days, its year once if both lie in one."""
    if first.year == last.year:
        return f"{first.day} {_MONTHS[first.month - 1]} – {day(last)}"
    return f"{day(first)} – {day(last)}"


def moment(value: datetime | None, zone: tzinfo) -> str:
    """Name a moment to the minute in a time zone: '29 Sep 2026, 01:59'."""
    if value is None:
        return MISSING
    local = value.astimezone(zone)
    return f"{day(local.date())}, {local:%H:%M}"


def offset(value: timedelta) -> str:
    """Two hours -> 'UTC+02:00'."""
    minutes = round(value.total_seconds() / 60)
    sign = _MINUS if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def words(identifier: str) -> str:
    """'app_and_website' -> 'App and website'."""
    text = identifier.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def _minus(text: str) -> str:
    return text.replace("-", _MINUS)
