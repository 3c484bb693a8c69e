"""Builds the posts of the synthetic world and every observation that a platform would give of them."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.sources.demo import authors, draw, engagement, rhythm, texts
from ingestion.sources.demo.columns import TIMESTAMP, names_at, origin, sets, times
from ingestion.sources.demo.entities import BRANDS, ENTITIES, INDEX, products_of
from ingestion.sources.demo.phrasebook import book as compiled_book
from ingestion.sources.demo.places import countries
from ingestion.sources.demo.settings import (
    AFTERMATH_ENDS_ON,
    CAMPAIGN,
    COUNTRY_GIVEN_PERCENT,
    CRISIS,
    DAYS,
    DELETED_PER_MILLE,
    EDITED_PER_MILLE,
    KIND_SHARES,
    KINDS,
    LANGUAGE_MISSING_PERCENT,
    LANGUAGE_WEIGHTS,
    LANGUAGES,
    PLATFORM_WEIGHTS,
    PLATFORMS,
    POSTS,
    REPLY_PLATFORM_WEIGHTS,
    RESHARE_PLATFORM_WEIGHTS,
    SEED,
    SENTIMENTS,
    START,
    STREAMED_PERCENT,
    TOPICS,
)

DAY, HOUR, MINUTE = rhythm.DAY, rhythm.HOUR, 60
KIND = texts.KIND
COPIES = ("exact_duplicate", "near_duplicate", "reshare")
NEWS = PLATFORMS.index("news")
POST_TYPES = ("original", "reshare", "reply", "comment", "article")
BURST = 22  # posts in a burst of spam
# Original posts that name the brand when nothing special happens, as counted on the default world.
CAMPAIGN_BASE_PER_MILLE = 222


@dataclass(frozen=True)
class World:
    """The posts of one window.

    `truth` has a row per post, in the order of created_at, with what was planted (never landed);
    `observations` has the contract's columns with the raw author_id, in the order of observed_at.
    """

    truth: pa.Table
    observations: pa.Table
    start: date
    days: int


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


def generate_posts(
    n_posts: int = POSTS, days: int = DAYS, start: date = START, seed: int = SEED, id_offset: int = 0
) -> pa.Table:
    """Return all observations of `n_posts` synthetic posts, in the order in which they were made.

    Columns are those of the posts contract with the raw `author_id`, and `observed_at`. The same
    arguments give the same table on every machine. Posts are numbered `id_offset + 1` onwards in the
    order of their creation, so that increments with disjoint ranges never share an id.
    """
    return build_world(n_posts, days, start, seed, id_offset).observations


def build_world(
    n_posts: int = POSTS, days: int = DAYS, start: date = START, seed: int = SEED, id_offset: int = 0
) -> World:
    """Return posts with what was planted in them, and their observations; see `generate_posts`."""
    if n_posts < 1 or days < 1 or id_offset < 0:
        raise ValueError(
            f"n_posts={n_posts}, days={days}, id_offset={id_offset}: give 1 or more, 1 or more, 0 or more"
        )
    book = compiled_book()
    plan = _plan(n_posts, days, start, seed)
    written = _write(book, seed, plan)
    order = np.argsort(plan.created, kind="stable")
    return _observe(book, seed, plan, written, order, days, start, id_offset)


def kind_counts(n_posts: int, days: int, start: date) -> dict[str, int]:
    """Return how many posts of each kind a window gets; events count only as far as the window sees them."""
    counts = {kind: n_posts * share // 1000 for kind, share in KIND_SHARES.items()}
    whole = int(rhythm.crisis_profile().sum())
    seen = int(rhythm.crisis_hours(start, days)[1].sum())
    counts["crisis"] = min(n_posts * CRISIS.per_mille * DAYS * seen // (1000 * days * whole), n_posts // 4)
    first, last = rhythm.campaign_bounds(start, days)
    usual = n_posts * CAMPAIGN_BASE_PER_MILLE * (last - first) // (1000 * days * DAY)
    counts["campaign"] = usual * round((CAMPAIGN.lift - 1) * 100) // 100
    return {"organic": n_posts - sum(counts.values()), **counts}


def _plan(n: int, days: int, start: date, seed: int) -> Plan:
    """Decide what each post is, where, when and by whom. Copies come last."""
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
        np.ones(n, dtype=np.int64),
        np.full(n, -1),
        np.full(n, -1),
        np.full(n, -1),
        created,
        np.zeros(n, dtype=np.int64),
        np.full(n, -1),
        np.full(n, -1),
        np.full(n, -1),
    )
    _time_events(rng, plan, seed, days, start, offsets)
    _choose_subjects(rng, plan, start)
    _plan_spam(rng, plan, days)
    _find_parents(rng, plan, days)
    _find_sources(rng, plan, days)
    plan.author = authors.numbers(rng, platform, language, kind == KIND["crisis"], n)
    spam = np.flatnonzero(kind == KIND["spam"])
    plan.author[spam] = ((plan.burst[spam] // 2) * 8 + authors.SPAMMER) * 8 + platform[spam]
    return plan


def _time_events(rng, plan: Plan, seed: int, days: int, start: date, offsets: np.ndarray) -> None:
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


def _choose_subjects(rng, plan: Plan, start: date) -> None:
    """Give posts their brand or product, sentiment and topics."""
    n = len(plan.kind)
    of_kind = {name: plan.kind == number for name, number in KIND.items()}
    brand = np.array(BRANDS)[draw.weighted(rng, [ENTITIES[one].weight for one in BRANDS], n)]
    brand[of_kind["crisis"] | of_kind["campaign"]] = INDEX[CAMPAIGN.brand_id]
    entity = brand.copy()
    wants_product = draw.chance(rng, n, 34)
    for one in BRANDS:
        here = np.flatnonzero(wants_product & (brand == one))
        items, weights = products_of(one)
        entity[here] = np.array(items)[draw.weighted(rng, weights, len(here))]
    speaks = (
        of_kind["organic"] | of_kind["comparison"] | of_kind["news"] | of_kind["crisis"] | of_kind["campaign"]
    )
    speaks |= of_kind["reply"] & draw.chance(rng, n, 46)
    speaks |= of_kind["spam"] & draw.chance(rng, n, 60)
    plan.entity = np.where(speaks, entity, -1)
    meant = np.where(draw.chance(rng, n, 80), INDEX["lumora"], INDEX["tazzaro"])
    plan.entity = np.where(of_kind["ambiguous"], meant, plan.entity)

    by_brand = np.array([ENTITIES[one].sentiment_weights for one in BRANDS])
    gloomy = np.array([[40, 33, 27]])
    after = (plan.created >= rhythm.seconds_since(start, CRISIS.starts_at)) & (
        plan.created < rhythm.seconds_since(start, AFTERMATH_ENDS_ON) + DAY
    )
    tables = np.concatenate(
        [by_brand, gloomy, [CRISIS.sentiment_weights, CAMPAIGN.sentiment_weights, (22, 58, 20), (18, 46, 36)]]
    )
    row = np.searchsorted(BRANDS, brand)
    row = np.where(after & (brand == INDEX[CRISIS.entity_id]), len(BRANDS), row)
    row = np.select(
        [of_kind["crisis"], of_kind["campaign"], of_kind["news"], of_kind["noise"]],
        [len(BRANDS) + 1, len(BRANDS) + 2, len(BRANDS) + 3, len(BRANDS) + 4],
        row,
    )
    plan.sentiment = draw.weighted_rows(rng, tables, row)
    plan.sentiment[of_kind["spam"] | of_kind["ambiguous"]] = texts.NEUTRAL
    plan.sentiment[of_kind["crisis"] & (plan.platform == NEWS)] = texts.NEUTRAL

    first, second = texts.draw_topics(rng, plan.sentiment)
    about = of_kind["organic"] | (of_kind["reply"] & (plan.entity >= 0) & draw.chance(rng, n, 70))
    plan.topic = np.where(about, first, -1)
    plan.second_topic = np.where(of_kind["organic"], second, -1)
    plan.second_topic = np.where(of_kind["comparison"] & draw.chance(rng, n, 55), first, plan.second_topic)
    named = lambda *names: np.array([TOPICS.index(name) for name in names])  # noqa: E731
    leads = of_kind["crisis"] & (plan.sentiment == texts.NEGATIVE) & draw.chance(rng, n, 30)
    plan.second_topic = np.where(
        leads, named("churn", "customer_service")[rng.integers(0, 2, n)], plan.second_topic
    )
    enjoys = of_kind["campaign"] & (plan.sentiment == texts.POSITIVE) & draw.chance(rng, n, 45)
    plan.second_topic = np.where(
        enjoys, named("praise", "purchase_intent", "price")[rng.integers(0, 3, n)], plan.second_topic
    )


def _plan_spam(rng, plan: Plan, days: int) -> None:
    """Gather spam into bursts: one author, one place, one phrase, a post every half minute."""
    spam = np.flatnonzero(plan.kind == KIND["spam"])
    if not len(spam):
        return
    burst = np.arange(len(spam)) // BURST
    heads = spam[::BURST]
    for values in (plan.language, plan.country, plan.platform, plan.entity):
        values[spam] = values[heads][burst]
    plan.platform[spam] = np.array([0, 0, 2, 4, 1])[burst % 5]
    begin = np.minimum(plan.created[heads], days * DAY - HOUR)
    plan.created[spam] = begin[burst] + np.arange(len(spam)) % BURST * 33 + rng.integers(0, 30, len(spam))
    plan.burst[spam] = burst


def _earlier(
    rng, plan: Plan, children: np.ndarray, candidates: np.ndarray, group: np.ndarray, reach: int
) -> np.ndarray:
    """Return for each child an earlier candidate of its group, recent ones first, or -1 if its group has none.

    Where nothing is earlier the group's first candidate is taken (the child's time then has to move).
    """
    found = np.full(len(children), -1)
    if not len(candidates):
        return found
    axis = group[candidates].astype(np.int64) << 32 | plan.created[candidates]
    order = np.argsort(axis, kind="stable")
    candidates, axis = candidates[order], axis[order]
    base = group[children].astype(np.int64) << 32
    first = np.searchsorted(axis, base)
    end = np.searchsorted(axis, base + (1 << 32))
    position = np.searchsorted(axis, base | plan.created[children])
    room = position - first
    luck = rng.integers(0, 1 << 20, len(children))
    back = (luck * luck >> 20) * np.minimum(np.maximum(room, 1), reach) >> 20
    chosen = np.maximum(position - 1 - back, first)
    # Some posts are shared again and again: every choice falls on the nearest multiple of seven, often.
    popular = draw.chance(rng, len(children), 60)
    chosen = np.where(popular, np.maximum(chosen - chosen % 7, first), chosen)
    return np.where(end > first, candidates[np.minimum(chosen, len(candidates) - 1)], -1)


def _find_parents(rng, plan: Plan, days: int) -> None:
    """Let replies answer an earlier post of their platform and language, shortly after it where need be."""
    replies = np.flatnonzero(plan.kind == KIND["reply"])
    open_kinds = [
        KIND[name] for name in ("organic", "comparison", "noise", "crisis", "campaign", "ambiguous")
    ]
    candidates = np.flatnonzero(np.isin(plan.kind, open_kinds) & (plan.platform != NEWS))
    plan.parent[replies] = _earlier(rng, plan, replies, candidates, plan.platform * 8 + plan.language, 60)
    _follow(rng, plan, replies, plan.parent, days)
    _orphan(plan, replies[plan.parent[replies] < 0])


def _follow(rng, plan: Plan, children: np.ndarray, link: np.ndarray, days: int) -> None:
    """Move children that would come before the post they belong to to some minutes after it."""
    linked = children[link[children] >= 0]
    early = linked[plan.created[linked] <= plan.created[link[linked]]]
    plan.created[early] = plan.created[link[early]] + rng.integers(1, 40, len(early)) * MINUTE
    plan.created[early] = np.minimum(plan.created[early], days * DAY - 1)


def _orphan(plan: Plan, lonely: np.ndarray) -> None:
    """Turn posts with nothing to answer or to copy (in tiny worlds) into chat about nothing."""
    plan.kind[lonely] = KIND["noise"]
    plan.entity[lonely] = plan.topic[lonely] = plan.second_topic[lonely] = -1


def _find_sources(rng, plan: Plan, days: int) -> None:
    """Let reshares and duplicates copy an earlier post, with all that it says."""
    originals = np.isin(
        plan.kind,
        [
            KIND[name]
            for name in ("organic", "comparison", "noise", "crisis", "campaign", "ambiguous", "news")
        ],
    )
    crisis = plan.kind == KIND["crisis"]
    reshares = np.flatnonzero(plan.kind == KIND["reshare"])
    echoes = reshares[: int(crisis.sum()) * CRISIS.reshares_percent // 100]
    rest = reshares[len(echoes) :]
    duplicates = np.flatnonzero(np.isin(plan.kind, [KIND["exact_duplicate"], KIND["near_duplicate"]]))
    place = plan.platform * 8 + plan.language
    plan.source[echoes] = _earlier(rng, plan, echoes, np.flatnonzero(crisis), place, 80)
    rest = np.concatenate([rest, echoes[plan.source[echoes] < 0]])
    social = np.flatnonzero(originals & (plan.platform != NEWS))
    plan.source[rest] = _earlier(rng, plan, rest, social, place, 150)
    plan.source[duplicates] = _earlier(rng, plan, duplicates, np.flatnonzero(originals), plan.language, 400)
    copies = np.concatenate([reshares, duplicates])
    _follow(rng, plan, copies, plan.source, days)
    made = copies[plan.source[copies] >= 0]
    for values in (plan.country, plan.sentiment, plan.entity, plan.topic, plan.second_topic):
        values[made] = values[plan.source[made]]
    # A duplicate stays where it is copied from in most cases, and always if that is the news.
    stays = duplicates[plan.source[duplicates] >= 0]
    stays = stays[draw.chance(rng, len(stays), 70) | (plan.platform[plan.source[stays]] == NEWS)]
    plan.platform[stays] = plan.platform[plan.source[stays]]
    _orphan(plan, copies[plan.source[copies] < 0])


@dataclass
class Written:
    """Texts of the plan: rows of pieces by post, and what they say."""

    rows: np.ndarray
    titles: np.ndarray
    lower: np.ndarray
    entities: np.ndarray
    topics: np.ndarray


def _write(book, seed: int, plan: Plan) -> Written:
    """Write originals, let copies copy, and change near-duplicates a little."""
    drafts = texts.Drafts(
        plan.kind, plan.language, plan.platform, plan.sentiment, plan.entity, plan.topic, plan.second_topic
    )
    made = texts.write(book, seed, drafts)
    rng = draw.stream(seed, "copies")
    spam = np.flatnonzero(plan.burst >= 0)
    if len(spam):
        heads = spam[np.searchsorted(plan.burst[spam], plan.burst[spam])]
        made.rows[spam] = made.rows[heads]
        made.rows[spam, texts.NOTE] = book.draw_block(rng, "code", len(spam))
        made.rows[spam, texts.LINK] = book.draw_block(rng, "spaced_url", len(spam))
        made.entities[spam], made.titles[spam] = made.entities[heads], made.titles[heads]
    topics = texts.crisis_topics(made.topics, plan.kind)
    copies = np.flatnonzero(plan.source >= 0)
    sources = plan.source[copies]
    for values in (made.rows, made.titles, made.lower, made.entities, topics):
        values[copies] = values[sources]
    near = np.flatnonzero(plan.kind == KIND["near_duplicate"])
    made.rows[near] = texts.near_duplicates(book, rng, made.rows[near], plan.language[near])
    return Written(made.rows, made.titles, made.lower, made.entities, topics)


def _observe(
    book, seed: int, plan: Plan, written: Written, order: np.ndarray, days: int, start: date, id_offset: int
) -> World:
    """Number the posts by time and lay out all that a platform would show of them, and when."""
    n = len(order)
    rank = np.empty(n, dtype=np.int64)
    rank[order] = np.arange(n)
    for name, values in vars(plan).items():
        setattr(plan, name, values[order])
    for name, values in vars(written).items():
        setattr(written, name, values[order])
    for link in (plan.source, plan.parent):
        link[:] = np.where(link >= 0, rank[link], -1)
    rng = draw.stream(seed, "observations")
    window = days * DAY

    # Seen at once by a stream, or some hours later by a sweep; the last sweep is at the window's end.
    streamed = draw.chance(rng, n, STREAMED_PERCENT)
    lag = np.where(streamed, rng.integers(2 * MINUTE, 14 * MINUTE, n), rng.integers(HOUR, 11 * HOUR, n))
    first = np.minimum(plan.created + lag, np.maximum(window - 1, plan.created))
    may_edit = np.isin(plan.platform, [PLATFORMS.index(p) for p in ("x", "reddit", "youtube", "mastodon")])
    may_edit &= (plan.source < 0) & (plan.burst < 0)
    edited_at = np.maximum(plan.created + rng.integers(5 * MINUTE, 3 * DAY - 12 * HOUR, n), first + MINUTE)
    deleted = draw.chance(rng, n, np.where(plan.burst >= 0, 120, DELETED_PER_MILLE), 1000)
    edited = may_edit & ~deleted & draw.chance(rng, n, EDITED_PER_MILLE, 1000)
    deleted_at = np.maximum(plan.created + rng.integers(30 * MINUTE, 9 * DAY, n), first + HOUR)

    everyone = np.arange(n)
    seen_again = np.flatnonzero(streamed & (plan.platform != NEWS) & (plan.kind != KIND["reshare"]))
    again = [
        (seen_again, plan.created[seen_again] + age + rng.integers(-slack, slack, len(seen_again)))
        for age, slack in ((HOUR, 5 * MINUTE), (DAY, 20 * MINUTE), (7 * DAY, HOUR))
    ]
    edits = np.flatnonzero(edited)
    changed = (edits, edited_at[edits] + rng.integers(5 * MINUTE, 90 * MINUTE, len(edits)))
    gone = np.flatnonzero(deleted)
    buried = (gone, deleted_at[gone] + rng.integers(5 * MINUTE, 90 * MINUTE, len(gone)))
    parts = [(everyone, first), *again, changed, buried]
    post = np.concatenate([one for one, _ in parts])
    at = np.concatenate([when for _, when in parts])
    # A part of a second of its own for each kind of observation: no two of a post at one moment.
    micros = at * 1_000_000 + np.repeat(np.arange(len(parts)) * 111_111, [len(one) for one, _ in parts])
    tombstone = np.arange(len(post)) >= len(post) - len(gone)
    keep = tombstone | ~deleted[post] | (at < deleted_at[post])
    post, at, micros, tombstone = post[keep], at[keep], micros[keep], tombstone[keep]
    sequence = np.argsort(micros, kind="stable")
    post, at, micros, tombstone = post[sequence], at[sequence], micros[sequence], tombstone[sequence]
    return World(
        truth=_truth_table(plan, written, edited, edited_at, deleted, deleted_at, first, start, id_offset),
        observations=_observation_table(
            book, seed, plan, written, post, at, micros, tombstone, edited, edited_at, start, id_offset
        ),
        start=start,
        days=days,
    )


def post_ids(platform: np.ndarray, number: np.ndarray) -> pa.Array:
    """Return post ids such as 'x_1000001': the platform and the post's number."""
    prefix = pa.array([f"{name}_" for name in PLATFORMS]).take(pa.array(platform))
    return pc.binary_join_element_wise(prefix, pc.cast(pa.array(number + 1_000_001), pa.string()), "")


def _post_type(plan: Plan) -> np.ndarray:
    """Return positions in POST_TYPES."""
    talk = np.where(np.isin(plan.platform, (0, 4)), 2, 3)
    return np.select(
        [plan.kind == KIND["reshare"], plan.kind == KIND["reply"], plan.platform == NEWS], [1, talk, 4], 0
    )


def _observation_table(
    book,
    seed: int,
    plan: Plan,
    written: Written,
    post,
    at,
    micros,
    tombstone,
    edited,
    edited_at,
    start: date,
    id_offset: int,
) -> pa.Table:
    """Return the observations as a table with the contract's columns."""
    n = len(plan.kind)
    rng = draw.stream(seed, "edits")
    own_text = np.flatnonzero((plan.source < 0) | (plan.kind == KIND["near_duplicate"]))
    rewritten = np.flatnonzero(edited)
    rows = np.concatenate(
        [written.rows[own_text], texts.edits(book, rng, written.rows[rewritten], plan.language[rewritten])]
    )
    body = book.render(rows)
    lower = np.concatenate([written.lower[own_text], written.lower[rewritten]])
    body = pc.if_else(pa.array(lower), pc.utf8_lower(body), body)
    text_of = np.zeros(n, dtype=np.int64)
    text_of[own_text] = np.arange(len(own_text))
    borrowed = (plan.source >= 0) & (plan.kind != KIND["near_duplicate"])
    text_of[borrowed] = text_of[plan.source[borrowed]]
    edit_of = np.zeros(n, dtype=np.int64)
    edit_of[rewritten] = len(own_text) + np.arange(len(rewritten))
    title_rows = np.flatnonzero(written.titles.any(axis=1))
    title_of = np.full(n, -1)
    title_of[title_rows] = np.arange(len(title_rows))
    titles = book.render(written.titles[title_rows])

    shows_edit = edited[post] & (at >= edited_at[post])
    platform, kind = plan.platform[post], plan.kind[post]
    who = authors.describe(plan.author)
    codes, _, _ = countries()
    country_hidden = (draw.mix(post + id_offset, seed + 31) % np.uint64(100)).astype(np.int64) >= np.array(
        COUNTRY_GIVEN_PERCENT
    )[platform]
    language_hidden = (draw.mix(post + id_offset, seed + 37) % np.uint64(100)).astype(np.int64) < np.array(
        LANGUAGE_MISSING_PERCENT
    )[platform]
    ids = post_ids(plan.platform, np.arange(n) + id_offset)
    likes_rng = draw.stream(seed, "likes")
    boost = np.where(plan.kind == KIND["crisis"], 260, np.where(plan.kind == KIND["spam"], 10, 100))
    likes = engagement.final_likes(likes_rng, np.where(who.has_followers, who.followers, 300), boost)
    number = pa.array(post)
    titled = np.isin(platform, [PLATFORMS.index(name) for name in ("reddit", "youtube", "news")])
    no_title = tombstone | (title_of[post] < 0) | ~titled
    url = pc.binary_join_element_wise(
        names_at([f"https://{name}.demo.example/p/" for name in PLATFORMS], plan.platform), ids, ""
    )
    columns = {
        "post_id": ids.take(number),
        "platform": names_at(PLATFORMS, platform),
        "post_type": names_at(POST_TYPES, _post_type(plan)[post], tombstone),
        "text": body.take(pa.array(np.where(shows_edit, edit_of[post], text_of[post]), mask=tombstone)),
        "title": titles.take(pa.array(title_of[post], mask=no_title)),
        "url": url.take(pa.array(post, mask=tombstone)),
        "language": names_at(LANGUAGES, plan.language[post], tombstone | language_hidden),
        "author_id": who.author_id.take(pa.array(post, mask=tombstone)),
        "author_followers": pa.array(who.followers[post], mask=tombstone | ~who.has_followers[post]),
        "author_is_verified": pa.array(who.is_verified[post], mask=tombstone | ~who.has_verified[post]),
        "country": names_at(codes, plan.country[post], tombstone | country_hidden),
        "parent_post_id": ids.take(pa.array(plan.parent[post], mask=tombstone | (plan.parent[post] < 0))),
        "reshared_post_id": ids.take(pa.array(plan.source[post], mask=tombstone | (kind != KIND["reshare"]))),
        "created_at": times(start, plan.created[post], tombstone),
        "edited_at": times(start, edited_at[post], tombstone | ~shows_edit),
        "is_deleted": pa.array(tombstone),
        **engagement.counts(
            likes[post],
            post + id_offset,
            at - plan.created[post],
            platform,
            tombstone | (kind == KIND["reshare"]),
        ),
        "observed_at": pa.array(micros + origin(start) * 1_000_000).cast(TIMESTAMP),
    }
    return pa.table(columns)


def _truth_table(
    plan: Plan, written: Written, edited, edited_at, deleted, deleted_at, first, start: date, id_offset: int
) -> pa.Table:
    """Return one row per post with what was planted."""
    n = len(plan.kind)
    ids = post_ids(plan.platform, np.arange(n) + id_offset)
    copied = plan.source >= 0
    codes, _, _ = countries()
    origin_kind = np.where(copied, plan.kind[plan.source], plan.kind)
    topics = np.where(
        np.isin(origin_kind, [KIND["noise"], KIND["spam"], KIND["ambiguous"]]), 0, written.topics
    )
    return pa.table(
        {
            "post_id": ids,
            "platform": names_at(PLATFORMS, plan.platform),
            "post_type": names_at(POST_TYPES, _post_type(plan)),
            "kind": names_at(KINDS, plan.kind),
            "origin_kind": names_at(KINDS, origin_kind),
            "language": names_at(LANGUAGES, plan.language),
            "country": names_at(codes, plan.country),
            "entities": sets(tuple(entity.entity_id for entity in ENTITIES), written.entities),
            "sentiment": names_at(SENTIMENTS, plan.sentiment),
            "topics": sets(TOPICS, topics),
            "author_number": pa.array(plan.author),
            "copy_of": ids.take(pa.array(plan.source, mask=~copied)),
            "created_at": times(start, plan.created),
            "first_observed_at": times(start, first),
            "edited_at": times(start, edited_at, ~edited),
            "deleted_at": times(start, deleted_at, ~deleted),
        }
    )
