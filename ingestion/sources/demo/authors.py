"""Who posts: a heavy-tailed crowd of invented handles, with followers that stay theirs."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.sources.demo import draw
from ingestion.sources.demo.settings import LANGUAGES, PLATFORMS

POOL_PER_MILLE = 420  # authors per thousand posts of one platform and language
SPAMMER = len(LANGUAGES)  # the "language" of accounts that only ever post spam
FIRST_WORDS = (
    "sunny quiet early sleepy brisk mellow dapper nordic urban rustic lucky clever humble vivid foggy amber "
    "copper velvet cosmic plain tidy rapid gentle merry salty bitter sweet smoky toasty crisp"
).split()
SECOND_WORDS = (
    "otter badger heron maple cedar pixel kettle teapot lantern harbor meadow comet walnut saddle biscuit "
    "pepper falcon turtle violin pocket marble anchor puddle thistle bramble cobble ferret waffle acorn"
).split()
OUTLETS = 45

# Followers by rank of luck: the median has about 190, the thousandth 400,000.
FOLLOWER_STEPS = np.array(
    [
        0,
        3,
        9,
        18,
        30,
        45,
        62,
        85,
        110,
        148,
        190,
        240,
        310,
        400,
        520,
        690,
        950,
        1_400,
        2_600,
        7_500,
        60_000,
        400_000,
    ]
)
PLATFORMS_WITH_FOLLOWERS = np.array([True, False, True, True, True, False])


@dataclass(frozen=True)
class Authors:
    """Columns about the author of each post (author_id is the raw handle: landing makes it a pseudonym)."""

    author_id: pa.Array
    followers: np.ndarray
    has_followers: np.ndarray
    is_verified: np.ndarray
    has_verified: np.ndarray


def numbers(
    rng: np.random.Generator, platform: np.ndarray, language: np.ndarray, evenly: np.ndarray, posts: int
) -> np.ndarray:
    """Draw an author for each post, as a number unique to platform, language and rank.

    A few write much and most write once (density falls with the square root of the rank), but where
    `evenly` is set everyone is as likely: a crisis is many people, not the loudest ones.
    """
    pools = np.maximum(posts * POOL_PER_MILLE // 1000 // (len(PLATFORMS) * 2), 12)
    luck = rng.integers(0, 1 << 20, len(platform))
    rank = np.where(evenly, luck, luck * luck >> 20) * pools >> 20
    rank = np.where(platform == PLATFORMS.index("news"), rank % OUTLETS, rank)
    return (rank * 8 + language) * 8 + platform


def describe(number: np.ndarray) -> Authors:
    """Return what the platforms say about authors, given their numbers."""
    platform = number % 8
    luck = draw.mix(number, 11)
    step = (luck % np.uint64(1 << 20)).astype(np.int64)
    position = step * (len(FOLLOWER_STEPS) - 2) >> 20
    # One in 400 is a star: the last step.
    position = np.where(luck >> np.uint64(40) & np.uint64(511) == 0, len(FOLLOWER_STEPS) - 2, position)
    low, high = FOLLOWER_STEPS[position], FOLLOWER_STEPS[position + 1]
    followers = low + ((luck >> np.uint64(21)) % np.uint64(1 << 16)).astype(np.int64) * (high - low) // (
        1 << 16
    )
    has_followers = PLATFORMS_WITH_FOLLOWERS[platform] & (number // 8 % 8 != SPAMMER)
    words = [f"{first}_{second}_" for first in FIRST_WORDS for second in SECOND_WORDS]
    word = pa.array(words).take(pa.array((luck >> np.uint64(12)) % np.uint64(len(words))))
    handle = pc.binary_join_element_wise(word, pc.cast(pa.array(number), pa.string()), "")
    return Authors(
        author_id=handle,
        followers=followers,
        has_followers=has_followers,
        is_verified=has_followers & ((followers > 20_000) | (luck >> np.uint64(50) % np.uint64(97) == 0)),
        has_verified=np.isin(platform, (0, 2, 3)),
    )
