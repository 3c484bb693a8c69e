"""What the brands post themselves, and how people answer them: posts of owned accounts and their replies.

Price announcements draw more negative answers than anything else that the same account posts at the same
time; so do all posts of the crisis's brand while the crisis lasts. Both are planted here and told by
`truth.owned_figures`.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.sources.demo import authors, draw, engagement, rhythm
from ingestion.sources.demo.columns import TIMESTAMP, names_at, sets, times
from ingestion.sources.demo.entities import ENTITIES, INDEX, MASKS, products_of
from ingestion.sources.demo.phrasebook import CEO_FLAG, SPELLINGS, expand, read_phrases
from ingestion.sources.demo.phrasebook import book as compiled_book
from ingestion.sources.demo.settings import (
    AFTERMATH_ENDS_ON,
    CAMPAIGN,
    CRISIS,
    DAYS,
    LANGUAGE_WEIGHTS,
    LANGUAGES,
    PLATFORMS,
    POSTS,
    SEED,
    SENTIMENTS,
    START,
    TOPIC_WEIGHTS,
    TOPICS,
)


@dataclass(frozen=True)
class Account:
    """An account that speaks for a brand; `author_id` is what `owned` in listening.yml names."""

    brand_id: str
    platform: str
    author_id: str
    followers: int
    posts: int  # in a world of settings.POSTS posts


ACCOUNTS = (
    Account("lumora", "x", "lumora", 45_000, 84),
    Account("lumora", "instagram", "lumora.coffee", 118_000, 60),
    Account("lumora", "youtube", "lumorachannel", 22_000, 26),
    Account("lumora", "mastodon", "lumora@social.example", 6_400, 30),
    Account("brevanta", "x", "brevanta", 38_000, 30),
    Account("brevanta", "instagram", "brevanta.official", 97_000, 20),
    Account("brevanta", "youtube", "brevantatv", 31_000, 10),
    Account("caldrix", "x", "caldrix_coffee", 21_000, 30),
    Account("caldrix", "instagram", "caldrixcoffee", 52_000, 20),
    Account("caldrix", "youtube", "caldrixmachines", 9_000, 10),
    Account("tazzaro", "x", "tazzaro", 17_000, 30),
    Account("tazzaro", "instagram", "tazzaro.espresso", 64_000, 20),
    Account("tazzaro", "youtube", "tazzaroespresso", 12_000, 10),
)
THEMES = ("product", "price", "recipe", "notice", "community", "campaign")
THEME_WEIGHTS = (26, 20, 26, 10, 18)  # without the campaign's, which are posted during the campaign
CAMPAIGN_PERCENT = 60  # of the brand's posts during the campaign
# Topics of negative answers by theme; the other themes have those of all posts.
COMPLAINTS = {"price": "price", "notice": "app_and_website"}
NEGATIVE_PERCENT = {"product": 14, "price": 48, "recipe": 12, "notice": 24, "community": 12, "campaign": 10}
CRISIS_NEGATIVE, AFTERMATH_NEGATIVE = 48, 12  # percentage points more
CRISIS_DAYS = 8  # answers stay so for so many days after it began
ANSWERS = {"lumora": 6, "brevanta": 2, "caldrix": 2, "tazzaro": 2}  # of a post, on average
# Likes per 100,000 followers that an ordinary post ends with.
LIKES_PER_100_000 = {"x": 130, "instagram": 900, "youtube": 420, "mastodon": 700}
# Ages at which posts are seen again, and by how much the moment varies.
AGES = (
    (rhythm.HOUR, 240),
    (6 * rhythm.HOUR, 900),
    (rhythm.DAY, 1_800),
    (7 * rhythm.DAY, rhythm.HOUR),
    (28 * rhythm.DAY, 2 * rhythm.HOUR),
)
VIRAL_PER_MILLE, VIRAL_TIMES = 30, 6


@dataclass(frozen=True)
class Owned:
    """Posts of owned accounts and the answers to them.

    `observations` has the posts contract's columns with the raw author_id; `truth` the columns of
    `World.truth`; `planted` a row per owned post: post_id, account (number in ACCOUNTS), brand_id, platform,
    theme, is_viral, created_at, followers, likes (final), answers and negative_answers.
    """

    truth: pa.Table
    observations: pa.Table
    planted: pa.Table


@dataclass
class Plan:
    """Arrays by owned post; times are seconds since the window's start."""

    account: np.ndarray
    created: np.ndarray
    theme: np.ndarray
    entity: np.ndarray  # the brand or one of its products, number in ENTITIES
    negative_percent: np.ndarray
    viral: np.ndarray

    @property
    def platform(self) -> np.ndarray:
        """Return numbers in PLATFORMS."""
        return np.array([PLATFORMS.index(one.platform) for one in ACCOUNTS])[self.account]

    @property
    def brand(self) -> np.ndarray:
        """Return numbers in ENTITIES."""
        return np.array([INDEX[one.brand_id] for one in ACCOUNTS])[self.account]


def build_owned(n_posts: int = POSTS, days: int = DAYS, start: date = START, seed: int = SEED) -> Owned:
    """Return what the owned accounts post beside a world of `n_posts` posts, and the answers.

    The same arguments give the same tables on every machine.
    """
    plan = _plan(n_posts, days, start, seed)
    answers = _answers(plan, n_posts, days, start, seed)
    posts, likes = _post_observations(plan, days, start, seed)
    spoken = np.bincount(answers.parent, minlength=len(plan.created))
    angry = np.bincount(answers.parent, answers.sentiment == 0, minlength=len(plan.created)).astype(np.int64)
    planted = pa.table(
        {
            "post_id": _ids(plan),
            "account": pa.array(plan.account),
            "brand_id": names_at([entity.entity_id for entity in ENTITIES], plan.brand),
            "platform": names_at(PLATFORMS, plan.platform),
            "theme": names_at(THEMES, plan.theme),
            "is_viral": pa.array(plan.viral),
            "created_at": times(start, plan.created),
            "followers": pa.array(followers(plan.account, plan.created, start)),
            "likes": pa.array(likes),
            "answers": pa.array(spoken),
            "negative_answers": pa.array(angry),
        }
    )
    observations = pa.concat_tables([posts, answers.observations])
    order = np.argsort(observations["observed_at"].cast(pa.int64()).to_numpy(), kind="stable")
    return Owned(
        truth=pa.concat_tables([_post_truth(plan, start), answers.truth]),
        observations=observations.take(pa.array(order)),
        planted=planted,
    )


def followers(account: np.ndarray, at: np.ndarray, start: date) -> np.ndarray:
    """Return the followers of accounts at seconds of the window.

    They grow by 4 in 10,000 a day, the crisis costs its brand 3 in 100 of them, the campaign adds 5 in 100.
    """
    base = np.array([one.followers for one in ACCOUNTS])[account]
    day = np.maximum(at, 0) // rhythm.DAY
    hit = np.array([one.brand_id == CRISIS.entity_id for one in ACCOUNTS])[account]
    lost = np.clip(day - rhythm.seconds_since(start, CRISIS.starts_at) // rhythm.DAY, 0, 6) * 50
    days = (CAMPAIGN.ends_on - CAMPAIGN.starts_on).days + 1
    won = np.clip(day - rhythm.seconds_since(start, CAMPAIGN.starts_on) // rhythm.DAY, 0, days) * 500 // days
    return base * (10_000 + 4 * day + np.where(hit, won - lost, 0)) // 10_000


def _plan(n_posts: int, days: int, start: date, seed: int) -> Plan:
    rng = draw.stream(seed, "owned posts")
    amounts = [max(one.posts * n_posts * days // (POSTS * DAYS), 1) for one in ACCOUNTS]
    account = np.repeat(np.arange(len(ACCOUNTS)), amounts)
    n = len(account)
    # Evenly over the window, in office hours, each with a little luck.
    place = np.arange(n) - np.repeat(np.cumsum(amounts) - amounts, amounts)
    slot = days * rhythm.DAY // np.repeat(amounts, amounts)
    created = (place * slot + rng.integers(0, slot, n)) // rhythm.DAY * rhythm.DAY
    created += rng.integers(7 * rhythm.HOUR, 19 * rhythm.HOUR, n)
    order = np.lexsort((created, account))
    created = created[order]
    brand = np.array([INDEX[one.brand_id] for one in ACCOUNTS])[account]
    theme = draw.weighted(rng, THEME_WEIGHTS, n)
    first, last = rhythm.campaign_bounds(start, days)
    campaign = (brand == INDEX[CAMPAIGN.brand_id]) & (created >= first) & (created < last)
    theme = np.where(campaign & draw.chance(rng, n, CAMPAIGN_PERCENT), THEMES.index("campaign"), theme)
    entity = brand.copy()
    for one in np.unique(brand):
        here = np.flatnonzero((brand == one) & draw.chance(rng, n, 55))
        items, odds = products_of(int(one))
        entity[here] = np.array(items)[draw.weighted(rng, odds, len(here))]
    negative = np.array([NEGATIVE_PERCENT[name] for name in THEMES])[theme] + _gloom(brand, created, start)
    return Plan(account, created, theme, entity, negative, draw.chance(rng, n, VIRAL_PER_MILLE, 1000))


def _gloom(brand: np.ndarray, at: np.ndarray, start: date) -> np.ndarray:
    """Return how many percentage points more of the answers are negative because of the crisis."""
    began = rhythm.seconds_since(start, CRISIS.starts_at)
    over = rhythm.seconds_since(start, AFTERMATH_ENDS_ON) + rhythm.DAY
    hot = at < began + CRISIS_DAYS * rhythm.DAY
    more = np.where(hot, CRISIS_NEGATIVE, AFTERMATH_NEGATIVE)
    return np.where((brand == INDEX[CRISIS.entity_id]) & (at >= began) & (at < over), more, 0)


def _ids(plan: Plan) -> pa.Array:
    numbers = zip(plan.platform.tolist(), range(len(plan.account)), strict=True)
    return pa.array([f"{PLATFORMS[platform]}_own_{number + 1:06d}" for platform, number in numbers])


def _texts(plan: Plan, seed: int) -> list[str]:
    """Write what the accounts say; few posts, so one by one."""
    rng = draw.stream(seed, "owned texts")
    sections = {
        name: [reading for line in lines for reading in expand(line)]
        for name, lines in read_phrases("owned").items()
    }
    luck = rng.integers(0, 1 << 30, (len(plan.theme), 2)).tolist()
    linked = draw.chance(rng, len(plan.theme), 40).tolist()
    made = []
    for number, theme in enumerate(plan.theme.tolist()):
        readings = sections[THEMES[theme]]
        text = readings[luck[number][0] % len(readings)]
        text = text.replace("{e}", ENTITIES[plan.entity[number]].name)
        text = text.replace("{n}", str(2 + luck[number][1] % 28))
        brand = ENTITIES[plan.brand[number]]
        if PLATFORMS[plan.platform[number]] != "youtube":
            text += f" {brand.tags[1]}"
        if THEMES[theme] == "campaign":
            text += f" {CAMPAIGN.hashtag}"
        if linked[number]:
            text += f" https://shop.example/{brand.entity_id}/{number + 1}"
        made.append(text)
    return made


def _post_observations(plan: Plan, days: int, start: date, seed: int) -> tuple[pa.Table, np.ndarray]:
    """Return the observations of owned posts at the ages of AGES, and the likes that each post ends with."""
    rng = draw.stream(seed, "owned engagement")
    n = len(plan.created)
    at = np.concatenate([plan.created + age + rng.integers(-slack, slack, n) for age, slack in AGES])
    post = np.tile(np.arange(n), len(AGES))
    rate = np.array([LIKES_PER_100_000[one.platform] for one in ACCOUNTS])[plan.account]
    likes = followers(plan.account, plan.created, start) * rate // 100_000
    likes = likes * rng.integers(45, 190, n) // 100 * np.where(plan.viral, VIRAL_TIMES, 1)
    platform, account = plan.platform[post], plan.account[post]
    ids = _ids(plan)
    texts = pa.array(_texts(plan, seed))
    youtube = platform == PLATFORMS.index("youtube")
    url = pc.binary_join_element_wise(
        names_at([f"https://{name}.demo.example/p/" for name in PLATFORMS], plan.platform), ids, ""
    )
    table = pa.table(
        {
            "post_id": ids.take(pa.array(post)),
            "platform": names_at(PLATFORMS, platform),
            "post_type": pa.repeat("original", len(post)),
            "text": texts.take(pa.array(post)),
            "title": names_at([f"{entity.name}, the official channel" for entity in ENTITIES],
                              plan.entity[post], ~youtube),
            "url": url.take(pa.array(post)),
            "language": pa.repeat("en", len(post)),
            "author_id": names_at([one.author_id for one in ACCOUNTS], account),
            "author_followers": pa.array(followers(account, at, start)),
            "author_is_verified": pa.array(
                np.ones(len(post), dtype=bool), mask=platform == PLATFORMS.index("mastodon")
            ),
            "country": pa.nulls(len(post), pa.string()),
            "parent_post_id": pa.nulls(len(post), pa.string()),
            "reshared_post_id": pa.nulls(len(post), pa.string()),
            "created_at": times(start, plan.created[post]),
            "edited_at": pa.nulls(len(post), TIMESTAMP),
            "is_deleted": pa.array(np.zeros(len(post), dtype=bool)),
            **engagement.counts(
                likes[post], post + 5_000_000, at - plan.created[post], platform, np.zeros(len(post), dtype=bool)
            ),
            "observed_at": times(start, at),
        }
    )  # fmt: skip
    return table, likes


@dataclass
class _Answers:
    parent: np.ndarray
    sentiment: np.ndarray
    observations: pa.Table
    truth: pa.Table


def _answers(plan: Plan, n_posts: int, days: int, start: date, seed: int) -> _Answers:
    """Write the answers: each begins with the brand's handle, and its mood follows the post's odds."""
    rng = draw.stream(seed, "owned answers")
    book = compiled_book()
    mean = np.array([ANSWERS[one.brand_id] for one in ACCOUNTS])[plan.account]
    parent = np.repeat(np.arange(len(mean)), rng.integers(0, 2 * mean + 1))
    n = len(parent)
    luck = rng.integers(0, 1 << 20, n)
    created = plan.created[parent] + 120 + (luck * luck >> 20) * (3 * rhythm.DAY) // (1 << 20)
    sentiment = np.where(
        draw.chance(rng, n, plan.negative_percent[parent]), 0, 1 + (draw.chance(rng, n, 62)).astype(np.int64)
    )
    topic = draw.weighted_rows(rng, np.array(TOPIC_WEIGHTS), sentiment)
    for name, complaint in COMPLAINTS.items():
        about = (plan.theme[parent] == THEMES.index(name)) & (sentiment == 0) & draw.chance(rng, n, 80)
        topic = np.where(about, TOPICS.index(complaint), topic)
    alarmed = (_gloom(plan.brand[parent], plan.created[parent], start) == CRISIS_NEGATIVE) & (sentiment == 0)
    topic = np.where(alarmed & draw.chance(rng, n, 75), TOPICS.index(CRISIS.topic), topic)
    language, platform = draw.weighted(rng, LANGUAGE_WEIGHTS, n), plan.platform[parent]
    author = authors.numbers(rng, platform, language, np.ones(n, dtype=bool), n_posts)
    who = authors.describe(author)
    cells = np.array([[book.cells.get(f"core.{t}.{s}", -1) for s in SENTIMENTS] for t in TOPICS])
    templates = book.pick(rng, language, cells[topic, sentiment])
    entity = plan.entity[parent]
    spelled = book.spelling_base[entity, SPELLINGS.index("edited")]
    body = book.render(book.fill(rng, templates, np.stack([spelled] * 3, axis=1)))
    handle = names_at([entity.tags[0] if entity.tags else "" for entity in ENTITIES], plan.brand[parent])
    uses = book.uses[templates]
    names = MASKS[plan.brand[parent]] | np.where(uses & 7 != 0, MASKS[entity], 0)
    names |= np.where(uses & CEO_FLAG != 0, 1 << INDEX["mira_castellan"], 0)
    # Seen some minutes later; what the window no longer sees is seen at its end.
    seen = np.maximum(
        np.minimum(created + rng.integers(120, 3 * rhythm.HOUR, n), days * rhythm.DAY - 1), created
    )
    ids = pa.array([f"{PLATFORMS[p]}_ans_{k + 1:06d}" for k, p in enumerate(platform.tolist())])
    parents = _ids(plan).take(pa.array(parent))
    threaded = np.isin(platform, [PLATFORMS.index(name) for name in ("x", "mastodon")])
    kinds = names_at(("comment", "reply"), threaded.astype(np.int64))
    likes = engagement.final_likes(rng, np.where(who.has_followers, who.followers, 300), np.full(n, 60))
    url = pc.binary_join_element_wise(
        names_at([f"https://{name}.demo.example/p/" for name in PLATFORMS], platform), ids, ""
    )
    shared = {"post_id": ids, "platform": names_at(PLATFORMS, platform), "post_type": kinds}
    observations = pa.table(
        {
            **shared,
            "text": pc.binary_join_element_wise(handle, body, " "),
            "title": pa.nulls(n, pa.string()),
            "url": url,
            "language": names_at(LANGUAGES, language),
            "author_id": who.author_id,
            "author_followers": pa.array(who.followers, mask=~who.has_followers),
            "author_is_verified": pa.array(who.is_verified, mask=~who.has_verified),
            "country": pa.nulls(n, pa.string()),
            "parent_post_id": parents,
            "reshared_post_id": pa.nulls(n, pa.string()),
            "created_at": times(start, created),
            "edited_at": pa.nulls(n, TIMESTAMP),
            "is_deleted": pa.array(np.zeros(n, dtype=bool)),
            **engagement.counts(
                likes, np.arange(n) + 6_000_000, seen - created, platform, np.zeros(n, dtype=bool)
            ),
            "observed_at": times(start, seen),
        }
    )
    truth = _truth(
        shared, "owned_answer", names_at(LANGUAGES, language), names, names_at(SENTIMENTS, sentiment),
        1 << topic, author, start, created, seen,
    )  # fmt: skip
    return _Answers(parent, sentiment, observations, truth)


def _post_truth(plan: Plan, start: date) -> pa.Table:
    n = len(plan.created)
    names = MASKS[plan.brand] | MASKS[plan.entity]
    names |= np.where(plan.theme == THEMES.index("campaign"), 1 << INDEX[CAMPAIGN.entity_id], 0)
    shared = {
        "post_id": _ids(plan),
        "platform": names_at(PLATFORMS, plan.platform),
        "post_type": pa.repeat("original", n),
    }
    return _truth(
        shared, "owned", pa.repeat("en", n), names, pa.repeat("neutral", n), np.zeros(n, dtype=np.int64),
        -1 - plan.account, start, plan.created, plan.created + AGES[0][0],
    )  # fmt: skip


def _truth(
    shared: dict[str, pa.Array],
    kind: str,
    language: pa.Array,
    entities: np.ndarray,
    sentiment: pa.Array,
    topics: np.ndarray,
    author: np.ndarray,
    start: date,
    created: np.ndarray,
    first: np.ndarray,
) -> pa.Table:
    """Return rows with the columns of `World.truth`."""
    n = len(created)
    return pa.table(
        {
            **shared,
            "kind": pa.repeat(kind, n),
            "origin_kind": pa.repeat(kind, n),
            "language": language,
            "country": pa.nulls(n, pa.string()),
            "entities": sets(tuple(entity.entity_id for entity in ENTITIES), entities.astype(np.int32)),
            "sentiment": sentiment,
            "topics": sets(TOPICS, topics.astype(np.int32)),
            "author_number": pa.array(author),
            "copy_of": pa.nulls(n, pa.string()),
            "created_at": times(start, created),
            "first_observed_at": times(start, first),
            "edited_at": pa.nulls(n, TIMESTAMP),
            "deleted_at": pa.nulls(n, TIMESTAMP),
        }
    )
