"""Writes the texts: picks phrases for what each post is about, and records what the text really names."""

from dataclasses import dataclass

import numpy as np

from ingestion.sources.demo import draw
from ingestion.sources.demo.entities import BRANDS, ENTITIES, INDEX, MASKS
from ingestion.sources.demo.phrasebook import CEO_FLAG, WIDTH, Book
from ingestion.sources.demo.settings import (
    CRISIS,
    KINDS,
    LANGUAGES,
    PLATFORMS,
    SENTIMENTS,
    TOPIC_WEIGHTS,
    TOPICS,
)

# Columns of a text's row of pieces.
OPENER, CORE, SECOND, DETAIL, CLOSER = (slice(at, at + WIDTH) for at in range(0, 5 * (WIDTH + 1), WIDTH + 1))
GAPS = tuple(part.stop for part in (OPENER, CORE, SECOND, DETAIL))
TAG, EXTRA_TAG, EMOJI, LINK, NOTE = range(CLOSER.stop, CLOSER.stop + 5)
COLUMNS = NOTE + 1

NEGATIVE, NEUTRAL, POSITIVE = range(3)
KIND = {name: number for number, name in enumerate(KINDS)}
TAGGED = np.array([True, False, True, False, True, False])  # platforms with handles and hashtags
WORDY = np.array([0, 75, 25, 45, 10, 95])  # percent with a further sentence, by platform
STYLE = np.array([1, 0, 1, 0, 1, 2])  # row of phrasebook.SPELLINGS, by platform
# What one grants before a "but" (order of TOPICS): a flaw before praise, a merit before a complaint.
CONCEDED_WEIGHTS = ((20, 25, 20, 8, 20, 15, 0, 0, 0, 0, 0), (25, 15, 15, 10, 10, 0, 0, 25, 0, 0, 0))


@dataclass
class Drafts:
    """What the texts of n posts are to be about; arrays of length n."""

    kind: np.ndarray
    language: np.ndarray
    platform: np.ndarray
    sentiment: np.ndarray
    entity: np.ndarray  # main entity, -1 for none
    topic: np.ndarray  # -1 for none
    second_topic: np.ndarray


@dataclass
class Texts:
    """Rows of pieces, and what they name; `topics` and `entities` are bit sets."""

    rows: np.ndarray
    titles: np.ndarray
    entities: np.ndarray
    topics: np.ndarray
    lower: np.ndarray  # written without capitals


def draw_topics(rng: np.random.Generator, sentiment: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Draw one topic for each post and, for a quarter of them, a second one (-1 for none)."""
    table = np.array(TOPIC_WEIGHTS)
    first = draw.weighted_rows(rng, table, sentiment)
    second = draw.weighted_rows(rng, table, sentiment)
    keep = draw.chance(rng, len(first), 25) & (second != first)
    return first, np.where(keep, second, -1)


def _cells(book: Book) -> dict[str, np.ndarray]:
    """Return cell numbers by what they depend on: sentiment, or topic and sentiment (-1: no phrases)."""
    by_sentiment = {
        name: np.array([book.cells[f"{name}.{sentiment}"] for sentiment in SENTIMENTS])
        for name in ("opener", "closer", "comparison", "reply", "news", "noise", "crisis", "campaign")
    }
    topic = np.array([[book.cells.get(f"core.{t}.{s}", -1) for s in SENTIMENTS] for t in TOPICS])
    return {**by_sentiment, "core": topic}


def write(book: Book, seed: int, drafts: Drafts) -> Texts:
    """Write one text per draft."""
    rng = draw.stream(seed, "texts")
    cells, n, d = _cells(book), len(drafts.kind), drafts
    is_kind = {name: d.kind == number for name, number in KIND.items()}
    rows = np.zeros((n, COLUMNS), dtype=np.int32)
    surfaces, named = _surfaces(book, rng, d)
    uses = np.zeros(n, dtype=np.int32)

    core = np.select(
        [is_kind["comparison"], is_kind["news"], is_kind["noise"], is_kind["campaign"], is_kind["spam"]],
        [
            cells["comparison"][d.sentiment],
            cells["news"][d.sentiment],
            cells["noise"][d.sentiment],
            cells["campaign"][d.sentiment],
            book.cells["spam"],
        ],
        cells["core"][d.topic, d.sentiment],
    )
    crisis_news = is_kind["crisis"] & (d.platform == PLATFORMS.index("news"))
    core = np.where(is_kind["crisis"], cells["crisis"][d.sentiment], core)
    core = np.where(crisis_news, book.cells["crisis_news"], core)
    core = np.where(is_kind["reply"] & (d.topic < 0), cells["reply"][d.sentiment], core)
    for brand in ("lumora", "tazzaro"):
        core = np.where(
            is_kind["ambiguous"] & (d.entity == INDEX[brand]), book.cells[f"ambiguous.{brand}"], core
        )

    # "Good coffee. But ...": the first half says the opposite, the second half is what counts.
    concedes = is_kind["organic"] & (d.sentiment != NEUTRAL) & draw.chance(rng, n, 8)
    other = draw.weighted_rows(rng, np.array(CONCEDED_WEIGHTS), np.where(d.sentiment == POSITIVE, 0, 1))
    second = np.where(d.second_topic >= 0, cells["core"][d.second_topic, d.sentiment], -1)
    second = np.where(concedes, core, second)
    core = np.where(concedes, cells["core"][other, 2 - d.sentiment], core)
    topics = np.where(d.topic >= 0, 1 << np.maximum(d.topic, 0), 0)
    topics |= np.where((d.second_topic >= 0) & ~concedes, 1 << np.maximum(d.second_topic, 0), 0)
    topics |= np.where(concedes, 1 << other, 0)
    topics = np.where(is_kind["crisis"], topics | 1 << TOPICS.index(CRISIS.topic), topics)

    chatty = is_kind["organic"] | is_kind["comparison"] | is_kind["noise"] | is_kind["crisis"]
    opener = np.where(chatty & ~crisis_news & draw.chance(rng, n, 42), cells["opener"][d.sentiment], -1)
    wordy = (chatty | is_kind["news"]) & (rng.integers(0, 100, n) < 12 + WORDY[d.platform])
    detail = np.where(
        wordy, np.where(is_kind["news"] | crisis_news, book.cells["news_detail"], book.cells["detail"]), -1
    )
    closes = (chatty | is_kind["campaign"]) & ~crisis_news & draw.chance(rng, n, 36)
    closer = np.where(closes, cells["closer"][d.sentiment], -1)

    core_t, second_t = book.pick(rng, d.language, core), book.pick(rng, d.language, second)
    opener_t, closer_t = book.pick(rng, d.language, opener), book.pick(rng, d.language, closer)
    uses |= book.uses[core_t] | book.uses[second_t] | book.uses[opener_t] | book.uses[closer_t]

    # A post that is about an entity names it: in a phrase, in a tag behind it, or in a line before it.
    tagged = TAGGED[d.platform]
    promised = (d.entity >= 0) & ~is_kind["ambiguous"]
    unnamed = promised & (uses & 1 == 0)
    by_tag = unnamed & tagged & (draw.chance(rng, n, 60) | is_kind["spam"] | is_kind["reply"])
    about = unnamed & ~by_tag
    opener_t = np.where(about, book.pick(rng, d.language, np.full(n, book.cells["about"])), opener_t)
    uses = np.where(about, uses | 1 | book.uses[opener_t], uses)
    by_tag |= promised & tagged & ~is_kind["reply"] & draw.chance(rng, n, 14)
    main = np.maximum(d.entity, 0)
    rows[:, TAG] = np.where(
        by_tag, book.tag_base[main] + rng.integers(0, 1 << 30, n) % book.tag_size[main], 0
    )

    for where, template in ((OPENER, opener_t), (CORE, core_t), (SECOND, second_t), (CLOSER, closer_t)):
        rows[:, where] = book.fill(rng, template, surfaces)
    rows[:, DETAIL] = book.fill(rng, book.pick(rng, d.language, detail), surfaces)
    _join(book, rng, rows, d, concedes)
    _decorate(book, rng, rows, d, is_kind)

    masks = MASKS[named]
    entities = np.where(uses & 1 != 0, masks[:, 0], 0)
    entities |= np.where(uses & 2 != 0, masks[:, 1], 0) | np.where(uses & 4 != 0, masks[:, 2], 0)
    entities |= np.where(uses & CEO_FLAG != 0, 1 << INDEX["mira_castellan"], 0)
    brand = np.array([INDEX[e.brand_id] if e.kind == "product" else k for k, e in enumerate(ENTITIES)])
    entities |= np.where(by_tag, 1 << brand[main], 0)
    entities |= np.where(is_kind["campaign"], 1 << INDEX["morning_light"], 0)
    entities = np.where(is_kind["ambiguous"], 0, entities)
    titles = np.zeros((n, WIDTH), dtype=np.int32)
    headline = (d.platform == PLATFORMS.index("news")) | (
        np.isin(d.platform, (PLATFORMS.index("reddit"), PLATFORMS.index("youtube")))
        & ~is_kind["reply"]
        & ~is_kind["spam"]
    )
    names_main = entities & (1 << main) != 0
    cell = np.where(d.platform == PLATFORMS.index("news"), book.cells["headline"], book.cells["title"])
    cell = np.where(names_main & promised, cell, book.cells["title_plain"])
    titles[:] = book.fill(rng, book.pick(rng, d.language, np.where(headline, cell, -1)), surfaces)
    lower = draw.chance(rng, n, 17) & ~is_kind["news"] & ~crisis_news & ~is_kind["spam"]
    return Texts(rows, titles, entities.astype(np.int32), topics.astype(np.int32), lower)


def _surfaces(book: Book, rng: np.random.Generator, d: Drafts) -> tuple[np.ndarray, np.ndarray]:
    """Return the spellings (pieces) and the entities behind {e}, {r} and {s} of every post, as (n, 3)."""
    n = len(d.kind)
    brand = np.array(
        [
            INDEX[e.brand_id or "lumora"] if e.kind not in ("brand", "rival") else k
            for k, e in enumerate(ENTITIES)
        ]
    )
    main = np.maximum(d.entity, 0)
    place = np.searchsorted(BRANDS, brand[main])
    step = 1 + rng.integers(0, 3, n)
    further = 1 + (step + rng.integers(0, 2, n)) % 3  # another one than `step`
    named = np.stack(
        [main, np.array(BRANDS)[(place + step) % 4], np.array(BRANDS)[(place + further) % 4]], axis=1
    )
    style = STYLE[d.platform][:, None]
    luck = rng.integers(0, 1 << 30, (n, 3))
    return book.spelling_base[named, style] + luck % book.spelling_size[named, style], named


def _join(book: Book, rng: np.random.Generator, rows: np.ndarray, d: Drafts, concedes: np.ndarray) -> None:
    """Put spaces, paragraphs or a "but" between the sentences that a row has."""
    space, paragraph = book.blocks["space"][0], book.blocks["paragraph"][0]
    gap = np.where(
        (d.platform == PLATFORMS.index("reddit")) & draw.chance(rng, len(rows), 50), paragraph, space
    )
    filled = [rows[:, where].any(axis=1) for where in (OPENER, CORE, SECOND, DETAIL, CLOSER)]
    before = filled[0]
    for column, after in zip(GAPS, filled[1:], strict=True):
        rows[:, column] = np.where(before & after, gap, 0)
        before = before | after
    for number, language in enumerate(LANGUAGES):
        here = np.flatnonzero(concedes & (d.language == number))
        rows[here, GAPS[1]] = book.draw_block(rng, f"{language}.but", len(here))


def _decorate(book: Book, rng: np.random.Generator, rows: np.ndarray, d: Drafts, is_kind: dict) -> None:
    """Add hashtags, emoji, links and typos."""
    n = len(rows)
    tagged = TAGGED[d.platform]
    mood = np.where(draw.chance(rng, n, 12), rng.integers(0, 3, n), d.sentiment)
    shown = (d.platform != PLATFORMS.index("news")) & draw.chance(rng, n, 26)
    for number, sentiment in enumerate(SENTIMENTS):
        here = np.flatnonzero(shown & (mood == number))
        rows[here, EMOJI] = book.draw_block(rng, f"emoji.{sentiment}", len(here))
    for number, language in enumerate(LANGUAGES):
        here = np.flatnonzero((d.language == number) & tagged & ~is_kind["spam"] & draw.chance(rng, n, 18))
        rows[here, EXTRA_TAG] = book.draw_block(rng, f"{language}.hashtag", len(here))
    campaign = np.flatnonzero(is_kind["campaign"])
    light = INDEX["morning_light"]
    rows[campaign, EXTRA_TAG] = book.tag_base[light] + rng.integers(0, book.tag_size[light], len(campaign))
    crisis = np.flatnonzero(is_kind["crisis"] & tagged & draw.chance(rng, n, 22))
    rows[crisis, EXTRA_TAG] = book.draw_block(rng, "crisis_hashtag", len(crisis))
    linked = np.flatnonzero(
        is_kind["spam"] | (d.platform == PLATFORMS.index("news")) | draw.chance(rng, n, 9)
    )
    rows[linked, LINK] = book.draw_block(rng, "spaced_url", len(linked))
    careless = np.flatnonzero(
        draw.chance(rng, n, 13) & ~is_kind["ambiguous"] & (d.platform != PLATFORMS.index("news"))
    )
    column = CORE.start + 2 * rng.integers(0, WIDTH // 2 + 1, len(careless))
    rows[careless, column] = book.typo_of[rows[careless, column]]


def copy_texts(
    book: Book,
    seed: int,
    written: Texts,
    kind: np.ndarray,
    language: np.ndarray,
    source: np.ndarray,
    burst: np.ndarray,
) -> None:
    """Let copies say what they copy, near-duplicates with a small change, and bursts of spam one thing."""
    rng = draw.stream(seed, "copies")
    spam = np.flatnonzero(burst >= 0)
    heads = spam[np.searchsorted(burst[spam], burst[spam])]
    copies = np.flatnonzero(source >= 0)
    for values in (written.rows, written.titles, written.lower, written.entities, written.topics):
        values[spam] = values[heads]
        values[copies] = values[source[copies]]
    written.rows[spam, NOTE] = book.draw_block(rng, "code", len(spam))
    written.rows[spam, LINK] = book.draw_block(rng, "spaced_url", len(spam))
    near = np.flatnonzero(kind == KIND["near_duplicate"])
    written.rows[near] = _near_duplicates(book, rng, written.rows[near], language[near])


def _near_duplicates(
    book: Book, rng: np.random.Generator, rows: np.ndarray, language: np.ndarray
) -> np.ndarray:
    """Return copies of rows that differ in a little: a word before or behind, another link, a number."""
    rows = rows.copy()
    change = rng.integers(0, 4, len(rows))
    for number, code in enumerate(LANGUAGES):
        here = np.flatnonzero((change == 0) & (language == number))
        rows[here, NOTE] = book.draw_block(rng, f"{code}.addition", len(here))
    here = np.flatnonzero(change == 1)
    rows[here, LINK] = book.draw_block(rng, "spaced_url", len(here))
    here = np.flatnonzero(change == 2)
    rows[here, NOTE] = book.draw_block(rng, "code", len(here))
    here = np.flatnonzero(change == 3)
    rows[here, EMOJI] = book.draw_block(rng, "any_emoji", len(here))
    return rows


def edits(book: Book, rng: np.random.Generator, rows: np.ndarray, language: np.ndarray) -> np.ndarray:
    """Return rows as their authors edited them: a note added behind, in the text's language."""
    rows = rows.copy()
    for number, code in enumerate(LANGUAGES):
        here = np.flatnonzero(language == number)
        rows[here, NOTE] = book.draw_block(rng, f"{code}.edit", len(here))
    return rows
