"""Seeded draws that come out the same on every machine: integers only, no transcendental functions."""

import zlib
from collections.abc import Sequence

import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """Return an independent PCG64 generator for one named purpose, so that adding one moves no other."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(name.encode())])))


def weighted(rng: np.random.Generator, weights: Sequence[int] | np.ndarray, size: int) -> np.ndarray:
    """Draw `size` positions of `weights` (non-negative integers) with those odds."""
    edges = np.cumsum(np.asarray(weights, dtype=np.int64))
    return np.searchsorted(edges, rng.integers(0, edges[-1], size), side="right")


def weighted_rows(rng: np.random.Generator, table: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Draw one position for each entry of `rows`, with the odds in that row of `table` (integers)."""
    table = np.asarray(table, dtype=np.int64)
    edges = np.cumsum(table, axis=1)
    # One sorted axis for all rows: row r lives between r * step and (r + 1) * step.
    step = int(edges[:, -1].max()) + 1
    axis = (edges + np.arange(len(table))[:, None] * step).ravel()
    points = (rng.random(len(rows)) * edges[rows, -1]).astype(np.int64)
    return np.searchsorted(axis, points + rows.astype(np.int64) * step, side="right") - rows * table.shape[1]


def chance(
    rng: np.random.Generator, size: int, numerator: int | np.ndarray, denominator: int = 100
) -> np.ndarray:
    """Return booleans that are true with probability numerator / denominator."""
    return rng.integers(0, denominator, size) < numerator


def between(rng: np.random.Generator, low: np.ndarray | int, high: np.ndarray | int, size: int) -> np.ndarray:
    """Draw whole numbers from low to high, small ones much more often (the cube of an even draw)."""
    luck = rng.integers(0, 1 << 20, size)
    skewed = (luck * luck >> 20) * luck >> 20
    return low + (skewed * (high - low) >> 20)


def quota(total: int, weights: Sequence[int] | np.ndarray) -> np.ndarray:
    """Split `total` by `weights` into whole numbers that sum to it, the same way every time."""
    edges = np.cumsum(np.asarray(weights, dtype=np.int64))
    return np.diff(total * edges // edges[-1], prepend=0)


def mix(values: np.ndarray, salt: int) -> np.ndarray:
    """Scramble integers (splitmix64): the stable substitute for Python's salted hash()."""
    with np.errstate(over="ignore"):
        z = values.astype(np.uint64) + np.uint64(salt) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return (z ^ (z >> np.uint64(31))) >> np.uint64(1)
