"""What is said about the own brands: mentions and net sentiment by topic, now and before."""

from typing import Any

from orchestration.report import formats, plots
from orchestration.report.blocks import Chart, LegendEntry, Section, Table
from orchestration.report.definitions import define, newest
from orchestration.report.release_file import ReleaseFile
from orchestration.report.scene import Scene

MAX_TOPICS = 12
"""Topics drawn; the table has all."""

_TITLE = ("topics", "Topics")
_NOW = LegendEntry("Last 28 days", plots.OWN, "marker")
_BEFORE = LegendEntry("28 days before", plots.MUTED, "marker")


def build(release: ReleaseFile, scene: Scene) -> Section:
    """Build mentions and net sentiment by topic, summed over the own brands."""
    period = scene.period
    rows = []
    if period is not None and release.has("mart_topics_daily"):
        rows = release.rows(
            "topics",
            entities=[brand.brand_id for brand in scene.focus],
            previous_start=period.previous_start,
            current_start=period.current_start,
            last_date=period.last_date,
        )
    if not rows:
        return Section(*_TITLE, empty="No mention of a brand carries a topic.")
    brands = [brand.name for brand in scene.focus]
    of = brands[0] if len(brands) == 1 else f"{len(brands)} {scene.focus_kind}s together"
    lead = f"Topics in the mentions of {of}, the last 28 days against the 28 before."
    drawn = rows[:MAX_TOPICS]
    return Section(*_TITLE, lead, [_mentions(drawn, rows, of), _net_sentiment(drawn, rows, of)])


def _mentions(drawn: list[dict[str, Any]], rows: list[dict[str, Any]], of: str) -> Chart:
    first = drawn[0]
    return _chart(
        drawn,
        rows,
        of,
        title="Mentions by topic",
        values=("mentions", "previous_mentions"),
        show=formats.count,
        axis={"rangemode": "tozero", "showgrid": True, "tickformat": ",d"},
        alt=f"Most mentions: {formats.words(first['topic'])}, {formats.count(first['mentions'])} in the last "
        f"28 days, {formats.count(first['previous_mentions'])} before.",
    )


def _net_sentiment(drawn: list[dict[str, Any]], rows: list[dict[str, Any]], of: str) -> Chart:
    known = [row for row in drawn if row["net_sentiment"] is not None]
    worst = min(known, key=lambda row: row["net_sentiment"]) if known else None
    values = [row[column] for row in drawn for column in ("net_sentiment", "previous_net_sentiment")]
    alt = "No mention was scored."
    if worst is not None:
        alt = f"Lowest: {formats.words(worst['topic'])} at {formats.net(worst['net_sentiment'])}."
    return _chart(
        drawn,
        rows,
        of,
        title="Net sentiment by topic",
        values=("net_sentiment", "previous_net_sentiment"),
        show=formats.net,
        axis=plots.net_axis(values) | {"showgrid": True},
        alt=alt,
    )


def _chart(drawn, rows, of: str, *, title: str, values: tuple[str, str], show, axis, alt: str) -> Chart:
    version = newest(row["metric_version"] for row in rows)
    model = newest(row["model_version"] for row in rows)
    now, before = values
    hidden = len(rows) - len(drawn)
    return Chart(
        title=title,
        alt=f"Dot chart: {title.lower()} of {of}. {alt}",
        traces=[
            _connections(drawn, now, before),
            _dots("28 days before", drawn, before, show, color=plots.MUTED, size=9),
            _dots("Last 28 days", drawn, now, show, color=plots.OWN, size=12),
        ],
        layout=plots.layout(
            hovermode="closest",
            xaxis=axis | {"nticks": 5},
            yaxis={"autorange": "reversed", "type": "category", "ticklabelstandoff": 6},
            margin={"t": 4},
        ),
        definition=define(version, values[0]),
        metric_version=version,
        table=_table(rows, of),
        legend=(_NOW, _BEFORE),
        note=(f"{hidden} rarer topics are in the table only. " if hidden else "")
        + (f"Model {model}." if model else ""),
        height=70 + 28 * len(drawn),
        width="half",
    )


def _dots(
    name: str, rows: list[dict[str, Any]], column: str, show, *, color: str, size: int
) -> dict[str, Any]:
    labels = [plots.plot_text(formats.words(row["topic"])) for row in rows]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": plots.rounded([row[column] for row in rows]),
        "y": labels,
        "text": [f"{label}<br>{name}: {show(row[column])}" for label, row in zip(labels, rows, strict=True)],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"color": color, "size": size},
        "cliponaxis": False,
    }


def _connections(rows: list[dict[str, Any]], now: str, before: str) -> dict[str, Any]:
    """Return thin lines from then to now; None between them lifts the pen."""
    xs: list[float | None] = []
    ys: list[str | None] = []
    for row in rows:
        label = plots.plot_text(formats.words(row["topic"]))
        xs += [*plots.rounded([row[before], row[now]]), None]
        ys += [label, label, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "Change",
        "x": xs,
        "y": ys,
        "line": {"color": plots.MUTED, "width": 1.5},
        "hoverinfo": "skip",
    }


def _table(rows: list[dict[str, Any]], of: str) -> Table:
    columns = ("Topic", "Mentions", "Before", "Net sentiment", "Before", "Scored mentions")
    cells = [
        (
            formats.words(row["topic"]),
            formats.count(row["mentions"]),
            formats.count(row["previous_mentions"]),
            formats.net(row["net_sentiment"]),
            formats.net(row["previous_net_sentiment"]),
            formats.count(row["scored"]),
        )
        for row in rows
    ]
    return Table(f"Topics of {of}", columns, cells)
