"""How fast and how often customers are answered, by week and by channel."""

from typing import Any

from orchestration.report import formats, plots
from orchestration.report.blocks import Chart, LegendEntry, Section, Table
from orchestration.report.definitions import define, newest
from orchestration.report.release_file import ReleaseFile
from orchestration.report.scene import Scene

_TITLE = ("care", "Customer care")
_ALL = "all"
_COMPANY = "company"

_SHORTEST = 1 / 60
"""A minute: a logarithmic axis has no place for shorter times."""
_TICKS = {1 / 60: "1 min", 5 / 60: "5 min", 0.25: "15 min", 1: "1 h", 4: "4 h", 12: "12 h", 24: "1 day",
          72: "3 days", 168: "1 week", 720: "30 days"}  # fmt: skip


def build(release: ReleaseFile, scene: Scene) -> Section:
    """Build response rate and first response of the brand with the most cases, and a table of all channels."""
    period = scene.survey_period
    totals = release.rows("care_totals") if release.has("mart_care_service_levels") else []
    if period is None or not totals:
        return Section(*_TITLE, empty="No support case.")
    brand_id = totals[0]["brand_id"]
    weeks = release.rows(
        "care_weeks", brand_id=brand_id, first_date=period.chart_start, last_date=period.last_date
    )
    version = newest(row["metric_version"] for row in totals)
    brand = _name(brand_id, scene)
    blocks: list[Any] = []
    if any(week["response_rate"] is not None for week in weeks):
        blocks.append(_rate_chart(weeks, version, brand))
    if any(week["median_first_response_hours"] is not None for week in weeks):
        blocks.append(_time_chart(weeks, version, brand))
    blocks.append(_totals_table(totals, scene))
    return Section(*_TITLE, _lead(totals[0], brand), blocks)


def _name(brand_id: str, scene: Scene) -> str:
    return "the company" if brand_id == _COMPANY else scene.name(brand_id)


def _lead(total: dict[str, Any], brand: str) -> str:
    if total["response_rate"] is None:
        return f"{formats.count(total['cases'])} cases of {brand} in the data, none asked for an answer."
    rate = formats.interval(
        formats.percent(total["response_rate_low"]), formats.percent(total["response_rate_high"])
    )
    return (
        f"{formats.count(total['cases'])} cases of {brand} in the data: "
        f"{formats.percent(total['response_rate'])} of those that asked were answered by a person (95%: {rate}), "
        f"half of them within {formats.hours(total['median_first_response_hours'])}. Charts by week from Monday; "
        "the first and the last week may be incomplete."
    )


def _rate_chart(weeks: list[dict[str, Any]], version: str | None, brand: str) -> Chart:
    days = [row["week_start_date"] for row in weeks]
    low, high = ([row[f"response_rate_{end}"] for row in weeks] for end in ("low", "high"))
    hover = [
        f"{formats.percent(row['response_rate'])} "
        f"({formats.interval(formats.percent(row['response_rate_low']), formats.percent(row['response_rate_high']))}), "
        f"{formats.count(row['needed_reply'])} cases that asked"
        for row in weeks
    ]
    rates = [row["response_rate"] for row in weeks]
    line = plots.line("Response rate", days, rates, hover, color=plots.OWN, markers=True)
    return Chart(
        title=f"Response rate by week: {brand}",
        alt=plots.weeks_in_words("response rate by week", weeks, "response_rate", formats.percent),
        traces=[plots.band("95% interval", days, low, high), line],
        layout=plots.layout(
            xaxis=plots.week_axis(days[0], days[-1]),
            yaxis={"tickformat": ".0%", "nticks": 6, "range": [0, 1.03]},
        ),
        definition=define(version, "response_rate"),
        metric_version=version,
        table=_weeks_table(weeks, brand),
        legend=(LegendEntry("Response rate", plots.OWN), LegendEntry("95% interval", plots.OWN_BAND, "area")),
        note=f"{formats.count(sum(row['needed_reply'] or 0 for row in weeks))} cases that asked for an answer.",
        width="half",
    )


def _time_chart(weeks: list[dict[str, Any]], version: str | None, brand: str) -> Chart:
    days = [row["week_start_date"] for row in weeks]
    lines = []
    for column, name, color in (
        ("p90_first_response_hours", "nine of ten", plots.MUTED),
        ("median_first_response_hours", "half", plots.OWN),
    ):
        hover = [f"{name}: {formats.hours(row[column])}" for row in weeks]
        lines.append(plots.line(name, days, [row[column] for row in weeks], hover, color=color, markers=True))
    return Chart(
        title=f"First response by week: {brand}",
        alt=plots.weeks_in_words(
            "median first response by week", weeks, "median_first_response_hours", formats.hours
        ),
        traces=lines,
        layout=plots.layout(
            xaxis=plots.week_axis(days[0], days[-1]),
            yaxis={"type": "log", "tickvals": list(_TICKS), "ticktext": list(_TICKS.values())},
        ),
        definition=define(version, "first_response"),
        metric_version=version,
        table=_weeks_table(weeks, brand),
        legend=(
            LegendEntry("Half are answered within", plots.OWN),
            LegendEntry("Nine of ten are answered within", plots.MUTED),
        ),
        note=f"{formats.count(sum(row['first_response_waiting'] or 0 for row in weeks))} cases still wait for an "
        "answer and have no part in these times. Each step of the axis is a multiple of the one before.",
        width="half",
    )


def _weeks_table(weeks: list[dict[str, Any]], brand: str) -> Table:
    cells = [(formats.day(row["week_start_date"]), *_figures(row)) for row in reversed(weeks)]
    return Table(f"Customer care of {brand} by week", ("Week of", *_FIGURES), cells)


def _totals_table(totals: list[dict[str, Any]], scene: Scene) -> Table:
    cells = [
        (
            _name(row["brand_id"], scene),
            "All channels" if row["channel"] == _ALL else formats.words(row["channel"]),
            *_figures(row),
        )
        for row in totals
    ]
    caption = "All cases of the data by channel"
    return Table(caption, ("Of", "Channel", *_FIGURES), cells, text_columns=2)


_FIGURES = (
    "Cases", "Answered / asked", "95% interval", "Median first response", "Nine of ten", "Median to resolved",
    "Again within 7 days",
)  # fmt: skip


def _figures(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        formats.count(row["cases"]),
        formats.percent(row["response_rate"]),
        formats.interval(
            formats.percent(row["response_rate_low"]), formats.percent(row["response_rate_high"])
        ),
        formats.hours(row["median_first_response_hours"]),
        formats.hours(row["p90_first_response_hours"]),
        formats.hours(row["median_resolution_hours"]),
        formats.percent(row["recontact_rate_7d"]),
    )
