"""All measurements, one after another, as one JSON document."""

import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.increments import measure_increments
from tests.bench.machine import machine_facts
from tests.bench.processes import measure
from tests.bench.road import Road
from tests.bench.world import world_command


@dataclass(frozen=True)
class Sizes:
    """Posts of the big file, of a day's increment, of the naive pipeline's sample; repeats of increments."""

    posts: int = 500_000
    increment: int = 10_000
    sample: int = 10_000
    repeats: int = 3


QUICK = Sizes(posts=5_000, increment=500, sample=500, repeats=1)


def run_benchmark(folder: Path, sizes: Sizes, tell: Callable[[str], None] = lambda step: None) -> dict:
    """Measure everything in `folder` (it takes many times the posts' size); return JSON values.

    `tell` is called before each measurement. Raises CommandFailed when a run does not succeed.
    """
    machine = machine_facts()
    files, logs = folder / "files", folder / "logs"

    def generate(name: str, posts: int, day: int | None = None) -> Path:
        measure(world_command(files, name, posts, day), env=os.environ, log=logs / f"{name}.log")
        return files / f"{name}.jsonl"

    tell(f"Generating {sizes.posts:,} posts")
    everything = generate("posts", sizes.posts)
    sample = generate("sample", sizes.sample)
    days = [generate(f"day_{day}", sizes.increment, day) for day in range(sizes.repeats + 1)]

    tell("Running the road")
    road = Road(folder / "big")
    road.give(everything)
    run = road.run()
    published = road.published_posts()

    tell("Yardsticks")
    yardsticks = {
        "duckdb_read": (sizes.posts, _yardstick("read", everything, log=logs / "read.log")),
        "naive": (sizes.sample, _yardstick("naive", sample, folder / "naive", log=logs / "naive.log")),
    }

    tell(f"Increments of {sizes.increment:,} posts")
    increments = measure_increments(road, days, sizes.increment, folder)
    return {
        "format": 1,
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine,
        "sizes": asdict(sizes),
        "file_bytes": everything.stat().st_size,
        "published_posts": published,
        "road": {
            **run.cost.as_json(),
            "posts_per_second": _rate(sizes.posts, run.cost.wall),
            "stages": {
                name: {
                    "wall_seconds": round(stage.wall, 2),
                    "cpu_seconds": round(stage.cpu, 2),
                    "peak_tree_bytes": stage.tree_bytes,
                    "posts_per_second": _rate(sizes.posts, stage.wall),
                }
                for name, stage in run.stages.items()
            },
            "slowest_models": [[name, round(seconds, 2)] for name, seconds in run.slowest_models],
        },
        "yardsticks": {
            name: {**cost.as_json(), "posts": posts, "posts_per_second": _rate(posts, cost.wall)}
            for name, (posts, cost) in yardsticks.items()
        },
        "increments": increments.as_json(),
    }


def _yardstick(name: str, *paths: Path, log: Path):
    for path in paths[1:]:
        path.mkdir(parents=True)
    command = [sys.executable, "-m", "tests.bench.yardsticks", name, *map(str, paths)]
    return measure(command, env=os.environ | {"RUNTIME__DLTHUB_TELEMETRY": "false"}, log=log)


def _rate(posts: int, seconds: float) -> int | None:
    return round(posts / seconds) if seconds > 0 else None
