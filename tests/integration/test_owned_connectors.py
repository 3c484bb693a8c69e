"""Own channels as a connector lands them, by shipped mappings, compared with reading the files one by one."""

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest

from ingestion.home import PROJECT_ROOT
from ingestion.landing.runner import land
from ingestion.listening import Listening, load_listening
from tests.integration.modelled_road import ModelledRoad

PAGE = "514435155248879"
TABLES = (
    "facebook_pages/facebook_pages_post_history_data.csv",
    "facebook_pages/facebook_pages_lifetime_post_metrics_total_data.csv",
    "facebook_pages/facebook_pages_daily_page_metrics_total_data.csv",
    "instagram_business/instagram_business_media_history_data.csv",
    "instagram_business/instagram_business_media_insights_data.csv",
    "instagram_business/instagram_business_user_history_data.csv",
    "linkedin_pages/linkedin_pages_ugc_post_history_data.csv",
    "linkedin_pages/linkedin_pages_share_statistic_data.csv",
    "youtube_analytics/youtube_video_data.csv",
)


class Connectors(ModelledRoad):
    """A brand that owns the page, the profile and the channel."""

    def listening(self, **more: Any) -> Listening:
        return load_listening(PROJECT_ROOT / "examples/owned/listening.yml")


@pytest.fixture(scope="module")
def tables(shared_data: Path) -> dict[str, list[dict[str, str]]]:
    """The connector's tables, read plainly."""
    read = {}
    for table in TABLES:
        with open(shared_data / "owned" / table, encoding="utf-8", newline="") as file:
            read[Path(table).name.removesuffix("_data.csv")] = list(csv.DictReader(file))
    return read


@pytest.fixture(scope="module")
def road(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Connectors:
    """The tables landed and modelled."""
    made = Connectors(tmp_path_factory.mktemp("connectors"))
    for table in TABLES:
        shutil.copy(shared_data / "owned" / table, made.home.drop)
    report = land("files", made.home, made.listening(), "run 1")
    assert report.total.quarantined == 0, report.messages
    assert report.counts["post_insights"].accepted > 0 and report.counts["account_metrics"].accepted > 0
    made.model()
    return made


def test_each_owned_post_has_its_last_figures(road, tables):
    told = {
        key: rest
        for key, *rest in road.ask(
            "select post_key, impression_count, click_count, reach_count, view_count, like_count"
            " from marts.mart_content_performance where age_bucket = 'latest'"
        )
    }
    last: dict[str, dict[str, str]] = {}
    for row in sorted(tables["facebook_pages_lifetime_post_metrics_total"], key=lambda row: row["date"]):
        last[row["post_id"]] = row
    posts = {row["id"] for row in tables["facebook_pages_post_history"]}
    page = {row["id"] for row in tables["facebook_pages_post_history"] if row["page_id"] == PAGE}
    assert page == posts
    for post_id in posts & set(last):
        row = last[post_id]
        expected = [int(row[name]) for name in ("post_impressions", "post_clicks")]
        assert told[f"fivetran_facebook_pages:{post_id}"][:2] == expected
        assert told[f"fivetran_facebook_pages:{post_id}"][4] == int(row["post_reactions_like_total"])
    for row in tables["instagram_business_media_insights"]:
        if (key := f"fivetran_instagram_business:{row['id']}") in told:
            assert told[key][2:] == [
                int(row[name]) for name in ("video_photo_reach", "video_photo_views", "like_count")
            ]
    for row in tables["youtube_video"]:
        assert told[f"fivetran_youtube_analytics:{row['id']}"][3] == int(row["statistics_view_count"])


def test_a_post_without_insights_says_so_and_rates_need_a_denominator(road):
    rows = road.ask(
        "select platform, reach_availability, impression_availability, er_reach from marts.mart_content_performance"
        " where age_bucket = 'latest' and reach_count is null and impression_count is null"
    )
    assert ("youtube", "not_provided", "no_permission", None) in rows
    assert {row[3] for row in rows} == {None}


def test_fans_and_followers_stay_apart(road, tables):
    audiences = road.ask(
        "select platform, audience_kind, count(*), count(reach) from marts.mart_reach_daily"
        " where reach_layer = 'observed' group by all order by all"
    )
    days = len({row["date"] for row in tables["facebook_pages_daily_page_metrics_total"]})
    profiles = len({row["_fivetran_synced"][:10] for row in tables["instagram_business_user_history"]})
    assert audiences == [("facebook", "fans", days, 0), ("instagram", "followers", profiles, 0)]
