"""A live source under test: a replay server, a clock that skips, and a warehouse of its own."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from ingestion.home import Home
from ingestion.landing.runner import LandingReport, ensure_tables, land
from ingestion.listening import Listening
from tests.replay_server import ReplayServer, SkippingClock


def prepared_home(name: str, root: Path) -> Path:
    """Make a home with the source's empty tables, to be copied by many tests: dlt takes a second for it."""
    ensure_tables(name, Home(root=root, config=root / "listening.yml"))
    return root


@dataclass
class LiveSource:
    """Runs one source with the given settings against the server, into a copy of a prepared home at `root`."""

    name: str
    prepared: Path
    root: Path
    server: ReplayServer
    clock: SkippingClock
    settings: dict[str, Any] = field(default_factory=dict)
    runs: int = 0

    def __post_init__(self) -> None:
        shutil.copytree(self.prepared, self.root)

    def run(self, **settings: Any) -> LandingReport:
        """Land once, a minute after the last time; settings given here hold from now on."""
        self.clock.skip(60 if self.runs else 0)
        self.settings |= settings
        self.runs += 1
        source = {self.name: {"enabled": True, **self.settings}}
        listening = Listening.model_validate({"version": 1, "sources": source})
        home = Home(root=self.root, config=self.root / "listening.yml")
        return land(self.name, home, listening, f"run-{self.runs}", started_at=self.clock.now())

    def query(self, sql: str) -> list[tuple]:
        """Return rows of SQL over the landed tables, which need no schema name."""
        with duckdb.connect(
            str(self.root / "warehouse" / "listenhouse.duckdb"), read_only=True
        ) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"use raw_{self.name}")
            return connection.execute(sql).fetchall()

    def everything(self) -> str:
        """Return all landed values of all tables as one text, dlt's own tables and quarantined bytes included."""
        tables = self.query(
            "select table_name from information_schema.tables where table_schema = current_schema()"
        )
        return "\n".join(str(row) for (table,) in tables for row in self.query(f'select * from "{table}"'))
