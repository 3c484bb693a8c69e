"""Sentiment of the own brands by day: the corrected estimate with its interval beside the raw value."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orchestration.report import formats, plots
from orchestration.report.blocks import Chart, LegendEntry, Note, Section, Table
from orchestration.report.definitions import define, newest
from orchestration.report.release_file import ReleaseFile
from orchestration.report.scene import Brand, Period, Scene

MAX_BRANDS = 4
"""Own brands with charts; mart_sentiment_daily has all."""

_TITLE = ("sentiment", "Sentiment")


@dataclass(frozen=True)
class Measure:
    """A measure of the mart, raw and corrected."""

    title: str
    measure: str
    raw: str
    corrected: str
    show: Callable[[float | None], str]


_NET = Measure("Net sentiment", "net_sentiment", "net_sentiment", "net_sentiment_corrected", formats.net)
_NEGATIVE = Measure("Negative share", "negative_share", "negative_raw", "negative_share", formats.percent)


def build(release: ReleaseFile, scene: Scene) -> Section:
    """Build net sentiment and the share of negative mentions for each own brand that was scored."""
    period = scene.period
    has_mart = period is not None and release.has("mart_sentiment_daily")
    candidates = scene.focus if has_mart else ()
    daily = {brand: _daily(release, brand, period) for brand in candidates[:MAX_BRANDS]}
    scored = {brand: rows for brand, rows in daily.items() if any(row["scored_mentions"] for row in rows)}
    if not scored:
        return Section(*_TITLE, empty="No mention of a brand was scored.")
    blocks: list[Any] = [
        _chart(measure, brand, rows, period)
        for brand, rows in scored.items()
        for measure in (_NET, _NEGATIVE)
    ]
    if len(candidates) > MAX_BRANDS:
        blocks.append(
            Note(f"Drawn are the {MAX_BRANDS} most mentioned of {len(candidates)} {scene.focus_kind}s.")
        )
    lead = (
        "The line is the estimate after correction for the classifier's known errors, the band its 95% "
        "interval: moves inside the band are no news."
    )
    return Section(*_TITLE, lead, blocks)


def _daily(release: ReleaseFile, brand: Brand, period: Period) -> list[dict[str, Any]]:
    return release.rows(
        "sentiment_daily", entity_id=brand.brand_id, first_date=period.chart_start, last_date=period.last_date
    )


def _chart(measure: Measure, brand: Brand, rows: list[dict[str, Any]], period: Period) -> Chart:
    days = [row["mention_date"] for row in rows]
    raw, corrected, low, high = (
        [row[column] for row in rows]
        for column in (
            measure.raw,
            measure.corrected,
            f"{measure.corrected}_low",
            f"{measure.corrected}_high",
        )
    )
    version = newest(row["metric_version"] for row in rows)
    model = newest(row["model_version"] for row in rows)
    is_net = measure is _NET
    axis = plots.net_axis([*raw, *low, *high]) if is_net else {"tickformat": ".0%", "rangemode": "tozero"}
    return Chart(
        title=f"{measure.title}: {brand.name}",
        alt=_alt(measure, brand, rows, period),
        traces=[
            plots.band("95% interval", days, low, high),
            plots.line(
                "Raw count",
                days,
                raw,
                [
                    f"raw {measure.show(value)}, {formats.count(row['scored_mentions'])} scored"
                    for value, row in zip(raw, rows, strict=True)
                ],
                color=plots.MUTED,
                width=1.25,
                dash="dot",
            ),
            plots.line(
                "Corrected estimate",
                days,
                corrected,
                [
                    f"corrected {measure.show(row[measure.corrected])} "
                    f"({formats.interval(measure.show(a), measure.show(b))})"
                    for row, a, b in zip(rows, low, high, strict=True)
                ],
                color=plots.OWN,
                width=2.25,
            ),
        ],
        layout=plots.layout(
            xaxis=plots.time_axis(period.chart_start, period.last_date) | {"nticks": 5}, yaxis=axis
        ),
        definition=define(version, measure.measure),
        metric_version=version,
        table=_table(measure, brand, rows),
        legend=(
            LegendEntry("Corrected estimate", plots.OWN),
            LegendEntry("95% interval", plots.OWN_BAND, "area"),
            LegendEntry("Raw count", plots.MUTED, "dot"),
        ),
        note=_coverage(rows) + (f" Model {model}." if model else ""),
        width="half",
    )


def _coverage(rows: list[dict[str, Any]]) -> str:
    scored = sum(row["scored_mentions"] or 0 for row in rows)
    unscored = sum(row["unscored"] or 0 for row in rows)
    share = formats.percent(scored / (scored + unscored) if scored + unscored else None)
    return f"{formats.count(scored)} mentions scored, {share} of all; the others are in no share."


def _alt(measure: Measure, brand: Brand, rows: list[dict[str, Any]], period: Period) -> str:
    known = [row for row in rows if row[measure.corrected] is not None]
    span = formats.days(period.chart_start, period.last_date)
    if not known:
        return f"Line chart of the {measure.title.lower()} of {brand.name} by day, {span}, raw counts only."
    lowest = min(known, key=lambda row: row[measure.corrected])
    highest = max(known, key=lambda row: row[measure.corrected])
    return (
        f"Line chart of the {measure.title.lower()} of {brand.name} by day with its 95% interval, {span}. "
        f"Lowest {measure.show(lowest[measure.corrected])} on {formats.day(lowest['mention_date'])}, highest "
        f"{measure.show(highest[measure.corrected])} on {formats.day(highest['mention_date'])}."
    )


def _table(measure: Measure, brand: Brand, rows: list[dict[str, Any]]) -> Table:
    columns = ("Day", "Corrected", "Low", "High", "Raw", "Scored", "Unscored")
    cells = [
        (
            formats.day(row["mention_date"]),
            measure.show(row[measure.corrected]),
            measure.show(row[f"{measure.corrected}_low"]),
            measure.show(row[f"{measure.corrected}_high"]),
            measure.show(row[measure.raw]),
            formats.count(row["scored_mentions"]),
            formats.count(row["unscored"]),
        )
        for row in reversed(rows)
    ]
    return Table(f"{measure.title} of {brand.name} by day", columns, cells)
