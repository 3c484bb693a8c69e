"""Lands files and models them with dbt, step by step, without Dagster and the gates: fast, for many steps."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from ingestion.home import PROJECT_ROOT, Home
from ingestion.landing import load_pseudonyms
from ingestion.landing.runner import ensure_all_tables, land
from ingestion.listening import Listening
from ingestion.reference import replace_tables
from ingestion.registry import SOURCES
from orchestration.closed_work import close_work
from orchestration.dbt import TARGET_NAME, dbt_started_in, ensure_manifest
from orchestration.matching.tables import compiled_tables
from orchestration.publish import Release, build_release

COLUMNS = (
    "post_id",
    "text",
    "title",
    "post_type",
    "language",
    "author_id",
    "reshared_post_id",
    "created_at",
    "edited_at",
    "observed_at",
    "is_deleted",
    "like_count",
    "share_count",
)
TRANSFORM = str(PROJECT_ROOT / "transform")


class ModelledRoad:
    """A home whose posts come from CSV files named by the test."""

    def __init__(self, root: Path, *, until: str | None = None) -> None:
        self.home = Home(root=root / "home", config=root / "listening.yml")
        self.home.drop.mkdir(parents=True, exist_ok=True)
        self.until = until
        self.loads = 0
        ensure_all_tables(SOURCES, self.home)

    def listening(self, **more: Any) -> Listening:
        """The settings: two brands, the files of this road, the demo's posts up to `until`; and more."""
        mapping = {
            "name": "told",
            "pattern": "*.csv",
            "format": "csv",
            "constants": {"platform": "x"},
            "columns": {column: column for column in COLUMNS},
        }
        settings: dict[str, Any] = {
            "version": 1,
            "reporting": {"time_zone": "Europe/Berlin", "look_back_days": 7},
            "languages": ["en", "de"],
            "brands": [{"name": "Lumora", "terms": ["lumora"], "exclude": ["lumora borealis"]}],
            "rivals": [{"name": "Brevanta", "terms": ["brevanta"]}],
            "sources": {
                "files": {"enabled": True, "mappings": [mapping]},
                "demo": {"enabled": self.until is not None, "until": self.until, "posts": 1000},
            },
        }
        return Listening.model_validate(settings | more)

    def land(self, posts: Iterable[dict[str, Any]], **settings: Any) -> None:
        """Land observations of posts as one more file, and whatever else is enabled."""
        self.loads += 1
        with open(self.home.drop / f"{self.loads}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(posts)
        listening = self.listening(**settings)
        for source in ("files", *(["demo"] if self.until else [])):
            report = land(source, self.home, listening, f"run {self.loads}")
            assert report.total.quarantined == 0, report.messages

    def model(self, *, full_refresh: bool = False, **settings: Any) -> None:
        """Compile the settings, load the current models and build all dbt models."""
        from ml.registry import warehouse_tables

        tables = compiled_tables(self.listening(**settings), load_pseudonyms(self.home))
        replace_tables("listening", tables, self.home)
        replace_tables("ml", warehouse_tables(self.home.models), self.home)
        arguments = ["build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
        self.dbt(*arguments, *(["--full-refresh"] if full_refresh else []))

    def dbt(self, *arguments: str) -> None:
        """Run dbt in this process, where it is imported once."""
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        folders = ["--project-dir", TRANSFORM, "--profiles-dir", TRANSFORM]
        folders += ["--target", TARGET_NAME, "--target-path", str(self.home.dbt)]
        folders += ["--log-path", str(self.home.dbt)]
        ensure_manifest()
        with dbt_started_in(self.home):
            try:
                done = dbtRunner().invoke(["--quiet", "--no-write-json", *arguments, *folders])
            finally:
                # dbt keeps the warehouse open until the process ends.
                DuckDBConnectionManager.close_all_connections()
        assert done.success, done.exception or [result.message for result in done.result if result.message]

    def close(self) -> Release:
        """Release what was modelled and close the work, as a run does whose checks have passed."""
        release = self.release()
        close_work(self.home)
        return release

    def release(self) -> Release:
        """Release what was modelled, and leave its work open."""
        return build_release(self.home, run_id=f"r{self.loads}", code_version="test", inputs={}, keep=2)

    def ask(self, sql: str) -> list[tuple]:
        """Ask the warehouse."""
        with duckdb.connect(str(self.home.warehouse), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()


def differing_marts(one: Release, other: Release) -> list[str]:
    """Return the names of the marts whose content differs between two releases."""
    hashes = [
        {name: mart["sha256"] for name, mart in side.manifest["marts"].items()} for side in (one, other)
    ]
    return sorted(
        name for name in hashes[0].keys() | hashes[1].keys() if hashes[0].get(name) != hashes[1].get(name)
    )
