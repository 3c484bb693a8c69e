"""Asks MetricFlow for metrics of a release: the engine of `mf query`, with the semantic models that dbt compiled."""

from pathlib import Path
from typing import Any

import duckdb
from metricflow.data_table.mf_table import MetricFlowDataTable
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup


class ReleaseClient:
    """What MetricFlow asks of a database, on a DuckDB file that is only read."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()

    def __init__(self, database: Path) -> None:
        self._connection = duckdb.connect(str(database), read_only=True)
        self._connection.execute("set TimeZone = 'UTC'")

    def query(self, stmt: str, sql_bind_parameter_set: Any = None) -> MetricFlowDataTable:
        """Return the rows of a statement."""
        found = self._connection.execute(stmt)
        names = [column[0] for column in found.description]
        return MetricFlowDataTable.create_from_rows(names, found.fetchall())

    def execute(self, stmt: str, sql_bind_parameter_set: Any = None) -> None:
        """Run a statement for its effect."""
        self._connection.execute(stmt)

    def dry_run(self, stmt: str, sql_bind_parameter_set: Any = None) -> None:
        """Raise if the statement cannot run."""
        self._connection.execute(f"explain {stmt}")

    def render_bind_parameter_key(self, bind_parameter_key: str) -> str:
        """Return how a parameter is written in a statement."""
        return f"${bind_parameter_key}"

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


class Metrics:
    """The metrics of a project, asked on one database."""

    def __init__(self, semantic_manifest: Path, database: Path) -> None:
        manifest = parse_manifest_from_dbt_generated_manifest(semantic_manifest.read_text(encoding="utf-8"))
        self._client = ReleaseClient(database)
        self._engine = MetricFlowEngine(SemanticManifestLookup(manifest), self._client)

    def query(self, metrics: list[str], group_by: list[str], where: str | None = None) -> list[tuple]:
        """Return rows of groups and metrics, as `mf query --metrics ... --group-by ... --where ...` does."""
        request = MetricFlowQueryRequest.create(
            metric_names=metrics,
            group_by_names=group_by,
            where_constraints=[where] if where else None,
            order_by_names=group_by,
        )
        found = self._engine.query(request).result_df
        place = [found.column_names.index(name) for name in (*group_by, *metrics)]
        return [tuple(row[at] for at in place) for row in found.rows]

    def close(self) -> None:
        """Let go of the database."""
        self._client.close()
