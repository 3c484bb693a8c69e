"""What each platform counts, and how the counts grow with the age of a post."""

from itertools import pairwise

import numpy as np
import pyarrow as pa

from ingestion.sources.demo import draw
from ingestion.sources.demo.settings import PLATFORMS

# Counts that a platform gives; all others are NULL there, never 0.
GIVEN = {
    "like_count": ("x", "reddit", "instagram", "youtube", "mastodon"),
    "comment_count": ("x", "reddit", "instagram", "youtube", "mastodon"),
    "share_count": ("x", "mastodon"),
    "quote_count": ("x",),
    "save_count": ("x",),
    "click_count": (),
    "view_count": ("x", "youtube"),
    "impression_count": (),
}
# Final likes by rank of luck; the last step is the post that everyone saw.
LIKE_STEPS = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 6, 8, 11, 15, 22, 36, 75, 320, 4_200])
# Final count = likes * numerator / denominator + up to `spread`, by count.
RATIOS = {
    "like_count": (1, 1, 1),
    "comment_count": (1, 7, 3),
    "share_count": (1, 5, 2),
    "quote_count": (1, 40, 1),
    "save_count": (1, 12, 1),
    "view_count": (38, 1, 90),
}
# Parts per million of the final count, by age in minutes.
GROWTH = (
    (0, 0),
    (10, 30_000),
    (60, 190_000),
    (360, 520_000),
    (1_440, 800_000),
    (4_320, 930_000),
    (10_080, 1_000_000),
)


def growth_table() -> np.ndarray:
    """Return the fraction (parts per million) of the final count by age in minutes, 0 to seven days."""
    minutes = np.arange(GROWTH[-1][0] + 1)
    table = np.zeros(len(minutes), dtype=np.int64)
    for (age, parts), (next_age, next_parts) in pairwise(GROWTH):
        inside = (minutes >= age) & (minutes <= next_age)
        table[inside] = parts + (minutes[inside] - age) * (next_parts - parts) // (next_age - age)
    return table


def final_likes(rng: np.random.Generator, followers: np.ndarray, boost: np.ndarray) -> np.ndarray:
    """Return the likes that each post ends with: luck, an audience, and a boost in percent."""
    luck = rng.integers(0, 1 << 24, len(followers))
    position = luck * (len(LIKE_STEPS) - 1) >> 24
    low, high = LIKE_STEPS[position], LIKE_STEPS[position + 1]
    likes = low + (luck % 4_096) * (high - low) // 4_096
    return (likes * np.minimum(60 + followers // 60, 900) // 100 * boost) // 100


def counts(
    likes: np.ndarray, salt: np.ndarray, age_seconds: np.ndarray, platform: np.ndarray, silent: np.ndarray
) -> dict[str, pa.Array]:
    """Return the count columns of observations made at some age; they never shrink as a post ages.

    `salt` is the post's own luck (the same in all its observations); `silent` marks rows for which
    no platform gives counts (reshares, tombstones).
    """
    table = growth_table()
    grown = table[np.clip(age_seconds // 60, 0, len(table) - 1)]
    columns = {}
    for number, (name, platforms) in enumerate(GIVEN.items()):
        if not platforms:
            columns[name] = pa.nulls(len(likes), pa.int64())
            continue
        numerator, denominator, spread = RATIOS[name]
        luck = draw.mix(salt, 200 + number)
        extra = (luck % np.uint64(spread + 1)).astype(np.int64) * (likes > 0)
        final = (likes * numerator // denominator) + extra
        missing = silent | ~np.isin(platform, [PLATFORMS.index(one) for one in platforms])
        columns[name] = pa.array(final * grown // 1_000_000, mask=missing)
    return columns
