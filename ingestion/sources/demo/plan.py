"""Decides what the posts of a window are to be: kind, place, time, subject, mood, author."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from ingestion.sources.demo import authors, draw, rhythm
from ingestion.sources.demo.entities import BRANDS, ENTITIES, INDEX, products_of
from ingestion.sources.demo.phrasing import KIND, NEGATIVE, NEUTRAL, NEWS, POSITIVE, draw_topics
from ingestion.sources.demo.places import countries
from ingestion.sources.demo.settings import (
    AFTERMATH_ENDS_ON,
    CAMPAIGN,
    CRISIS,
    DAYS,
    KIND_SHARES,
    KINDS,
    LANGUAGE_WEIGHTS,
    LANGUAGES,
    PLATFORM_WEIGHTS,
    REPLY_PLATFORM_WEIGHTS,
    RESHARE_PLATFORM_WEIGHTS,
    TOPICS,
)

COPIES = ("exact_duplicate", "near_duplicate", "reshare")
BURST = 22  # posts in a burst of spam
# Original posts that name the brand when nothing special happens, as counted on the default world.
CAMPAIGN_BASE_PER_MILLE = 222
# Sentiment (negative, neutral, positive) where it does not depend on the brand.
GLOOMY_WEIGHTS = (40, 33, 27)  # ordinary posts about the brand in the weeks after the crisis
NEWS_WEIGHTS = (22, 58, 20)
NOISE_WEIGHTS = (18, 46, 36)
CRISIS_SECOND_TOPICS = np.array([TOPICS.index(name) for name in ("churn", "customer_service")])
CAMPAIGN_SECOND_TOPICS = np.array([TOPICS.index(name) for name in ("praise", "purchase_intent", "price")])


@dataclass
class Plan:
    """The posts before their texts: arrays of length n. Times are seconds since the window's start."""

    kind: np.ndarray
    language: np.ndarray
    country: np.ndarray  # number in `countries()`
    platform: np.ndarray
    sentiment: np.ndarray
    entity: np.ndarray
    topic: np.ndarray
    second_topic: np.ndarray
    created: np.ndarray
    author: np.ndarray
    source: np.ndarray  # the post that a copy copies, -1 for none
    parent: np.ndarray  # the post that a reply answers, -1 for none
    burst: np.ndarray  # number of the spam burst, -1 for none


def kind_counts(n_posts: int, days: int, start: date) -> dict[str, int]:
    """Return how many posts of each kind a window gets; events count only as far as the window sees them."""
    counts = {kind: n_posts * share // 1000 for kind, share in KIND_SHARES.items()}
    whole = int(rhythm.crisis_profile().sum())
    seen = int(rhythm.crisis_hours(start, days)[1].sum())
    counts["crisis"] = min(n_posts * CRISIS.per_mille * DAYS * seen // (1000 * days * whole), n_posts // 4)
    first, last = rhythm.campaign_bounds(start, days)
    usual = n_posts * CAMPAIGN_BASE_PER_MILLE * (last - first) // (1000 * days * rhythm.DAY)
    counts["campaign"] = usual * round((CAMPAIGN.lift - 1) * 100) // 100
    return {"organic": n_posts - sum(counts.values()), **counts}


def make_plan(n: int, days: int, start: date, seed: int) -> Plan:
    """Decide what each post is, where, when and about what. Copies come last; links are made later."""
    rng = draw.stream(seed, "plan")
    numbers = kind_counts(n, days, start)
    kinds = [kind for kind in KINDS if kind not in COPIES] + list(COPIES)
    kind = np.repeat([KIND[name] for name in kinds], [numbers.get(name, 0) for name in kinds])
    language = draw.weighted(rng, LANGUAGE_WEIGHTS, n)
    platform = draw.weighted_rows(rng, np.array([PLATFORM_WEIGHTS[code] for code in LANGUAGES]), language)
    replies, reshares = kind == KIND["reply"], kind == KIND["reshare"]
    platform[replies] = draw.weighted(rng, REPLY_PLATFORM_WEIGHTS, int(replies.sum()))
    platform[reshares] = draw.weighted(rng, RESHARE_PLATFORM_WEIGHTS, int(reshares.sum()))
    platform[kind == KIND["news"]] = NEWS
    platform[(kind == KIND["crisis"]) & draw.chance(rng, n, 7)] = NEWS
    _, offsets, by_language = countries()
    country = np.zeros(n, dtype=np.int64)
    for number, (first, weights) in enumerate(by_language):
        here = np.flatnonzero(language == number)
        country[here] = first + draw.weighted(rng, weights, len(here))
    created = rhythm.ordinary_seconds(rng, seed, start, days, offsets[country])
    plan = Plan(
        kind,
        language,
        country,
        platform,
        sentiment=np.ones(n, dtype=np.int64),
        entity=np.full(n, -1),
        topic=np.full(n, -1),
        second_topic=np.full(n, -1),
        created=created,
        author=np.zeros(n, dtype=np.int64),
        source=np.full(n, -1),
        parent=np.full(n, -1),
        burst=np.full(n, -1),
    )
    _time_events(rng, plan, seed, days, start, offsets)
    _choose_subjects(rng, plan, start)
    _plan_spam(rng, plan, days)
    return plan


def choose_authors(plan: Plan, seed: int) -> None:
    """Give every post its author; places and languages have to be final."""
    rng = draw.stream(seed, "authors")
    evenly = plan.kind == KIND["crisis"]
    plan.author = authors.numbers(rng, plan.platform, plan.language, evenly, len(plan.kind))
    spam = np.flatnonzero(plan.kind == KIND["spam"])
    plan.author[spam] = ((plan.burst[spam] // 2) * 8 + authors.SPAMMER) * 8 + plan.platform[spam]


def _time_events(
    rng: np.random.Generator, plan: Plan, seed: int, days: int, start: date, offsets: np.ndarray
) -> None:
    """Move crisis posts, a share of the reshares, and campaign posts to the time of their event."""
    crisis = np.flatnonzero(plan.kind == KIND["crisis"])
    plan.created[crisis] = rhythm.crisis_seconds(rng, start, days, len(crisis))
    echoes = np.flatnonzero(plan.kind == KIND["reshare"])[: len(crisis) * CRISIS.reshares_percent // 100]
    plan.created[echoes] = rhythm.crisis_seconds(rng, start, days, len(echoes))
    campaign = np.flatnonzero(plan.kind == KIND["campaign"])
    if len(campaign):
        bounds = rhythm.campaign_bounds(start, days)
        plan.created[campaign] = rhythm.ordinary_seconds(
            rng, seed, start, days, offsets[plan.country[campaign]], *bounds
        )


def _choose_subjects(rng: np.random.Generator, plan: Plan, start: date) -> None:
    """Give posts their brand or product, sentiment and topics."""
    n = len(plan.kind)
    of_kind = {name: plan.kind == number for name, number in KIND.items()}
    brand = np.array(BRANDS)[draw.weighted(rng, [ENTITIES[one].weight for one in BRANDS], n)]
    brand[of_kind["crisis"] | of_kind["campaign"]] = INDEX[CAMPAIGN.brand_id]
    entity = brand.copy()
    wants_product = draw.chance(rng, n, 34) & ~of_kind["news"]
    for one in BRANDS:
        here = np.flatnonzero(wants_product & (brand == one))
        items, odds = products_of(one)
        entity[here] = np.array(items)[draw.weighted(rng, odds, len(here))]
    speaks = (
        of_kind["organic"] | of_kind["comparison"] | of_kind["news"] | of_kind["crisis"] | of_kind["campaign"]
    )
    speaks |= of_kind["reply"] & draw.chance(rng, n, 46)
    speaks |= of_kind["spam"] & draw.chance(rng, n, 60)
    plan.entity = np.where(speaks, entity, -1)
    meant = np.where(draw.chance(rng, n, 80), INDEX["lumora"], INDEX["tazzaro"])
    plan.entity = np.where(of_kind["ambiguous"], meant, plan.entity)

    weights = [ENTITIES[one].sentiment_weights for one in BRANDS]
    weights += [
        GLOOMY_WEIGHTS,
        CRISIS.sentiment_weights,
        CAMPAIGN.sentiment_weights,
        NEWS_WEIGHTS,
        NOISE_WEIGHTS,
    ]
    after = (plan.created >= rhythm.seconds_since(start, CRISIS.starts_at)) & (
        plan.created < rhythm.seconds_since(start, AFTERMATH_ENDS_ON) + rhythm.DAY
    )
    row = np.searchsorted(BRANDS, brand)
    row = np.where(after & (brand == INDEX[CRISIS.entity_id]), len(BRANDS), row)
    row = np.select(
        [of_kind["crisis"], of_kind["campaign"], of_kind["news"], of_kind["noise"]],
        [len(BRANDS) + 1, len(BRANDS) + 2, len(BRANDS) + 3, len(BRANDS) + 4],
        row,
    )
    plan.sentiment = draw.weighted_rows(rng, np.array(weights), row)
    plan.sentiment[of_kind["spam"] | of_kind["ambiguous"]] = NEUTRAL
    plan.sentiment[of_kind["crisis"] & (plan.platform == NEWS)] = NEUTRAL

    first, second = draw_topics(rng, plan.sentiment)
    about = of_kind["organic"] | (of_kind["reply"] & (plan.entity >= 0) & draw.chance(rng, n, 70))
    plan.topic = np.where(about, first, -1)
    plan.second_topic = np.where(of_kind["organic"], second, -1)
    plan.second_topic = np.where(of_kind["comparison"] & draw.chance(rng, n, 55), first, plan.second_topic)
    leads = of_kind["crisis"] & (plan.sentiment == NEGATIVE) & draw.chance(rng, n, 30)
    plan.second_topic = np.where(leads, CRISIS_SECOND_TOPICS[rng.integers(0, 2, n)], plan.second_topic)
    enjoys = of_kind["campaign"] & (plan.sentiment == POSITIVE) & draw.chance(rng, n, 45)
    plan.second_topic = np.where(enjoys, CAMPAIGN_SECOND_TOPICS[rng.integers(0, 3, n)], plan.second_topic)


def _plan_spam(rng: np.random.Generator, plan: Plan, days: int) -> None:
    """Gather spam into bursts: one author, one place, one phrase, a post every half minute."""
    spam = np.flatnonzero(plan.kind == KIND["spam"])
    if not len(spam):
        return
    burst = np.arange(len(spam)) // BURST
    heads = spam[::BURST]
    for values in (plan.language, plan.country, plan.platform, plan.entity):
        values[spam] = values[heads][burst]
    plan.platform[spam] = np.array([0, 0, 2, 4, 1])[burst % 5]
    begin = np.minimum(plan.created[heads], days * rhythm.DAY - rhythm.HOUR)
    plan.created[spam] = begin[burst] + np.arange(len(spam)) % BURST * 33 + rng.integers(0, 30, len(spam))
    plan.burst[spam] = burst
