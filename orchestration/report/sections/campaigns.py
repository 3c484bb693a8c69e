"""What campaigns did: lift of the brand over what its weekdays would have brought, cost, and what came of it."""

from typing import Any

from orchestration.report import formats, plots
from orchestration.report.blocks import Chart, Definitions, Details, LegendEntry, Section, Table
from orchestration.report.definitions import define, newest
from orchestration.report.release_file import ReleaseFile
from orchestration.report.scene import Scene

MAX_CHARTS = 2
"""Campaigns with a chart of their own, the newest; the table has all."""

_TITLE = ("campaigns", "Campaigns")
_NO_CAMPAIGN = "(none)"


def build(release: ReleaseFile, scene: Scene) -> Section:
    """Build a chart of the brand's mentions around the newest campaigns, what all did, and their return."""
    period = scene.period
    campaigns = []
    if period is not None and release.has("mart_campaign_performance"):
        campaigns = release.rows(
            "campaigns",
            entities=[brand.brand_id for brand in scene.focus],
            first_date=period.chart_start,
            last_date=period.last_date,
        )
    if not campaigns:
        return Section(*_TITLE, empty="No campaign of listening.yml ran in these weeks.")
    drawn = [campaign for campaign in campaigns if campaign["lift"] is not None][:MAX_CHARTS]
    width = "half" if len(drawn) > 1 else "full"
    blocks: list[Any] = [_chart(release, scene, campaign, width) for campaign in drawn]
    blocks.append(_table(campaigns, scene))
    if any(campaign["cost"] is not None or campaign["sessions"] is not None for campaign in campaigns):
        blocks.append(_cost_table(campaigns, scene))
    returns = release.rows("campaign_returns") if release.has("mart_campaign_roi") else []
    if returns:
        blocks.append(Details("Return by attribution model", _returns_table(returns, scene)))
        version = newest(row["metric_version"] for row in returns)
        blocks.append(Definitions([("Return on investment", version, define(version, "roi"))]))
    return Section(*_TITLE, _lead(campaigns[0], scene), blocks)


def _lead(campaign: dict[str, Any], scene: Scene) -> str:
    name = scene.name(campaign["entity_id"])
    if campaign["lift"] is None:
        return f"The newest, {name}, has no lift: {campaign['lift_verdict']}."
    brand = scene.name(campaign["brand_id"])
    verdict = campaign["lift_verdict"]
    return (
        f"During {name}, the newest, {brand} had {_ratio(campaign['lift'])} times the mentions that its weekdays would "
        f"have brought ({_lift_interval(campaign)}): {verdict}."
    )


def _lift_interval(campaign: dict[str, Any]) -> str:
    if campaign["lift_low"] is None or campaign["lift_high"] is None:
        return "no interval known"
    return f"95%: {formats.interval(_ratio(campaign['lift_low']), _ratio(campaign['lift_high']))}"


def _chart(release: ReleaseFile, scene: Scene, campaign: dict[str, Any], width: str) -> Chart:
    period = scene.period
    rows = release.rows(
        "campaign_days",
        entity_id=campaign["brand_id"],
        first_date=period.chart_start,
        last_date=period.last_date,
    )
    name, brand = scene.name(campaign["entity_id"]), scene.name(campaign["brand_id"])
    days = [row["date_day"] for row in rows]
    starts_on = max(campaign["starts_on"], period.chart_start)
    ends_on = min(campaign["ends_on"], period.last_date)
    # What was to be expected is told of the days that the data cover: of a campaign that goes on, not of those to come.
    expected = campaign["brand_mentions_expected"] / ((ends_on - campaign["starts_on"]).days + 1)
    hover = [f"{formats.count(row['mentions'])} mentions" for row in rows]
    usual = plots.line(
        "Usual for these weekdays",
        [starts_on, ends_on],
        [expected, expected],
        [f"usual {formats.decimal(expected)}"] * 2,
        color="--ink",
        width=1.5,
        dash="dash",
    )
    return Chart(
        title=f"Mentions by day: {brand} around {name}",
        alt=f"Line chart: mentions of {brand} by day. {name} ran from {formats.day(campaign['starts_on'])} to "
        f"{formats.day(campaign['ends_on'])}: {formats.count(campaign['brand_mentions'])} mentions, "
        f"{formats.count(campaign['brand_mentions_expected'])} expected.",
        traces=[
            plots.line(brand, days, [row["mentions"] for row in rows], hover, color=plots.OWN),
            usual,
        ],
        layout=plots.layout(
            xaxis=plots.time_axis(days[0], days[-1]),
            yaxis={"rangemode": "tozero", "tickformat": ",d"},
            shapes=[_span(starts_on, ends_on)],
        ),
        definition=define(campaign["metric_version"], "lift"),
        metric_version=campaign["metric_version"],
        table=Table(
            f"Mentions of {brand} by day",
            ("Day", "Mentions"),
            [(formats.day(row["date_day"]), formats.count(row["mentions"])) for row in reversed(rows)],
        ),
        legend=(
            LegendEntry(f"Mentions of {brand}", plots.OWN),
            LegendEntry("Usual for these weekdays, mean of the days", "--ink"),
            LegendEntry(name, plots.OWN_BAND, "area"),
        ),
        note=f"Usual: medians of the same weekdays, {formats.count(campaign['baseline_weeks'])} weeks before.",
        width=width,
    )


def _span(starts_on, ends_on) -> dict[str, Any]:
    """Return the shaded days of a campaign, behind the lines."""
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": starts_on.isoformat(),
        "x1": ends_on.isoformat(),
        "y0": 0,
        "y1": 1,
        "fillcolor": plots.OWN_BAND,
        "line": {"width": 0},
        "layer": "below",
    }


def _table(campaigns: list[dict[str, Any]], scene: Scene) -> Table:
    columns = (
        "Campaign", "Days", "Lift", "Lift, times", "95% interval", "Rivals, times", "Lift / rivals", "Its mentions",
        "Authors", "Positive, raw", "Negative, raw",
    )  # fmt: skip
    cells = [
        (
            scene.name(row["entity_id"]),
            _days(row),
            row["lift_verdict"],
            _ratio(row["lift"]),
            formats.interval(_ratio(row["lift_low"]), _ratio(row["lift_high"])),
            _ratio(row["rival_change"]),
            _ratio(row["lift_adjusted"]),
            formats.count(row["mentions"]),
            formats.count(row["authors"]),
            formats.percent(row["positive_share"]),
            formats.percent(row["negative_share"]),
        )
        for row in campaigns
    ]
    return Table("Campaigns, the newest first", columns, cells, text_columns=3)


def _cost_table(campaigns: list[dict[str, Any]], scene: Scene) -> Table:
    columns = (
        "Campaign", "Currency", "Cost", "Times shown", "Clicks", "Click-through", "Cost per click", "Visits",
        "Conversions", "Conversion rate", "95% interval",
    )  # fmt: skip
    cells = [
        (
            scene.name(row["entity_id"]),
            row["currency"] or formats.MISSING,
            formats.count(row["cost"]),
            formats.count(row["ad_impressions"]),
            formats.count(row["ad_clicks"]),
            formats.percent(row["click_through_rate"]),
            _ratio(row["cost_per_click"]),
            formats.count(row["sessions"]),
            formats.count(row["conversions"]),
            formats.percent(row["conversion_rate"]),
            formats.interval(
                formats.percent(row["conversion_rate_low"]), formats.percent(row["conversion_rate_high"])
            ),
        )
        for row in campaigns
    ]
    return Table("What campaigns cost, and the visits they brought", columns, cells, text_columns=2)


def _returns_table(returns: list[dict[str, Any]], scene: Scene) -> Table:
    columns = (
        "Campaign", "Attribution", "Currency", "Cost", "Conversions", "Cost per conversion", "Revenue",
        "Revenue / cost", "Return on investment",
    )  # fmt: skip
    cells = [
        (
            _campaign_name(row, scene),
            row["attribution_model"],
            row["currency"],
            formats.count(row["cost"]),
            formats.decimal(row["attributed_conversions"]),
            _ratio(row["cost_per_conversion"]),
            formats.count(row["attributed_revenue"]),
            _ratio(row["return_on_ad_spend"]),
            formats.percent(row["roi"]),
        )
        for row in returns
    ]
    return Table(
        "Return of campaigns by attribution model; models are never summed", columns, cells, text_columns=3
    )


def _campaign_name(row: dict[str, Any], scene: Scene) -> str:
    if row["campaign"] == _NO_CAMPAIGN:
        return "Brought by no campaign"
    return scene.name(row["entity_id"]) if row["entity_id"] else row["campaign"]


def _days(campaign: dict[str, Any]) -> str:
    if campaign["starts_on"] is None or campaign["ends_on"] is None:
        return formats.MISSING
    return formats.days(campaign["starts_on"], campaign["ends_on"])


def _ratio(value: float | None) -> str:
    return formats.MISSING if value is None else f"{value:,.2f}".replace("-", "\u2212")
