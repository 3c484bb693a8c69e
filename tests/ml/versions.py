"""Versions of the sentiment model made from the shipped one, in no time: a bad one and an equally good one."""

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ml.registry import current_model
from ml.weights import build_tables, write_table

TURNED = {"negative": "positive", "positive": "negative"}


def write_version(folder: Path, change) -> str:
    """Write a version whose weights are what `change` makes of the shipped ones; return its name."""
    shipped = current_model("sentiment").folder
    weights, labels = (
        pq.read_table(shipped / f"{name}.parquet").to_pandas() for name in ("weights", "labels")
    )
    version, weight_table, label_table = build_tables("sentiment", change(weights), labels)
    errors = pq.read_table(shipped / "sentiment_error.parquet")
    place = errors.schema.get_field_index("model_version")
    errors = errors.set_column(place, "model_version", pa.array([version] * len(errors), pa.string()))
    for name, table in (("weights", weight_table), ("labels", label_table), ("sentiment_error", errors)):
        write_table(table, folder / f"{name}.parquet")
    card = json.loads((shipped / "card.json").read_text()) | {"model_version": version}
    (folder / "card.json").write_text(json.dumps(card))
    return version


def bad(weights: pd.DataFrame) -> pd.DataFrame:
    """Call what is negative positive, and the other way round."""
    return weights.assign(label=weights["label"].replace(TURNED))


def as_good(weights: pd.DataFrame) -> pd.DataFrame:
    """Move one intercept by next to nothing."""
    first = (weights["term"] == "") & (weights["label"] == "neutral") & (weights["language"] == "en")
    return weights.assign(weight_nano=weights["weight_nano"] + first.astype("int64") * 100_000)
