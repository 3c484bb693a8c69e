"""When posts are observed, edited and deleted."""

from dataclasses import dataclass

import numpy as np

from ingestion.sources.demo import draw
from ingestion.sources.demo.phrasing import KIND, NEWS
from ingestion.sources.demo.plan import Plan
from ingestion.sources.demo.rhythm import DAY, HOUR
from ingestion.sources.demo.settings import (
    DELETED_PER_MILLE,
    EDITED_PER_MILLE,
    PLATFORMS,
    SPAM_DELETED_PER_MILLE,
    STREAMED_PERCENT,
)

MINUTE = 60
EDITABLE = ("x", "reddit", "youtube", "mastodon")
# Ages at which streamed posts are seen again, and by how much the moment varies.
AGAIN = ((HOUR, 5 * MINUTE), (DAY, 20 * MINUTE), (7 * DAY, HOUR))


@dataclass(frozen=True)
class Timeline:
    """Times are seconds since the window's start; arrays by post, then arrays by observation."""

    first: np.ndarray
    edited: np.ndarray
    edited_at: np.ndarray
    deleted: np.ndarray
    deleted_at: np.ndarray
    post: np.ndarray  # the observed post
    at: np.ndarray
    microseconds: np.ndarray  # of `at`, in order
    tombstone: np.ndarray


def make_timeline(plan: Plan, seed: int, days: int) -> Timeline:
    """Draw all observations: a first one, later ones of streamed posts, edits, and tombstones."""
    rng = draw.stream(seed, "observations")
    n, window = len(plan.kind), days * DAY

    # Seen at once by a stream, or some hours later by a sweep; the last sweep is at the window's end.
    streamed = draw.chance(rng, n, STREAMED_PERCENT)
    lag = np.where(streamed, rng.integers(2 * MINUTE, 14 * MINUTE, n), rng.integers(HOUR, 11 * HOUR, n))
    first = np.minimum(plan.created + lag, np.maximum(window - 1, plan.created))
    may_edit = np.isin(plan.platform, [PLATFORMS.index(p) for p in EDITABLE])
    may_edit &= (plan.source < 0) & (plan.burst < 0)
    edited_at = np.maximum(plan.created + rng.integers(5 * MINUTE, 3 * DAY - 12 * HOUR, n), first + MINUTE)
    deleted = draw.chance(rng, n, np.where(plan.burst >= 0, SPAM_DELETED_PER_MILLE, DELETED_PER_MILLE), 1000)
    edited = may_edit & ~deleted & draw.chance(rng, n, EDITED_PER_MILLE, 1000)
    deleted_at = np.maximum(plan.created + rng.integers(30 * MINUTE, 9 * DAY, n), first + HOUR)

    everyone = np.arange(n)
    seen_again = np.flatnonzero(streamed & (plan.platform != NEWS) & (plan.kind != KIND["reshare"]))
    again = [
        (seen_again, plan.created[seen_again] + age + rng.integers(-slack, slack, len(seen_again)))
        for age, slack in AGAIN
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
    return Timeline(
        first,
        edited,
        edited_at,
        deleted,
        deleted_at,
        post=post[sequence],
        at=at[sequence],
        microseconds=micros[sequence],
        tombstone=tombstone[sequence],
    )
