"""Rules of the dbt project that dbt itself does not enforce, read from its manifest."""

import re

import pytest

from ingestion.home import PROJECT_ROOT

IMPACT_AREAS = {"monitoring", "marketing optimisation", "enterprise"}
PII_CLASSES = {"none", "pseudonym", "text"}

WITHOUT_FORMULA = {"dim_entities": "listening.yml as it is", "dim_sources": "listening.yml as it is"}


@pytest.fixture(scope="module")
def models(manifest: dict) -> dict[str, dict]:
    return {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}


@pytest.fixture(scope="module")
def marts(models: dict) -> dict[str, dict]:
    return {name: model for name, model in models.items() if model["schema"] == "marts"}


def test_no_mart_reads_staging(manifest: dict, marts: dict) -> None:
    staging = {key for key, node in manifest["nodes"].items() if node["schema"] == "staging"}
    assert staging
    assert {name for name, mart in marts.items() if staging & set(mart["depends_on"]["nodes"])} == set()


def test_only_staging_reads_sources(models: dict) -> None:
    def reads_a_source(model: dict) -> bool:
        return any(parent.startswith("source.") for parent in model["depends_on"]["nodes"])

    assert {model["schema"] for model in models.values() if reads_a_source(model)} == {"staging"}


def test_every_model_is_described(models: dict) -> None:
    assert [name for name, model in models.items() if not model["description"].strip()] == []


def test_every_source_table_is_described(manifest: dict) -> None:
    undescribed = [key for key, source in manifest["sources"].items() if not source["description"].strip()]
    assert undescribed == []


def test_every_mart_has_a_contract(marts: dict) -> None:
    assert [name for name, mart in marts.items() if not mart["config"]["contract"]["enforced"]] == []


def test_every_mart_has_an_owner(manifest: dict, marts: dict) -> None:
    owners = {group["name"]: group["owner"] for group in manifest["groups"].values()}
    assert [
        name for name, mart in marts.items() if not owners.get(mart["config"]["group"], {}).get("email")
    ] == []


def test_every_mart_has_an_impact_area(marts: dict) -> None:
    assert {mart["config"]["meta"].get("impact_area") for mart in marts.values()} <= IMPACT_AREAS


def test_every_mart_column_is_described_and_typed(marts: dict) -> None:
    lacking = [
        f"{name}.{column['name']}"
        for name, mart in marts.items()
        for column in mart["columns"].values()
        if not column["description"].strip() or not column["data_type"]
    ]
    assert lacking == []


def test_every_mart_column_has_a_pii_class(marts: dict) -> None:
    classes = {
        f"{name}.{column['name']}": column["meta"].get("pii_class", mart["config"]["meta"].get("pii_class"))
        for name, mart in marts.items()
        for column in mart["columns"].values()
    }
    assert set(classes.values()) <= PII_CLASSES
    authors = {column: pii for column, pii in classes.items() if column.endswith("author_key")}
    assert set(authors.values()) == {"pseudonym"}
    assert {classes["fct_posts.text"], classes["fct_posts.title"]} == {"text"}


def test_every_mart_has_a_tested_key(manifest: dict, marts: dict) -> None:
    keyed = {
        node["attached_node"].rsplit(".", 1)[-1]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and (node.get("test_metadata") or {}).get("name") == "unique_combination"
    }
    assert set(marts) - keyed == set()


def test_every_formula_has_a_unit_test(manifest: dict, marts: dict) -> None:
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    assert set(marts) - tested == set(WITHOUT_FORMULA)


def test_every_test_of_several_models_names_the_one_it_judges(manifest: dict) -> None:
    """Dagster shows and enforces a test only as a check of one table."""
    homeless = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and not node.get("attached_node")
        and len(node["depends_on"]["nodes"]) > 1
        and node["config"]["meta"].get("dagster", {}).get("ref", {}).get("name") is None
    ]
    assert homeless == []


def test_the_report_is_exposed_with_all_it_reads(manifest: dict, marts: dict) -> None:
    sql = [path.read_text() for path in (PROJECT_ROOT / "orchestration" / "report" / "sql").glob("*.sql")]
    read = set(re.findall(r"\bmarts\.(\w+)", "\n".join(sql))) & set(marts)
    assert read
    assert _exposed(manifest, "executive_report") == read


def test_the_release_is_exposed_with_all_marts(manifest: dict, marts: dict) -> None:
    assert _exposed(manifest, "released_marts") == set(marts)


def test_every_exposure_has_an_owner(manifest: dict) -> None:
    assert [name for name, node in manifest["exposures"].items() if not node["owner"]["email"]] == []


def _exposed(manifest: dict, name: str) -> set[str]:
    (exposure,) = [node for node in manifest["exposures"].values() if node["name"] == name]
    return {key.rsplit(".", 1)[-1] for key in exposure["depends_on"]["nodes"]}
