"""From fitted classes to a model's files and card: those that ship, and those of a user's own labels."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ml.calibration import expected_calibration_error
from ml.cards import vocabulary_filter
from ml.classes.shipped import ClassTask
from ml.classes.training import MINIMUM_TEXTS, ClassModel, Known, fit_classes
from ml.features import INTERCEPT, feature_matrix
from ml.registry import Model
from ml.weights import NANO, build_tables, language_weights, read_weights


def shipped_classes(
    task: ClassTask, folder: Path, *, seed: int, sentiment: Model | None
) -> tuple[dict, dict[str, pa.Table]]:
    """Return card and files of a model that ships, trained on public data in `folder`.

    `sentiment` is the model that a task builds on if it says so. Raises LabelsFileError for bad training data.
    """
    texts = task.read(folder)
    known = known_weights(sentiment, task.language) if task.builds_on_sentiment and sentiment else None
    model = fit_classes(texts, list(task.labels), language=task.language, seed=seed, known=known)
    by = "video" if "group" in texts.columns else "text"
    scores = [{"texts_of": f"cross-validation by {by}", **measured_in(model)}]
    for name, unseen in task.validation(folder).items():
        scores.append({"texts_of": name, **measured_on(model, unseen)})
    version, files = tables(task.name, [model], task.labels)
    card = {
        "title": task.title,
        "model_name": task.name,
        "model_version": version,
        "task": task.name,
        "labels": list(task.labels),
        "languages": [task.language],
        "trained_at": None,
        "seed": seed,
        "summary": "One logistic regression over the classes, stored as weights and scored in SQL."
        + (f" Builds on sentiment {sentiment.version}." if known else ""),
        "data": [{**row, "size": f"{len(texts)} texts"} for row in task.data],
        "scores_meaning": task.scores_meaning + " `python -m ml.evaluate FOLDER` scores labelled files.",
        "scores": scores,
        "held_out_counts": held_out_counts([model]),
        "settings": settings(model),
        "vocabulary_filter": vocabulary_filter(MINIMUM_TEXTS),
        "terms": {model.language: len(model.vocabulary)},
        "known_failures": task.known_failures,
        "reproduce": "python -m ml.train FOLDER",
    }
    return card, files


def known_weights(model: Model, language: str) -> Known | None:
    """Return the weights of one language of a model, None if it does not know the language."""
    weights = read_weights(model.folder / "weights.parquet", model.name)
    rows = weights.filter(pc.equal(weights["language"], language)).to_pandas()
    rows = rows[rows["term"] != INTERCEPT]
    if rows.empty:
        return None
    wide = rows.pivot(index="term", columns="label", values="weight_nano").fillna(0).sort_index() / NANO
    # Only differences between classes tell anything; how large they get among texts is for the fit to say.
    return Known(list(wide.index), wide.sub(wide.mean(axis=1), axis=0).to_numpy())


def tables(
    name: str, models: Sequence[ClassModel], labels: Mapping[str, str], kept: pa.Table | None = None
) -> tuple[str, dict[str, pa.Table]]:
    """Return version and files of a model; `kept` are weights of further languages, taken over as they are."""
    weights = [
        language_weights(model.language, model.labels, model.vocabulary, model.coefficients, model.intercepts)
        for model in models
    ]
    if kept is not None:
        weights.append(kept.select(["language", "label", "term", "weight_nano"]).to_pandas())
    described = pd.DataFrame(
        {"label": list(labels), "description": list(labels.values()), "threshold": [None] * len(labels)}
    ).astype({"threshold": "float64"})
    version, weight_table, label_table = build_tables(name, pd.concat(weights), described)
    return version, {"weights": weight_table, "labels": label_table}


def measured_in(model: ClassModel) -> dict[str, float]:
    """Return the scores of cross-validation that a card shows."""
    return {key: model.scores[key] for key in _shown(model)}


def measured_on(model: ClassModel, texts: pd.DataFrame) -> dict[str, float]:
    """Return the same scores on texts that the model never saw."""
    from sklearn.metrics import f1_score, recall_score

    probabilities = model.estimator.predict_proba(feature_matrix(texts["tokens"], model.vocabulary))
    predicted = probabilities.argmax(axis=1)
    truth = texts["label"].map(model.labels.index).to_numpy()
    of_classes = f1_score(truth, predicted, average=None, labels=range(len(model.labels)), zero_division=0)
    scores = {
        "texts": len(texts),
        "macro_f1": of_classes.mean(),
        "macro_recall": recall_score(truth, predicted, average="macro"),
        "accuracy": (predicted == truth).mean(),
        "calibration_error": expected_calibration_error(probabilities.max(axis=1), predicted == truth),
        **{f"f1_{label}": value for label, value in zip(model.labels, of_classes, strict=True)},
    }
    return {key: scores[key] if key == "texts" else round(float(scores[key]), 4) for key in _shown(model)}


def settings(model: ClassModel) -> dict[str, float]:
    """Return what cross-validation chose."""
    return {key: model.scores[key] for key in ("rarity", "inverse_regularisation", "balance", "temperature")}


def held_out_counts(models: Sequence[ClassModel]) -> dict[str, list]:
    """Return the confusion of held-out texts: rows are true classes, columns predicted ones."""
    held_out = pd.concat(model.held_out for model in models)
    labels = models[0].labels
    counts = np.zeros((len(labels), len(labels)), dtype=int)
    np.add.at(counts, (held_out["true"].to_numpy(), held_out["predicted"].to_numpy()), 1)
    return {"rows_true_columns_predicted": labels, "counts": counts.tolist()}


def _shown(model: ClassModel) -> list[str]:
    of_classes = [f"f1_{label}" for label in model.labels]
    return ["texts", "macro_f1", "macro_recall", "accuracy", "calibration_error", *of_classes]
