"""Every formula of the marts on minimal rows, by dbt's own unit tests."""

import json
from collections.abc import Callable

NEVER_TESTED = {
    "dim_entities": "passes listening.yml through",
    "dim_sources": "passes listening.yml through",
}


def test_every_formula_holds_on_its_minimal_rows(dbt: Callable) -> None:
    built = dbt("build", "--empty", "--quiet", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    assert built.returncode == 0, built.stdout + built.stderr

    tested = dbt("test", "--select", "test_type:unit")
    assert tested.returncode == 0, tested.stdout + tested.stderr

    results = json.loads((dbt.target / "run_results.json").read_text())["results"]
    assert {result["status"] for result in results} == {"pass"}


def test_every_mart_has_a_unit_test(dbt: Callable) -> None:
    parsed = dbt("parse", "--quiet")
    assert parsed.returncode == 0, parsed.stdout + parsed.stderr

    manifest = json.loads((dbt.target / "manifest.json").read_text())
    marts = {node["name"] for node in manifest["nodes"].values() if node["schema"] == "marts"}
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    assert marts - tested == set(NEVER_TESTED)
