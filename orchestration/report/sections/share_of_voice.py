"""Share of voice of each panel, by day, or by week where a day has too few mentions to tell anything."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from orchestration.report import formats, plots
from orchestration.report.blocks import Chart, LegendEntry, Note, Section, Table
from orchestration.report.definitions import define, newest
from orchestration.report.release_file import ReleaseFile
from orchestration.report.scene import Period, Scene

MAX_PANELS = 4
"""Panels with a chart; the others are named."""
DAILY_MENTIONS = 20
"""A panel with fewer mentions a day, on average, is drawn by week."""

_TITLE = ("share-of-voice", "Share of voice")
_NOTHING = dict.fromkeys(("mentions", "panel_mentions", "share", "share_low", "share_high"))


@dataclass(frozen=True)
class Panel:
    """A panel as it is drawn. `series` has one row a brand and day (or week), with None for no share."""

    name: str
    totals: list[dict[str, Any]]
    drawn: list[str]
    own: set[str]
    is_weekly: bool
    starts: list[date]
    series: dict[str, list[dict[str, Any]]]
    versions: list[tuple[date, int]]

    @property
    def grain(self) -> str:
        return "week" if self.is_weekly else "day"

    @property
    def only_own(self) -> str | None:
        """The own brand, if the panel shows exactly one."""
        owners = [entity for entity in self.drawn if entity in self.own]
        return owners[0] if len(owners) == 1 else None


def build(release: ReleaseFile, scene: Scene) -> Section:
    """Build a chart and a table of totals for each panel, those with an own brand first."""
    period = scene.period
    own = {brand.brand_id for brand in scene.brands if brand.is_own}
    found = []
    if period is not None and release.has("mart_share_of_voice_daily"):
        span = {"first_date": period.chart_start, "last_date": period.last_date}
        found = [
            row for row in release.rows("share_of_voice_panels", own=sorted(own), **span) if row["mentions"]
        ]
    if not found:
        return Section(*_TITLE, empty="No brand of a comparison panel was mentioned.")
    blocks: list[Any] = []
    for row in found[:MAX_PANELS]:
        panel = _read(release, scene, period, own, row)
        blocks += [_chart(panel, scene, period), _totals_table(panel, scene, period)]
    if len(found) > MAX_PANELS:
        others = ", ".join(scene.panel_name(row["panel_id"]) for row in found[MAX_PANELS:])
        blocks.append(Note(f"Not drawn, in mart_share_of_voice_daily: {others}."))
    lead = "How much of the talk about all brands of a comparison panel is about each of them."
    return Section(*_TITLE, lead, blocks)


def _read(release: ReleaseFile, scene: Scene, period: Period, own: set[str], found: dict[str, Any]) -> Panel:
    totals = release.rows(
        "share_of_voice_totals",
        panel_id=found["panel_id"],
        previous_start=period.previous_start,
        current_start=period.current_start,
        last_date=period.last_date,
    )
    ranked = sorted(totals, key=lambda row: row["entity_id"] not in own)
    drawn = [row["entity_id"] for row in ranked[: plots.MAX_SERIES]]
    is_weekly = found["mentions"] < DAILY_MENTIONS * found["days"]
    rows = release.rows(
        "share_of_voice_weekly" if is_weekly else "share_of_voice_daily",
        panel_id=found["panel_id"],
        entities=drawn,
        first_date=period.chart_start,
        last_date=period.last_date,
    )
    starts = sorted({row["start_date"] for row in rows})
    known = {(row["start_date"], row["entity_id"]): row for row in rows}
    return Panel(
        name=scene.panel_name(found["panel_id"]),
        totals=totals,
        drawn=drawn,
        own=own,
        is_weekly=is_weekly,
        starts=starts,
        series={entity: [known.get((start, entity), _NOTHING) for start in starts] for entity in drawn},
        versions=[
            (row["start_date"], row["panel_version"]) for row in rows if row["panel_version"] is not None
        ],
    )


def _chart(panel: Panel, scene: Scene, period: Period) -> Chart:
    version = newest(row["metric_version"] for row in panel.totals)
    styles = _styles(panel)
    axis = plots.week_axis if panel.is_weekly else plots.time_axis
    return Chart(
        title=f"Share of voice by {panel.grain}: {panel.name}",
        alt=_alt(panel, scene, period),
        # The first brand's line lies above the others.
        traces=[
            trace
            for entity in reversed(panel.drawn)
            for trace in _traces(panel, entity, scene.name(entity), *styles[entity])
        ],
        layout=plots.layout(
            xaxis=axis(panel.starts[0], panel.starts[-1]),
            yaxis={"tickformat": ".0%", "rangemode": "tozero"},
            shapes=_series_breaks(panel.versions),
        ),
        definition=define(version, "share_of_voice"),
        metric_version=version,
        table=_series_table(panel, scene),
        legend=[LegendEntry(scene.name(entity), *styles[entity]) for entity in panel.drawn],
        note=_note(panel),
        height=340,
    )


def _note(panel: Panel) -> str:
    parts = []
    if len(panel.drawn) < len(panel.totals):
        parts.append(
            f"The {len(panel.drawn)} most mentioned of {len(panel.totals)} brands are drawn; "
            "the table has all."
        )
    if panel.is_weekly:
        parts.append(f"By week from Monday: the panel has fewer than {DAILY_MENTIONS} mentions a day.")
    elif panel.only_own:
        parts.append("The band is the 95% interval of the own brand.")
    parts.append(f"The last {panel.grain} may not be complete.")
    return " ".join(parts)


def _styles(panel: Panel) -> dict[str, tuple[str, str]]:
    """Give each brand a colour and a dash; dashes help eyes that mix colours up."""
    has_own = panel.drawn[0] in panel.own
    colors = (plots.OWN, *plots.SERIES) if has_own else plots.SERIES
    return {
        entity: (colors[place], plots.DASHES[place % len(plots.DASHES)])
        for place, entity in enumerate(panel.drawn)
    }


def _traces(panel: Panel, entity: str, name: str, color: str, dash: str) -> list[dict[str, Any]]:
    rows = panel.series[entity]
    is_only_own = entity == panel.only_own
    shares = plots.line(
        name,
        panel.starts,
        [row["share"] for row in rows],
        [f"{plots.plot_text(name)} {formats.percent(row['share'])} ({_basis(row)})" for row in rows],
        color=color,
        width=3 if is_only_own else 1.75,
        dash=dash,
    )
    if not is_only_own or panel.is_weekly:
        return [shares]
    low, high = ([row[f"share_{end}"] for row in rows] for end in ("low", "high"))
    return [plots.band(f"{name}, 95% interval", panel.starts, low, high), shares]


def _basis(row: dict[str, Any]) -> str:
    if row["share_low"] is None or row["share_high"] is None:
        return f"{formats.count(row['mentions'])} of {formats.count(row['panel_mentions'])}"
    return formats.interval(formats.percent(row["share_low"]), formats.percent(row["share_high"]))


def _series_breaks(versions: list[tuple[date, int]]) -> list[dict[str, Any]]:
    """Return a line at each day from which another version of the panel counts: shares break there."""
    days = [day.isoformat() for (_, before), (day, version) in pairwise(versions) if version != before]
    line = {"color": plots.MUTED, "width": 1, "dash": "dot"}
    return [
        {"type": "line", "xref": "x", "yref": "paper", "x0": day, "x1": day, "y0": 0, "y1": 1, "line": line}
        for day in days
    ]


def _alt(panel: Panel, scene: Scene, period: Period) -> str:
    shares = [
        f"{scene.name(row['entity_id'])} {formats.percent(row['share'])}"
        for row in panel.totals[: plots.MAX_SERIES]
    ]
    return (
        f"Line chart of share of voice by {panel.grain} in the panel {panel.name}, "
        f"{formats.days(period.chart_start, period.last_date)}. Last 28 days: {', '.join(shares)}."
    )


def _series_table(panel: Panel, scene: Scene) -> Table:
    rows = [
        (
            formats.day(start),
            *(formats.percent(panel.series[entity][index]["share"]) for entity in panel.drawn),
        )
        for index, start in reversed(list(enumerate(panel.starts)))
    ]
    first = "Week of" if panel.is_weekly else "Day"
    columns = (first, *(scene.name(entity) for entity in panel.drawn))
    return Table(f"Share of voice by {panel.grain}, {panel.name}", columns, rows)


def _totals_table(panel: Panel, scene: Scene, period: Period) -> Table:
    columns = ("Brand", "Mentions", "Share", "Mentions before", "Share before")
    rows = [
        (
            scene.name(row["entity_id"]),
            formats.count(row["mentions"]),
            formats.percent(row["share"]),
            formats.count(row["previous_mentions"]),
            formats.percent(row["previous_share"]),
        )
        for row in panel.totals
    ]
    span = formats.days(period.current_start, period.last_date)
    return Table(f"{panel.name}: {span}, and the 28 days before", columns, rows)
