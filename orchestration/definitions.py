"""Composes what Dagster loads; computes nothing itself."""

from dagster import AssetKey, Definitions, in_process_executor

from ingestion.home import Home
from ingestion.listening import ListeningError, load_listening
from orchestration.assets.landing import landing_assets
from orchestration.assets.listening import listening_assets
from orchestration.assets.models import model_assets
from orchestration.assets.release import release_assets
from orchestration.assets.transform import transform_assets, transform_resources
from orchestration.automation.back_fill import back_fill_jobs
from orchestration.automation.jobs import JOBS
from orchestration.automation.schedules import schedules
from orchestration.automation.sensors import sensors
from orchestration.checks.drift import drift_checks
from orchestration.checks.landed import landed_checks
from orchestration.checks.scored import scored_checks


def _time_zone(home: Home) -> str:
    """The reporting time zone; UTC while listening.yml is wrong, so that the UI still opens and runs say why."""
    try:
        return load_listening(home.config).reporting.time_zone
    except (ListeningError, OSError):
        return "UTC"


def build_definitions() -> Definitions:
    """Return all assets, checks, jobs, schedules and sensors."""
    time_zone = _time_zone(Home.find())
    transform = transform_assets()
    marts = sorted((key for key in transform.keys if key.path[0] == "marts"), key=AssetKey.to_user_string)
    return Definitions(
        assets=[*landing_assets(), listening_assets(), *model_assets(), transform, release_assets(marts)],
        asset_checks=[*landed_checks(), *scored_checks(), *drift_checks()],
        jobs=[*JOBS, *back_fill_jobs(time_zone)],
        schedules=schedules(time_zone),
        sensors=sensors(),
        resources=transform_resources(),
        executor=in_process_executor,
    )


defs = build_definitions()
