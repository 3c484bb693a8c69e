"""`python -m tests.bench`: measure, print, keep the figures as JSON."""

import argparse
import json
import shutil
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from ingestion.home import Home
from tests.bench import scoring
from tests.bench.benchmark import QUICK, Sizes, run_benchmark
from tests.bench.jetstream import measure_jetstream
from tests.bench.machine import machine_facts
from tests.bench.matching import QUICK_POSTS, measure_matching
from tests.bench.processes import CommandFailed
from tests.bench.tables import MARK_EVENTS_PER_SECOND, show, show_jetstream, show_matching, show_scoring

PARTS = ["road", "matching", "scoring", "jetstream"]


def main() -> int:
    """Run the benchmark; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--posts", type=int, help="posts of the big file (500,000)")
    parser.add_argument("--repeats", type=int, help="repeats of each increment (3)")
    parser.add_argument("--quick", action="store_true", help="5,000 posts: does the benchmark work?")
    parser.add_argument("--only", choices=PARTS, help="one part alone; all if not given")
    parser.add_argument("--matching-posts", type=int, help="posts that 100 brands are matched on (1,000,000)")
    parser.add_argument("--scoring-posts", type=int, help="posts that the models score (500,000)")
    parser.add_argument("--output", type=Path, help="folder for figures and work files (data/bench)")
    parser.add_argument("--keep", action="store_true", help="keep the work files")
    given = parser.parse_args()
    chosen = {name: getattr(given, name) for name in ("posts", "repeats") if getattr(given, name) is not None}
    sizes = replace(QUICK if given.quick else Sizes(), **chosen)
    output = given.output or Home.find().root / "bench"
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    work = output / f"work_{stamp}"
    work.mkdir(parents=True)
    told = Console(stderr=True)

    def tell(step: str) -> None:
        told.print(f"{datetime.now():%H:%M:%S}  {step}")

    matched = given.matching_posts or (QUICK_POSTS if given.quick else 1_000_000)
    scored = given.scoring_posts or (scoring.QUICK_POSTS if given.quick else 500_000)
    parts = [given.only] if given.only else PARTS
    try:
        figures = run_benchmark(work, sizes, tell) if "road" in parts else {"machine": machine_facts()}
        if "matching" in parts:
            figures["matching"] = measure_matching(work / "matching", matched, tell)
        if "scoring" in parts:
            figures["scoring"] = scoring.measure_scoring(work / "scoring", scored, tell)
        if "jetstream" in parts:
            seconds, rate = (3, 500) if given.quick else (60, MARK_EVENTS_PER_SECOND)
            figures["jetstream"] = measure_jetstream(work / "jetstream", seconds, rate, tell)
    except CommandFailed as error:
        told.print(str(error), markup=False)
        return 1  # the work files stay: they say why
    kept = output / f"{stamp}.json"
    kept.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    console = Console(width=max(Console().width, 110))
    if "road" in parts:
        show(figures, console)
    if "matching" in figures:
        show_matching(figures["matching"], console)
    if "scoring" in figures:
        show_scoring(figures["scoring"], console)
    if "jetstream" in figures:
        show_jetstream(figures["jetstream"], console)
    console.print(f"\nFigures: {kept}", soft_wrap=True)
    if not given.keep:
        shutil.rmtree(work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
