"""The release: what readers see, built only when every blocking check has passed."""

from collections.abc import Iterator, Sequence

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    MaterializeResult,
    MetadataValue,
    multi_asset,
)

from ingestion.home import Home
from ingestion.listening import load_listening
from orchestration.assets.landing import OWNERS, POOL
from orchestration.closed_work import close_work
from orchestration.freshness import MARTS_FRESHNESS
from orchestration.inputs import release_inputs
from orchestration.progress import report_progress
from orchestration.version import code_version

PARTS = {
    "database": "One DuckDB file with schema `marts`, readable by older drivers.",
    "parquet": "One Parquet file per mart.",
    "report": "One self-contained page for people.",
}


def release_assets(marts: Sequence[AssetKey]) -> AssetsDefinition:
    """Return the release as a multi-asset that depends on all marts."""
    specs = [
        AssetSpec(
            ["release", part],
            deps=list(marts),
            description=description,
            group_name="release",
            owners=OWNERS,
            kinds={"duckdb"} if part == "database" else {"parquet"} if part == "parquet" else {"html"},
            freshness_policy=MARTS_FRESHNESS,
        )
        for part, description in PARTS.items()
    ]

    @multi_asset(name="publish_release", specs=specs, pool=POOL)
    def publish(context: AssetExecutionContext) -> Iterator[MaterializeResult]:
        from orchestration.catalogue import mart_catalogue
        from orchestration.publish import build_release
        from orchestration.report import report_writer

        report_progress("Publishing", 0)
        home = Home.find()
        listening = load_listening(home.config)
        release = build_release(
            home,
            run_id=context.run_id,
            code_version=code_version(listening),
            inputs=release_inputs(home, listening),
            catalogue=mart_catalogue(),
            report=report_writer(
                reporting_time_zone=listening.reporting.time_zone,
                panel_names={panel.id: panel.name or panel.id for panel in listening.panels},
            ),
        )
        close_work(home)
        places = {"database": release.database, "parquet": release.path / "parquet", "report": release.report}
        for spec in specs:
            yield MaterializeResult(
                asset_key=spec.key,
                metadata={
                    "path": MetadataValue.path(places[spec.key.path[-1]]),
                    "release_id": release.release_id,
                    "data_through": str(release.data_through),
                    "marts_sha256": release.marts_sha256,
                    "rows": MetadataValue.json(release.rows),
                },
            )

    return publish
