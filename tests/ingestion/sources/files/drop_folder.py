"""A drop folder with a home around it, landed in memory (fast) or through dlt into a real warehouse."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from ingestion.home import Home
from ingestion.landing import Counts, Landing, Pseudonyms
from ingestion.landing.runner import LandingReport, land
from ingestion.listening import Listening
from ingestion.registry import source_module
from ingestion.sources.files.discovery import Arrival, find_arrivals

STARTED_AT = datetime(2026, 8, 10, 12, tzinfo=UTC)
COLUMNS = {
    "post_id": "id",
    "text": "text",
    "author_id": "author",
    "created_at": "created",
    "like_count": "likes",
    "language": "lang",
}


def mapping(**changes: Any) -> dict[str, Any]:
    """A mapping of posts from CSV files, with changes."""
    plain = {
        "name": "drop",
        "pattern": "*.csv",
        "format": "csv",
        "constants": {"platform": "x"},
        "columns": COLUMNS,
    }
    return {**plain, **changes}


class Drop:
    """The drop folder of a home in a temporary folder."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root=root, config=root / "listening.yml")
        self.home.drop.mkdir(parents=True)
        self.mappings = [mapping()]
        self.shipped: list[Any] = []

    def write(self, name: str, content: bytes | str) -> Path:
        path = self.home.drop / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    @property
    def listening(self) -> Listening:
        files = {"enabled": True, "mappings": self.mappings, "shipped": self.shipped}
        return Listening.model_validate({"version": 1, "languages": ["en"], "sources": {"files": files}})

    def read(self) -> "Read":
        """Land every file in memory, without dlt."""
        landing = Landing("files", "run-1", STARTED_AT, Pseudonyms(b"a key for tests only"))
        rows: dict[str, list[dict[str, Any]]] = {}
        for arrival in self.arrivals(landing.tell):
            for item in source_module("files").land_file(landing, arrival):
                rows.setdefault(item.meta.table_name, []).extend(item.data.to_pylist())
        return Read(landing, rows)

    def arrivals(self, tell: Callable[[str], None] = lambda message: None) -> list[Arrival]:
        """Return what there is to land."""
        contracts = {contract.resource: contract for contract in source_module("files").CONTRACTS}
        return find_arrivals(self.listening.sources.files, self.home, contracts, tell)

    def land(self, run_id: str = "run-1") -> LandingReport:
        """Land through dlt into the warehouse."""
        return land("files", self.home, self.listening, run_id, started_at=datetime.now(UTC))

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.home.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def remove_home(self) -> None:
        shutil.rmtree(self.home.root)


class Read:
    """What was landed in memory."""

    def __init__(self, landing: Landing, rows: dict[str, list[dict[str, Any]]]) -> None:
        self.posts = rows.get("posts", [])
        self.quarantine = rows.get("quarantine", [])
        self.rows = rows
        self.units = {unit.unit: unit for unit in landing.units}
        self.messages = [*landing.messages, *(message for unit in landing.units for message in unit.messages)]
        assert all(unit.counts.balanced for unit in landing.units)

    @property
    def ids(self) -> list[str]:
        return [row["post_id"] for row in self.posts]

    @property
    def counts(self) -> Counts:
        return sum((unit.counts for unit in self.units.values()), Counts())

    @property
    def reasons(self) -> list[tuple]:
        return [(row["reason"], row["line"]) for row in self.quarantine]
