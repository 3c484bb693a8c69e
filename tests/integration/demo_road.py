"""Runs `listenhouse run` on a small demo world, kills it where it is told to, and reads what it published."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

PROJECT = Path(__file__).resolve().parents[2]
LISTENHOUSE = Path(sys.executable).with_name("listenhouse")
POSTS = 1_200
SECONDS = 420
"""Far more than a run takes; a run that hangs is killed."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended; `code` is negative if a signal ended it."""

    code: int
    output: str


class DemoRoad:
    """A home and a configuration of its own, around the demo source."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / "home"
        self.config = root / "listening.yml"
        self.home.mkdir(parents=True, exist_ok=True)
        self.listen()

    def listen(self, until: date = date(2026, 9, 28), more: Callable[[str], str] = str) -> None:
        """Write listening.yml: the demo's, with fewer posts, landed up to a day, and changed by `more`."""
        text = (PROJECT / "listening.yml").read_text(encoding="utf-8")
        demo = f"  demo: {{enabled: true, until: {until}, posts: {POSTS}}}"
        text, found = re.subn(r"(?m)^  demo: .*$", demo, text)
        assert found == 1
        self.config.write_text(more(text), encoding="utf-8")

    def run(self, *arguments: str, kill_when: Callable[["DemoRoad"], bool] | None = None) -> Outcome:
        """Run the road; `kill_when` is asked again and again, and its first yes kills all of the run's processes."""
        with open(self.root / "output.txt", "w+", encoding="utf-8") as output:
            process = subprocess.Popen(
                [str(LISTENHOUSE), "run", *arguments],
                env=self.environment,
                cwd=self.root,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                self._wait(process, kill_when)
            finally:
                _kill_group(process)
            output.seek(0)
            return Outcome(process.returncode, output.read())

    @property
    def environment(self) -> dict[str, str]:
        """The environment of this road's commands."""
        return {
            **os.environ,
            "LISTENHOUSE_HOME": str(self.home),
            "LISTENHOUSE_CONFIG": str(self.config),
            "LISTENHOUSE_PSEUDONYM_KEY": "a key for tests, 32 characters ..",
        }

    @property
    def output(self) -> str:
        """What the run has printed so far."""
        return (self.root / "output.txt").read_text(encoding="utf-8")

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest of the current release."""
        return json.loads((self.home / "published/current/manifest.json").read_text(encoding="utf-8"))

    def published(self, sql: str) -> list[tuple]:
        """Ask the published release."""
        with duckdb.connect(
            str(self.home / "published/current/listenhouse.duckdb"), read_only=True
        ) as connection:
            return connection.execute(sql).fetchall()

    def change_warehouse(self, sql: str) -> None:
        """Do something to the warehouse behind the road's back."""
        with duckdb.connect(str(self.home / "warehouse/listenhouse.duckdb")) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(sql)

    def _wait(self, process: subprocess.Popen, kill_when: Callable[["DemoRoad"], bool] | None) -> None:
        deadline = time.monotonic() + SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if kill_when is not None and kill_when(self):
                _kill_group(process)
                return
            time.sleep(0.02)
        assert process.poll() is not None, f"the run hangs:\n{self.output}"


def _kill_group(process: subprocess.Popen) -> None:
    """SIGKILL the run and everything that it started (dbt)."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
