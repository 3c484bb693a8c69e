"""Which contents have landed. The ledger is the table `landings` itself.

It is loaded in the same package as the rows it tells of, so it can neither run ahead of them nor fall
behind: a file counts as landed exactly when its rows are in the warehouse. A look-up asks for the hashes of
the files that are there now; nothing is kept in dlt's state, which would be written whole in every run.
"""

import hashlib
import json
import os
import time
from collections.abc import Collection
from pathlib import Path

import duckdb

from ingestion.home import Home
from ingestion.sources.files.settings import RECENT_SECONDS


def landed(home: Home, hashes: Collection[str]) -> set[str]:
    """Return those of the unit hashes whose rows are completely loaded."""
    if not hashes or not home.warehouse.exists():
        return set()
    with duckdb.connect(str(home.warehouse)) as connection:
        rows = connection.execute(
            """
            select distinct landings.unit_hash
            from raw_files.landings as landings
            join raw_files._dlt_loads as loads on loads.load_id = landings._dlt_load_id and loads.status = 0
            where landings.unit_hash in (select unnest($hashes))
            """,
            {"hashes": list(hashes)},
        ).fetchall()
    return {unit_hash for (unit_hash,) in rows}


class ContentHashes:
    """SHA-256 of files, remembered by name, size and times so that old files are not read again.

    Only a saving: without the remembered hashes every file is read once more.
    """

    def __init__(self, home: Home) -> None:
        self._path = home.root / "landing_status" / "file_hashes.json"
        self._known: dict[str, list] = json.loads(self._path.read_text()) if self._path.exists() else {}
        self._now: dict[str, list] = {}

    def of(self, path: Path) -> str:
        """Return the content's SHA-256 in hexadecimal digits."""
        stat = path.stat()
        state = [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
        known = self._known.get(str(path))
        if known and known[:-1] == state:
            content = known[-1]
        else:
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
        # A file touched just now may change again within one tick of the clock: it is read again next time.
        if time.time() - stat.st_mtime > RECENT_SECONDS:
            self._now[str(path)] = [*state, content]
        return content

    def save(self) -> None:
        """Remember the hashes of the files asked for; what is gone is forgotten."""
        if self._now == self._known:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        aside = self._path.with_suffix(f".{os.getpid()}.tmp")
        aside.write_text(json.dumps(self._now))
        aside.replace(self._path)
