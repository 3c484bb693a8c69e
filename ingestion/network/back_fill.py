"""Back-fills of networks: which days, whether the API reaches so far, and one day read to its end.

A day is read as a run reads its pages, with the same manners and the same quota. It may take several rounds
(`max_pages` is the most that one round asks), it goes on where it was cut off, and what has landed before,
or was deleted since, does not land again.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ingestion.home import Home
from ingestion.landing.back_fill import BackFill
from ingestion.landing.counts import Counts
from ingestion.landing.runner import land, last_status
from ingestion.listening import Listening
from ingestion.network.credentials import credentials_of
from ingestion.network.gaps import Missing
from ingestion.network.source import streams_of
from ingestion.network.spans import covers, spans_of
from ingestion.registry import network_type

REACHES = {
    "dates": "by date",
    "pages": "page by page: the first day brings all that follow",
}


class BackFillRefused(ValueError):
    """A back-fill that cannot be: the source does not reach so far back, or the days are no days."""


@dataclass(frozen=True)
class Outcome:
    """What came of a back-fill of one stretch: `is_done`, or why it `stopped` and the next one goes on."""

    counts: Counts
    is_done: bool
    stopped: str | None = None
    was_done_before: bool = False


def days_between(listening: Listening, since: date, until: date | None, now: datetime) -> list[date]:
    """Return the days of a back-fill, `until` not included (None: to yesterday), in the reporting time zone.

    Raises BackFillRefused where the days are none, or are not over yet.
    """
    today = now.astimezone(ZoneInfo(listening.reporting.time_zone)).date()
    until = until or today
    if until > today:
        raise BackFillRefused(
            f"{until - timedelta(days=1)} is not over yet: a back-fill takes days up to {today}, that day not included"
        )
    if since >= until:
        raise BackFillRefused(f"there is no day from {since} to {until}: the end is not included")
    return [since + timedelta(days=number) for number in range((until - since).days)]


def day_span(listening: Listening, day: date) -> tuple[datetime, datetime]:
    """Return the moments (UTC) where a day of the reporting time zone begins and ends."""
    zone = ZoneInfo(listening.reporting.time_zone)
    ends = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    return next(ends), next(ends)


def check_reach(source: str, listening: Listening, since: datetime | None, now: datetime) -> None:
    """Raise BackFillRefused where a network cannot be read back to a moment, and say what it can do."""
    declaration, settings = network_type(source).declaration, getattr(listening.sources, source)
    if not settings.enabled:
        raise BackFillRefused(
            f"{source} is switched off. Remedy: enabled: true under sources.{source} in listening.yml"
        )
    if declaration.reach == "newest":
        raise BackFillRefused(
            f"{source} cannot be back-filled: {declaration.reach_told}. What it can do: the first run of a query "
            f"reads back {settings.first_days} days (first_days of sources.{source} in listening.yml), as far as "
            "the API goes, and every run goes on with what the one before left"
        )
    if declaration.reach_days is not None and since is not None:
        earliest = now - timedelta(days=declaration.reach_days)
        if since < earliest:
            raise BackFillRefused(
                f"{source} goes back {declaration.reach_days} days only: {declaration.reach_told}. Remedy: "
                f"begin at {earliest.date() + timedelta(days=1)} or later"
            )


def is_back_filled(source: str, home: Home, listening: Listening, since: datetime, until: datetime) -> bool:
    """Tell whether every stream has been back-filled from one moment to the other; asks no network.

    Raises CredentialsMissing.
    """
    done = last_status(source, home).get("back_filled", {})
    return all(
        any(covers(span, (since, until)) for span in spans_of(done.get(stream.name, [])))
        for stream in streams_of(
            network_type(source), listening, credentials_of(network_type(source).declaration)
        )
    )


def missing_of(source: str, home: Home) -> list[Missing]:
    """Return the stretches that the last run knew to be missing, newest first."""
    return [Missing.read(told) for told in last_status(source, home).get("missing", [])]


def back_fill_span(
    source: str,
    home: Home,
    listening: Listening,
    span: tuple[datetime, datetime],
    run_id: str,
    *,
    stream: str | None = None,
    again: bool = False,
) -> Outcome:
    """Read a stretch of the past to its end, or as far as the network lets us; then the next time goes on.

    Raises LandingError, and CredentialsMissing before the first request where a secret is missing.
    """
    since, until = span
    if not again and stream is None and is_back_filled(source, home, listening, since, until):
        return Outcome(Counts(), is_done=True, was_done_before=True)
    wanted = BackFill(
        since,
        until,
        stream=stream,
        again=again,
        brings_newer=network_type(source).declaration.reach == "pages",
    )
    counts = Counts()
    while True:
        report = land(source, home, listening, run_id, back_fill=wanted)
        counts += report.total
        if wanted.is_done or wanted.stopped:
            return Outcome(counts, wanted.is_done, wanted.stopped)
        if not wanted.pages:
            return Outcome(counts, False, "; ".join(report.messages) or "the network gave nothing")
        wanted = replace(wanted, again=False, pages=0)
