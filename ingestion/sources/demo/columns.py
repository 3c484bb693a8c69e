"""Arrow columns from arrays of numbers."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

import numpy as np
import pyarrow as pa

TIMESTAMP = pa.timestamp("us", tz="UTC")


def names_at(names: Sequence[str], numbers: np.ndarray, mask: np.ndarray | None = None) -> pa.Array:
    """Return names[number] per row, NULL where masked."""
    return pa.array(names).take(pa.array(numbers, mask=mask))


def origin(start: date) -> int:
    """Return the window's first second, since 1970."""
    return int(datetime.combine(start, time(), UTC).timestamp())


def times(start: date, seconds: np.ndarray, mask: np.ndarray | None = None) -> pa.Array:
    """Return timestamps from seconds since the window's start, NULL where masked."""
    return pa.array((seconds + origin(start)) * 1_000_000, pa.int64(), mask=mask).cast(TIMESTAMP)


def sets(names: tuple[str, ...], bits: np.ndarray) -> pa.Array:
    """Return bit sets as sorted lists of names."""
    values, inverse = np.unique(bits, return_inverse=True)
    lists = [sorted(name for at, name in enumerate(names) if value >> at & 1) for value in values.tolist()]
    return pa.array(lists, pa.list_(pa.string())).take(pa.array(inverse))


def ids_of(prefix: str, numbers: np.ndarray) -> pa.Array:
    """Return ids such as 'case_00012'."""
    return pa.array([f"{prefix}_{number:05d}" for number in numbers.tolist()])


def by_time(table: pa.Table) -> pa.Table:
    """Return the table in the order of observed_at; rows of one moment keep theirs."""
    order = np.argsort(table["observed_at"].cast(pa.int64()).to_numpy(), kind="stable")
    return table.take(pa.array(order))
