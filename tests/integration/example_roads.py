"""Runs the example configurations through `listenhouse run`, each in a home of its own."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

PROJECT = Path(__file__).resolve().parents[2]
FILES = {
    "airlines": ("mentions/airline_tweets.csv",),
    "stocks": ("mentions/stock_tweets.ndjson.zst",),
    "business": (
        "business/crm/accounts.csv",
        "business/crm/sales_pipeline.csv",
        "business/nps/nps_responses_fr_latin1.csv",
    ),
}
SECONDS = 600
"""Far more than a run takes; a run that hangs is killed."""


@dataclass(frozen=True)
class Road:
    """An example that ran to a release."""

    root: Path
    output: str

    def marts(self, sql: str) -> list[tuple]:
        """Ask the published release."""
        return self._ask(self.root / "home/published/current/listenhouse.duckdb", sql)

    def warehouse(self, sql: str) -> list[tuple]:
        """Ask the warehouse, for what is not published."""
        return self._ask(self.root / "home/warehouse/listenhouse.duckdb", sql)

    def landings(self) -> dict[str, tuple[int, ...]]:
        """Return received, accepted, duplicate, quarantined and deleted of each file."""
        columns = "unit, received, accepted, duplicate, quarantined, deleted"
        return {row[0]: row[1:] for row in self.warehouse(f"select {columns} from raw_files.landings")}

    def text_columns(self, schema: str, table: str) -> list[str]:
        """Return the columns of a warehouse table that hold text."""
        rows = self.warehouse(
            f"select column_name from information_schema.columns "
            f"where table_schema = '{schema}' and table_name = '{table}' and data_type = 'VARCHAR'"
        )
        return [name for (name,) in rows]

    def _ask(self, database: Path, sql: str) -> list[tuple]:
        with duckdb.connect(str(database), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()


def run_examples(root: Path, shared_data: Path) -> dict[str, Road]:
    """Run all examples side by side; raise AssertionError with the output of one that failed."""
    running = {name: _start(name, root / name, shared_data) for name in FILES}
    roads: dict[str, Road] = {}
    failures = []
    for name, process in running.items():
        try:
            output, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
        roads[name] = Road(root / name, output)
        if process.returncode != 0:
            failures.append(f"{name} ended with {process.returncode}:\n{output}")
    assert not failures, "\n".join(failures)
    return roads


def _start(name: str, root: Path, shared_data: Path) -> "subprocess.Popen[str]":
    drop = root / "home/drop"
    drop.mkdir(parents=True)
    for file in FILES[name]:
        shutil.copyfile(shared_data / file, drop / Path(file).name)
    config = root / "listening.yml"
    shutil.copyfile(PROJECT / "examples" / name / "listening.yml", config)
    environment: dict[str, Any] = {
        **os.environ,
        "LISTENHOUSE_HOME": str(root / "home"),
        "LISTENHOUSE_CONFIG": str(config),
    }
    return subprocess.Popen(
        [str(Path(sys.executable).with_name("listenhouse")), "run"],
        env=environment,
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
