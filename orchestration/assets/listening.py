"""listening.yml, compiled to rows of schema `listening`."""

from collections.abc import Iterator

from dagster import AssetsDefinition, AssetSpec, MaterializeResult, TableColumn, TableSchema, multi_asset

from ingestion.home import Home
from ingestion.landing import load_pseudonyms
from ingestion.listening import load_listening
from ingestion.reference import replace_tables
from orchestration.assets.landing import OWNERS, POOL
from orchestration.matching.tables import SCHEMAS, compiled_tables
from orchestration.progress import report_progress

DESCRIPTIONS = {
    "entities": "Brands, rivals, products, people and campaigns that are listened for.",
    "query_terms": "Words, phrases, handles and hashtags that the queries look for, shared by all of them.",
    "query_pairs": "NEAR and ONEAR: which terms may stand before and after, at which distance.",
    "query_literals": "Clauses of the queries: one leaf of each group must hold, and none of group 0.",
    "query_filters": "Values that the filters of queries compare with; authors as pseudonyms.",
    "panels": "Comparison panels for share of voice.",
    "panel_members": "Which entities a panel compares.",
    "panel_filters": "Filters of a panel, the same for all its members.",
    "settings": "One row of settings.",
    "targets": "What KPIs of the scorecard shall reach, from when to when.",
    "sources": "Configured sources and file mappings.",
    "relevance_weights": "Weights of the relevance models, trained on the examples of listening.yml.",
    "owned_accounts": "Accounts that speak for an entity, as pseudonyms.",
}


def listening_assets() -> AssetsDefinition:
    """Return the multi-asset of the compiled configuration."""
    specs = [
        AssetSpec(
            ["listening", table],
            description=DESCRIPTIONS[table],
            group_name="listening_yml",
            owners=OWNERS,
            kinds={"yaml", "duckdb"},
            metadata={
                "dagster/column_schema": TableSchema([TableColumn(f.name, str(f.type)) for f in schema]),
                "dagster/table_name": f"listening.{table}",
            },
        )
        for table, schema in SCHEMAS.items()
    ]

    @multi_asset(name="compile_listening_yml", specs=specs, pool=POOL)
    def compiled() -> Iterator[MaterializeResult]:
        report_progress("Reading listening.yml", 0)
        home = Home.find()
        tables = compiled_tables(load_listening(home.config), load_pseudonyms(home))
        changed = replace_tables("listening", tables, home)
        for spec in specs:
            rows = tables[spec.key.path[-1]].num_rows
            yield MaterializeResult(
                asset_key=spec.key, metadata={"dagster/row_count": rows, "changed": changed}
            )

    return compiled
