"""What the figures rest on: posts by day and platform, coverage, and what became of everything received."""

from datetime import date, datetime
from itertools import groupby
from typing import Any

from orchestration.report import formats, plots
from orchestration.report.blocks import Chart, LegendEntry, Note, Section, Table
from orchestration.report.definitions import LANDING_COUNTS, define, newest
from orchestration.report.release_file import ReleaseFile
from orchestration.report.scene import Period, Scene

MAX_REASONS = 20

_TITLE = ("coverage", "What this rests on")


def build(release: ReleaseFile, scene: Scene) -> Section:
    """Build posts by day, the coverage of each source and platform, and the landing counts."""
    period = scene.period
    blocks: list[Any] = []
    if period is not None and release.has("mart_data_coverage"):
        blocks += _coverage(release, scene, period)
    landings = release.rows("landing_counts") if release.has("mart_landing_counts") else []
    if landings:
        blocks += [_landings(landings), Note(LANDING_COUNTS)]
    reasons = []
    if release.has("mart_quarantine_reasons"):
        reasons = release.rows("quarantine_reasons", rows=MAX_REASONS)
    if reasons:
        blocks.append(_quarantine(reasons))
    if not blocks:
        return Section(*_TITLE, empty="Nothing has been received.")
    return Section(*_TITLE, "How much was heard, and how much of it was complete.", blocks)


def _coverage(release: ReleaseFile, scene: Scene, period: Period) -> list[Any]:
    span = {"first_date": period.chart_start, "last_date": period.last_date}
    totals = release.rows("coverage_totals", **span)
    if not totals:
        return []
    version = newest(row["metric_version"] for row in totals)
    daily = release.rows("coverage_daily", **span)
    return [_chart(daily, period, version), _table(totals, scene, period)]


def _chart(daily: list[dict[str, Any]], period: Period, version: str | None) -> Chart:
    platforms = {name: list(rows) for name, rows in groupby(daily, key=lambda row: row["platform"])}
    drawn = list(platforms)[: plots.MAX_SERIES]
    colors = dict(zip(drawn, plots.SERIES, strict=False))
    traces = [
        plots.line(
            platform,
            [row["post_date"] for row in platforms[platform]],
            [row["posts"] for row in platforms[platform]],
            [f"{plots.plot_text(platform)} {formats.count(row['posts'])}" for row in platforms[platform]],
            color=colors[platform],
            width=1.75,
            dash=plots.DASHES[place % len(plots.DASHES)],
        )
        for place, platform in enumerate(drawn)
    ]
    days = [row["post_date"] for row in platforms[drawn[0]]]
    rows = [
        (formats.day(day), *(formats.count(platforms[platform][index]["posts"]) for platform in platforms))
        for index, day in reversed(list(enumerate(days)))
    ]
    return Chart(
        title="Posts by day and platform",
        alt=f"Line chart of posts by day, {formats.days(period.chart_start, period.last_date)}, by platform: "
        f"{', '.join(drawn)}.",
        traces=traces,
        layout=plots.layout(
            xaxis=plots.time_axis(period.chart_start, period.last_date),
            yaxis={"rangemode": "tozero", "tickformat": ",d"},
        ),
        definition=define(version, "posts"),
        metric_version=version,
        table=Table("Posts by day and platform", ("Day", *platforms), rows),
        legend=[
            LegendEntry(platform, colors[platform], plots.DASHES[place % len(plots.DASHES)])
            for place, platform in enumerate(drawn)
        ],
        note="A gap is a day without any post of the platform. The last day may not be complete.",
    )


def _table(totals: list[dict[str, Any]], scene: Scene, period: Period) -> Table:
    columns = (
        "Source", "Platform", "Posts", "Reshares", "Duplicates", "Spam", "Edited", "Deleted",
        "Language", "Author", "Followers", "Engagement", "Last seen",
    )  # fmt: skip
    counts = ("posts", "reshares", "duplicates", "spam", "edited_posts", "deleted_posts")
    shares = ("language_coverage", "author_coverage", "follower_coverage", "engagement_coverage")
    rows = [
        (
            row["source_name"],
            row["platform"],
            *(formats.count(row[name]) for name in counts),
            *(formats.percent(row[name]) for name in shares),
            formats.day(_local_date(row["last_observed_at"], scene)),
        )
        for row in totals
    ]
    span = formats.days(period.chart_start, period.last_date)
    return Table(
        f"Posts and the share of them that came with each field, {span}", columns, rows, text_columns=2
    )


def _local_date(moment: datetime | None, scene: Scene) -> date | None:
    return None if moment is None else moment.astimezone(scene.zone).date()


def _landings(landings: list[dict[str, Any]]) -> Table:
    columns = ("Source", "Resource", "Received", "Accepted", "Duplicate", "Quarantined", "Deleted", "Adds up")
    parts = ("accepted", "duplicate", "quarantined", "deleted")
    rows = [
        (
            row["source_name"],
            formats.words(row["resource"]),
            formats.count(row["received"]),
            *(formats.count(row[part]) for part in parts),
            "yes" if row["received"] == sum(row[part] for part in parts) else "NO",
        )
        for row in landings
    ]
    return Table("Landing counts, since the beginning", columns, rows, text_columns=2)


def _quarantine(reasons: list[dict[str, Any]]) -> Table:
    columns = ("Source", "Resource", "Reason", "Field", "Remedy", "Items")
    rows = [
        (
            row["source_name"],
            formats.words(row["resource"]),
            formats.words(row["reason"]),
            row["field"] or formats.MISSING,
            row["remedy"] or formats.MISSING,
            formats.count(row["items"]),
        )
        for row in reasons
    ]
    return Table("Set aside in quarantine, most frequent reasons", columns, rows, text_columns=5)
