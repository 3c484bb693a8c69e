"""A published release on disk: finding the current one, listing them, switching to one, removing old ones."""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ingestion.home import Home
from orchestration.publish.durable import sync_folder
from orchestration.publish.errors import NoRelease, PublishError

DATABASE = "listenhouse.duckdb"
MANIFEST = "manifest.json"
REPORT = "report.html"
PARQUET = "parquet"
ERASED = ".erased"
"""Lies in the published folder from an erasure until a release without what was erased is current."""
BUILDING = ".building-"
REMOVING = ".removing-"
LINKING = ".current-"


@dataclass(frozen=True)
class Release:
    """One release: its folder and what its manifest says."""

    path: Path
    manifest: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> "Release":
        """Return the release in a folder. Raises PublishError if the folder is none."""
        try:
            return cls(path, json.loads((path / MANIFEST).read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise PublishError(
                f"{path} is no release: its {MANIFEST} cannot be read ({error}). Remedy: remove the folder."
            ) from error

    @property
    def release_id(self) -> str:
        return self.manifest["release_id"]

    @property
    def run_id(self) -> str:
        return self.manifest["run_id"]

    @property
    def built_at(self) -> datetime:
        return datetime.fromisoformat(self.manifest["built_at"])

    @property
    def data_through(self) -> datetime | None:
        """The newest observation in the release."""
        given = self.manifest["data_through"]
        return datetime.fromisoformat(given) if given else None

    @property
    def input_fingerprint(self) -> str:
        """Hash of what the release was built from, as its builder named it."""
        return self.manifest["input_fingerprint"]

    @property
    def marts_sha256(self) -> str:
        """Hash of all marts' content: equal for two releases exactly if their marts are."""
        return self.manifest["marts_sha256"]

    @property
    def rows(self) -> dict[str, int]:
        """Rows of each mart."""
        return {name: mart["rows"] for name, mart in self.manifest["marts"].items()}

    @property
    def database(self) -> Path:
        return self.path / DATABASE

    @property
    def report(self) -> Path | None:
        """The report page, None if the release was built without one."""
        page = self.path / REPORT
        return page if page.exists() else None


def releases_folder(home: Home) -> Path:
    """Return the folder that holds the releases."""
    return home.published / "releases"


def current_release(home: Home) -> Release:
    """Return the release that `current` points to, by its real path: the link is followed once.

    Raises NoRelease if there is none.
    """
    link = home.published / "current"
    if not link.exists():
        raise NoRelease(f"Nothing is published in {home.published} yet. Remedy: listenhouse run.")
    return Release.read(link.resolve())


def list_releases(home: Home) -> list[Release]:
    """Return all complete releases, newest first."""
    return [Release.read(path) for path in _release_paths(home)]


def activate(home: Home, release_id: str) -> Release:
    """Point `current` at a release that is still kept, for instance to go back to an older one.

    The switch is one rename: readers see the one or the other. Raises PublishError if there is no such
    release or another build is under way.
    """
    target = releases_folder(home) / release_id
    if target.name != release_id or release_id.startswith(".") or not target.is_dir():
        kept = ", ".join(path.name for path in _release_paths(home)) or "none"
        raise PublishError(f"There is no release {release_id!r}. Remedy: choose one of those kept: {kept}.")
    release = Release.read(target)
    with publish_lock(home):
        place_link(home, release_id)
        flip_link(home, release_id)
    return release


@contextlib.contextmanager
def publish_lock(home: Home) -> Iterator[None]:
    """Hold the right to change what is published; the kernel frees it if this process is killed.

    Raises PublishError if another process holds it.
    """
    home.published.mkdir(parents=True, exist_ok=True)
    with open(home.published / ".lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PublishError(
                f"Another process is publishing to {home.published}. Remedy: wait until it has finished."
            ) from None
        yield


def mark_erasure(home: Home) -> None:
    """Have the next release written anew, not from the one before, and all older ones removed after it."""
    home.published.mkdir(parents=True, exist_ok=True)
    (home.published / ERASED).touch()


def place_link(home: Home, release_id: str) -> None:
    """Write the new link beside `current`, not yet in its place."""
    link = home.published / f"{LINKING}{release_id}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("releases") / release_id)


def flip_link(home: Home, release_id: str) -> None:
    """Put the link written by `place_link` in the place of `current`, in one rename."""
    try:
        os.replace(home.published / f"{LINKING}{release_id}", home.published / "current")
    except IsADirectoryError:
        raise PublishError(
            f"{home.published / 'current'} is a folder, not a link. Remedy: move it away and publish again."
        ) from None
    sync_folder(home.published)


def remove_leftovers(home: Home) -> None:
    """Remove what killed builds and removals left behind. Call it under `publish_lock`."""
    for path in _hidden(releases_folder(home), (BUILDING, REMOVING)):
        shutil.rmtree(path)
    for path in _hidden(home.published, (LINKING,)):
        path.unlink()


def prune(home: Home, keep: int) -> None:
    """Remove all but the newest `keep` releases; the current one stays whatever its age.

    A release is renamed out of sight before its files go, so that no reader finds half of one.
    """
    current = (home.published / "current").resolve()
    for path in _release_paths(home)[keep:]:
        if path.resolve() != current:
            hidden = path.with_name(REMOVING + path.name)
            path.rename(hidden)
            shutil.rmtree(hidden)


def _release_paths(home: Home) -> list[Path]:
    folder = releases_folder(home)
    if not folder.is_dir():
        return []
    paths = (path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    return sorted(paths, key=lambda path: path.name, reverse=True)


def _hidden(folder: Path, prefixes: tuple[str, ...]) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.startswith(prefixes)] if folder.is_dir() else []
