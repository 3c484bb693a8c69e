"""Builds a release from the marts of the warehouse and puts it in the place of the previous one."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingestion.home import Home
from orchestration.publish.dictionary import MartFacts
from orchestration.publish.durable import sync_folder, sync_tree
from orchestration.publish.marts import Checkpoint, write_marts
from orchestration.publish.release import (
    BUILDING,
    ERASED,
    MANIFEST,
    PARQUET,
    Release,
    flip_link,
    place_link,
    prune,
    publish_lock,
    releases_folder,
    remove_leftovers,
)

ReportWriter = Callable[[Path, dict[str, Any]], None]


def build_release(
    home: Home,
    *,
    run_id: str,
    code_version: str,
    inputs: dict[str, Any],
    marts: Sequence[str] | None = None,
    data_through: datetime | None = None,
    catalogue: Mapping[str, MartFacts] | None = None,
    report: ReportWriter | None = None,
    keep: int = 5,
    checkpoint: Checkpoint | None = None,
) -> Release:
    """Build a release of the warehouse's marts and make it the current one.

    `inputs` (JSON values: versions, hashes, cursors) says what the marts were made from; its hash is the
    release's input fingerprint. `marts` names the tables to publish, by default all of schema `marts`.
    `data_through` is by default the newest observation in the marts. `catalogue` tells the data dictionary
    each mart's department and owner. `report(folder, manifest)` may read
    `folder/listenhouse.duckdb` and writes `folder/report.html`. The newest `keep` releases stay.
    `checkpoint` is called with the name of each step when it is done.

    Raises WarehouseBusy while another process writes the warehouse, PublishError if there is nothing to
    publish or what was written is not what was read; the previous release is then still in place.
    """
    done = checkpoint or (lambda step: None)
    built_at = datetime.now(UTC)
    release_id = _release_id(built_at, run_id)
    with publish_lock(home):
        remove_leftovers(home)
        folder = releases_folder(home) / f"{BUILDING}{release_id}"
        (folder / PARQUET).mkdir(parents=True)
        done("started")
        try:
            facts = {
                "format": 1,
                "release_id": release_id,
                "run_id": run_id,
                "built_at": built_at.isoformat(),
                "code_version": code_version,
                "input_fingerprint": hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest(),
                "inputs": inputs,
            }
            # A copy of the previous release would keep what was erased, in blocks that nothing points to any more.
            is_anew = (home.published / ERASED).exists()
            previous = home.published / "current"
            manifest = facts | write_marts(
                home.warehouse,
                folder,
                facts,
                marts,
                data_through,
                catalogue or {},
                previous.resolve() if previous.exists() and not is_anew else None,
                done,
            )
            if report is not None:
                report(folder, manifest)
                done("report written")
            (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
            done("manifest written")
            _seal(folder)
            done("synced")
            path = releases_folder(home) / release_id
            folder.rename(path)
            sync_folder(releases_folder(home))
            done("renamed")
        except BaseException:
            # What cannot be removed now is removed by the next build; the first error is the one to tell.
            shutil.rmtree(folder, ignore_errors=True)
            raise
        place_link(home, release_id)
        done("link placed")
        flip_link(home, release_id)
        done("flipped")
        prune(home, 1 if is_anew else keep)
        if is_anew:
            (home.published / ERASED).unlink()
        done("pruned")
    return Release(path, manifest)


def _release_id(built_at: datetime, run_id: str) -> str:
    """Name a release so that names sort by time: 20260831T060000123Z-1f3a9c2e."""
    milliseconds = built_at.microsecond // 1000
    run = re.sub(r"[^A-Za-z0-9]+", "", run_id)[:12] or "run"
    return f"{built_at:%Y%m%dT%H%M%S}{milliseconds:03d}Z-{run}"


def _seal(folder: Path) -> None:
    """Make files read-only, so that no reader opens a release for writing, and durable."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o444)
    sync_tree(folder)
