"""The posts to be measured on, and the listening.yml that maps them: the demo brands, by the files source.

`python -m tests.bench.world FOLDER NAME POSTS` writes one file, in a process of its own, so that the
generator's memory is not the benchmark's; `--day N` writes the Nth day after the big file's 90.
"""

import argparse
import sys
from datetime import timedelta
from pathlib import Path

import yaml

from ingestion.home import PROJECT_ROOT
from ingestion.sources.demo.settings import DAYS, SEED, START

SOURCE_NAME = "bench_posts"
ID_STEP = 10_000_000
"""Ids of each day's file begin at a multiple of this, beyond those of the big file."""
NOT_MAPPED = {"detected_language", "is_deleted"}
"""Contract columns that the files do not hold."""


def write_listening(path: Path) -> None:
    """Write the demo's configuration with the demo source off and the drop folder mapped."""
    from ingestion.landing import POSTS

    document = yaml.safe_load((PROJECT_ROOT / "listening.yml").read_text(encoding="utf-8"))
    columns = [column.name for column in POSTS.columns if column.name not in NOT_MAPPED]
    mapping = {
        "name": SOURCE_NAME,
        "pattern": "*.jsonl",
        "resource": "posts",
        "format": "jsonl",
        "columns": {name: name for name in columns},
    }
    document["sources"] = {
        "demo": {"enabled": False},
        "files": {"enabled": True, "mappings": [mapping]},
        "hackernews": {"enabled": False},
        "feeds": {"enabled": False},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")


def world_command(folder: Path, name: str, posts: int, day: int | None = None) -> list[str]:
    """Return the command that writes `folder/name.jsonl`."""
    command = [sys.executable, "-m", "tests.bench.world", str(folder), name, str(posts)]
    return command if day is None else [*command, "--day", str(day)]


def write_world(folder: Path, name: str, posts: int, day: int | None = None) -> Path:
    """Write `folder/name.jsonl`: the big file, or the posts of a day after it; return its path."""
    from ingestion.sources.demo.files import write_files

    when = {}
    if day is not None:
        when = {
            "days": 1,
            "start": START + timedelta(days=DAYS + day),
            "seed": SEED + 1 + day,
            "id_offset": (1 + day) * ID_STEP,
        }
    return write_files(folder, posts, "jsonl", name=name, **when)[0]


def main() -> None:
    """Write one file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("name")
    parser.add_argument("posts", type=int)
    parser.add_argument("--day", type=int)
    given = parser.parse_args()
    write_world(given.folder, given.name, given.posts, given.day)


if __name__ == "__main__":
    main()
