"""The whole road, its two halves, and retraining."""

from dagster import AssetSelection, define_asset_job

from ingestion.registry import SOURCES

TRAINING = AssetSelection.key_prefixes(["trained"])
FIRST_HALF = (
    AssetSelection.groups(*(f"raw_{source}" for source in SOURCES), "listening_yml", "models") - TRAINING
)

everything = define_asset_job(
    "everything",
    selection=AssetSelection.all() - TRAINING,
    description="Land, model, classify, check and publish: what `listenhouse run` does.",
)
land_all = define_asset_job(
    "land_all",
    selection=FIRST_HALF,
    description="The first half: land all sources, compile listening.yml, load the current models.",
)
marts_and_release = define_asset_job(
    "marts_and_release",
    selection=AssetSelection.all() - TRAINING - FIRST_HALF,
    description="The second half: model what has landed, check it, publish.",
)
retrain = define_asset_job(
    "retrain",
    selection=TRAINING,
    description="Train the models again; the next run scores with them.",
)

JOBS = [everything, land_all, marts_and_release, retrain]
