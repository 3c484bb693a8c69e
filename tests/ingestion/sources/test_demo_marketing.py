"""The demo's owned posts, insights, audiences, costs and visits: what was planted can be found in them."""

from datetime import date, timedelta

import pandas as pd
import pytest

from ingestion.home import PROJECT_ROOT
from ingestion.landing import ACCOUNT_METRICS, AD_COSTS, POST_INSIGHTS, POSTS, WEB_SESSIONS
from ingestion.listening import load_listening
from ingestion.sources.demo import truth
from ingestion.sources.demo.advertising import build_advertising
from ingestion.sources.demo.insights import account_metrics, post_insights
from ingestion.sources.demo.owned import ACCOUNTS, build_owned
from ingestion.sources.demo.settings import CAMPAIGN
from tests.ingestion.sources.demo_world import default_world

OWNED = build_owned()
ADVERTISING = build_advertising()


@pytest.fixture(scope="module")
def posts() -> pd.DataFrame:
    """All observations of owned posts and answers."""
    return OWNED.observations.to_pandas()


@pytest.mark.parametrize(
    ("table", "contract"),
    [
        (OWNED.observations, POSTS),
        (post_insights(OWNED), POST_INSIGHTS),
        (account_metrics(), ACCOUNT_METRICS),
        (ADVERTISING.costs, AD_COSTS),
        (ADVERTISING.sessions, WEB_SESSIONS),
    ],
)
def test_a_table_has_columns_of_its_contract_in_the_order_of_observation(table, contract):
    assert set(table.column_names) <= {*contract.names, "observed_at"}
    assert {c.name for c in contract.columns if c.required} <= set(table.column_names)
    assert table["observed_at"].to_pandas().is_monotonic_increasing


def test_the_same_arguments_give_the_same_tables():
    again = build_owned()
    assert again.observations.equals(OWNED.observations) and again.planted.equals(OWNED.planted)
    assert build_advertising().sessions.equals(ADVERTISING.sessions)
    assert post_insights(again).equals(post_insights(OWNED))


def test_listening_yml_names_the_accounts_that_post():
    named = {
        (entity.id, platform, account)
        for _, entity in load_listening(PROJECT_ROOT / "listening.yml").entities()
        for platform, accounts in entity.owned.items()
        for account in accounts
    }
    assert named == {(one.brand_id, one.platform, one.author_id) for one in ACCOUNTS}


def test_owned_posts_are_seen_again_at_five_ages_and_only_grow(posts):
    own = posts[posts.parent_post_id.isna()]
    assert set(own.groupby("post_id").size()) == {5}
    age = (own.observed_at - own.created_at).dt.total_seconds() / 3600
    for hours in (1, 6, 24, 168, 672):
        assert ((age - hours).abs() < 0.11 * hours).sum() == own.post_id.nunique()
    for name in ("like_count", "comment_count", "view_count"):
        counts = own.dropna(subset=name).sort_values("observed_at").groupby("post_id")[name]
        assert counts.apply(lambda values: values.is_monotonic_increasing).all()


def test_every_answer_follows_a_post_of_the_account_whose_handle_it_begins_with(posts):
    own = posts[posts.parent_post_id.isna()].drop_duplicates("post_id").set_index("post_id")
    answers = posts[posts.parent_post_id.notna()]
    parents = own.loc[answers.parent_post_id]
    assert (answers.created_at.to_numpy() > parents.created_at.to_numpy()).all()
    assert (answers.platform.to_numpy() == parents.platform.to_numpy()).all()
    assert answers.text.str.startswith("@").all()
    assert not set(answers.author_id) & {one.author_id for one in ACCOUNTS}


def test_prices_draw_more_negative_answers_than_anything_else():
    figures = truth.owned_figures(OWNED)
    shares = {theme: one.negative_share for (brand, theme), one in figures.items() if brand == "lumora"}
    assert shares.pop("price") > 0.5
    assert max(shares.values()) < 0.4


def test_the_world_with_owned_posts_counts_them_and_shares_no_id():
    whole = truth.with_owned(default_world(), OWNED)
    assert len(set(whole.truth["post_id"].to_pylist())) == whole.truth.num_rows
    alone, together = truth.figures(default_world()), truth.figures(whole)
    assert together.by_kind["owned"] == OWNED.planted.num_rows
    assert together.mentions["lumora"] > alone.mentions["lumora"]
    assert 1.4 < together.campaign.lift < alone.campaign.lift


def test_platforms_tell_owners_what_they_tell_and_strangers_nothing():
    told = post_insights(OWNED).to_pandas()
    given = (
        told.groupby("platform")[["reach_count", "impression_count", "click_count", "view_count"]].count() > 0
    )
    assert given.loc["x"].tolist() == [False, True, True, False]
    assert given.loc["instagram"].tolist() == [True, False, False, True]
    assert given.loc["youtube"].tolist() == [False, True, True, False]
    assert set(told.account_id) == {one.author_id for one in ACCOUNTS if one.brand_id == "lumora"} - {
        "lumora@social.example"
    }
    failed = told[told.unavailable_reason.notna()]
    assert 0 < len(failed) < 0.03 * len(told)
    assert failed[["reach_count", "impression_count", "view_count"]].isna().all(axis=None)


def test_the_crisis_costs_followers_and_the_campaign_wins_some():
    seen = account_metrics().to_pandas().set_index(["account_id", "measured_on"]).follower_count
    of = seen["lumora"]
    assert of[date(2026, 8, 26)] < of[date(2026, 8, 18)] < of[date(2026, 9, 21)]
    rival = seen["brevanta"]
    assert rival.is_monotonic_increasing


def test_the_campaign_is_paid_for_on_its_days_and_costs_are_corrected_downwards():
    costs = ADVERTISING.costs.to_pandas()
    paid = costs[costs.campaign == CAMPAIGN.entity_id]
    assert (paid.cost_date.min(), paid.cost_date.max()) == (CAMPAIGN.starts_on, CAMPAIGN.ends_on)
    first, last = (
        costs.groupby(["campaign", "platform", "cost_date"]).cost.agg(which) for which in ("first", "last")
    )
    assert (last < first).all()


def test_credits_of_each_model_add_up_to_all_conversions():
    credits = truth.attribution_figures(ADVERTISING)
    sessions = ADVERTISING.sessions.to_pandas()
    for model in ("first", "last", "linear"):
        rows = [credit for (name, _), credit in credits.items() if name == model]
        assert sum(one.conversions for one in rows) == pytest.approx(sessions.is_conversion.sum())
        assert sum(one.revenue_cents for one in rows) == pytest.approx(sessions.revenue.sum() * 100)
    assert credits["first", CAMPAIGN.entity_id] != credits["last", CAMPAIGN.entity_id]
    seen = truth.attribution_figures(ADVERTISING, until=CAMPAIGN.starts_on - timedelta(days=1))
    assert not [key for key in seen if key[1] == CAMPAIGN.entity_id]
