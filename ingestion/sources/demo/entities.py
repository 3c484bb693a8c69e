"""The fictional brands of the demo and the ways in which posts write them. None of them exists."""

from dataclasses import dataclass
from functools import cache

import numpy as np


@dataclass(frozen=True)
class Entity:
    """One listened-for thing; `brand_id` is set where naming it names its brand as well."""

    entity_id: str
    name: str
    kind: str  # brand | rival | product | person | campaign
    weight: int  # how often it is talked about, among its siblings
    brand_id: str | None = None
    sentiment_weights: tuple[int, int, int] = (30, 34, 36)
    surfaces: tuple[str, ...] = ()  # spellings anywhere
    tags: tuple[str, ...] = ()  # handle and hashtag, on platforms that have them


ENTITIES = (
    Entity(
        "lumora",
        "Lumora",
        "brand",
        38,
        None,
        (26, 33, 41),
        ("Lumora",) * 6 + ("lumora",) * 3 + ("LUMORA", "Lumorra", "Lumóra"),
        ("@lumora", "#lumora", "#Lumora"),
    ),
    Entity(
        "brevanta",
        "Brevanta",
        "rival",
        27,
        None,
        (32, 34, 34),
        ("Brevanta",) * 6 + ("brevanta",) * 3,
        ("@brevanta", "#brevanta"),
    ),
    Entity(
        "caldrix",
        "Caldrix",
        "rival",
        20,
        None,
        (38, 34, 28),
        ("Caldrix",) * 6 + ("caldrix",) * 3 + ("CALDRIX",),
        ("@caldrix_coffee", "#caldrix"),
    ),
    Entity(
        "tazzaro",
        "Tazzaro",
        "rival",
        15,
        None,
        (24, 35, 41),
        ("Tazzaro",) * 6 + ("tazzaro",) * 3,
        ("@tazzaro", "#tazzaro"),
    ),
    Entity("lumora_brew", "Lumora Brew", "product", 45, "lumora", surfaces=("Lumora Brew", "lumora brew")),
    Entity("lumora_go", "Lumora Go", "product", 30, "lumora", surfaces=("Lumora Go", "lumora go")),
    Entity("lumora_pro", "Lumora Pro", "product", 25, "lumora", surfaces=("Lumora Pro", "lumora pro")),
    Entity("brevanta_one", "Brevanta One", "product", 60, "brevanta", surfaces=("Brevanta One",)),
    Entity(
        "brevanta_duo", "Brevanta Duo", "product", 40, "brevanta", surfaces=("Brevanta Duo", "brevanta duo")
    ),
    Entity("caldrix_max", "Caldrix Max", "product", 55, "caldrix", surfaces=("Caldrix Max",)),
    Entity(
        "caldrix_nano", "Caldrix Nano", "product", 45, "caldrix", surfaces=("Caldrix Nano", "caldrix nano")
    ),
    Entity("tazzaro_mini", "Tazzaro Mini", "product", 50, "tazzaro", surfaces=("Tazzaro Mini",)),
    Entity("tazzaro_barista", "Tazzaro Barista", "product", 50, "tazzaro", surfaces=("Tazzaro Barista",)),
    Entity(
        "mira_castellan", "Mira Castellan", "person", 1, None, surfaces=("Mira Castellan", "mira castellan")
    ),
    Entity(
        "morning_light", "Morning Light", "campaign", 1, None, tags=("#LumoraMornings", "#lumoramornings")
    ),
)
INDEX = {entity.entity_id: number for number, entity in enumerate(ENTITIES)}
BRANDS = tuple(number for number, entity in enumerate(ENTITIES) if entity.kind in ("brand", "rival"))
EXCLUDED_PHRASES = {"lumora": "lumora borealis", "tazzaro": "tazzaro valley"}


def mask_of(number: int) -> int:
    """Return the bit mask of the entities that a text names by naming entity `number`."""
    brand_id = ENTITIES[number].brand_id
    return (1 << number) | (1 << INDEX[brand_id] if brand_id else 0)


MASKS = np.array([mask_of(number) for number in range(len(ENTITIES))], dtype=np.int32)


@cache
def products_of(brand: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the entity numbers and weights of a brand's products."""
    numbers = tuple(INDEX[e.entity_id] for e in ENTITIES if e.brand_id == ENTITIES[brand].entity_id)
    return numbers, tuple(ENTITIES[number].weight for number in numbers)
