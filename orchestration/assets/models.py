"""Models: trained in Python, stored as tables of weights, scored by dbt."""

from collections.abc import Callable, Iterator

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    MaterializeResult,
    MetadataValue,
    asset,
    multi_asset,
)

from ingestion.home import Home
from ingestion.reference import replace_tables
from orchestration.assets.landing import OWNERS, POOL
from orchestration.progress import report_progress

TRAINED = {
    "sentiment": "Sentiment model: words and word pairs with their weights for negative, neutral and positive.",
    "topics": "Topic model: one linear classifier for each topic of the taxonomy.",
}
TABLES = {
    "model_registry": "One row per model version with its promotions; one version of each model is current.",
    "model_weights": "Weights of all model versions in billionths; the intercept has the empty term.",
    "model_labels": "Labels of all model versions, and the probability from which a label is given.",
    "sentiment_error": "Inverse confusion matrices of the current sentiment models, one per stratum and replicate.",
    "post_scores": "Scores of the posts by a current model that is no table of weights, such as a transformer.",
}


def model_assets() -> list[AssetsDefinition]:
    """Return the trainings and the tables that hold the current models."""
    return [*(_training(name) for name in TRAINED), _weight_tables()]


def _training(name: str) -> AssetsDefinition:
    @asset(
        key=["trained", name],
        description=TRAINED[name]
        + " Retrained weekly; a version that is worse on gold labels is kept beside the current one, not used.",
        group_name="models",
        owners=OWNERS,
        kinds={"scikitlearn", "parquet"},
    )
    def training(context: AssetExecutionContext) -> MaterializeResult:
        from orchestration.promotion.retraining import retrain

        outcome = retrain(Home.find(), name, _trainer(name))
        context.log.info(outcome.told)
        return MaterializeResult(
            metadata={
                "model_version": outcome.trained.version,
                "is_current": outcome.is_current,
                "outcome": outcome.told,
                "card": MetadataValue.json(outcome.trained.card),
            }
        )

    return training


def _trainer(name: str) -> Callable:
    from ml.train import train_sentiment, train_topics

    return {"sentiment": train_sentiment, "topics": train_topics}[name]


def _weight_tables() -> AssetsDefinition:
    specs = [
        AssetSpec(
            ["ml", table],
            deps=[
                AssetKey(["trained", name])
                for name in TRAINED
                if table not in {"sentiment_error", "post_scores"} or name == "sentiment"
            ],
            description=description,
            group_name="models",
            owners=OWNERS,
            kinds={"dlt", "duckdb"},
            metadata={"dagster/table_name": f"ml.{table}"},
        )
        for table, description in TABLES.items()
    ]

    @multi_asset(name="load_models", specs=specs, pool=POOL)
    def loaded() -> Iterator[MaterializeResult]:
        from ml.registry import warehouse_tables

        report_progress("Loading models", 0)
        home = Home.find()
        tables = warehouse_tables(home.models)
        changed = replace_tables("ml", tables, home)
        for spec in specs:
            rows = tables[spec.key.path[-1]].num_rows
            yield MaterializeResult(
                asset_key=spec.key, metadata={"dagster/row_count": rows, "changed": changed}
            )

    return loaded
