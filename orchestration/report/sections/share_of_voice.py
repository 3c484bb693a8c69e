"""Share of voice by day and panel."""

from itertools import groupby, pairwise
from typing import Any

from orchestration.report import formats, plots
from orchestration.report.blocks import Chart, LegendEntry, Note, Section, Table
from orchestration.report.definitions import define, newest
from orchestration.report.release_file import ReleaseFile
from orchestration.report.scene import Period, Scene

MAX_PANELS = 4
"""Panels with a chart; the others are named."""

_TITLE = ("share-of-voice", "Share of voice")


def build(release: ReleaseFile, scene: Scene) -> Section:
    """Build a chart and a table of totals for each panel."""
    period = scene.period
    has_mart = period is not None and release.has("mart_share_of_voice_daily")
    totals = _totals(release, period) if has_mart else []
    panels = {panel: list(rows) for panel, rows in groupby(totals, key=lambda row: row["panel_id"])}
    if not panels:
        return Section(*_TITLE, empty="There is no share of voice yet: no brand of a panel was mentioned.")
    blocks: list[Any] = []
    for panel_id in list(panels)[:MAX_PANELS]:
        blocks += _panel(release, scene, period, panel_id, panels[panel_id])
    if len(panels) > MAX_PANELS:
        others = ", ".join(scene.panel_name(panel_id) for panel_id in list(panels)[MAX_PANELS:])
        blocks.append(Note(f"Not drawn, in mart_share_of_voice_daily: {others}."))
    lead = "How much of the talk about all brands of a comparison panel is about each of them."
    return Section(*_TITLE, lead, blocks)


def _totals(release: ReleaseFile, period: Period) -> list[dict[str, Any]]:
    return release.rows(
        "share_of_voice_totals",
        previous_start=period.previous_start,
        current_start=period.current_start,
        last_date=period.last_date,
    )


def _panel(
    release: ReleaseFile, scene: Scene, period: Period, panel_id: str, totals: list[dict[str, Any]]
) -> list[Any]:
    own = {brand.brand_id for brand in scene.brands if brand.is_own}
    ranked = sorted(totals, key=lambda row: row["entity_id"] not in own)
    drawn = [row["entity_id"] for row in ranked[: plots.MAX_SERIES]]
    daily = release.rows(
        "share_of_voice_daily",
        panel_id=panel_id,
        entities=drawn,
        first_date=period.chart_start,
        last_date=period.last_date,
    )
    series = _series(daily, drawn)
    styles = _styles(drawn, own)
    name = scene.panel_name(panel_id)
    version = newest(row["metric_version"] for row in totals)
    rest = len(totals) - len(drawn)
    chart = Chart(
        title=f"Share of voice by day: {name}",
        alt=_alt(name, totals, scene, period),
        # The thick line of the own brand is drawn last, above the others.
        traces=[
            trace
            for entity in reversed(drawn)
            for trace in _brand_traces(scene.name(entity), series, entity, styles[entity])
        ],
        layout=plots.layout(
            xaxis=plots.time_axis(period.chart_start, period.last_date),
            yaxis={"tickformat": ".0%", "rangemode": "tozero"},
            shapes=_series_breaks(daily),
        ),
        definition=define(version, "share_of_voice"),
        metric_version=version,
        table=_daily_table(name, scene, drawn, series),
        legend=[LegendEntry(scene.name(entity), styles[entity][0], styles[entity][1]) for entity in drawn],
        note=(
            (
                f"The {len(drawn)} most mentioned of {len(totals)} brands are drawn; the table has all. "
                if rest
                else ""
            )
            + ("The band is the 95% interval of the own brand. " if len(own & set(drawn)) == 1 else "")
            + "The last day may not be complete."
        ),
        height=340,
    )
    return [chart, _totals_table(name, totals, scene, period)]


def _styles(drawn: list[str], own: set[str]) -> dict[str, tuple[str, str, bool]]:
    """Give each brand (colour, dash, is the only own one); dashes help eyes that mix colours up."""
    owners = [entity for entity in drawn if entity in own]
    styles = {}
    for place, entity in enumerate(drawn):
        color = plots.OWN if place == 0 else plots.SERIES[place - 1]
        styles[entity] = (color, plots.DASHES[place % len(plots.DASHES)], owners == [entity])
    return styles


def _series(daily: list[dict[str, Any]], drawn: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return one row a day and brand; a day without shares has None in it."""
    days = sorted({row["mention_date"] for row in daily})
    known = {(row["mention_date"], row["entity_id"]): row for row in daily}
    nothing = dict.fromkeys(("mentions", "sov_mentions", "sov_mentions_low", "sov_mentions_high"))
    return {
        entity: [known.get((day, entity), nothing | {"mention_date": day}) for day in days]
        for entity in drawn
    }


def _brand_traces(
    name: str, series: dict[str, list[dict[str, Any]]], entity: str, style: tuple[str, str, bool]
) -> list[dict[str, Any]]:
    color, dash, is_only_own = style
    rows = series[entity]
    days = [row["mention_date"] for row in rows]
    hover = [
        f"{plots.plot_text(name)} {formats.percent(row['sov_mentions'])} ({_interval(row)})" for row in rows
    ]
    shares = plots.line(
        name,
        days,
        [row["sov_mentions"] for row in rows],
        hover,
        color=color,
        width=3 if is_only_own else 1.75,
        dash=dash,
    )
    if not is_only_own:
        return [shares]
    low, high = ([row[f"sov_mentions_{end}"] for row in rows] for end in ("low", "high"))
    return [plots.band(f"{name}, 95% interval", days, low, high), shares]


def _interval(row: dict[str, Any]) -> str:
    low, high = row["sov_mentions_low"], row["sov_mentions_high"]
    return formats.interval(formats.percent(low), formats.percent(high))


def _series_breaks(daily: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a line at each day from which another version of the panel counts: shares break there."""
    versions = [
        (row["mention_date"], row["panel_version"]) for row in daily if row["panel_version"] is not None
    ]
    pairs = pairwise(versions)
    days = [day.isoformat() for (_, before), (day, version) in pairs if version != before]
    line = {"color": plots.MUTED, "width": 1, "dash": "dot"}
    return [
        {"type": "line", "xref": "x", "yref": "paper", "x0": day, "x1": day, "y0": 0, "y1": 1, "line": line}
        for day in days
    ]


def _alt(name: str, totals: list[dict[str, Any]], scene: Scene, period: Period) -> str:
    parts = [
        f"{scene.name(row['entity_id'])} {formats.percent(row['share'])}"
        for row in totals[: plots.MAX_SERIES]
    ]
    return (
        f"Line chart of daily share of voice in the panel {name}, "
        f"{formats.days(period.chart_start, period.last_date)}. Last 28 days: {', '.join(parts)}."
    )


def _daily_table(name: str, scene: Scene, drawn: list[str], series: dict[str, list[dict[str, Any]]]) -> Table:
    days = [row["mention_date"] for row in series[drawn[0]]]
    rows = [
        (formats.day(day), *(formats.percent(series[entity][index]["sov_mentions"]) for entity in drawn))
        for index, day in reversed(list(enumerate(days)))
    ]
    return Table(f"Share of voice by day, {name}", ("Day", *(scene.name(entity) for entity in drawn)), rows)


def _totals_table(name: str, totals: list[dict[str, Any]], scene: Scene, period: Period) -> Table:
    columns = ("Brand", "Mentions", "Share", "Mentions before", "Share before")
    rows = [
        (
            scene.name(row["entity_id"]),
            formats.count(row["mentions"]),
            formats.percent(row["share"]),
            formats.count(row["previous_mentions"]),
            formats.percent(row["previous_share"]),
        )
        for row in totals
    ]
    span = formats.days(period.current_start, period.last_date)
    return Table(f"{name}: {span}, and the 28 days before", columns, rows)
