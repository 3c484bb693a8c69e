"""Finds the files to land: those that fit a mapping, are complete, and did not land with this content."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingestion.home import Home
from ingestion.landing import Contract
from ingestion.listening import FilesSource
from ingestion.sources.files.ledger import ContentHashes, landed
from ingestion.sources.files.plan import Plan
from ingestion.sources.files.settings import RECENT_SECONDS, SETTLE_SECONDS


@dataclass(frozen=True)
class Arrival:
    """A file to land by a plan: `unit` is its path below the folder, `unit_hash` its content and mapping.

    `others` are the files of each of the plan's lookups; their content is part of the hash, too.
    """

    path: Path
    unit: str
    unit_hash: str
    plan: Plan
    others: tuple[tuple[Path, ...], ...] = ()


def find_arrivals(
    source: FilesSource, home: Home, contracts: dict[str, Contract], tell: Callable[[str], None]
) -> list[Arrival]:
    """Return what is to be landed, in order of name; `tell` gets a message for what is passed over."""
    folder = source.path(home)
    if folder == home.drop:
        folder.mkdir(parents=True, exist_ok=True)
    if not folder.is_dir():
        tell(
            f"the drop folder {folder} does not exist: "
            "create it, or correct sources.files.folder in listening.yml"
        )
        return []
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not _hidden(path, folder)]
    growing = _growing(files)
    for path in sorted(growing):
        tell(f"{path.relative_to(folder)} is still being written; it waits for the next run")
    hashes = ContentHashes(home)
    wanted: dict[str, Arrival] = {}
    matched: set[Path] = set()
    for mapping in source.every_mapping():
        plan = Plan(mapping, contracts[mapping.resource])
        fitting = set(folder.glob(mapping.pattern))
        others = tuple(
            tuple(path for path in files if path in found)
            for found in (set(folder.glob(lookup.pattern)) for lookup in mapping.lookups)
        )
        looked_into = [path for found in others for path in found]
        matched.update(looked_into)
        lacking = [
            lookup.pattern
            for lookup, found in zip(mapping.lookups, others, strict=True)
            if not found and not lookup.is_optional
        ]
        for path in files:
            if path not in fitting:
                continue
            matched.add(path)
            if path in growing or growing.intersection(looked_into):
                continue
            if lacking:
                tell(
                    f"{path.relative_to(folder)} waits for what mapping {mapping.name} looks up in "
                    f"{' and '.join(lacking)}: put it into the drop folder, too"
                )
                continue
            contents = ":".join(hashes.of(one) for one in (path, *looked_into))
            unit_hash = hashlib.sha256(f"{contents}:{plan.fingerprint}".encode()).hexdigest()
            arrival = Arrival(path, path.relative_to(folder).as_posix(), unit_hash, plan, others)
            if wanted.setdefault(unit_hash, arrival) is not arrival:
                tell(f"{arrival.unit} has the same content as {wanted[unit_hash].unit}; it is landed once")
    hashes.save()
    for path in files:
        if path not in matched:
            tell(
                f"{path.relative_to(folder)} fits the pattern of no mapping: "
                "add one under sources.files.mappings in listening.yml, or remove the file"
            )
    before = landed(home, wanted)
    return [arrival for unit_hash, arrival in wanted.items() if unit_hash not in before]


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _growing(files: list[Path]) -> set[Path]:
    now = time.time()
    before = {path: _state(path) for path in files if now - path.stat().st_mtime < RECENT_SECONDS}
    if before:
        time.sleep(SETTLE_SECONDS)
    return {path for path, state in before.items() if _state(path) != state}


def _state(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns
