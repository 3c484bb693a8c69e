"""From fitted classes to a model's files and card: those that ship, and those of a user's own labels."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ml.calibration import softmax
from ml.cards import vocabulary_filter
from ml.classes.columns import MINIMUM_TEXTS, Known
from ml.classes.shipped import ClassTask
from ml.classes.training import ClassModel, TooFewTexts, class_scores, fit_classes
from ml.features import INTERCEPT, feature_matrix
from ml.prevalence import by_language, error_table, read_errors
from ml.registry import Model
from ml.sentiment.training import _neutral_without_evidence as neutral_without_evidence
from ml.weights import NANO, build_tables, language_weights, read_weights, round_weights


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
    scores = [{"texts_of": f"cross-validation by {by}", **model.scores}]
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
        "scores_meaning": task.scores_meaning
        + " `python -m ml.evaluate FOLDER/emotion` and `python -m ml.classes.evaluate FILE` score labelled files.",
        "scores": scores,
        "held_out_counts": held_out_counts([model]),
        "settings": model.settings,
        "vocabulary_filter": vocabulary_filter(MINIMUM_TEXTS),
        "terms": {model.language: len(model.vocabulary)},
        "known_failures": task.known_failures,
        "reproduce": "python -m ml.train FOLDER",
    }
    return card, files


def own_classes(
    name: str, texts: pd.DataFrame, *, seed: int, source: str, shipped: Model | None, current: Model | None
) -> tuple[dict, dict[str, pa.Table]]:
    """Return card and files of a model trained on a user's own labels.

    `texts` has label, tokens and language. Where a version ships, its weights are built upon and the languages without
    labels are taken over from `current`; it never saw the user's labels, so cross-validation is honest however often
    this is done. `source` names the file of labels. Raises TooFewTexts if no language has enough texts of each class.
    """
    labels = _own_labels(texts, shipped)
    models, scores, left_out = [], [], []
    for language, group in texts.groupby("language", sort=True):
        known = shipped and known_weights(shipped, language)
        try:
            model = fit_classes(
                group, sorted(labels), language=language, seed=seed, known=known or None, anchored=bool(known)
            )
        except TooFewTexts as problem:
            left_out.append(f"{source}: {problem}")
            continue
        models.append(model)
        scores.append({"language": language, "model": "this one, cross-validated", **model.scores})
        if known:
            scores.append(
                {"language": language, "model": f"shipped {shipped.version}"}
                | _of_shipped(shipped, model, group)
            )
    if not models:
        raise TooFewTexts("\n".join(left_out))
    if name == "sentiment":
        for model in models:
            model.estimator.intercept_ = round_weights(neutral_without_evidence(model.estimator.intercept_))
    trained = {model.language for model in models}
    kept = current and _other_languages(current, trained)
    version, files = tables(name, models, labels, kept)
    if name == "sentiment":
        held_out = pd.concat(model.held_out for model in models)
        languages, true, predicted = (
            held_out[column].to_numpy() for column in ("language", "true", "predicted")
        )
        errors = error_table(name, version, by_language(languages, true, predicted), seed=seed)
        files["sentiment_error"] = _with_errors_of(errors, current, kept) if kept else errors
    languages = sorted(set(pc.unique(files["weights"]["language"]).to_pylist()))
    card = {
        "title": f"{name}, trained on own labels",
        "model_name": name,
        "model_version": version,
        "task": name,
        "labels": list(labels),
        "languages": languages,
        "trained_at": None,
        "seed": seed,
        "summary": "One logistic regression a language over the classes, stored as weights and scored in SQL."
        + (f" Builds on the shipped version {shipped.version}." if shipped else "")
        + (
            f" Taken over from {current.version}: {', '.join(sorted(set(languages) - trained))}."
            if kept
            else ""
        ),
        "data": [
            {
                "name": source,
                "licence": "the user's own",
                "size": f"{len(texts)} texts",
                "note": "labelled texts",
            }
        ],
        "scores_meaning": "Cross-validation on the user's own labels, by which all settings were chosen; where "
        "a shipped version knows the language, its scores on the same texts stand below. Calibration error is the "
        "expected calibration error (ECE).",
        "scores": scores,
        "held_out_counts": held_out_counts(models),
        "settings": {model.language: model.settings for model in models},
        "vocabulary_filter": vocabulary_filter(MINIMUM_TEXTS),
        "terms": {model.language: len(model.vocabulary) for model in models},
        "known_failures": ["What the labelled texts do not show was not learnt.", *left_out],
        "reproduce": f"listenhouse train --task {name} {source}",
    }
    return card, files


def _own_labels(texts: pd.DataFrame, shipped: Model | None) -> dict[str, str]:
    """Return the classes and what they mean: those of the shipped version, else those that were used."""
    if shipped is None:
        return {label: f"Labelled {label!r} by the user." for label in sorted(texts["label"].unique())}
    rows = pq.read_table(shipped.folder / "labels.parquet").to_pylist()
    return {row["label"]: row["description"] for row in rows}


def _of_shipped(shipped: Model, model: ClassModel, texts: pd.DataFrame) -> dict[str, float]:
    """Return the scores of the shipped version on texts whose labels it never saw."""
    weights = read_weights(shipped.folder / "weights.parquet", shipped.name)
    rows = weights.filter(pc.equal(weights["language"], model.language)).to_pandas()
    wide = rows.pivot(index="term", columns="label", values="weight_nano").fillna(0)[model.labels] / NANO
    evidence = feature_matrix(texts["tokens"], list(wide.index)) @ wide.to_numpy()
    truth = texts["label"].map(model.labels.index).to_numpy()
    probabilities = softmax(evidence + wide.loc[INTERCEPT].to_numpy())
    return {"texts": len(texts), **class_scores(probabilities, truth, model.labels)}


def _other_languages(current: Model, trained: set[str]) -> pa.Table | None:
    """Return the weights of the languages that were not trained now, None if there are none."""
    weights = read_weights(current.folder / "weights.parquet", current.name)
    kept = weights.filter(pc.invert(pc.is_in(weights["language"], pa.array(sorted(trained)))))
    return kept if kept.num_rows else None


def _with_errors_of(errors: pa.Table, current: Model, weights: pa.Table) -> pa.Table:
    """Return an error table with the strata of the languages whose weights are taken over."""
    rows = read_errors(current.folder / "sentiment_error.parquet")
    kept = rows.filter(pc.is_in(rows["stratum"], pc.unique(weights["language"])))
    version = pa.array([errors["model_version"][0].as_py()] * len(kept), pa.string())
    place = errors.schema.get_field_index("model_version")
    return pa.concat_tables([errors, kept.set_column(place, "model_version", version)])


def known_weights(model: Model, language: str) -> Known | None:
    """Return the weights of one language of a model, labels in order of their names; None if it does not know it."""
    weights = read_weights(model.folder / "weights.parquet", model.name)
    rows = weights.filter(pc.equal(weights["language"], language)).to_pandas()
    # Every label has an intercept; a label whose weights are all zero has nothing else.
    labels = sorted(rows["label"].unique())
    rows = rows[rows["term"] != INTERCEPT]
    if rows.empty:
        return None
    wide = rows.pivot(index="term", columns="label", values="weight_nano").reindex(columns=labels)
    wide = wide.fillna(0).sort_index() / NANO
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


def measured_on(model: ClassModel, texts: pd.DataFrame) -> dict[str, float]:
    """Return the scores of cross-validation for texts that the model never saw."""
    probabilities = model.estimator.predict_proba(feature_matrix(texts["tokens"], model.vocabulary))
    truth = texts["label"].map(model.labels.index).to_numpy()
    return {"texts": len(texts), **class_scores(probabilities, truth, model.labels)}


def held_out_counts(models: Sequence[ClassModel]) -> dict[str, list]:
    """Return the confusion of held-out texts: rows are true classes, columns predicted ones."""
    held_out = pd.concat(model.held_out for model in models)
    labels = models[0].labels
    counts = np.zeros((len(labels), len(labels)), dtype=int)
    np.add.at(counts, (held_out["true"].to_numpy(), held_out["predicted"].to_numpy()), 1)
    return {"rows_true_columns_predicted": labels, "counts": counts.tolist()}
