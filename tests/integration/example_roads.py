"""Runs the example configurations through `listenhouse run`, each in a home of its own."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.integration.once import made_once

PROJECT = Path(__file__).resolve().parents[2]
FILES = {
    "airlines": ("mentions/airline_tweets.csv",),
    "stocks": ("mentions/stock_tweets.ndjson.zst",),
    "business": (
        "business/crm/accounts.csv",
        "business/crm/sales_pipeline.csv",
        "business/nps/nps_responses_fr_latin1.csv",
    ),
    "care": (
        "care/AirAsiaSupport.csv",
        "care/AppleSupport.csv",
        "care/AskRBC.csv",
        "care/McDonalds.csv",
        "care/NikeSupport.csv",
    ),
}
# The public files of this set hold the brands' answers only. These invented conversations in the same format have
# both sides: an answer after an hour and one after three; a question that nobody answers; a customer who
# answers what the brand posted, and gets an answer after ten minutes.
INVENTED_CARE = """\
tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id
9000000001,9001,TRUE,Tue Oct 31 10:00:00 +0000 2017,@NikeSupport my invented shoes squeak,9000000002,
9000000002,NikeSupport,FALSE,Tue Oct 31 11:00:00 +0000 2017,@9001 an invented answer,9000000003,9000000001
9000000003,9001,TRUE,Tue Oct 31 11:05:00 +0000 2017,@NikeSupport invented thanks,,9000000002
9000000004,9002,TRUE,Tue Oct 31 12:00:00 +0000 2017,@NikeSupport an invented question,9000000005,
9000000005,NikeSupport,FALSE,Tue Oct 31 15:00:00 +0000 2017,@9002 another invented answer,,9000000004
9000000006,9003,TRUE,Tue Oct 31 12:00:00 +0000 2017,@NikeSupport nobody answers this invention,,
9000000007,NikeSupport,FALSE,Wed Nov 01 09:00:00 +0000 2017,an invented post,9000000008,
9000000008,9004,TRUE,Wed Nov 01 10:00:00 +0000 2017,@NikeSupport an invented reply,9000000009,9000000007
9000000009,NikeSupport,FALSE,Wed Nov 01 10:10:00 +0000 2017,@9004 a third invented answer,,9000000008
"""
OUTPUT = "output.txt"
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


class ExampleRoads:
    """The examples by name, each run when it is first asked for."""

    def __init__(self, factory: pytest.TempPathFactory, shared_data: Path) -> None:
        self._factory = factory
        self._shared_data = shared_data

    def __getitem__(self, name: str) -> Road:
        folder = made_once(
            self._factory, f"example_{name}", lambda folder: run_example(name, folder, self._shared_data)
        )
        return Road(folder, (folder / OUTPUT).read_text(encoding="utf-8"))


def run_example(name: str, root: Path, shared_data: Path) -> None:
    """Run an example in a folder; raise AssertionError with its output if it fails."""
    drop = root / "home/drop"
    drop.mkdir(parents=True)
    for file in FILES[name]:
        shutil.copyfile(shared_data / file, drop / Path(file).name)
    if name == "care":
        (drop / "NikeSupport invented.csv").write_text(INVENTED_CARE)
    config = root / "listening.yml"
    shutil.copyfile(PROJECT / "examples" / name / "listening.yml", config)
    environment: dict[str, Any] = {
        **os.environ,
        "LISTENHOUSE_HOME": str(root / "home"),
        "LISTENHOUSE_CONFIG": str(config),
    }
    done = subprocess.run(
        [str(Path(sys.executable).with_name("listenhouse")), "run"],
        env=environment,
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{name} ended with {done.returncode}:\n{done.stdout}"
    (root / OUTPUT).write_text(done.stdout, encoding="utf-8")
