"""Retention: what a network's terms do not let us keep is taken out of what has landed, and stays out.

A post is kept for `retention_days` after it was last observed (each time it is looked up, what is kept is
refreshed). Then a tombstone lands, which hides it from the marts and keeps it from coming back, and text,
title, address and author go from all that was observed of it; so do the bytes of what was quarantined as long
ago. What stays is its id, its time and its counts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import duckdb

from ingestion.home import Home
from ingestion.landing import Landing, load_pseudonyms
from ingestion.landing.contract import Contract
from ingestion.landing.runner import ensure_tables, land_rows
from ingestion.network.memory import Memory
from ingestion.network.tombstones import land_tombstones
from ingestion.registry import NETWORKS, network_type

MARGIN = timedelta(days=1)
"""So much earlier than they must go: the next run may come a day later."""
UNIT = "retention"
"""Names the tombstones of posts that are kept no longer in `landings`."""


@dataclass(frozen=True)
class Erased:
    """What was taken out of one network: posts, and payloads in quarantine."""

    source: str
    post_ids: tuple[str, ...] = ()
    payloads: int = 0


def content_columns(contract: Contract) -> tuple[str, ...]:
    """Return the landed columns of a contract that hold what somebody wrote, or who it was."""
    return (*(column.landed_name for column in contract.columns if column.content), "extra")


def erase_expired(home: Home, run_id: str, now: datetime) -> list[Erased]:
    """Erase what each network may keep no longer; return the networks where there was something.

    A run that is killed half-way has hidden all, and the next one erases the rest. Raises LandingError.
    """
    if not home.warehouse.exists():
        return []
    found = []
    for source in NETWORKS:
        days = network_type(source).declaration.retention_days
        if days is not None:
            erased = _erase(source, home, run_id, now - timedelta(days=days) + MARGIN, now)
            found += [erased] if erased.post_ids or erased.payloads else []
    return found


def erase_posts(source: str, home: Home, post_ids: list[str], run_id: str, now: datetime) -> Erased:
    """Hide and erase posts of a network by their ids, however young they are. Raises LandingError."""
    contract = network_type(source).contract
    land_rows(
        source, home, Landing(source, run_id, now, load_pseudonyms(home)), _tombstones(source, post_ids)
    )
    with duckdb.connect(str(home.warehouse)) as connection:
        nothing = ", ".join(f"{column} = null" for column in content_columns(contract))
        connection.execute(
            f"update raw_{source}.{contract.resource} set {nothing} "
            f"where {contract.key} in (select unnest($ids))",
            {"ids": post_ids},
        )
    return Erased(source, tuple(post_ids))


def has_landed(home: Home, source: str, native_id: str) -> bool:
    """Whether a post of a network has landed, deleted since or not."""
    contract = network_type(source).contract
    ensure_tables(source, home)
    with duckdb.connect(str(home.warehouse)) as connection:
        found = connection.execute(
            f"select count(*) from raw_{source}.{contract.resource} where {contract.key} = ?", [native_id]
        ).fetchone()
    return bool(found and found[0])


def _erase(source: str, home: Home, run_id: str, kept_since: datetime, now: datetime) -> Erased:
    contract = network_type(source).contract
    ensure_tables(source, home)
    some = " or ".join(f"{column} is not null" for column in content_columns(contract))
    with duckdb.connect(str(home.warehouse)) as connection:
        expired = connection.execute(
            f"""
            select {contract.key} from raw_{source}.{contract.resource}
            group by {contract.key}
            having bool_or({some}) and max(case when not coalesce(is_deleted, false) then observed_at end) < $since
            order by {contract.key}
            """,
            {"since": kept_since},
        ).fetchall()
        payloads = connection.execute(
            f"update raw_{source}.quarantine set payload = null, detail = null "
            "where quarantined_at < $since and payload is not null",
            {"since": kept_since},
        ).fetchone()[0]
    ids = [native_id for (native_id,) in expired]
    if ids:
        erase_posts(source, home, ids, run_id, now)
    return Erased(source, tuple(ids), payloads)


def _tombstones(source: str, post_ids: list[str]) -> Callable[[Landing, dict[str, Any]], Iterator[Any]]:
    """Return what a pipeline of the source lands: tombstones, remembered by the source itself, too."""
    declaration, contract = network_type(source).declaration, network_type(source).contract

    def land(landing: Landing, state: dict[str, Any]) -> Iterator[Any]:
        yield from land_tombstones(
            landing,
            Memory(state),
            contract,
            post_ids,
            unit=UNIT,
            platform=declaration.platform,
            at=landing.started_at,
        )
        landing.note(contract, unit=UNIT, message=f"{len(post_ids):,} posts are kept no longer")

    return land
