"""The benchmark's parts on a handful of posts: that they measure and add up, not what they measure."""

import json
import os
import sys
from io import StringIO

import pytest
from rich.console import Console

from ingestion.home import PROJECT_ROOT
from ingestion.listening import load_listening
from ingestion.listening.query import parse_query
from ingestion.listening.query.tree import Near, leaves
from tests.bench.increments import Increments
from tests.bench.jetstream import measure_jetstream
from tests.bench.machine import machine_facts
from tests.bench.matching import BRANDS, brand_query, measure_matching
from tests.bench.processes import CommandFailed, Cost, Sample, measure
from tests.bench.scoring import TARGETS, TASKS, measure_scoring
from tests.bench.stages import STAGES, Span, cut, read_models
from tests.bench.tables import show, show_jetstream, show_matching, show_scoring
from tests.bench.world import SOURCE_NAME, world_command, write_listening, write_world
from tests.bench.yardsticks import naive_pipeline, read_with_duckdb


def test_days_are_new_posts_after_the_big_file(tmp_path):
    files = [write_world(tmp_path, f"file_{day}", 300, day) for day in (None, 0, 1)]
    rows = [[json.loads(line) for line in file.read_text().splitlines()] for file in files]
    assert [len(file) for file in rows] == [300, 300, 300]
    assert len({row["post_id"] for file in rows for row in file}) == 900
    last, *later = [[row["created_at"] for row in file] for file in rows]
    assert max(last) < min(later[0]) and max(later[0]) < min(later[1])


def test_the_configuration_lands_the_demo_brands_from_files_alone(tmp_path):
    write_listening(tmp_path / "listening.yml")
    listening = load_listening(tmp_path / "listening.yml")
    assert not listening.sources.demo.enabled and listening.sources.files.enabled
    (mapping,) = listening.sources.files.mappings
    assert mapping.name == SOURCE_NAME and mapping.format == "jsonl"


def test_yardsticks_read_every_post(tmp_path):
    command = world_command(tmp_path, "posts", 200)
    measure(command, env=os.environ, log=tmp_path / "log", cwd=PROJECT_ROOT)
    assert read_with_duckdb(tmp_path / "posts.jsonl") == 200
    assert naive_pipeline(tmp_path / "posts.jsonl", tmp_path) == 200


def test_cost_counts_children_and_memory(tmp_path):
    # The child holds its memory for many samples, as any step worth measuring does.
    child = "import time; x = bytearray(60_000_000); time.sleep(1.5); sum(range(1_000_000))"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    cost = measure([sys.executable, "-c", parent], env=os.environ, log=tmp_path / "log")
    assert cost.cpu > 0 and cost.wall > 0
    assert cost.tree_bytes >= cost.process_bytes >= 60_000_000


def test_a_failed_command_has_no_cost_but_an_explanation(tmp_path):
    with pytest.raises(CommandFailed, match="that went wrong"):
        measure(
            [sys.executable, "-c", "raise SystemExit('that went wrong')"],
            env=os.environ,
            log=tmp_path / "log",
        )


def test_stages_add_up_and_two_models_at_once_share_their_time():
    samples = [Sample(at / 10, at / 5, 100 + at, 50) for at in range(101)]
    steps = [
        Span("land_files", 1.0, 3.0),
        Span("raw_files__posts_landed_batch", 3.0, 4.0),
        Span("transform", 4.0, 8.0),
        Span("publish_release", 8.0, 9.0),
    ]
    models = [Span("int_post_sentiment", 5.0, 7.0), Span("fct_posts", 6.0, 7.0)]
    stages = cut(samples, steps, models)
    assert set(stages) == set(STAGES)
    walls = {name: round(stage.wall, 3) for name, stage in stages.items()}
    assert walls == {
        "start-up": 2.0,
        "landing": 2.0,
        "checks": 1.0,
        "modelling": 2.5,
        "scoring": 1.5,
        "publishing": 1.0,
    }
    assert sum(stage.cpu for stage in stages.values()) == pytest.approx(samples[-1].cpu)
    assert stages["publishing"].tree_bytes == 190


def test_results_of_an_earlier_dbt_run_are_not_taken_for_this_one(tmp_path):
    results = tmp_path / "run_results.json"
    timing = [
        {"name": "execute", "started_at": "2026-01-01T00:00:00Z", "completed_at": "2026-01-01T00:00:02Z"}
    ]
    results.write_text(
        json.dumps({"results": [{"unique_id": "model.listenhouse.fct_posts", "timing": timing}]})
    )
    written = results.stat().st_mtime
    (model,) = read_models(results, written - 1)
    assert model.name == "fct_posts" and model.ended - model.began == 2
    assert read_models(results, written + 1) == [] == read_models(tmp_path / "absent.json", 0)


def cost(seconds: float) -> Cost:
    return Cost(seconds, [Sample(0, 0, 0, 0), Sample(seconds, 2 * seconds, 3_000_000, 2_000_000)])


def test_an_increment_is_compared_beyond_the_start_up():
    found = Increments(
        10, big_idle=[cost(9), cost(10), cost(30)], big=[cost(16)], empty=[cost(12)], small_idle=[cost(8)]
    )
    assert found.ratio("empty") == pytest.approx((16 - 10) / (12 - 8))
    found.small = [cost(8)]
    assert found.ratio("small") is None


def test_the_tables_show_every_figure():
    costs = cost(10).as_json() | {"posts_per_second": 1_234}
    stage = {"wall_seconds": 1.0, "cpu_seconds": 1.0, "peak_tree_bytes": 5_000_000, "posts_per_second": None}
    increments = Increments(10, *([cost(number)] for number in (9, 16, 12, 8, 11)))
    figures = {
        "machine": machine_facts(),
        "sizes": {"posts": 12_345},
        "file_bytes": 7_000_000,
        "published_posts": 12_344,
        "road": costs | {"stages": dict.fromkeys(STAGES, stage)},
        "yardsticks": {name: costs | {"posts": 77} for name in ("duckdb_read", "naive")},
        "increments": increments.as_json(),
    }
    printed = StringIO()
    show(json.loads(json.dumps(figures)), Console(file=printed, width=120))
    for shown in (*STAGES, "12,345", "12,344", "1,234", "end to end", "1.75", "2.33", "3 MB"):
        assert shown in printed.getvalue()


def test_matching_is_measured_for_each_number_of_brands(tmp_path):
    figures = measure_matching(tmp_path / "matching", 3_000)
    assert [row["brands"] for row in figures["curve"]] == list(BRANDS)
    mentions = [row["mentions"] for row in figures["curve"]]
    assert 0 < mentions[0] < mentions[1] < mentions[2]
    printed = StringIO()
    show_matching(json.loads(json.dumps(figures)), Console(file=printed, width=140))
    assert f"{mentions[2]:,}" in printed.getvalue() and "3,000 posts" in printed.getvalue()


def test_measured_queries_are_long_and_hold_near_and_not():
    queries = [brand_query(number) for number in range(max(BRANDS))]
    terms = [
        sum(
            len(leaf.left) + len(leaf.right) if isinstance(leaf, Near) else 1
            for leaf in leaves(parse_query(query))
        )
        for query in queries
    ]
    assert min(terms) >= 48 and max(terms) <= 52
    assert all("NOT" in query for query in queries)
    assert all("NEAR/" in query for query in queries)


def test_every_task_is_scored_by_sql_and_by_scikit_learn(tmp_path):
    figures = measure_scoring(tmp_path / "scoring", 2_000)
    assert list(figures["tasks"]) == [*TASKS, TARGETS]
    for by in figures["tasks"].values():
        assert by["sql"]["posts"] == by["sklearn"]["posts"] > 0
        assert by["sql"]["seconds"] > 0 and by["sklearn"]["seconds"] > 0
    assert (
        figures["tasks"]["sentiment"]["sql"]["rows"] == figures["tasks"]["sentiment"]["sql"]["posts"] == 2_000
    )
    printed = StringIO()
    show_scoring(json.loads(json.dumps(figures)), Console(file=printed, width=140))
    assert "2,000 posts" in printed.getvalue() and "scikit-learn" in printed.getvalue()


def test_a_stream_is_read_and_the_warehouse_holds_what_was_sent(tmp_path):
    heard = measure_jetstream(tmp_path, seconds=2, rate=300)
    assert heard["events"] > 100 and heard["posts"] > 2 and heard["cpu_seconds"] > 0
    console = Console(file=StringIO(), width=200)
    show_jetstream(heard, console)
    assert f"{heard['posts']:,}" in console.file.getvalue()
