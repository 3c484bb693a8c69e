"""Train the models: `python -m ml.train FOLDER` renews those that ship with the project.

    python -m ml.train                          topics, from the taxonomy
    python -m ml.train FOLDER                   and sentiment, from our own texts and those in
                                                FOLDER/sentiment/<language>_train.tsv
    python -m ml.train FOLDER --soft FILE       and from a teacher's soft labels of English texts (Parquet with text,
                                                p_negative, p_neutral, p_positive)

With FOLDER, a folder of public data that is no part of the project, emotion and spam are renewed too, from emotion/
and spam/. --only NAME renews one model alone: emotion builds on sentiment, and is renewed after it.

Nothing here knows Dagster or the warehouse. An asset calls `train_sentiment` or `train_topics` with a
folder of its own, and loads what `ml.registry.warehouse_tables` then returns.
"""

import argparse
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa

from ml import registry
from ml.cards import write_card
from ml.prevalence import by_language, error_table
from ml.weights import build_tables, language_weights, write_table

SEED = 20260801


@dataclass(frozen=True)
class Trained:
    """The outcome of a training: `changed` tells whether another version was current before."""

    model_name: str
    version: str
    card: dict
    changed: bool


def train_sentiment(
    out_folder: Path,
    *,
    seed: int = SEED,
    data: Path | None = None,
    public: Path | None = None,
    soft: Path | None = None,
) -> Trained:
    """Train sentiment and make it current; without `data` and `public` there is nothing new to learn from.

    `data` holds texts and lexicons shaped as ml/sentiment/data (default: those), `public` and `soft` are what
    `ml.sentiment.labelled` reads. Writes <out_folder>/sentiment/<version>/. Raises ValueError naming file and
    line for bad training data.
    """
    if data is None and public is None:
        current = registry.current_model("sentiment", out_folder)
        return Trained("sentiment", current.version, current.card, changed=False)
    return _keep(out_folder, *_sentiment(seed, data, public, soft))


def train_topics(
    out_folder: Path,
    *,
    taxonomy_path: Path | None = None,
    labelled: pd.DataFrame | None = None,
    source: str | None = None,
    seed: int = SEED,
) -> Trained:
    """Train topics on a taxonomy (default: the one shipped) and make it current.

    `labelled` are posts that a user labelled (columns label, tokens, language), `source` names their file. Writes
    <out_folder>/topics/<version>/. Raises TaxonomyError if the taxonomy cannot be used, UnknownTopic if the labels
    cannot.
    """
    return _keep(out_folder, *_topics(seed, taxonomy_path, labelled, source))


def train_classes(
    out_folder: Path,
    name: str,
    texts: pd.DataFrame,
    *,
    source: str,
    seed: int = SEED,
    models: Path | None = None,
) -> Trained:
    """Train a single-choice model on a user's own labels (columns label, tokens, language) and make it current.

    `name` is a shipped model, which is then built upon, or one of the user's own; `source` names the file of labels.
    Languages without labels are taken over from the current version in `models` (default: out_folder). Writes
    <out_folder>/<name>/<version>/. Raises TooFewTexts if there are too few labels of a class.
    """
    from ml.classes.models import own_classes

    with _one_thread():
        card, files = own_classes(
            name,
            texts,
            seed=seed,
            source=source,
            shipped=_model(name, None),
            current=_model(name, models or out_folder),
        )
    return _keep(out_folder, card | {"trained_at": _now()}, files)


def _sentiment(
    seed: int, data: Path | None, public: Path | None, soft: Path | None
) -> tuple[dict, dict[str, pa.Table]]:
    """Return the card and the files of a freshly trained sentiment model."""
    from ml.sentiment.card import sentiment_card
    from ml.sentiment.labelled import SOFT_LANGUAGE, read_soft
    from ml.sentiment.sample import DATA, LABELS, OWN
    from ml.sentiment.training import LANGUAGES, fit_language, labelled_texts

    folder = data or DATA
    soft_labels = {SOFT_LANGUAGE: read_soft(soft)} if soft else {}
    with _one_thread():
        models = [
            fit_language(language, seed=seed, folder=folder, public=public, soft=soft_labels.get(language))
            for language in LANGUAGES
            if len(labelled_texts(language, folder, public))
        ]
    weights = pd.concat(
        language_weights(
            model.language,
            list(LABELS),
            model.vocabulary,
            model.estimator.coef_,
            model.estimator.intercept_,
        )
        for model in models
    )
    labels = pd.DataFrame(
        {
            "label": list(LABELS),
            "description": list(LABELS.values()),
            "threshold": [None] * len(LABELS),
        }
    ).astype({"threshold": "float64"})
    version, weight_table, label_table = build_tables("sentiment", weights, labels)
    held_out = pd.concat(model.held_out for model in models)
    # The project's own posts are of the kind that is scored, if easier; news and chat of public files are another kind.
    kinds = (held_out["source"] != OWN).to_numpy(dtype=int)
    languages, true, predicted = (held_out[column].to_numpy() for column in ("language", "true", "predicted"))
    errors = error_table("sentiment", version, by_language(languages, true, predicted, kinds), seed=seed)
    card = sentiment_card(models, version, _now(), seed, public=public is not None, soft=soft is not None)
    return card, {"weights": weight_table, "labels": label_table, "sentiment_error": errors}


def _topics(
    seed: int, taxonomy_path: Path | None, labelled: pd.DataFrame | None = None, source: str | None = None
) -> tuple[dict, dict[str, pa.Table]]:
    """Return the card and the files of a freshly trained topic model."""
    import numpy as np

    from ml.topics.card import topics_card
    from ml.topics.labelled import fit_labelled_topics, topic_labels
    from ml.topics.taxonomy import SHIPPED, load_taxonomy
    from ml.topics.training import fit_topics

    taxonomy = load_taxonomy(taxonomy_path or SHIPPED)
    with _one_thread():
        if labelled is None:
            model = fit_topics(taxonomy, seed=seed)
        else:
            model = fit_labelled_topics(taxonomy, topic_labels(labelled, taxonomy), seed=seed)
    weights = pd.concat(
        language_weights(
            language,
            model.topics,
            model.vocabularies[language],
            np.vstack([estimator.coef_ for estimator in estimators]),
            np.concatenate([estimator.intercept_ for estimator in estimators]),
        )
        for language, estimators in model.estimators.items()
    )
    labels = pd.DataFrame(
        {
            "label": model.topics,
            "description": [topic.description for topic in taxonomy.topics],
            "threshold": [model.thresholds[name] for name in model.topics],
        }
    )
    version, weight_table, label_table = build_tables("topics", weights, labels)
    card = topics_card(model, taxonomy, version, _now(), seed, source)
    return card, {"weights": weight_table, "labels": label_table}


def _shipped_classes(name: str, folder: Path, seed: int) -> tuple[dict, dict[str, pa.Table]]:
    """Return the card and the files of a shipped single-choice model trained on the public data in `folder`."""
    from ml.classes.models import shipped_classes
    from ml.classes.shipped import CLASS_TASKS

    with _one_thread():
        card, files = shipped_classes(
            CLASS_TASKS[name], folder, seed=seed, sentiment=registry.current_model("sentiment")
        )
    return card | {"trained_at": _now()}, files


def _keep(out_folder: Path, card: dict, files: dict[str, pa.Table]) -> Trained:
    """Write a version beside those trained before and make it the current one."""
    name, version = card["model_name"], card["model_version"]
    before = _model(name, out_folder)
    (out_folder / name).mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=out_folder / name))
    try:
        _write(unfinished, card, files)
        registry.make_current(out_folder, name, version, unfinished)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return Trained(name, version, card, changed=before is None or before.version != version)


def _model(name: str, folder: Path | None) -> registry.Model | None:
    """Return the current model, the shipped one without a folder, None if there is no such model."""
    try:
        return registry.current_model(name, folder)
    except KeyError:
        return None


def _ship(card: dict, files: dict[str, pa.Table]) -> Trained:
    """Replace the version that ships with the project; the same version keeps its time of training and its
    validation."""
    folder = registry.SHIPPED / card["model_name"]
    folder.mkdir(parents=True, exist_ok=True)
    changed = not (folder / "card.json").exists() or registry.version_in(folder) != card["model_version"]
    if not changed:
        before = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        card |= {name: before[name] for name in ("trained_at", "validation") if name in before}
    _write(folder, card, files)
    return Trained(card["model_name"], card["model_version"], card, changed)


def _write(folder: Path, card: dict, files: dict[str, pa.Table]) -> None:
    for name, table in files.items():
        write_table(table, folder / f"{name}.parquet")
    write_card(card, folder)


def _one_thread() -> object:
    """Hold linear algebra to one thread: sums in another order would train other digits."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1)


def _now() -> str:
    """The time of training; SOURCE_DATE_EPOCH sets it for reproducible files."""
    stated = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(stated), UTC) if stated else datetime.now(UTC)
    return moment.isoformat(timespec="seconds")


def main() -> None:
    """Train the shipped models anew and say what came out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "folder", type=Path, nargs="?", help="folder of public data: sentiment/, emotion/, spam/"
    )
    parser.add_argument("--soft", type=Path, help="Parquet file of soft labels")
    parser.add_argument("--only", help="renew this model alone: sentiment, topics, emotion or spam")
    arguments = parser.parse_args()
    if arguments.folder and not list(arguments.folder.glob("sentiment/*_train.tsv")):
        parser.error(f"{arguments.folder}: has no files named like sentiment/en_train.tsv")
    if arguments.soft and not arguments.folder:
        parser.error("--soft goes with a FOLDER of labelled texts")
    from ml.classes.shipped import CLASS_TASKS

    trainings = {"topics": lambda: _topics(SEED, None)}
    if arguments.folder:
        # Before the others: they build on it.
        trainings["sentiment"] = lambda: _sentiment(SEED, None, arguments.folder, arguments.soft)
        trainings |= {name: partial(_shipped_classes, name, arguments.folder, SEED) for name in CLASS_TASKS}
    if arguments.only is not None and arguments.only not in trainings:
        parser.error(f"--only {arguments.only}: choose among {', '.join(trainings)}; others need a FOLDER")
    for name, training in trainings.items():
        if arguments.only in (None, name):
            _told(_ship(*training()))


def _told(trained: Trained) -> None:
    print(f"{trained.model_name} {trained.version} {'written' if trained.changed else 'unchanged'}")
    for row in trained.card["scores"]:
        print("  " + "  ".join(f"{key} {value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
