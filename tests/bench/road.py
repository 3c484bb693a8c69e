"""The road itself: `listenhouse run` in a home of its own."""

import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.bench.processes import Cost, measure
from tests.bench.stages import Stage, cut, read_models, read_steps
from tests.bench.world import write_listening


@dataclass
class RoadRun:
    """A run of the road: its cost, cut into stages, and the dbt models that took longest (seconds)."""

    cost: Cost
    stages: dict[str, Stage]
    slowest_models: list[tuple[str, float]]


class Road:
    """A home below `folder` with its own configuration, drop folder and warehouse."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.drop = folder / "drop"
        self.drop.mkdir(parents=True)
        self._config = folder / "listening.yml"
        write_listening(self._config)
        self._runs = 0

    def give(self, file: Path) -> None:
        """Put a file into the drop folder (as a link: it is not changed)."""
        target = self.drop / file.name
        try:
            os.link(file, target)
        except OSError:
            shutil.copyfile(file, target)

    def run(self) -> RoadRun:
        """Run the road once."""
        env = os.environ | {
            "LISTENHOUSE_HOME": str(self.folder),
            "LISTENHOUSE_CONFIG": str(self._config),
            "COLUMNS": "120",
        }
        self._runs += 1
        began = time.time()
        command = [str(Path(sys.executable).with_name("listenhouse")), "run"]
        cost = measure(command, env=env, log=self.folder / "logs" / f"run_{self._runs}.log")
        models = read_models(self.folder / "dbt" / "run_results.json", began)
        stages = cut(cost.samples, read_steps(self.folder / "dagster"), models)
        slowest = sorted(((model.name, model.ended - model.began) for model in models), key=lambda m: -m[1])
        return RoadRun(cost, stages, slowest[:15])

    def published_posts(self) -> int:
        """Return how many posts the current release holds."""
        database = self.folder / "published" / "current" / "listenhouse.duckdb"
        with duckdb.connect(str(database), read_only=True) as connection:
            return connection.execute("select count(*) from marts.fct_posts").fetchone()[0]
