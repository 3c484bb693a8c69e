"""What customers say in surveys and to support, by week and segment."""

from itertools import groupby
from typing import Any

from orchestration.report import formats, plots
from orchestration.report.blocks import Chart, Details, LegendEntry, Note, Section, Table
from orchestration.report.definitions import define, newest
from orchestration.report.release_file import ReleaseFile
from orchestration.report.scene import Scene

ALL = "all"
MAX_SEGMENTS = 4
"""Segments with a chart of their own, those with the most answers; the table has all."""

_TITLE = ("voice-of-customer", "Voice of customer")
_BUSINESS = ("nps_responses", "support_cases", "closed_opportunities")
_SUPPRESSED = "suppressed"


def build(release: ReleaseFile, scene: Scene) -> Section:
    """Build NPS in total and by segment, CSAT, and a table of all weeks."""
    period = scene.survey_period
    rows = []
    if period is not None and release.has("mart_voice_of_customer"):
        rows = release.rows("voice_of_customer", first_date=period.chart_start, last_date=period.last_date)
    segments = {segment: list(weeks) for segment, weeks in groupby(rows, key=lambda row: row["segment"])}
    total = segments.get(ALL, [])
    if not any(row[column] for row in rows for column in _BUSINESS):
        return Section(*_TITLE, empty="No survey answer, support case or sale in these weeks.")
    has_nps = any(row["nps"] is not None for row in total)
    has_csat = any(row["csat"] is not None for row in total)
    version = newest(row["metric_version"] for row in rows)
    width = "half" if has_nps and has_csat else "full"
    blocks: list[Any] = []
    if has_nps:
        blocks.append(_nps_chart("NPS by week: all customers", total, version, width=width))
    else:
        blocks.append(Note("No NPS answer in these weeks."))
    blocks.append(
        _csat_chart(total, version, width=width) if has_csat else Note("No CSAT answer in these weeks.")
    )
    if has_nps:
        blocks += _segment_charts(segments, version)
    blocks.append(Details("All weeks and segments as a table", _table(rows)))
    lead = (
        "By week from Monday; the first and the last week may be incomplete. Cells of fewer than 5 people "
        "are suppressed and leave a gap."
    )
    return Section(*_TITLE, lead, blocks)


def _segment_charts(segments: dict[str, list[dict[str, Any]]], version: str | None) -> list[Any]:
    asked = [
        segment
        for segment, weeks in segments.items()
        if segment != ALL and any(row["nps"] is not None for row in weeks)
    ]
    drawn = asked[:MAX_SEGMENTS]
    # One scale for all, so that segments can be compared.
    limits = [
        row[end]
        for segment in drawn
        for row in segments[segment]
        for end in ("nps_low", "nps_high")
        if row[end] is not None
    ]
    charts: list[Any] = [
        _nps_chart(
            f"NPS by week: {segment}",
            segments[segment],
            version,
            width="third" if len(drawn) == 3 else "half",
            height=230,
            reach=(min(limits) - 5, max(limits) + 5) if limits else None,
        )
        for segment in drawn
    ]
    if len(asked) > MAX_SEGMENTS:
        charts.append(
            Note(f"Drawn are the {MAX_SEGMENTS} segments with the most answers; the table has all.")
        )
    return charts


def _nps_chart(
    title: str,
    weeks: list[dict[str, Any]],
    version: str | None,
    *,
    width: str,
    height: int = 300,
    reach: tuple[float, float] | None = None,
) -> Chart:
    days = [row["week_start_date"] for row in weeks]
    low, high = [row["nps_low"] for row in weeks], [row["nps_high"] for row in weeks]
    hover = [
        f"NPS {formats.points(row['nps'])} "
        f"({formats.interval(formats.points(row['nps_low']), formats.points(row['nps_high']))}), "
        f"{formats.count(row['nps_responses'])} answers"
        for row in weeks
    ]
    line = plots.line("NPS", days, [row["nps"] for row in weeks], hover, color=plots.OWN, markers=True)
    return Chart(
        title=title,
        alt=plots.weeks_in_words(title, weeks, "nps", formats.points),
        traces=[plots.band("95% interval", days, low, high), line],
        layout=plots.layout(
            xaxis=plots.week_axis(days[0], days[-1]),
            yaxis={"zeroline": True, "tickformat": ",d", "nticks": 6}
            | ({"range": plots.rounded(reach)} if reach else {}),
        ),
        definition=define(version, "nps"),
        metric_version=version,
        table=_nps_table(title, weeks),
        legend=(LegendEntry("NPS", plots.OWN), LegendEntry("95% interval", plots.OWN_BAND, "area")),
        note=_answers(weeks, "nps_responses"),
        height=height,
        width=width,
    )


def _csat_chart(weeks: list[dict[str, Any]], version: str | None, *, width: str) -> Chart:
    title = "CSAT by week: all customers"
    days = [row["week_start_date"] for row in weeks]
    hover = [
        f"CSAT {formats.percent_of_100(row['csat'])}, {formats.count(row['csat_answers'])} answers"
        for row in weeks
    ]
    line = plots.line(
        "CSAT", days, [row["csat"] for row in weeks], hover, color=plots.SERIES[1], markers=True
    )
    return Chart(
        title=title,
        alt=plots.weeks_in_words(title, weeks, "csat", formats.percent_of_100),
        traces=[line],
        layout=plots.layout(
            xaxis=plots.week_axis(days[0], days[-1]), yaxis={"range": [0, 103], "ticksuffix": "%"}
        ),
        definition=define(version, "csat"),
        metric_version=version,
        table=_csat_table(title, weeks),
        legend=(LegendEntry("CSAT, share of the answers 4 and 5", plots.SERIES[1]),),
        note=f"{_answers(weeks, 'csat_answers')} No weekly interval; the scorecard has one.",
        width=width,
    )


def _answers(weeks: list[dict[str, Any]], column: str) -> str:
    return f"{formats.count(sum(row[column] or 0 for row in weeks))} answers."


def _nps_table(title: str, weeks: list[dict[str, Any]]) -> Table:
    columns = ("Week of", "NPS", "Low", "High", "Answers")
    cells = [
        (
            formats.day(row["week_start_date"]),
            _SUPPRESSED if row["is_nps_suppressed"] else formats.points(row["nps"]),
            formats.points(row["nps_low"]),
            formats.points(row["nps_high"]),
            formats.count(row["nps_responses"]),
        )
        for row in reversed(weeks)
    ]
    return Table(title, columns, cells)


def _csat_table(title: str, weeks: list[dict[str, Any]]) -> Table:
    cells = [
        (
            formats.day(row["week_start_date"]),
            _SUPPRESSED if row["is_care_suppressed"] else formats.percent_of_100(row["csat"]),
            formats.count(row["csat_answers"]),
            formats.count(row["support_cases"]),
        )
        for row in reversed(weeks)
    ]
    return Table(title, ("Week of", "CSAT", "Answers", "Support cases"), cells)


def _table(rows: list[dict[str, Any]]) -> Table:
    columns = (
        "Week of", "Segment", "NPS", "NPS answers", "CSAT", "CSAT answers", "Support cases",
        "Median first response", "Won / closed deals", "Won revenue", "Social mentions", "Net sentiment, raw",
    )  # fmt: skip
    cells = [
        (
            formats.day(row["week_start_date"]),
            row["segment"],
            _SUPPRESSED if row["is_nps_suppressed"] else formats.points(row["nps"]),
            formats.count(row["nps_responses"]),
            _SUPPRESSED if row["is_care_suppressed"] else formats.percent_of_100(row["csat"]),
            formats.count(row["csat_answers"]),
            formats.count(row["support_cases"]),
            formats.hours(row["median_first_response_hours"]),
            _deals(row),
            formats.count(row["won_revenue"]),
            formats.count(row["social_mentions"]),
            formats.net(row["social_net_sentiment"]),
        )
        for row in sorted(rows, key=lambda row: row["week_start_date"], reverse=True)
    ]
    return Table("Voice of customer by week and segment", columns, cells, text_columns=2)


def _deals(row: dict[str, Any]) -> str:
    if row["closed_opportunities"] is None:
        return formats.MISSING
    return f"{formats.count(row['won_opportunities'])} / {formats.count(row['closed_opportunities'])}"
