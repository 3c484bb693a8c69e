"""The phrases of `phrases/<language>.yml`, compiled into one bank of text pieces and index tables.

A text is a row of piece numbers. Copying, editing and near-duplicating a text is integer work on
such rows; strings are touched once, when all rows are rendered in one columnar pass.

Phrase syntax, one phrase a line:
- `[a|b|c]` stands for one of the alternatives (expanded when compiled; an empty alternative is fine),
- `{slot}` for one of the fillers that the file lists under `slot.<name>`,
- `{e}`, `{r}`, `{s}` for the entities that the post is about, `{ceo}` for the brand's chief executive,
- `{n}` for a number, `{url}` for a link.
"""

import re
import zlib
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from ingestion.sources.demo.entities import BRANDS, ENTITIES, INDEX, products_of
from ingestion.sources.demo.settings import LANGUAGES

FOLDER = Path(__file__).with_name("phrases")
SLOTS = 4
WIDTH = 2 * SLOTS + 1  # literal, slot, literal, ..., literal
ENTITY_SLOTS = {"e": -1, "r": -2, "s": -3}
CEO_FLAG = 8  # beside 1, 2, 4 for {e}, {r}, {s}
BEHIND = ("hashtag", "addition", "edit")  # slots that hang behind a text: their fillers begin with a space
EMOJI = {
    "negative": "😡 🤬 😤 🙄 👎 😞 💔 🤦 😒 😩 🚩 🗑️".split(),
    "neutral": "🤔 👀 ☕ ☕️ 🤷 🧐 📦 💬 👋".split(),
    "positive": "😍 🔥 ❤️ 👍 🥰 ✨ 🙌 ☕❤️ 😊 🎉 💯 🤩".split(),
}
CRISIS_HASHTAGS = ("#LumoraGate", "#lumoragate", "#overheating", "#recall", "#unplugit", "#productsafety")
SPELLINGS = ("anywhere", "tagged", "edited")  # reddit and youtube; x, instagram, mastodon; news


@dataclass
class Book:
    """Compiled phrases. A template is a row of WIDTH pieces; a cell is a run of templates."""

    pieces: list[str] = field(default_factory=lambda: [""])
    literals: np.ndarray = None  # (templates, SLOTS + 1) piece numbers
    slot_base: np.ndarray = None  # (templates, SLOTS) first filler, or -1..-3 for an entity
    slot_size: np.ndarray = None
    uses: np.ndarray = None  # (templates,) bit set of the entity slots that it fills
    cells: dict[str, int] = field(default_factory=dict)
    cell_base: np.ndarray = None  # (languages, cells)
    cell_size: np.ndarray = None
    spelling_base: np.ndarray = None  # (entities, SPELLINGS)
    spelling_size: np.ndarray = None
    tag_base: np.ndarray = None  # (entities,) its handles and hashtags, each with a space before it
    tag_size: np.ndarray = None
    blocks: dict[str, tuple[int, int]] = field(default_factory=dict)
    typo_of: np.ndarray = None  # (pieces,) the same piece misspelt, or itself

    def block(self, name: str, strings: list[str]) -> tuple[int, int]:
        """Append a run of pieces under a name; return its first number and its length."""
        self.blocks[name] = (len(self.pieces), len(strings))
        self.pieces.extend(strings)
        return self.blocks[name]

    def pick(self, rng: np.random.Generator, language: np.ndarray, cell: np.ndarray | int) -> np.ndarray:
        """Draw a template for each post from its cell in its language; cell -1 gives the empty template."""
        cell = np.broadcast_to(cell, language.shape)
        draw = rng.integers(0, 1 << 30, len(language))
        template = self.cell_base[language, cell] + draw % self.cell_size[language, cell]
        return np.where(cell < 0, 0, template)

    def fill(self, rng: np.random.Generator, templates: np.ndarray, surfaces: np.ndarray) -> np.ndarray:
        """Return (n, WIDTH) pieces: the templates with their slots filled; surfaces is (n, 3) pieces."""
        row = np.empty((len(templates), WIDTH), dtype=np.int32)
        row[:, 0::2] = self.literals[templates]
        base, size = self.slot_base[templates], self.slot_size[templates]
        filler = base + rng.integers(0, 1 << 30, base.shape, dtype=np.int32) % size
        for number in range(3):
            filler = np.where(base == -1 - number, surfaces[:, number, None], filler)
        row[:, 1::2] = filler
        return row

    def draw_block(self, rng: np.random.Generator, name: str, size: int) -> np.ndarray:
        """Draw `size` pieces of a named block."""
        base, count = self.blocks[name]
        return (base + rng.integers(0, count, size)).astype(np.int32)

    def render(self, rows: np.ndarray) -> pa.Array:
        """Join rows of piece numbers into texts."""
        bank = pa.array(self.pieces)
        parts = []
        for first in range(0, len(rows), 65_536):
            chunk = rows[first : first + 65_536]
            used = chunk != 0
            ends = np.concatenate([[0], np.cumsum(used.sum(axis=1))]).astype(np.int32)
            parts.append(pc.binary_join(pa.ListArray.from_arrays(ends, bank.take(pa.array(chunk[used]))), ""))
        return pa.chunked_array(parts, pa.string()).combine_chunks() if parts else pa.array([], pa.string())


def expand(phrase: str) -> list[str]:
    """Return every reading of `a [b|c] d`."""
    parts = [part.split("|") for part in re.split(r"\[([^\]]*)\]", phrase)]
    return ["".join(reading) for reading in product(*parts)]


def misspell(text: str) -> str:
    """Return the text with two letters of one of its longer words swapped, or one of them doubled or lost."""
    words = list(re.finditer(r"[a-zà-ÿ]{5,}", text))
    if not words:
        return text
    luck = zlib.crc32(text.encode())
    word = words[luck % len(words)]
    at = word.start() + 1 + (luck >> 8) % (len(word.group()) - 3)
    first, second = text[at], text[at + 1]
    change = (second + first, first, first + first + second)[(luck >> 16) % 3]
    return text[:at] + change + text[at + 2 :]


def read_phrases(language: str) -> dict[str, list[str]]:
    """Return the sections of a phrase file as lists of its lines that hold something."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with (FOLDER / f"{language}.yml").open(encoding="utf-8") as file:
        sections = yaml.load(file, Loader=loader)
    return {
        name: [line.strip() for line in body.splitlines() if line.strip()] for name, body in sections.items()
    }


def _entity_blocks(book: Book) -> None:
    """Lay down the spellings and tags of every entity."""
    book.spelling_base = np.zeros((len(ENTITIES), len(SPELLINGS)), dtype=np.int32)
    book.spelling_size = np.ones_like(book.spelling_base)
    book.tag_base = np.zeros(len(ENTITIES), dtype=np.int32)
    book.tag_size = np.ones_like(book.tag_base)
    for number, entity in enumerate(ENTITIES):
        spellings = (entity.surfaces, entity.surfaces + entity.tags, (entity.name,))
        for style, strings in enumerate(spellings):
            where = book.block(f"{entity.entity_id}.{SPELLINGS[style]}", list(strings))
            book.spelling_base[number, style], book.spelling_size[number, style] = where
        where = book.block(f"{entity.entity_id}.tags", [f" {tag}" for tag in entity.tags])
        book.tag_base[number], book.tag_size[number] = where
    # A product is tagged with its brand's tags.
    for brand in BRANDS:
        for item in products_of(brand)[0]:
            book.tag_base[item], book.tag_size[item] = book.tag_base[brand], book.tag_size[brand]


def _link(number: int) -> str:
    """Return the address with this number: reserved names only, nothing that could exist."""
    code = zlib.crc32(number.to_bytes(4, "big"))
    return f"https://{('demo', 'short', 'shop', 'video')[code % 4]}.example/{code:08x}"


@cache
def book() -> Book:
    """Compile the phrase files of all languages.

    Raises ValueError naming file and phrase where a phrase has more than three slots, an unknown slot,
    or where a language lacks a section that another one has.
    """
    made = Book()
    _entity_blocks(made)
    made.block("ceo", list(ENTITIES[INDEX["mira_castellan"]].surfaces))
    made.block("n", [str(number) for number in (*range(2, 21), 24, 25, 30, 36, 40, 45, 48, 50, 60, 90, 100)])
    made.block("url", [_link(number) for number in range(4_000)])
    made.block("code", [f" {number}" for number in range(1_000, 9_999, 7)])
    made.block("spaced_url", [f" {_link(number)}" for number in range(4_000)])
    made.block("space", [" "])
    made.block("paragraph", ["\n\n"])
    made.block("crisis_hashtag", [f" {tag}" for tag in CRISIS_HASHTAGS])
    made.block("any_emoji", [f" {one}" for group in EMOJI.values() for one in group])
    for sentiment, group in EMOJI.items():
        made.block(f"emoji.{sentiment}", [f" {one}" for one in group])
    phrases = {language: read_phrases(language) for language in LANGUAGES}
    names = sorted({name for sections in phrases.values() for name in sections})
    templates = [((0,) * (SLOTS + 1), (0,) * SLOTS, (1,) * SLOTS, 0)]
    cells = [name for name in names if not name.startswith("slot.")]
    made.cells = {name: number for number, name in enumerate(cells)}
    made.cell_base = np.zeros((len(LANGUAGES), len(cells)), dtype=np.int64)
    made.cell_size = np.zeros_like(made.cell_base)
    literal_number: dict[str, int] = {"": 0}
    for at, (language, sections) in enumerate(phrases.items()):
        missing = [name for name in cells if not sections.get(name)]
        if missing:
            raise ValueError(
                f"{FOLDER / language}.yml: sections {missing} are missing; add them with a phrase each"
            )
        for name in sections:
            if name.startswith("slot."):
                fillers = [reading for line in sections[name] for reading in expand(line)]
                before = " " if name[5:] in BEHIND else ""
                made.block(f"{language}.{name[5:]}", [before + filler for filler in fillers])
        for name in cells:
            readings = [reading for line in sections[name] for reading in expand(line)]
            made.cell_base[at, made.cells[name]] = len(templates)
            made.cell_size[at, made.cells[name]] = len(readings)
            for reading in readings:
                templates.append(_compile(made, language, name, reading, literal_number))
    made.literals, made.slot_base, made.slot_size = (
        np.array([template[part] for template in templates], dtype=np.int32) for part in range(3)
    )
    made.uses = np.array([template[3] for template in templates], dtype=np.int32)
    literals = set(literal_number.values())
    wrong = [(number, misspell(made.pieces[number])) for number in sorted(literals)]
    made.typo_of = np.arange(len(made.pieces) + len(wrong), dtype=np.int32)
    for number, text in wrong:
        made.typo_of[number] = len(made.pieces)
        made.pieces.append(text)
    return made


def _compile(made: Book, language: str, cell: str, reading: str, literal_number: dict[str, int]) -> tuple:
    """Return (literals, slot bases, slot sizes, uses) of one reading of a phrase."""
    parts = re.split(r"\{(\w+)\}", reading)
    literals, slots = parts[0::2], parts[1::2]
    if len(slots) > SLOTS:
        raise ValueError(
            f"{FOLDER / language}.yml, {cell}: more than {SLOTS} slots in {reading!r}; shorten it"
        )
    numbers = []
    for literal in literals:
        if literal not in literal_number:
            literal_number[literal] = len(made.pieces)
            made.pieces.append(literal)
        numbers.append(literal_number[literal])
    base, size, uses = [0] * SLOTS, [1] * SLOTS, 0
    for at, slot in enumerate(slots):
        if slot in ENTITY_SLOTS:
            base[at] = ENTITY_SLOTS[slot]
            uses |= 1 << (-1 - ENTITY_SLOTS[slot])
            continue
        block = slot if slot in made.blocks else f"{language}.{slot}"
        if block not in made.blocks:
            raise ValueError(
                f"{FOLDER / language}.yml, {cell}: unknown slot {{{slot}}} in {reading!r}; add slot.{slot}"
            )
        base[at], size[at] = made.blocks[block]
        uses |= CEO_FLAG if slot == "ceo" else 0
    numbers += [0] * (SLOTS + 1 - len(numbers))
    return tuple(numbers), tuple(base), tuple(size), uses
