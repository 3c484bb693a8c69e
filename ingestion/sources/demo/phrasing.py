"""Chooses phrases: which template opens, carries and closes each text, by what the text is about."""

from dataclasses import dataclass

import numpy as np

from ingestion.sources.demo import draw
from ingestion.sources.demo.entities import INDEX
from ingestion.sources.demo.phrasebook import Book
from ingestion.sources.demo.settings import CRISIS, KINDS, PLATFORMS, SENTIMENTS, TOPIC_WEIGHTS, TOPICS

NEGATIVE, NEUTRAL, POSITIVE = range(3)
KIND = {name: number for number, name in enumerate(KINDS)}
NEWS = PLATFORMS.index("news")
WORDY = np.array([12, 87, 37, 57, 22, 100])  # percent with a further sentence, by platform
NONE = -1
# What one grants before a "but" (order of TOPICS): a flaw before praise, a merit before a complaint.
CONCEDED_WEIGHTS = ((20, 25, 20, 8, 20, 15, 0, 0, 0, 0, 0), (25, 15, 15, 10, 10, 0, 0, 25, 0, 0, 0))
BY_SENTIMENT = ("opener", "closer", "comparison", "reply", "news", "noise", "crisis", "campaign")


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

    def is_kind(self, *names: str) -> np.ndarray:
        """Return which posts are of one of these kinds."""
        return np.isin(self.kind, [KIND[name] for name in names])


@dataclass
class Phrases:
    """The templates of each text's sentences (0 is the empty one), and the topics that they speak of."""

    opener: np.ndarray
    core: np.ndarray
    second: np.ndarray
    detail: np.ndarray
    closer: np.ndarray
    topics: np.ndarray  # bit set
    concedes: np.ndarray  # a "but" stands between core and second

    def templates(self) -> tuple[np.ndarray, ...]:
        """Return the sentences in reading order."""
        return self.opener, self.core, self.second, self.detail, self.closer

    def uses(self, book: Book) -> np.ndarray:
        """Return the bit sets of the entity slots that the texts fill."""
        return np.bitwise_or.reduce([book.uses[templates] for templates in self.templates()])


def draw_topics(rng: np.random.Generator, sentiment: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Draw one topic for each post and, for a quarter of them, a second one (-1 for none)."""
    table = np.array(TOPIC_WEIGHTS)
    first = draw.weighted_rows(rng, table, sentiment)
    second = draw.weighted_rows(rng, table, sentiment)
    keep = draw.chance(rng, len(first), 25) & (second != first)
    return first, np.where(keep, second, NONE)


def choose_phrases(book: Book, rng: np.random.Generator, d: Drafts) -> Phrases:
    """Choose templates for every text: what it says, what may come before and behind, and its topics."""
    n = len(d.kind)
    cells = {name: np.array([book.cells[f"{name}.{s}"] for s in SENTIMENTS]) for name in BY_SENTIMENT}
    by_topic = np.array([[book.cells.get(f"core.{t}.{s}", NONE) for s in SENTIMENTS] for t in TOPICS])
    core = _core_cells(book, d, cells, by_topic)
    second = np.where(d.second_topic != NONE, by_topic[d.second_topic, d.sentiment], NONE)
    topics = _bit(d.topic) | np.where(d.is_kind("crisis"), 1 << TOPICS.index(CRISIS.topic), 0)

    # "Good coffee. But ...": the first half says the opposite, the second half is what counts.
    concedes = d.is_kind("organic") & (d.sentiment != NEUTRAL) & draw.chance(rng, n, 8)
    granted = draw.weighted_rows(rng, np.array(CONCEDED_WEIGHTS), np.where(d.sentiment == POSITIVE, 0, 1))
    second = np.where(concedes, core, second)
    core = np.where(concedes, by_topic[granted, POSITIVE - d.sentiment], core)
    topics |= np.where(concedes, 1 << granted, _bit(d.second_topic))

    reported = d.is_kind("news") | (d.is_kind("crisis") & (d.platform == NEWS))
    chatty = d.is_kind("organic", "comparison", "noise", "crisis") & ~reported
    opener = np.where(chatty & draw.chance(rng, n, 42), cells["opener"][d.sentiment], NONE)
    wordy = (chatty | reported) & (rng.integers(0, 100, n) < WORDY[d.platform])
    detail = np.where(reported, book.cells["news_detail"], book.cells["detail"])
    closes = (chatty | d.is_kind("campaign")) & draw.chance(rng, n, 36)
    closer = np.where(closes, cells["closer"][d.sentiment], NONE)
    chosen = (opener, core, second, np.where(wordy, detail, NONE), closer)
    return Phrases(*(book.pick(rng, d.language, cell) for cell in chosen), topics=topics, concedes=concedes)


def _core_cells(book: Book, d: Drafts, cells: dict[str, np.ndarray], by_topic: np.ndarray) -> np.ndarray:
    """Return the cell of what each text mainly says."""
    core = by_topic[d.topic, d.sentiment]
    for name in ("comparison", "news", "noise", "crisis", "campaign"):
        core = np.where(d.is_kind(name), cells[name][d.sentiment], core)
    core = np.where(d.is_kind("reply") & (d.topic == NONE), cells["reply"][d.sentiment], core)
    core = np.where(d.is_kind("crisis") & (d.platform == NEWS), book.cells["crisis_news"], core)
    core = np.where(d.is_kind("spam"), book.cells["spam"], core)
    for brand in ("lumora", "tazzaro"):
        here = d.is_kind("ambiguous") & (d.entity == INDEX[brand])
        core = np.where(here, book.cells[f"ambiguous.{brand}"], core)
    return core


def _bit(number: np.ndarray) -> np.ndarray:
    """Return the bit of each number, nothing for NONE."""
    return np.where(number == NONE, 0, 1 << np.maximum(number, 0))
