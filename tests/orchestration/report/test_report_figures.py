"""What the page shows is what the marts hold."""

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from report_page import Page

from orchestration.publish import Release
from orchestration.report import build_report
from orchestration.report.definitions import DEFINITIONS

SECTIONS = (
    "scorecard", "share-of-voice", "sentiment", "topics", "spike", "crises", "campaigns", "voice-of-customer",
    "care", "coverage",
)  # fmt: skip


def rows(release: Release, query: str) -> list[tuple]:
    with duckdb.connect(str(release.database), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(query).fetchall()


def series(trace: dict[str, Any]) -> dict[str, float | None]:
    return dict(zip(trace["x"], trace["y"], strict=True))


def test_header_tells_what_the_page_was_made_from(release: Release, page: Page) -> None:
    for fact in (
        release.release_id,
        "run-7",
        "c0de",
        "Europe/Berlin",
        "share_of_voice.v1",
        "model-s, model-t",
        "SYNTHETIC DATA",
    ):
        assert fact in page.text
    assert "Data through 30 Aug 2026, 22:00 Europe/Berlin" in page.text


def test_no_synthetic_banner_over_real_data(release_of: Callable[..., Release]) -> None:
    release = release_of(change="update listening.settings set is_synthetic = false")
    assert "SYNTHETIC" not in Page.read(release.report).text


def test_cards_show_value_interval_previous_verdict_and_basis(page: Page) -> None:
    cards = [" ".join(card.text.split()) for card in page.all("li", class_="card")]
    assert cards == [
        "Share of voice, Main panel 41.8% ▼ Down, worse 95%: 40.5–43.1% Before 47.2% "
        "5,195 mentions in the panel",
        "Net sentiment +29.0 ≈ No clear change 95%: +20.0 to +38.0 Before +25.0 "
        "1,324 scored mentions, 61.0% coverage",
        "Negative share 6.0% ▼ Down, better 95%: 5.0–7.0% Before 10.0% 1,324 scored mentions, 61.0% coverage",
        "Mentions 2,171 ▲ Up 95%: 2,080–2,262 Before 1,500 2,171 mentions",
        "Engagement 187,192 Not tested No interval known No figure before "
        "2,032 mentions with engagement, 94.0% coverage",
        "NPS +10.0 ▲ Up, better 95%: +5.0 to +15.0 Before −2.5 462 answers",
        "CSAT 69.2% ≈ No clear change 95%: 60.0–77.0% Before 70.0% 111 answers, 39.0% coverage",
        "Median first response 17 min Not tested No interval known Before 3.4 h "
        "268 answered cases, 94.0% coverage",
    ]


def test_share_of_voice_is_the_marts_and_a_day_without_shares_is_a_gap(release: Release, page: Page) -> None:
    drawn = series(page.trace("Share of voice by day: Main panel", "Acme"))
    stored = rows(
        release,
        "select cast(mention_date as varchar), sov_mentions from marts.mart_share_of_voice_daily "
        "where entity_id = 'acme' order by 1",
    )
    assert len(drawn) == 60
    assert drawn == pytest.approx(dict(stored), abs=1e-6)
    assert drawn["2026-08-10"] is None


def test_interval_band_is_closed_around_each_run_of_days(page: Page) -> None:
    band = page.trace("Share of voice by day: Main panel", "Acme, 95% interval")
    gap = band["y"].index(None)
    assert band["fill"] == "toself" and band["x"][gap] is None
    for x, y in ((band["x"][:gap], band["y"][:gap]), (band["x"][gap + 1 :], band["y"][gap + 1 :])):
        assert (x[0], y[0]) == (x[-1], y[-1])
        assert "2026-08-10" not in x
    assert None not in band["y"][gap + 1 :]


def test_sentiment_shows_corrected_beside_raw_and_breaks_on_a_silent_day(
    release: Release, page: Page
) -> None:
    raw = series(page.trace("Net sentiment: Acme", "Raw count"))
    stored = rows(
        release,
        "select cast(mention_date as varchar), net_sentiment from marts.mart_sentiment_daily "
        "where entity_id = 'acme' order by 1",
    )
    assert {day: value for day, value in raw.items() if value is not None} == pytest.approx(
        dict(stored), abs=1e-6
    )
    assert raw["2026-08-11"] is None
    corrected = series(page.trace("Negative share: Acme", "Corrected estimate"))
    assert corrected["2026-08-12"] == 0.3 and corrected["2026-08-11"] is None


def test_topics_compare_the_last_28_days_with_those_before(release: Release, page: Page) -> None:
    now = page.trace("Mentions by topic", "Last 28 days")
    stored = rows(
        release,
        "select topic, cast(sum(mentions) as bigint) from marts.mart_topics_daily "
        "where entity_id = 'acme' and mention_date > date '2026-08-30' - 28 group by topic",
    )
    names = {"price": "Price", "app_and_website": "App and website"}
    assert dict(zip(now["y"], now["x"], strict=True)) == {names[topic]: count for topic, count in stored}


def test_spike_counts_every_hour_and_marks_the_unusual_ones(page: Page) -> None:
    bars = page.trace("Mentions by hour: Acme", "Acme")
    counted = series(bars)
    # 10:00 UTC is noon in Berlin: twenty posts of the spike and two usual ones.
    assert counted["2026-08-20 12:00:00"] == 22
    assert counted["2026-08-20 20:00:00"] == 0
    unusual = {
        hour for hour, color in zip(bars["x"], bars["marker"]["color"], strict=True) if color == "--alert"
    }
    assert unusual == {"2026-08-20 12:00:00", "2026-08-20 13:00:00", "2026-08-20 14:00:00"}


def test_spike_names_the_words_that_stand_out(page: Page) -> None:
    assert "overheating, smoke" in page.section("brief").text
    assert "morning" not in page.section("brief").text


def test_crises_show_the_worst_hour_of_each_day_of_the_reporting_zone(page: Page) -> None:
    scores = series(page.trace("Highest crisis score of the day", "Acme"))
    # 22:00 UTC on 20 August is midnight in Berlin.
    assert scores["2026-08-21"] == 91.4 and scores["2026-08-20"] == 12
    assert scores["2026-07-20"] is None
    section = page.section("crises").text
    assert "Crises of brands and their products in these weeks: 1 critical, 1 medium; 1 still open" in section
    assert "Acme from 20 Aug 2026, 12:00 (Europe/Berlin), 91 points" in section
    assert "Mug" in section and "acknowledged" in section and "50.0%" in section


def test_weeks_without_a_crisis_say_so(release_of: Callable[..., Release]) -> None:
    page = Page.read(release_of(change="delete from marts.mart_alerts").report)
    assert "no crisis" in page.section("crises").text


def test_a_campaign_is_shaded_in_the_days_of_its_brand(page: Page) -> None:
    title = "Mentions by day: Acme around Push <i>week</i>"
    mentions = series(page.trace(title, "Acme"))
    assert mentions["2026-08-20"] == 76 and mentions["2026-08-18"] == 16
    assert page.trace(title, "Usual for these weekdays")["y"] == [16, 16]
    (span,) = page.titled(title)["layout"]["shapes"]
    assert (span["x0"], span["x1"]) == ("2026-08-17", "2026-08-23")
    section = page.section("campaigns").text
    assert "Acme had 1.54 times the mentions" in section and "95%: 1.20–1.90" in section
    assert "2,500" in section and "Brought by no campaign" in section


def test_of_a_campaign_that_goes_on_the_usual_is_that_of_the_days_so_far(
    release_of: Callable[..., Release],
) -> None:
    change = "update marts.mart_campaign_performance set ends_on = date '2026-09-12'"
    page = Page.read(release_of(change=change).report)
    usual = page.trace("Mentions by day: Acme around Push <i>week</i>", "Usual for these weekdays")
    # 112 mentions were to be expected in the 14 days that the data cover, of 27.
    assert usual["x"] == ["2026-08-17", "2026-08-30"] and usual["y"] == [8, 8]


def test_a_campaign_without_a_lift_says_why(release_of: Callable[..., Release]) -> None:
    change = (
        "update marts.mart_campaign_performance set starts_on = null, lift = null, lift_low = null, "
        "lift_high = null, brand_mentions_expected = null, lift_verdict = 'no days given'"
    )
    page = Page.read(release_of(change=change).report)
    assert "has no lift: no days given" in page.section("campaigns").text
    assert not [heading for heading in page.all("h3") if "around" in heading.text]


def test_care_has_its_interval_and_a_week_without_cases_is_a_gap(page: Page) -> None:
    rate = series(page.trace("Response rate by week: Acme", "Response rate"))
    assert rate["2026-07-06"] == 0.75 and rate["2026-08-03"] is None
    assert "2026-08-03" not in page.trace("Response rate by week: Acme", "95% interval")["x"]
    hours = series(page.trace("First response by week: Acme", "half"))
    assert set(hours.values()) == {2, None}  # never those of the business clock
    assert "80 cases of Acme" in page.section("care").text and "Email" in page.section("care").text


def test_excerpts_hide_handles_links_and_addresses(page: Page) -> None:
    excerpts = [quote.text for quote in page.all("blockquote")]
    assert len(excerpts) == 3
    for excerpt in excerpts:
        assert excerpt.startswith("overheating smoke […] […] mail me at […]")
    assert "evil.example" not in page.text and "someone" not in page.text
    assert "author-" not in page.source


def test_nps_has_its_interval_and_a_suppressed_week_is_a_gap(page: Page) -> None:
    nps = series(page.trace("NPS by week: smb", "NPS"))
    assert nps["2026-07-06"] == 18 and nps["2026-08-03"] is None
    band = page.trace("NPS by week: smb", "95% interval")
    assert band["y"][0] == pytest.approx(18 - 1.959964 * 5)
    assert "2026-08-03" not in band["x"]
    assert "suppressed" in page.section("voice-of-customer").text


def test_a_panel_of_few_mentions_is_drawn_by_week(release_of: Callable[..., Release]) -> None:
    change = (
        "update marts.mart_share_of_voice_daily set mentions = if(entity_id = 'acme', 3, 1),"
        "panel_mentions = 4, sov_mentions = if(entity_id = 'acme', 0.75, 0.25)"
    )
    page = Page.read(release_of(change=change).report)
    weeks = series(page.trace("Share of voice by week: Main panel", "Acme"))
    assert list(weeks)[:2] == ["2026-06-29", "2026-07-06"]
    assert set(weeks.values()) == {0.75}
    assert "fewer than 20 mentions a day" in page.section("share-of-voice").text


def test_panels_with_an_own_brand_come_first(release_of: Callable[..., Release]) -> None:
    change = (
        "insert into marts.mart_share_of_voice_daily by name "
        "select 'aaa_large' as panel_id, 1 as panel_version, 'other' as entity_id, mention_date, "
        "90 as mentions, 90 as panel_mentions, 1 as sov_mentions "
        "from marts.mart_share_of_voice_daily where entity_id = 'acme'"
    )
    page = Page.read(release_of(change=change).report)
    titles = [heading.text for heading in page.all("h3") if heading.text.startswith("Share of voice by")]
    assert titles == ["Share of voice by day: Main panel", "Share of voice by day: aaa large"]


def test_a_release_without_posts_shows_its_surveys(release_of: Callable[..., Release]) -> None:
    tables = ("dim_dates", "dim_brands", "dim_entities", "fct_posts", "mart_data_coverage")
    page = Page.read(release_of(change=";".join(f"delete from marts.{table}" for table in tables)).report)
    assert page.titled("NPS by week: all customers")
    assert "Data through not known" in page.section("voice-of-customer").text


def test_quarantine_tells_reason_and_remedy(page: Page) -> None:
    text = page.section("coverage").text
    assert "Naive timestamp" in text and "name the time zone" in text


def test_landing_counts_add_up(page: Page) -> None:
    (row,) = [row.text for row in page.all("tr") if row.text.startswith("demoPosts1")]
    assert row == "demoPosts1,000900403525yes"


def test_every_chart_has_words_a_definition_its_data_time_and_a_table(page: Page) -> None:
    figures = [element for element in page.all("figure")]
    assert len(figures) == len(page.figures) == 15
    lines = [line for measures in DEFINITIONS.values() for line in measures.values()]
    for figure in figures:
        assert any(line in figure.text for line in lines)
        assert "Data through 30 Aug 2026, 22:00" in figure.text
        assert "Figures as a table" in figure.text
    for plot in page.all("div", class_="plot"):
        assert plot.attributes["role"] == "img" and len(plot.attributes["aria-label"]) > 40


def test_every_metric_version_that_the_report_shows_is_defined() -> None:
    models = Path(__file__).resolve().parents[3] / "transform/models/marts"
    exposures = yaml.safe_load((models / "_exposures.yml").read_text(encoding="utf-8"))["exposures"]
    (report,) = [exposure for exposure in exposures if exposure["name"] == "executive_report"]
    shown = {re.fullmatch(r"ref\('(\w+)'\)", reference)[1] for reference in report["depends_on"]}
    versions = {
        version
        for path in models.rglob("*.sql")
        if path.stem in shown
        for version in re.findall(r"'([a-z_]+\.v\d+)'", path.read_text(encoding="utf-8"))
    }
    assert versions and versions <= set(DEFINITIONS)


def test_figures_are_valid_plotly_figures(page: Page) -> None:
    import plotly.graph_objects as go

    def colored(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: colored(item) for key, item in value.items()}
        if isinstance(value, list):
            return [colored(item) for item in value]
        return "#123456" if isinstance(value, str) and value.startswith("--") else value

    for figure in page.figures.values():
        go.Figure(colored(copy.deepcopy(figure)))


def test_forty_four_own_brands_stay_readable(release_of: Callable[..., Release]) -> None:
    brands = [(f"brand_{number:02}", f"Brand {number:02}", True) for number in range(1, 45)]
    page = Page.read(release_of(brands).report)
    lines = [
        trace
        for trace in page.titled("Share of voice by day: Main panel")["data"]
        if trace["type"] == "scatter"
    ]
    assert len(lines) == 8
    assert len({(line["line"]["color"], line["line"]["dash"]) for line in lines}) == 8
    section = page.section("share-of-voice").text
    assert "8 most mentioned of 44 brands" in section
    assert all(name in section for _, name, _ in brands)
    assert sum("Net sentiment: " in heading.text for heading in page.all("h3")) == 4
    assert len(page.source) < 6_000_000


def test_without_own_brands_all_brands_are_in_focus(release_of: Callable[..., Release]) -> None:
    page = Page.read(release_of([("a", "Alpha", False), ("b", "Beta", False)]).report)
    assert page.trace("Net sentiment: Alpha", "Raw count")
    assert "2 brands together" in page.section("topics").text


def test_empty_marts_give_friendly_words_and_no_broken_chart(release_of: Callable[..., Release]) -> None:
    tables = re.findall(r"table (marts\.\w+)", (Path(__file__).parent / "report_marts.sql").read_text())
    release = release_of(change=";".join(f"delete from {table}" for table in tables))
    page = Page.read(release.report)
    assert page.figures == {}
    assert page.section("brief").text.count("No data yet") == 1
    for section in SECTIONS:
        assert "No data yet." in page.section(section).text


def test_a_release_of_some_marts_has_a_report_of_those(release_of: Callable[..., Release]) -> None:
    page = Page.read(release_of(marts=["mart_landing_counts", "mart_exec_scorecard"]).report)
    assert "1,000" in page.section("coverage").text
    assert "41.8%" in page.section("scorecard").text
    assert "No data yet." in page.section("sentiment").text


def test_without_surveys_the_other_sections_stand(release_of: Callable[..., Release]) -> None:
    change = (
        "update marts.mart_voice_of_customer set nps = null, nps_responses = null, csat = null, "
        "support_cases = null, closed_opportunities = null;"
        "delete from marts.mart_exec_scorecard where scope_id = 'company'"
    )
    page = Page.read(release_of(change=change).report)
    assert "No survey answer, support case or sale" in page.section("voice-of-customer").text
    assert page.titled("Net sentiment: Acme")


def test_values_that_are_no_numbers_are_gaps(release_of: Callable[..., Release]) -> None:
    change = (
        "update marts.mart_sentiment_daily set net_sentiment = 'nan' where mention_date = date '2026-08-15';"
        "update marts.mart_exec_scorecard set kpi_value = 'inf' where kpi = 'mentions'"
    )
    page = Page.read(release_of(change=change).report)
    assert series(page.trace("Net sentiment: Acme", "Raw count"))["2026-08-15"] is None


def test_same_release_gives_the_same_page(release: Release, tmp_path: Path) -> None:
    context = {"reporting_time_zone": "Europe/Berlin", "panel_names": {"main_panel": "Main panel"}}
    page = build_report(release.database, tmp_path / "again.html", context=context)
    assert page.read_bytes() == release.report.read_bytes()


def test_without_a_time_zone_moments_are_told_in_utc(release: Release, tmp_path: Path) -> None:
    page = Page.read(build_report(release.database, tmp_path / "utc.html", context={}))
    assert "Data through 30 Aug 2026, 20:00 UTC" in page.text
    assert "not given, moments in UTC" in page.text
