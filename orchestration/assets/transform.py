"""The dbt project: staging to marts, with its tests as asset checks."""

from collections.abc import Iterator
from typing import Any

from dagster import AssetExecutionContext, AssetsDefinition
from dagster_dbt import DbtCliResource, dbt_assets

from ingestion.home import Home
from ingestion.listening import load_listening
from orchestration.assets.landing import POOL
from orchestration.dbt import dbt_cli, dbt_project, dbt_started_in, translator
from orchestration.inputs import is_published, release_inputs
from orchestration.memory import give_back_memory
from orchestration.progress import report_progress
from orchestration.transform_state import begin_rebuild, complete_rebuild, is_rebuild_due, transform_hash

FULL_REFRESH_TAG = "listenhouse/full_refresh"
STEP = "Modelling and checking"


def transform_assets() -> AssetsDefinition:
    """Return the dbt models, seeds and tests as one multi-asset."""
    project = dbt_project()

    @dbt_assets(
        manifest=project.manifest_path,
        project=project,
        name="transform",
        dagster_dbt_translator=translator(),
        exclude="resource_type:unit_test",
        pool=POOL,
    )
    def transform(context: AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        home = Home.find()
        listening = load_listening(home.config)
        wanted = transform_hash(listening)
        asked = context.run.tags.get(FULL_REFRESH_TAG) == "true"
        if not asked and is_published(home, release_inputs(home, listening)):
            context.log.info("Nothing has changed since the current release: nothing is rebuilt.")
            return
        arguments = ["build", "--exclude-resource-type", "unit_test"]
        rebuild = asked or is_rebuild_due(home, wanted)
        if rebuild:
            begin_rebuild(home, wanted)
            arguments.append("--full-refresh")
        report_progress(STEP, 0)
        give_back_memory()
        with dbt_started_in(home):
            build = dbt.cli(
                arguments,
                context=context,
                raise_on_error=True,
                manifest=project.manifest_path,
                # One folder, not one a run: dbt finds what it parsed last time, and nothing piles up.
                target_path=home.dbt,
            )
        for done, event in enumerate(build.stream(), start=1):
            report_progress(STEP, done)
            yield event
        if rebuild and not context.is_subset:
            complete_rebuild(home, wanted)

    return transform


def transform_resources() -> dict[str, Any]:
    """Return what the dbt assets need."""
    return {"dbt": dbt_cli()}
