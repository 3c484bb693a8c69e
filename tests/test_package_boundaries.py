"""Each package keeps to its own: Dagster in orchestration/ only, dlt never in ml/."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FORBIDDEN = {
    "ingestion": ("dagster", "dagster_dbt", "dbt", "sklearn", "orchestration", "ml"),
    "ml": ("dagster", "dagster_dbt", "dbt", "dlt", "orchestration", "ingestion"),
}
ALLOWED = {"ingestion/landing/language.py": {"ml"}}
"""The language of a post is told at landing, by what also tells it of files that are scored: `ml.language`."""


def imports(path: Path) -> set[str]:
    """Return the top-level packages that a file imports anywhere, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
        elif (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", getattr(node.func, "attr", None)) in ("import_module", "__import__")
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            found.add(str(node.args[0].value).split(".")[0])
    return found


@pytest.mark.parametrize("package", FORBIDDEN)
def test_a_package_imports_nothing_that_is_not_its_business(package: str):
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    strays = {}
    for path in files:
        name = path.relative_to(ROOT).as_posix()
        if found := imports(path) & set(FORBIDDEN[package]) - ALLOWED.get(name, set()):
            strays[name] = sorted(found)
    assert not strays
