"""The Dagster definitions are what lineage.txt says: keys, dependencies, checks, jobs, schedules, sensors."""

import os
from difflib import unified_diff
from pathlib import Path

import pytest

from tests.orchestration.lineage import told

SNAPSHOT = Path(__file__).with_name("lineage.txt")
REWRITE = "LISTENHOUSE_REWRITE_SNAPSHOTS"
GATE = ("landed_batch", "everything_received_is_accounted_for", "scored_batch")


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory):
    """The definitions as they are without anybody's data, in the demo's configuration."""
    from ingestion.home import PROJECT_ROOT

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("LISTENHOUSE_HOME", str(tmp_path_factory.mktemp("home")))
        environment.setenv("LISTENHOUSE_CONFIG", str(PROJECT_ROOT / "listening.yml"))
        from orchestration.definitions import build_definitions

        yield build_definitions()


@pytest.fixture(scope="module")
def graph(definitions):
    return definitions.resolve_asset_graph()


def test_the_definitions_are_those_of_the_snapshot(definitions):
    now = told(definitions)
    if os.environ.get(REWRITE):
        SNAPSHOT.write_text(now, encoding="utf-8")
    before = SNAPSHOT.read_text(encoding="utf-8")
    changes = "\n".join(
        unified_diff(before.splitlines(), now.splitlines(), "lineage.txt", "now", lineterm="", n=1)
    )
    assert not changes, f"{changes}\nIf that is meant: {REWRITE}=1 python -m pytest {Path(__file__).name}"


def test_every_asset_says_what_it_is_whose_it_is_and_where_it_belongs(graph):
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        missing = [
            part for part in ("description", "group_name", "kinds", "owners") if not getattr(node, part)
        ]
        assert not missing, f"{key.to_user_string()} has no {', '.join(missing)}"
        assert node.group_name != "default", f"{key.to_user_string()} belongs to no group"
        assert len(key.path) == 2, f"{key.to_user_string()} is not [schema, table]"


def test_everything_is_made_here_and_only_sources_settings_and_trainings_have_no_parents(graph):
    assert not graph.external_asset_keys
    roots = {key.path[0] for key in graph.get_all_asset_keys() if not graph.get(key).parent_keys}
    # Seeds are files of the dbt project.
    seeds = {"intermediate"}
    assert {root for root in roots if not root.startswith("raw_")} - seeds <= {"listening", "trained"}
    for key in graph.get_all_asset_keys():
        if key.path[0].startswith("raw_"):
            assert not graph.get(key).parent_keys, f"{key.to_user_string()} is extracted, it has no parent"


def test_all_assets_are_one_connected_graph_that_ends_in_the_release(graph):
    keys = set(graph.get_all_asset_keys())
    reached, rest = set(), [next(iter(keys))]
    while rest:
        key = rest.pop()
        if key not in reached:
            reached.add(key)
            node = graph.get(key)
            rest += [*node.parent_keys, *node.child_keys]
    assert reached == keys, f"apart: {sorted(key.to_user_string() for key in keys - reached)}"
    for key in keys:
        if not graph.get(key).child_keys:
            assert key.path[0] == "release", f"{key.to_user_string()} leads to no release"


def test_checks_on_batches_and_tests_of_dbt_block_what_comes_after(graph):
    checks = [graph.get(check) for key in graph.get_all_asset_keys() for check in graph.get(key).check_keys]
    waved_through = {check.key.name for check in checks if not check.blocking}
    # A source that is down must not hold up its neighbours, and a mood that has changed is no fault.
    drift = {"vocabulary_drift", "score_distribution_drift", "prevalence_drift"}
    assert waved_through == {"source_was_read"} | drift
    assert {check.key.name for check in checks} >= set(GATE)


def test_the_jobs_cover_the_road_and_its_halves(definitions, graph):
    def keys(job: str) -> set:
        return set(definitions.resolve_job_def(job).asset_layer.selected_asset_keys)

    trainings = {key for key in graph.get_all_asset_keys() if key.path[0] == "trained"}
    assert keys("retrain") == trainings
    assert keys("everything") == set(graph.get_all_asset_keys()) - trainings
    assert keys("land_all") | keys("marts_and_release") == keys("everything")
    assert not keys("land_all") & keys("marts_and_release")


def test_a_broken_listening_yml_does_not_keep_the_definitions_from_loading(tmp_path, monkeypatch):
    (tmp_path / "listening.yml").write_text("version: [")
    monkeypatch.setenv("LISTENHOUSE_HOME", str(tmp_path))
    monkeypatch.setenv("LISTENHOUSE_CONFIG", str(tmp_path / "listening.yml"))
    from orchestration.definitions import build_definitions

    assert {schedule.execution_timezone for schedule in build_definitions().schedules} == {"UTC"}
