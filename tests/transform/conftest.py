"""A warehouse whose tables are all there and all empty, and dbt running on it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from ingestion.home import PROJECT_ROOT
from ingestion.landing.contract import LANDINGS_SCHEMA, QUARANTINE_SCHEMA, READS_SCHEMA
from ingestion.landing.runner import LOAD_ID
from ingestion.registry import NETWORKS, SOURCES, source_module
from ml.registry import warehouse_tables
from orchestration.matching.tables import SCHEMAS

LOADS_SCHEMA = pa.schema({"load_id": pa.string(), "status": pa.int64()})


def create_empty_tables(warehouse: Path) -> None:
    """Create every table that dbt reads as a source, without rows, from the contracts that fill them."""
    tables = {("listening", name): schema for name, schema in SCHEMAS.items()}
    tables |= {("ml", name): table.schema for name, table in warehouse_tables().items()}
    for source in SOURCES:
        landed = {contract.resource: contract.arrow_schema for contract in source_module(source).CONTRACTS}
        landed |= {"landings": LANDINGS_SCHEMA, "quarantine": QUARANTINE_SCHEMA}
        landed |= {"reads": READS_SCHEMA} if source in NETWORKS else {}
        for name, schema in landed.items():
            tables[(f"raw_{source}", name)] = schema.append(pa.field(LOAD_ID, pa.string()))
        tables[(f"raw_{source}", "_dlt_loads")] = LOADS_SCHEMA
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set timezone = 'UTC'")
        for (schema_name, table_name), schema in tables.items():
            connection.execute(f'create schema if not exists "{schema_name}"')
            connection.register("empty_rows", schema.empty_table())
            connection.execute(f'create table "{schema_name}"."{table_name}" as from empty_rows')
            connection.unregister("empty_rows")


@pytest.fixture(scope="session")
def dbt(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.CompletedProcess]:
    """Run dbt with these arguments on an empty warehouse; the target folder is `dbt.target`."""
    folder = tmp_path_factory.mktemp("transform")
    create_empty_tables(folder / "warehouse.duckdb")
    environment = os.environ | {
        "LISTENHOUSE_WAREHOUSE": str(folder / "warehouse.duckdb"),
        "DO_NOT_TRACK": "1",
    }

    def run(*arguments: str) -> subprocess.CompletedProcess:
        command = [str(Path(sys.executable).with_name("dbt")), *arguments, "--no-use-colors"]
        command += ["--project-dir", ".", "--profiles-dir", "."]
        command += ["--target-path", str(run.target), "--log-path", str(folder / "logs")]
        return subprocess.run(
            command,
            cwd=PROJECT_ROOT / "transform",
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    run.target = folder / "target"
    return run


@pytest.fixture(scope="session")
def manifest(dbt: Callable[..., subprocess.CompletedProcess]) -> dict:
    """dbt's own description of the project; a deprecated spelling in it fails here."""
    parsed = dbt("parse", "--show-all-deprecations")
    assert parsed.returncode == 0, parsed.stdout + parsed.stderr
    assert "eprecat" not in parsed.stdout, parsed.stdout
    return json.loads((dbt.target / "manifest.json").read_text())
