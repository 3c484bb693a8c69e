"""How close the own brands came to a crisis on each day, and the crises that were."""

from collections import Counter
from itertools import groupby
from typing import Any

from orchestration.report import formats, plots
from orchestration.report.blocks import Chart, LegendEntry, Section, Table
from orchestration.report.definitions import define, newest
from orchestration.report.release_file import ReleaseFile
from orchestration.report.scene import Scene

MAX_LINES = 4
"""Brands drawn, those with the highest score; the table has all."""
MAX_CRISES = 12

OPENS_AT = 50
"""Score from which on a crisis is told of; high from 70, critical from 85."""

SEVERITIES = ("critical", "high", "medium")
STORED_FROM = 10
"""Lower scores have no row in the mart."""

_TITLE = ("crises", "Crises")
_MARTS = ("mart_crisis_signals", "mart_alerts")


def build(release: ReleaseFile, scene: Scene) -> Section:
    """Build the daily crisis scores of the brands in focus and a table of their crises."""
    period = scene.period
    days: dict[str, list[dict[str, Any]]] = {}
    if period is not None and release.has(*_MARTS):
        asked = {
            "entities": [brand.brand_id for brand in scene.focus],
            "first_date": period.chart_start,
            "zone": scene.zone_name,
        }
        rows = release.rows("crisis_days", **asked, last_date=period.last_date)
        days = {entity: list(own) for entity, own in groupby(rows, key=lambda row: row["entity_id"])}
        days = {entity: own for entity, own in days.items() if _highest(own) is not None}
    if not days:
        return Section(
            *_TITLE,
            empty=f"No hour has a crisis score of {STORED_FROM} or more; a score needs weeks to compare with.",
        )
    crises = release.rows("crisis_alerts", **asked)
    ranked = sorted(days, key=lambda entity: (-_highest(days[entity])["crisis_score"], entity))
    blocks: list[Any] = [_chart(ranked, days, scene)]
    if crises:
        blocks.append(_table(crises, scene))
    return Section(*_TITLE, _lead(crises, scene), blocks)


def _highest(days: list[dict[str, Any]]) -> dict[str, Any] | None:
    scored = [day for day in days if day["crisis_score"] is not None]
    return max(scored, key=lambda day: day["crisis_score"]) if scored else None


def _lead(crises: list[dict[str, Any]], scene: Scene) -> str:
    if not crises:
        return "In these weeks no crisis opened."
    worst = crises[0]
    is_open = sum(crisis["alert_state"] != "closed" for crisis in crises)
    of_severity = Counter(crisis["severity"] for crisis in crises)
    severities = ", ".join(f"{of_severity[name]} {name}" for name in SEVERITIES if of_severity[name])
    return (
        f"Crises of brands and their products in these weeks: {severities}; "
        f"{formats.count(is_open) if is_open else 'none'} still open. The strongest: "
        f"{scene.name(worst['entity_id'])} from {formats.moment(worst['opened_at'], scene.zone)} "
        f"({scene.zone_name}), {formats.count(worst['peak_strength'])} points at its worst hour."
    )


def _chart(ranked: list[str], days: dict[str, list[dict[str, Any]]], scene: Scene) -> Chart:
    drawn = ranked[:MAX_LINES]
    colors = (plots.OWN, *plots.SERIES)
    version = newest(row["metric_version"] for entity in ranked for row in days[entity])
    traces, legend = [], []
    for entity, color in zip(drawn, colors, strict=False):
        name = plots.plot_text(scene.name(entity))
        own = days[entity]
        traces.append(
            plots.line(
                scene.name(entity),
                [row["date_day"] for row in own],
                [row["crisis_score"] for row in own],
                [f"{name}: {formats.count(row['crisis_score'])} points" for row in own],
                color=color,
            )
        )
        legend.append(LegendEntry(scene.name(entity), color))
    first, last = (days[ranked[0]][place]["date_day"] for place in (0, -1))
    worst = _highest(days[ranked[0]])
    hidden = len(ranked) - len(drawn)
    return Chart(
        title="Highest crisis score of the day",
        alt=f"Line chart: highest hourly crisis score of each day. Highest: {scene.name(ranked[0])}, "
        f"{formats.count(worst['crisis_score'])} points on {formats.day(worst['date_day'])}.",
        traces=[*traces, _threshold(first, last)],
        layout=plots.layout(xaxis=plots.time_axis(first, last), yaxis={"range": [0, 103], "nticks": 6}),
        definition=define(version, "crisis_score"),
        metric_version=version,
        table=_days_table(ranked, days, scene),
        legend=(*legend, LegendEntry(f"A crisis opens at {OPENS_AT} points", "--alert")),
        note=(f"{hidden} brands with lower scores are in the table only. " if hidden else "")
        + f"Scores below {STORED_FROM} are not kept and leave a gap, as do weeks without anything usual yet.",
    )


def _threshold(first, last) -> dict[str, Any]:
    line = plots.line(
        "A crisis opens", [first, last], [OPENS_AT, OPENS_AT], ["", ""], color="--alert", width=1, dash="dot"
    )
    return line | {"hoverinfo": "skip", "hovertemplate": None}


def _days_table(ranked: list[str], days: dict[str, list[dict[str, Any]]], scene: Scene) -> Table:
    cells = [
        (formats.day(row["date_day"]), scene.name(entity), formats.decimal(row["crisis_score"]))
        for entity in ranked
        for row in reversed(days[entity])
    ]
    columns = (f"Day ({scene.zone_name})", "Brand", "Highest score")
    return Table("Highest crisis score of each day", columns, cells, text_columns=2)


def _table(crises: list[dict[str, Any]], scene: Scene) -> Table:
    columns = (
        f"Opened ({scene.zone_name})", "Of", "State", "Severity", "Lasted", "Highest score", "Mentions, 24 h",
        "Negative, 24 h", "28 days before",
    )  # fmt: skip
    cells = [
        (
            formats.moment(row["opened_at"], scene.zone),
            scene.name(row["entity_id"]),
            "acknowledged"
            if row["acknowledged_at"] and row["alert_state"] != "closed"
            else row["alert_state"],
            row["severity"],
            formats.hours(row["duration_hours"]),
            formats.count(row["peak_strength"]),
            formats.count(row["mentions_24h"]),
            formats.percent(row["negative_share_24h"]),
            formats.percent(row["negative_share_before"]),
        )
        for row in crises[:MAX_CRISES]
    ]
    caption = "Crises, the strongest first; figures of their worst hour, raw"
    if len(crises) > MAX_CRISES:
        caption = f"The {MAX_CRISES} strongest of {len(crises)} crises; figures of their worst hour, raw"
    return Table(caption, columns, cells, text_columns=4)
