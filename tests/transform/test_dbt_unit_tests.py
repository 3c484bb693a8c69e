"""Every formula of the marts on minimal rows, by dbt's own unit tests."""

import json
from collections.abc import Callable


def test_every_formula_holds_on_its_minimal_rows(dbt: Callable) -> None:
    built = dbt(
        "build",
        "--empty",
        "--quiet",
        "--exclude-resource-type",
        "test",
        "--exclude-resource-type",
        "unit_test",
    )
    assert built.returncode == 0, built.stdout + built.stderr

    tested = dbt("test", "--select", "test_type:unit")
    assert tested.returncode == 0, tested.stdout + tested.stderr

    results = json.loads((dbt.target / "run_results.json").read_text())["results"]
    assert {result["status"] for result in results} == {"pass"}
