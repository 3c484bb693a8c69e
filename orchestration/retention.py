"""Retention across the stores: raw tables, what the marts are made from, releases, and the files themselves."""

import os
from datetime import UTC, datetime

import duckdb

from ingestion.home import Home
from ingestion.network.retention import Erased, content_columns, erase_expired, erase_posts, has_landed
from ingestion.registry import NETWORKS, network_type

KEPT = "int_posts_unioned"
"""The one table that keeps old observations from run to run; all others make the days of a tombstone anew."""


def keep_to_retention(home: Home, run_id: str, now: datetime | None = None) -> list[Erased]:
    """Erase what networks may keep no longer from what has landed, and see that no release keeps it.

    The tombstones make the run do the days of these posts again, so the marts of its release are without them.
    """
    erased = erase_expired(home, run_id, now or datetime.now(UTC))
    if erased:
        forget(home, erased)
    return erased


def erase_named(home: Home, names: list[str], run_id: str, now: datetime) -> list[Erased]:
    """Erase posts named network:id. Raises ValueError, before any of them, for one that has not landed."""
    wanted: dict[str, list[str]] = {}
    for name in names:
        source, _, native_id = name.partition(":")
        if source not in NETWORKS or not native_id:
            raise ValueError(
                f"{name!r} names no post of a network: write network:id, such as youtube:dQw4w9WgXcQ"
            )
        if not has_landed(home, source, native_id):
            raise ValueError(
                f"no post {native_id!r} of {source} has landed; post_key in the marts is network:id"
            )
        wanted.setdefault(source, []).append(native_id)
    erased = [erase_posts(source, home, ids, run_id, now) for source, ids in wanted.items()]
    if erased:
        forget(home, erased)
    return erased


def forget(home: Home, erased: list[Erased]) -> None:
    """Take the contents of erased posts out of the stores behind raw."""
    from orchestration.publish.release import mark_erasure

    with duckdb.connect(str(home.warehouse)) as connection:
        columns = {
            column
            for (column,) in connection.execute(
                "select column_name from information_schema.columns"
                " where table_schema = 'intermediate' and table_name = ?",
                [KEPT],
            ).fetchall()
        }
        for one in erased if columns else ():
            contract = network_type(one.source).contract
            nothing = ", ".join(f"{name} = null" for name in content_columns(contract) if name in columns)
            connection.execute(
                f"update intermediate.{KEPT} set {nothing}"
                " where source_name = $source and native_post_id in (select unnest($ids))",
                {"source": one.source, "ids": list(one.post_ids)},
            )
    if any(one.post_ids for one in erased):  # payloads in quarantine are in no release
        mark_erasure(home)


def compact(home: Home) -> tuple[int, int]:
    """Write the warehouse into a fresh file, without what was deleted from it; return bytes before and after.

    DuckDB marks deleted rows, and frees blocks, without writing over them. Call it under `run_lock`. A kill
    leaves the old file in its place.
    """
    before = home.warehouse.stat().st_size
    fresh = home.warehouse.with_suffix(".fresh")
    fresh.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{_quoted(home.warehouse)}' as worn")
        connection.execute("checkpoint worn")
        connection.execute(f"attach '{_quoted(fresh)}' as fresh")
        connection.execute("set enable_progress_bar = false")  # it would write into ours
        connection.execute("copy from database worn to fresh")
        connection.execute("checkpoint fresh")
    with open(fresh, "rb") as file:
        os.fsync(file.fileno())
    os.replace(fresh, home.warehouse)
    return before, home.warehouse.stat().st_size


def _quoted(path: os.PathLike) -> str:
    return str(path).replace("'", "''")
