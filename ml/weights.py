"""Weight tables: how a trained linear model is written, read and checked.

A model is three Parquet files at most, each a table of the warehouse's `ml` schema:

- `weights.parquet`          model_weights: model_name, model_version, language, label, term, weight_nano
- `labels.parquet`           model_labels: model_name, model_version, label, description, threshold
- `sentiment_error.parquet`  sentiment_error (see `ml.prevalence`)

Weights are whole numbers of 1e-9, so that sums are exact on every engine. The same rows give the same
bytes: rows are sorted, and the file states nothing about when or where it was written.
"""

import hashlib
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ml.features import DOUBTFUL, INTERCEPT, PART, is_publishable, is_word

NANO = 1_000_000_000
DECIMALS = 4
"""Estimators are rounded to this many decimals before use: finer differences are noise of the solver,
and would make the bytes depend on the machine that trained."""

WEIGHTS_SCHEMA = pa.schema(
    [
        ("model_name", pa.string()),
        ("model_version", pa.string()),
        ("language", pa.string()),
        ("label", pa.string()),
        ("term", pa.string()),
        ("weight_nano", pa.int64()),
    ]
)
LABELS_SCHEMA = pa.schema(
    [
        ("model_name", pa.string()),
        ("model_version", pa.string()),
        ("label", pa.string()),
        ("description", pa.string()),
        ("threshold", pa.float64()),
    ]
)
KNOWN_MODELS = {
    "sentiment": ("negative", "neutral", "positive"),
    "target_sentiment": ("negative", "neutral", "positive"),
    "topics": None,
    "emotion": ("anger", "joy", "optimism", "sadness"),
    "spam": ("ham", "spam"),
}
"""Name of a shipped model -> its labels, None where the labels are the user's own."""

ANY_LANGUAGE = "und"
"""Language of weights that score a text whatever its language (BCP 47: undetermined)."""


class WeightsError(ValueError):
    """A weight file that must not be loaded; the message names the file, the row and the remedy."""


def round_weights(values: np.ndarray) -> np.ndarray:
    """Round coefficients to the precision that is stored; the rounded estimator is the model."""
    return np.round(values, DECIMALS) + 0.0


def language_weights(
    language: str, labels: list[str], vocabulary: list[str], coefficients: np.ndarray, intercepts: np.ndarray
) -> pd.DataFrame:
    """Return the rows of one language's estimator.

    `coefficients` has shape (labels, terms), `intercepts` (labels,), both already rounded. Zero weights
    are left out, except intercepts: they tell which languages and labels a model knows. Where the vocabulary
    holds parts of unknown words, a word of weight zero keeps one row: it is known.
    """
    stacked = np.column_stack([intercepts, coefficients])
    terms = np.array([INTERCEPT, *vocabulary], dtype=object)
    is_kept = np.column_stack([np.ones(len(labels), dtype=bool), coefficients != 0])
    if any(term.startswith(PART) for term in vocabulary):
        is_kept[0] |= np.array([False, *map(is_word, vocabulary)]) & ~is_kept.any(axis=0)
    label_rows, term_columns = np.nonzero(is_kept)
    return pd.DataFrame(
        {
            "language": language,
            "label": np.array(labels, dtype=object)[label_rows],
            "term": terms[term_columns],
            "weight_nano": np.rint(stacked[label_rows, term_columns] * NANO).astype("int64"),
        }
    )


def language_estimator(
    weights: pa.Table, language: str, labels: list[str]
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return vocabulary, coefficients (labels, terms) and intercepts of one language: `language_weights` undone."""
    rows = weights.filter(pc.equal(weights["language"], language)).to_pandas()
    wide = rows.pivot(index="term", columns="label", values="weight_nano").reindex(columns=labels).fillna(0)
    values = wide.to_numpy() / NANO
    is_term = np.asarray(wide.index != INTERCEPT)
    return list(wide.index[is_term]), values[is_term].T, values[~is_term][0]


def build_tables(
    model_name: str, weights: pd.DataFrame, labels: pd.DataFrame
) -> tuple[str, pa.Table, pa.Table]:
    """Return (version, weights table, labels table) of a model.

    `weights` has language, label, term, weight_nano; `labels` has label, description, threshold. The
    version is the start of a hash over both, so equal models have equal versions wherever trained.
    """
    weights = weights.sort_values(["language", "label", "term"], kind="stable", ignore_index=True)
    labels = labels.sort_values("label", kind="stable", ignore_index=True)
    rows = weights.to_csv(index=False, sep="\t") + labels.to_csv(index=False, sep="\t")
    version = hashlib.sha256(f"{model_name}\n{rows}".encode()).hexdigest()[:12]
    tables = []
    for frame, schema in ((weights, WEIGHTS_SCHEMA), (labels, LABELS_SCHEMA)):
        frame = frame.assign(model_name=model_name, model_version=version)[schema.names]
        tables.append(
            pa.Table.from_pandas(frame, schema=schema, preserve_index=False).replace_schema_metadata(None)
        )
    return version, *tables


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table as Parquet, whole or not at all; the same table always gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    pq.write_table(table, unfinished, compression="zstd", version="2.6", row_group_size=1 << 20)
    os.replace(unfinished, path)


def read_weights(path: Path, own: str | None = None) -> pa.Table:
    """Read and check a weight file; `own` is the name of a model that may be one of the user's own.

    Raises WeightsError if the schema differs, a value is missing, a label is unknown to the model, a
    term is doubled or not publishable, or a language lacks an intercept for one of the labels.
    """
    table = pq.read_table(path)
    if not table.schema.equals(WEIGHTS_SCHEMA):
        raise WeightsError(
            f"{path}: columns are {_columns(table.schema)}, expected {_columns(WEIGHTS_SCHEMA)}; "
            "retrain the model"
        )
    rows = table.to_pandas()
    known_models = {own: None} | KNOWN_MODELS if own else KNOWN_MODELS
    _refuse(path, rows, rows.isna().any(axis=1), "has a missing value")
    _refuse(
        path,
        rows,
        ~rows["model_name"].isin(list(known_models)),
        f"is of none of the models {list(known_models)}",
    )
    for name, known in known_models.items():
        if known is not None:
            _refuse(
                path,
                rows,
                (rows["model_name"] == name) & ~rows["label"].isin(known),
                f"has no label of {known}",
            )
    for column in ("model_name", "model_version"):
        if rows[column].nunique() != 1:
            found = sorted(rows[column].unique())
            raise WeightsError(
                f"{path}: {column} has the values {found}; write each model into a file of its own"
            )
    _refuse(path, rows, rows.duplicated(["language", "label", "term"]), "occurs twice")
    is_intercept = rows["term"] == INTERCEPT
    doubtful = rows.loc[~is_intercept & _matches(table["term"], DOUBTFUL), "term"]
    refused = [not is_publishable(term) for term in doubtful]
    _refuse(path, rows, doubtful.index[refused], "names a handle, a cashtag or a number")
    expected = {
        (language, label) for language in rows["language"].unique() for label in rows["label"].unique()
    }
    present = set(rows.loc[is_intercept, ["language", "label"]].itertuples(index=False, name=None))
    if expected != present:
        raise WeightsError(
            f"{path}: no intercept (term '') for {sorted(expected - present)}; retrain the model, "
            "every language needs one for each label"
        )
    return table


def _matches(texts: pa.ChunkedArray, pattern: str) -> np.ndarray:
    return pc.fill_null(pc.match_substring_regex(texts, pattern), True).to_numpy()


def _columns(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} {field.type}" for field in schema)


def _refuse(path: Path, rows: pd.DataFrame, bad: pd.Series | pd.Index, what: str) -> None:
    """Raise WeightsError for the first bad row, if there is one."""
    found = rows.loc[bad]
    if len(found):
        raise WeightsError(
            f"{path}: row {found.index[0]} {found.iloc[0].to_dict()} {what} "
            f"({len(found)} such rows); retrain the model"
        )
