"""Writes the texts: fills phrases, puts them together, and records what each text really names."""

from dataclasses import dataclass

import numpy as np

from ingestion.sources.demo import draw
from ingestion.sources.demo.entities import BRANDS, ENTITIES, INDEX, MASKS
from ingestion.sources.demo.phrasebook import CEO_FLAG, WIDTH, Book
from ingestion.sources.demo.phrasing import KIND, NEWS, Drafts, Phrases, choose_phrases
from ingestion.sources.demo.settings import LANGUAGES, PLATFORMS, SENTIMENTS

# Columns of a text's row of pieces.
SENTENCES = tuple(slice(at, at + WIDTH) for at in range(0, 5 * (WIDTH + 1), WIDTH + 1))
CORE = SENTENCES[1]
GAPS = tuple(part.stop for part in SENTENCES[:-1])
TAG, EXTRA_TAG, EMOJI, LINK, NOTE = range(SENTENCES[-1].stop, SENTENCES[-1].stop + 5)
COLUMNS = NOTE + 1

NAMES_MAIN = 1  # the bit of {e} in what a template uses
TAGGED = np.array([name in ("x", "instagram", "mastodon") for name in PLATFORMS])  # have handles and hashtags
STYLE = np.array([1, 0, 1, 0, 1, 2])  # row of phrasebook.SPELLINGS, by platform
# The brand of each entity; people and campaigns are the own brand's.
BRAND_OF = np.array(
    [k if e.kind in ("brand", "rival") else INDEX[e.brand_id or "lumora"] for k, e in enumerate(ENTITIES)]
)


@dataclass
class Texts:
    """Rows of pieces, and what they name; `topics` and `entities` are bit sets."""

    rows: np.ndarray
    titles: np.ndarray
    entities: np.ndarray
    topics: np.ndarray
    lower: np.ndarray  # written without capitals


def write(book: Book, seed: int, drafts: Drafts) -> Texts:
    """Write one text and, where the platform has one, one title per draft."""
    rng = draw.stream(seed, "texts")
    d, n = drafts, len(drafts.kind)
    rows = np.zeros((n, COLUMNS), dtype=np.int32)
    surfaces, named = _surfaces(book, rng, d)
    phrases = choose_phrases(book, rng, d)
    by_tag = _keep_promises(book, rng, d, phrases)
    main = np.maximum(d.entity, 0)
    luck = rng.integers(0, 1 << 30, n)
    rows[:, TAG] = np.where(by_tag, book.tag_base[main] + luck % book.tag_size[main], 0)
    for where, templates in zip(SENTENCES, phrases.templates(), strict=True):
        rows[:, where] = book.fill(rng, templates, surfaces)
    _join(book, rng, rows, d, phrases.concedes)
    _decorate(book, rng, rows, d)
    entities = _named_entities(book, d, phrases, named, by_tag)
    titles = _titles(book, rng, d, entities, surfaces)
    lower = draw.chance(rng, n, 17) & (d.platform != NEWS) & ~d.is_kind("spam")
    return Texts(rows, titles, entities.astype(np.int32), phrases.topics.astype(np.int32), lower)


def _keep_promises(book: Book, rng: np.random.Generator, d: Drafts, phrases: Phrases) -> np.ndarray:
    """Let every post that is about an entity name it, if no phrase does: in a tag or in an opening line.

    Changes the openers; returns which posts carry a tag of their entity (some do so without need).
    """
    n, tagged = len(d.kind), TAGGED[d.platform]
    promised = (d.entity >= 0) & ~d.is_kind("ambiguous")
    unnamed = promised & (phrases.uses(book) & NAMES_MAIN == 0)
    by_tag = unnamed & tagged & (draw.chance(rng, n, 60) | d.is_kind("spam", "reply"))
    about = book.pick(rng, d.language, book.cells["about"])
    phrases.opener = np.where(unnamed & ~by_tag, about, phrases.opener)
    return by_tag | (promised & tagged & ~d.is_kind("reply") & draw.chance(rng, n, 14))


def _named_entities(
    book: Book, d: Drafts, phrases: Phrases, named: np.ndarray, by_tag: np.ndarray
) -> np.ndarray:
    """Return the bit sets of the entities that the texts name; `named` are those behind {e}, {r}, {s}."""
    uses, masks = phrases.uses(book), MASKS[named]
    entities = np.zeros(len(uses), dtype=np.int64)
    for slot in range(named.shape[1]):
        entities |= np.where(uses >> slot & 1 != 0, masks[:, slot], 0)
    entities |= np.where(uses & CEO_FLAG != 0, 1 << INDEX["mira_castellan"], 0)
    entities |= np.where(by_tag, 1 << BRAND_OF[np.maximum(d.entity, 0)], 0)
    entities |= np.where(d.is_kind("campaign"), 1 << INDEX["morning_light"], 0)
    return np.where(d.is_kind("ambiguous"), 0, entities)


def _titles(
    book: Book, rng: np.random.Generator, d: Drafts, entities: np.ndarray, surfaces: np.ndarray
) -> np.ndarray:
    """Return rows of pieces of the titles, which name nothing that the text does not; zeros for none."""
    talk = np.isin(d.platform, [PLATFORMS.index("reddit"), PLATFORMS.index("youtube")])
    titled = (d.platform == NEWS) | (talk & ~d.is_kind("reply", "spam"))
    names_main = (d.entity >= 0) & (entities >> np.maximum(d.entity, 0) & 1 != 0)
    cell = np.where(d.platform == NEWS, book.cells["headline"], book.cells["title"])
    cell = np.where(names_main, cell, book.cells["title_plain"])
    return book.fill(rng, book.pick(rng, d.language, np.where(titled, cell, -1)), surfaces)


def _surfaces(book: Book, rng: np.random.Generator, d: Drafts) -> tuple[np.ndarray, np.ndarray]:
    """Return the spellings (pieces) and the entities behind {e}, {r} and {s} of every post, as (n, 3)."""
    n = len(d.kind)
    main = np.maximum(d.entity, 0)
    place = np.searchsorted(BRANDS, BRAND_OF[main])
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
    filled = [rows[:, where].any(axis=1) for where in SENTENCES]
    before = filled[0]
    for column, after in zip(GAPS, filled[1:], strict=True):
        rows[:, column] = np.where(before & after, gap, 0)
        before = before | after
    for number, language in enumerate(LANGUAGES):
        here = np.flatnonzero(concedes & (d.language == number))
        rows[here, GAPS[1]] = book.draw_block(rng, f"{language}.but", len(here))


def _decorate(book: Book, rng: np.random.Generator, rows: np.ndarray, d: Drafts) -> None:
    """Add hashtags, emoji, links and typos."""
    n = len(rows)
    tagged = TAGGED[d.platform]
    mood = np.where(draw.chance(rng, n, 12), rng.integers(0, 3, n), d.sentiment)
    shown = (d.platform != NEWS) & draw.chance(rng, n, 26)
    for number, sentiment in enumerate(SENTIMENTS):
        here = np.flatnonzero(shown & (mood == number))
        rows[here, EMOJI] = book.draw_block(rng, f"emoji.{sentiment}", len(here))
    for number, language in enumerate(LANGUAGES):
        here = np.flatnonzero((d.language == number) & tagged & ~d.is_kind("spam") & draw.chance(rng, n, 18))
        rows[here, EXTRA_TAG] = book.draw_block(rng, f"{language}.hashtag", len(here))
    campaign = np.flatnonzero(d.is_kind("campaign"))
    light = INDEX["morning_light"]
    rows[campaign, EXTRA_TAG] = book.tag_base[light] + rng.integers(0, book.tag_size[light], len(campaign))
    crisis = np.flatnonzero(d.is_kind("crisis") & tagged & draw.chance(rng, n, 22))
    rows[crisis, EXTRA_TAG] = book.draw_block(rng, "crisis_hashtag", len(crisis))
    linked = np.flatnonzero(d.is_kind("spam") | (d.platform == NEWS) | draw.chance(rng, n, 9))
    rows[linked, LINK] = book.draw_block(rng, "spaced_url", len(linked))
    careless = np.flatnonzero(draw.chance(rng, n, 13) & ~d.is_kind("ambiguous") & (d.platform != NEWS))
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
