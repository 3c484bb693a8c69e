"""Cuts the cost of a run into stages by what Dagster and dbt wrote down about it.

Each look at the process tree (four a second) belongs to the stage that was going on; its share of wall and
CPU time is added there. Where dbt builds two models at once, the time is halved between them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from tests.bench.processes import Sample

SCORING = (
    "int_post_sentiment",
    "int_post_topics",
    "int_mention_sentiment",
    "fct_mention_sentiment",
    "fct_mention_topics",
)
"""The models that classify; all other models, tests and dbt's own start are modelling."""
STAGES = ("start-up", "landing", "checks", "modelling", "scoring", "publishing")
TRANSFORM_STEP = "transform"


@dataclass(frozen=True)
class Span:
    """Something that went on from `began` to `ended`, seconds since 1970."""

    name: str
    began: float
    ended: float

    def covers(self, moment: float) -> bool:
        """Tell whether it was going on."""
        return self.began <= moment < self.ended


@dataclass
class Stage:
    """Wall and CPU seconds of a stage, and the most memory seen while it went on."""

    wall: float = 0.0
    cpu: float = 0.0
    tree_bytes: int = 0


def stage_of_step(step: str) -> str:
    """Return the stage that a Dagster step belongs to."""
    if step.startswith("land_"):
        return "landing"
    if step == TRANSFORM_STEP:
        return "modelling"
    if step.startswith(("publish_", "close_")):
        return "publishing"
    if step in ("compile_listening_yml", "load_models"):
        return "start-up"
    return "checks"


def read_steps(dagster_home: Path) -> list[Span]:
    """Return the steps of the newest run in an instance."""
    from dagster import DagsterInstance

    with DagsterInstance.from_config(str(dagster_home)) as instance:
        run = instance.get_run_records(limit=1)[0].dagster_run
        steps = instance.get_run_step_stats(run.run_id)
    return [
        Span(step.step_key, step.start_time, step.end_time)
        for step in steps
        if step.start_time is not None and step.end_time is not None
    ]


def read_models(run_results: Path, since: float) -> list[Span]:
    """Return dbt's models and tests, none if dbt has not run after `since`."""
    if not run_results.exists() or run_results.stat().st_mtime < since:
        return []
    results = json.loads(run_results.read_text(encoding="utf-8"))["results"]
    spans = []
    for result in results:
        times = [_epoch(part[end]) for part in result["timing"] for end in ("started_at", "completed_at")]
        if times:
            spans.append(Span(result["unique_id"].split(".")[2], min(times), max(times)))
    return spans


def cut(samples: Sequence[Sample], steps: Sequence[Span], models: Sequence[Span]) -> dict[str, Stage]:
    """Return what each stage cost; the stages' wall and CPU times add up to the whole."""
    stages = {name: Stage() for name in STAGES}
    for before, after in pairwise(samples):
        moment = (before.at + after.at) / 2
        for name, share in _shares(moment, steps, models).items():
            stage = stages[name]
            stage.wall += share * (after.at - before.at)
            stage.cpu += share * (after.cpu - before.cpu)
            stage.tree_bytes = max(stage.tree_bytes, after.tree_bytes)
    return stages


def _shares(moment: float, steps: Sequence[Span], models: Sequence[Span]) -> dict[str, float]:
    step = next((step.name for step in steps if step.covers(moment)), None)
    if step is None:
        return {"start-up": 1.0}
    stage = stage_of_step(step)
    if step != TRANSFORM_STEP:
        return {stage: 1.0}
    running = [model.name for model in models if model.covers(moment)]
    scoring = sum(name in SCORING for name in running) / len(running) if running else 0.0
    shares = {"modelling": 1.0 - scoring, "scoring": scoring}
    return {name: share for name, share in shares.items() if share}


def _epoch(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
