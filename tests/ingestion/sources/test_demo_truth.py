"""What was planted is what counting the synthetic texts gives, by other means than the generator's."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest

from ingestion.home import PROJECT_ROOT
from ingestion.listening import load_listening
from ingestion.sources.demo import truth
from ingestion.sources.demo.settings import TOPICS
from tests.ingestion.sources.demo_world import default_world, posts

FIGURES = truth.figures(default_world())


def folded(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


def matcher(phrases) -> re.Pattern:
    return re.compile(
        "|".join(rf"(?<![\w#@$]){re.escape(folded(phrase))}(?!\w)" for phrase in phrases) or r"(?!)"
    )


@pytest.fixture(scope="module")
def counted() -> dict[str, set[str]]:
    """Post ids by entity, as the shipped listening.yml finds them in the texts."""
    texts = list(zip(posts().post_id, posts().text.map(folded), strict=True))
    found = {}
    for _, entity in load_listening(PROJECT_ROOT / "listening.yml").entities():
        wanted = matcher([*entity.terms, *entity.handles, *entity.hashtags])
        excluded = matcher(entity.exclude)
        found[entity.id] = {key for key, text in texts if wanted.search(text) and not excluded.search(text)}
    return found


def test_texts_name_exactly_the_planted_entities(counted):
    planted = truth.mentions(default_world().truth).to_pandas()
    assert {one: set(rows.post_id) for one, rows in planted.groupby("entity_id")} == counted
    assert {one: len(keys) for one, keys in counted.items()} == FIGURES.mentions


def test_titles_name_nothing_that_the_text_does_not(counted):
    titles = posts().set_index("post_id").title.dropna().map(folded)
    for _, entity in load_listening(PROJECT_ROOT / "listening.yml").entities():
        wanted = matcher([*entity.terms, *entity.handles, *entity.hashtags])
        assert set(titles.index[titles.str.contains(wanted)]) <= counted[entity.id]


def test_excluded_phrases_hide_posts_that_a_bare_word_would_find(counted):
    bare = posts()[posts().text.str.lower().str.contains("lumora borealis|tazzaro valley")]
    assert len(bare) >= 300
    assert not set(bare.post_id) & (counted["lumora"] | counted["tazzaro"])


def test_mentions_by_day_add_up_and_move_with_the_time_zone(counted):
    planted = default_world().truth
    utc, berlin = truth.mentions_daily(planted), truth.mentions_daily(planted, "Europe/Berlin")
    for daily in (utc, berlin):
        assert sum(n for (entity, _), n in daily.items() if entity == "lumora") == len(counted["lumora"])
    own = posts()[posts().post_id.isin(counted["lumora"])]
    by_hand = own.created_at.dt.tz_convert("Europe/Berlin").dt.date.value_counts()
    assert by_hand[date(2026, 8, 20)] == berlin["lumora", date(2026, 8, 20)]
    assert utc != berlin


def test_comparisons_name_two_or_three_brands():
    named = posts()[posts().kind == "comparison"].entities.map(
        lambda names: sum("_" not in one for one in names)
    )
    assert set(named) == {2, 3}


def test_noise_names_no_brand():
    named = posts()[posts().kind == "noise"].entities.explode().dropna()
    assert set(named) <= {"mira_castellan"}


def test_planted_duplicates_repeat_another_text():
    every = posts().set_index("post_id")
    exact = every[every.kind == "exact_duplicate"]
    near = every[every.kind == "near_duplicate"]
    assert len(exact) == FIGURES.exact_duplicates == 600
    assert (exact.text.to_numpy() == every.loc[exact.copy_of].text.to_numpy()).all()
    assert len(near) == FIGURES.near_duplicates == 720
    assert (near.text.to_numpy() != every.loc[near.copy_of].text.to_numpy()).mean() > 0.99
    shared = [
        len(set(a.split()) & set(b.split())) / len(set(a.split()) | set(b.split()))
        for a, b in zip(near.text, every.loc[near.copy_of].text, strict=True)
    ]
    assert sum(share > 0.7 for share in shared) > 0.93 * len(shared)


def test_edits_and_deletions_are_those_observed():
    seen = default_world().observations.to_pandas()
    assert FIGURES.edited == seen[seen.edited_at.notna()].post_id.nunique()
    assert FIGURES.deleted == int(seen.is_deleted.sum())


def test_the_crisis_peaks_within_ten_hours_and_fades_in_four_days():
    crisis = FIGURES.crisis
    own = posts()[(posts().kind == "crisis") & (posts().post_type != "reshare")]
    hours = own.created_at.dt.floor("h").value_counts()
    assert crisis.starts_at == datetime(2026, 8, 19, 14, tzinfo=UTC) == hours.index.min()
    assert crisis.peak_hour_at == hours.idxmax()
    assert timedelta() < crisis.peak_hour_at - crisis.starts_at <= timedelta(hours=10)
    assert hours.max() == crisis.peak_hour_posts > 40
    last_day = own.created_at >= crisis.ends_at - timedelta(days=1)
    assert last_day.sum() < 0.05 * len(own) and own.created_at.max() < crisis.ends_at


def test_the_crisis_is_negative_widespread_and_about_safety():
    crisis = posts()[posts().kind == "crisis"]
    assert len(crisis) == FIGURES.crisis.posts == 1_080
    assert (crisis.sentiment == "negative").sum() == FIGURES.crisis.negative > 0.7 * len(crisis)
    assert crisis.author_id.nunique() == FIGURES.crisis.authors > 0.85 * len(crisis)
    assert crisis.topics.map(lambda topics: "safety" in topics).all()
    assert crisis.entities.map(lambda names: "lumora" in names).all()


def test_the_crisis_stands_out_of_the_brands_usual_hours():
    own = posts()[posts().entities.map(lambda names: "lumora" in names)]
    hourly = own.created_at.dt.floor("h").value_counts()
    assert hourly[FIGURES.crisis.peak_hour_at] > 8 * hourly.median()


def test_the_campaign_lifts_mentions_by_the_planted_factor_and_is_liked():
    campaign = FIGURES.campaign
    own = posts()[posts().kind == "campaign"]
    assert campaign.lift == pytest.approx(1.6, abs=0.03)
    assert (
        own.created_at.dt.tz_convert("Europe/Berlin")
        .dt.date.between(campaign.starts_on, campaign.ends_on)
        .all()
    )
    assert own.text.str.lower().str.contains("#lumoramornings").all()
    assert (own.sentiment == "positive").sum() == campaign.positive > 0.7 * len(own)


def test_the_campaign_is_visible_against_the_same_weekdays_without_the_crisis():
    named = truth.originals(default_world().truth).to_pandas()
    named = named[named.entities.map(lambda names: "lumora" in names)]
    day = named.created_at.dt.date
    during = day.between(date(2026, 9, 7), date(2026, 9, 20)).sum()
    before = day.between(date(2026, 7, 27), date(2026, 8, 9)).sum()
    assert 1.4 < during / before < 1.8


def test_sentiments_topics_and_kinds_are_all_there_in_every_language():
    planted = default_world().truth.to_pandas()
    for _, rows in planted.groupby("language"):
        assert set(rows.sentiment) == {"negative", "neutral", "positive"}
        assert set(rows.topics.explode().dropna()) == set(TOPICS)
        assert set(rows.kind) == set(planted.kind)


def test_figures_of_a_part_are_those_of_the_posts_seen_by_then():
    until = date(2026, 7, 31)
    part = truth.figures(default_world(), until)
    seen = posts()[posts().observed_at < datetime(2026, 8, 1, tzinfo=UTC)]
    assert part.posts == len(seen) and part.crisis.posts == 0 and part.campaign.posts == 0
    assert part.by_platform == seen.platform.value_counts().to_dict()
