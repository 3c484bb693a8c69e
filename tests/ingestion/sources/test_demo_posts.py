"""The generator of synthetic posts: the same everywhere, and plausible where marts will look."""

import hashlib
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ingestion.landing.posts import POSTS
from ingestion.sources.demo.phrasebook import expand, misspell
from ingestion.sources.demo.posts import build_world, generate_posts
from ingestion.sources.demo.settings import START
from tests.ingestion.sources.demo_world import default_world, observations, posts

COUNTS = ["like_count", "comment_count", "share_count", "quote_count", "save_count", "view_count"]
# Of 1,500 posts in 20 days. Another figure means another world on this machine, or changed phrases or
# settings: then the tests of the marts may need a look, and this line the new figure.
DIGEST = "764fa98c11500760"


def digest(table: pa.Table) -> str:
    """Hash of all values, whatever the versions of Arrow and Python."""
    columns = [
        column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column for column in table.columns
    ]
    text = "\n".join(
        f"{name} {column.to_pylist()}" for name, column in zip(table.column_names, columns, strict=True)
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def local_times() -> pd.DataFrame:
    """Ordinary German posts with their local hour and weekday (Berlin is two hours ahead in summer)."""
    german = posts().query("country == 'DE' and kind in ('organic', 'noise', 'comparison')").copy()
    german["local"] = german.created_at + timedelta(hours=2)
    return german


def test_the_same_arguments_give_the_same_table():
    assert generate_posts(2_000).equals(generate_posts(2_000))


def test_every_machine_makes_the_same_world():
    assert digest(generate_posts(1_500, days=20)) == DIGEST


def test_another_seed_gives_another_world():
    assert not generate_posts(1_000).equals(generate_posts(1_000, seed=8))


def test_observations_have_the_columns_of_the_contract_in_the_order_of_observation():
    table = default_world().observations
    assert set(table.column_names) <= {*POSTS.names, "observed_at"}
    assert {c.name for c in POSTS.columns if not c.derived} <= set(table.column_names)
    assert observations().observed_at.is_monotonic_increasing
    assert not observations().duplicated(["post_id", "observed_at"]).any()


def test_there_are_as_many_distinct_posts_as_asked_for():
    assert observations().post_id.nunique() == default_world().truth.num_rows == 24_000


@pytest.mark.parametrize("n_posts, days", [(1, 1), (7, 1), (60, 2), (1_000, 400)])
def test_small_and_long_worlds_have_the_posts_asked_for(n_posts, days):
    assert len(set(generate_posts(n_posts, days=days)["post_id"].to_pylist())) == n_posts


def test_nonsense_is_refused_with_what_to_give_instead():
    with pytest.raises(ValueError, match=r"n_posts=0.*give 1 or more"):
        generate_posts(0)


def test_increments_share_no_id_and_stay_in_their_days():
    first = generate_posts(3_000, days=3, start=date(2026, 9, 29), seed=11, id_offset=24_000)
    second = generate_posts(3_000, days=3, start=date(2026, 10, 2), seed=12, id_offset=27_000)
    ids = [set(table["post_id"].to_pylist()) for table in (default_world().observations, first, second)]
    assert not ids[0] & ids[1] and not ids[1] & ids[2]
    created = first["created_at"].drop_null().to_pandas()
    assert created.min() >= datetime(2026, 9, 29, tzinfo=UTC)
    assert created.max() < datetime(2026, 10, 2, tzinfo=UTC)


def test_posts_are_made_inside_the_window_and_all_seen_before_it_ends():
    created, end = posts().created_at, datetime(2026, 9, 29, tzinfo=UTC)
    assert created.min() >= datetime(START.year, START.month, START.day, tzinfo=UTC)
    assert created.max() < end and posts().observed_at.max() < end
    assert (posts().observed_at >= created).all()


def test_people_sleep_at_night_and_post_in_the_evening_of_their_own_time():
    hours = local_times().local.dt.hour.value_counts()
    night, evening = hours.reindex(range(2, 5)).mean(), hours.reindex(range(18, 22)).mean()
    assert evening > 5 * night


def test_weekends_are_quieter():
    per_day = local_times().local.dt.date.value_counts()
    weekend = np.array([day.weekday() >= 5 for day in per_day.index])
    assert per_day[weekend].mean() < 0.92 * per_day[~weekend].mean()


def test_languages_and_platforms_are_mixed_as_described():
    languages = default_world().truth["language"].to_pandas().value_counts(normalize=True)
    assert languages.index[0] == "en" and languages["en"] == pytest.approx(0.62, abs=0.02)
    assert set(languages.index) == {"en", "es", "de", "id"} and languages.min() > 0.08
    platforms = posts().platform.value_counts(normalize=True)
    assert set(platforms.index) == {"x", "reddit", "instagram", "youtube", "mastodon", "news"}
    assert platforms.min() > 0.04


def test_only_reddit_withholds_languages():
    missing = posts().groupby("platform").language.apply(lambda column: column.isna().mean())
    assert missing["reddit"] == pytest.approx(0.3, abs=0.03)
    assert (missing.drop("reddit") == 0).all()


def test_few_authors_write_much_and_most_write_once():
    counts = posts().author_id.value_counts()
    assert counts.iloc[0] > 50
    assert (counts == 1).mean() > 0.4
    assert counts.head(len(counts) // 100).sum() > 0.08 * counts.sum()


def test_engagement_never_shrinks_and_grows_within_a_day():
    seen = observations()[~observations().is_deleted]
    for count in COUNTS:
        assert not (seen.groupby("post_id")[count].diff() < 0).any()
    streamed = seen[seen.groupby("post_id").post_id.transform("size") >= 4]
    likes = streamed.groupby("post_id").like_count.agg(["first", "last"])
    assert likes["last"].sum() > 10 * likes["first"].sum()


def test_streamed_posts_are_seen_again_after_an_hour_a_day_and_a_week():
    seen = observations()[~observations().is_deleted & observations().edited_at.isna()]
    age = seen.observed_at - seen.created_at
    for days, slack in ((1 / 24, 0.004), (1, 0.02), (7, 0.05)):
        near = (age / timedelta(days=1) - days).abs() < slack
        assert seen[near].post_id.nunique() > 4_000


def test_counts_that_a_platform_does_not_give_are_missing_not_zero():
    seen = observations()[~observations().is_deleted & (observations().post_type != "reshare")]
    given = seen.groupby("platform")[[*COUNTS, "click_count", "impression_count"]].agg(
        lambda c: c.notna().mean()
    )
    assert set(np.unique(given.to_numpy())) == {0.0, 1.0}
    assert given.loc["reddit", "share_count"] == 0 and given.loc["youtube", "view_count"] == 1
    assert (given.loc["news"] == 0).all() and (given[["click_count", "impression_count"]] == 0).all(axis=None)


def test_edits_change_the_text_within_three_days():
    edited = observations()[observations().edited_at.notna()]
    before = posts().set_index("post_id").loc[edited.post_id]
    assert 200 < edited.post_id.nunique() < 500
    assert (edited.text.to_numpy() != before.text.to_numpy()).all()
    assert ((edited.edited_at - edited.created_at) <= timedelta(days=3)).all()
    assert (edited.edited_at < edited.observed_at).all()


def test_a_deleted_post_is_never_seen_again_and_its_tombstone_says_nothing():
    tombstones = observations()[observations().is_deleted]
    last = observations().groupby("post_id").observed_at.max()
    assert 350 < len(tombstones) < 600 and tombstones.post_id.is_unique
    assert (last[tombstones.post_id].to_numpy() == tombstones.observed_at.to_numpy()).all()
    silent = tombstones.drop(columns=["post_id", "platform", "is_deleted", "observed_at"])
    assert silent.isna().all(axis=None)


def test_reshares_repeat_an_earlier_post_of_their_platform():
    every = posts().set_index("post_id")
    reshares = every[every.post_type == "reshare"]
    source = every.loc[reshares.reshared_post_id]
    assert len(reshares) > 2_500 and reshares.index.is_unique
    assert (reshares.text.to_numpy() == source.text.to_numpy()).all()
    assert (reshares.platform.to_numpy() == source.platform.to_numpy()).all()
    assert (reshares.created_at.to_numpy() >= source.created_at.to_numpy()).all()


def test_replies_answer_an_earlier_post_of_their_platform():
    every = posts().set_index("post_id")
    replies = every[every.post_type.isin(["reply", "comment"])]
    parent = every.loc[replies.parent_post_id]
    assert (replies.platform.to_numpy() == parent.platform.to_numpy()).all()
    assert (replies.created_at.to_numpy() >= parent.created_at.to_numpy()).all()
    assert set(replies.platform[replies.post_type == "reply"]) == {"x", "mastodon"}


def test_spam_comes_in_bursts_from_few_accounts_with_links():
    spam = posts()[posts().kind == "spam"]
    assert spam.author_id.nunique() < len(spam) / 15
    assert spam.text.str.contains("https://").all()
    gaps = spam.sort_values("created_at").groupby("author_id").created_at.diff().dropna()
    assert (gaps < timedelta(minutes=2)).mean() > 0.9


def test_no_text_names_an_author():
    handles = set(observations().author_id.dropna())
    words = set(observations().text.dropna().str.lower().str.findall(r"[\w]+").explode())
    assert not handles & words


def test_addresses_are_reserved_ones():
    hosts = observations().text.dropna().str.extractall(r"https?://([^/\s]+)")[0]
    assert hosts.str.endswith(".example").all()
    assert observations().url.dropna().str.contains(r"^https://\w+\.demo\.example/p/").all()


def test_texts_are_varied_and_few_repeat_by_accident():
    own = posts()[~posts().kind.isin(["reshare", "exact_duplicate"])]
    assert own.text[own.text.str.len() > 60].duplicated().mean() < 0.005


def test_a_world_outside_the_events_has_none():
    kinds = set(build_world(3_000, days=14).truth["kind"].to_pylist())
    assert "organic" in kinds and not kinds & {"crisis", "campaign"}


def test_alternatives_of_a_phrase_are_all_read():
    assert expand("a [b|c] d[ e|]") == ["a b d e", "a b d", "a c d e", "a c d"]


@pytest.mark.parametrize("text", ["the grinder jammed again", "Bohnen und Mahlwerk", "más café por favor"])
def test_a_misspelling_changes_one_word_and_always_the_same_way(text):
    wrong = misspell(text)
    changed = [pair for pair in zip(text.split(), wrong.split(), strict=True) if pair[0] != pair[1]]
    assert len(changed) <= 1 and wrong == misspell(text)
