"""Tombstones: rows that say that a post is gone, and no more of it than its id."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ingestion.landing import Contract, Landing
from ingestion.network.memory import Memory


def tombstone(contract: Contract, native_id: str, observed_at: datetime) -> dict[str, Any]:
    """Return the row, under contract names."""
    return {contract.key: native_id, "is_deleted": True, "observed_at": observed_at}


def land_tombstones(
    landing: Landing,
    memory: Memory,
    contract: Contract,
    native_ids: list[str],
    *,
    unit: str,
    platform: str,
    at: datetime,
) -> Iterator[Any]:
    """Yield what landing makes of the tombstones of posts that were found to be gone; `memory` keeps them gone."""
    rows = [tombstone(contract, native_id, at) for native_id in native_ids]
    yield from landing.land_items(contract, rows, unit=unit, platform=platform, seen=memory.seen)
    for native_id in native_ids:
        memory.note_deleted(native_id, at)
