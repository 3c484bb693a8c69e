"""Great Expectations suites: what a landed batch and a scored batch must look like.

The suite of a landed batch is read off its landing contract, so that there is one definition; what the
contract cannot say (clocks, pseudonyms, keys) is added here.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ingestion.landing.contract import Contract

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations import ExpectationSuite

PSEUDONYM = "^[0-9a-f]{32}$"
CLOCK_SKEW = timedelta(hours=24)
"""How far in the future a platform's clock may be."""
ONE_LABEL_SHARE = 0.98
"""Above this share of one sentiment, over enough mentions, the model is broken rather than the mood."""
ENOUGH = 500


def landed_suite(contract: Contract, *, now: datetime | None = None) -> "ExpectationSuite":
    """Return the suite of a batch of landed rows of a contract."""
    import great_expectations as gx
    import great_expectations.expectations as gxe

    now = now or datetime.now(UTC)
    expectations: list[Any] = [
        gxe.ExpectColumnValuesToNotBeNull(column=name)
        for name in ("source_name", "observation_id", "content_hash", "observed_at", contract.key)
    ]
    expectations.append(gxe.ExpectColumnValuesToMatchRegex(column="observation_id", regex=PSEUDONYM))
    expectations.append(gxe.ExpectColumnValuesToBeBetween(column="observed_at", max_value=now + CLOCK_SKEW))
    for column in contract.columns:
        name = column.landed_name
        if column.required and name != contract.key and not column.waived_when_deleted:
            expectations.append(gxe.ExpectColumnValuesToNotBeNull(column=name))
        if column.type == "author":
            expectations.append(gxe.ExpectColumnValuesToMatchRegex(column=name, regex=PSEUDONYM))
        if column.allowed:
            expectations.append(gxe.ExpectColumnValuesToBeInSet(column=name, value_set=list(column.allowed)))
        if column.minimum is not None or column.maximum is not None:
            expectations.append(
                gxe.ExpectColumnValuesToBeBetween(
                    column=name, min_value=column.minimum, max_value=column.maximum
                )
            )
        if name == "created_at":
            expectations.append(
                gxe.ExpectColumnValuesToBeBetween(
                    column=name, min_value=datetime(1990, 1, 1, tzinfo=UTC), max_value=now + CLOCK_SKEW
                )
            )
    return gx.ExpectationSuite(name=f"landed_{contract.resource}", expectations=expectations)


def scored_suite(rows: int) -> "ExpectationSuite":
    """Return the suite of a batch of scored mentions; `rows` is its size."""
    import great_expectations as gx
    import great_expectations.expectations as gxe

    labels = ["negative", "neutral", "positive", "unscored"]
    expectations: list[Any] = [
        gxe.ExpectColumnValuesToBeUnique(column="mention_key"),
        gxe.ExpectColumnValuesToBeInSet(column="sentiment_label", value_set=labels),
        gxe.ExpectColumnValuesToBeBetween(column="probability_error", min_value=-1e-9, max_value=1e-9),
        gxe.ExpectColumnValuesToBeInSet(column="is_label_consistent", value_set=[True]),
    ]
    expectations += [
        gxe.ExpectColumnValuesToBeBetween(column=f"p_{label}", min_value=0, max_value=1)
        for label in labels[:3]
    ]
    if rows >= ENOUGH:
        expectations += [
            gxe.ExpectColumnMeanToBeBetween(column=f"is_{label}", max_value=ONE_LABEL_SHARE)
            for label in labels[:3]
        ]
    return gx.ExpectationSuite(name="scored_mentions", expectations=expectations)


def failures(batch: "pd.DataFrame", suite: "ExpectationSuite") -> list[str]:
    """Validate a batch; return one line for each expectation that does not hold, none if all do.

    Raises whatever Great Expectations raises on an expectation that it cannot compute: a check that broke
    is not a check that passed.
    """
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("batches").add_dataframe_asset("batch")
    whole = asset.add_batch_definition_whole_dataframe("whole")
    result = whole.get_batch({"dataframe": batch}).validate(suite)
    return [_told(outcome) for outcome in result.results if not outcome.success]


def _told(outcome: Any) -> str:
    if (outcome.exception_info or {}).get("raised_exception"):
        raise RuntimeError(
            f"{outcome.expectation_config.type} could not be computed: {outcome.exception_info}"
        )
    config = outcome.expectation_config
    limits = {key: value for key, value in config.kwargs.items() if key not in ("column", "batch_id")}
    seen = outcome.result
    if "unexpected_count" in seen:
        found = f"{seen['unexpected_count']} of {seen['element_count']} rows do not"
    else:
        found = f"observed {seen.get('observed_value')}"
    return f"{config.kwargs.get('column')}: {config.type} {limits}: {found}"
