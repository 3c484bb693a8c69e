"""Train the models: `python -m ml.train` renews those that ship with the project.

Nothing here knows Dagster or the warehouse. An asset calls `train_sentiment` or `train_topics` with a
folder of its own, and loads what `ml.registry.warehouse_tables` then returns.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa

from ml import registry
from ml.cards import VOCABULARY_FILTER, write_card
from ml.prevalence import error_table
from ml.weights import build_tables, language_weights, write_table

SEED = 20260801


@dataclass(frozen=True)
class Trained:
    """The outcome of a training: `changed` tells whether another version was current before."""

    model_name: str
    version: str
    card: dict
    changed: bool


def train_sentiment(out_folder: Path, *, seed: int = SEED, data: Path | None = None) -> Trained:
    """Train sentiment on the texts and lexicons in `data` (default: those shipped) and make it current.

    Writes <out_folder>/sentiment/<version>/. Raises ValueError naming file and line for bad training data.
    """
    return _keep(out_folder, *_sentiment(seed, data))


def train_topics(out_folder: Path, *, taxonomy_path: Path | None = None, seed: int = SEED) -> Trained:
    """Train topics on a taxonomy (default: the one shipped) and make it current.

    Writes <out_folder>/topics/<version>/. Raises TaxonomyError if the taxonomy cannot be used.
    """
    return _keep(out_folder, *_topics(seed, taxonomy_path))


def _sentiment(seed: int, data: Path | None) -> tuple[dict, dict[str, pa.Table]]:
    """Return the card and the files of a freshly trained sentiment model."""
    from ml.sentiment.sample import DATA, LABELS, LANGUAGES
    from ml.sentiment.training import MINIMUM_TEXTS, fit_language

    with _one_thread():
        models = [fit_language(language, seed=seed, folder=data or DATA) for language in LANGUAGES]
    weights = pd.concat(
        language_weights(model.language, list(LABELS), model.vocabulary, model.estimator.coef_, model.estimator.intercept_)
        for model in models
    )
    descriptions = {
        "negative": "The author is unhappy, angry, disappointed or warns others.",
        "neutral": "The author states, asks or reports without taking sides; also: no evidence either way.",
        "positive": "The author is happy, praises, thanks or recommends.",
    }
    labels = pd.DataFrame({"label": list(descriptions), "description": list(descriptions.values()), "threshold": None})
    version, weight_table, label_table = build_tables("sentiment", weights, labels.astype({"threshold": "float64"}))
    held_out = pd.concat(model.held_out for model in models)
    errors = error_table("sentiment", version, held_out["true"].to_numpy(), held_out["predicted"].to_numpy(), seed=seed)
    card = {
        "title": "Sentiment: negative, neutral, positive",
        "model_name": "sentiment",
        "model_version": version,
        "task": "sentiment",
        "languages": [model.language for model in models],
        "trained_at": _now(),
        "seed": seed,
        "summary": "One multinomial logistic regression a language over words and word pairs, stored as weights and scored in SQL. "
        "Text in any other language is unscored.",
        "data": [
            {"name": "Listenhouse labelled posts", "licence": "Apache-2.0", "texts": sum(m.scores["texts"] for m in models),
             "note": "written for this project in the style of posts about consumer brands"},
            {"name": "Listenhouse lexicons and emoji list", "licence": "Apache-2.0", "texts": "-",
             "note": "words and word pairs with a valence, per language"},
            {"name": "VADER lexicon (Hutto and Gilbert 2014)", "licence": "MIT", "texts": "-",
             "note": "English words, see ml/sentiment/data/LICENSE-vader.txt"},
        ],
        "scores_meaning": "Five-fold cross-validation on the project's own labelled posts; calibration error is the expected "
        "calibration error (ECE) after temperature scaling. Own posts are cleaner than the open web: run "
        "`python -m ml.evaluate` for scores on other data.",
        "scores": [{"language": model.language, **model.scores} for model in models],
        "confusion_held_out": pd.crosstab(held_out["true"], held_out["predicted"]).to_numpy().tolist(),
        "vocabulary_filter": VOCABULARY_FILTER.format(minimum_texts=MINIMUM_TEXTS),
        "terms": {model.language: len(model.vocabulary) for model in models},
        "known_failures": [
            "Sarcasm without a marker is read literally.",
            "Negation reaches the next word only: 'not a very good phone' is read as good.",
            "Sentiment is of the whole post, not towards one of several brands in it.",
            "News about bad events is often called negative although it takes no side.",
            "Words that mean another thing in a trade ('sick beat', 'killer deal') follow the lexicon.",
            "The error table is measured on own posts; where the real posts differ, corrected shares inherit that difference.",
            "Posts that mix languages are scored by the weights of the one language that they are tagged with.",
        ],
        "reproduce": "python -m ml.train",
    }
    return card, {"weights": weight_table, "labels": label_table, "sentiment_error": errors}


def _topics(seed: int, taxonomy_path: Path | None) -> tuple[dict, dict[str, pa.Table]]:
    """Return the card and the files of a freshly trained topic model."""
    import numpy as np

    from ml.topics.taxonomy import SHIPPED, load_taxonomy
    from ml.topics.training import MINIMUM_TEXTS, fit_topics

    taxonomy = load_taxonomy(taxonomy_path or SHIPPED)
    with _one_thread():
        model = fit_topics(taxonomy, seed=seed)
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
    card = {
        "title": "Topics of brand posts",
        "model_name": "topics",
        "model_version": version,
        "task": "topics",
        "languages": sorted(taxonomy.languages),
        "trained_at": _now(),
        "seed": seed,
        "summary": f"{len(model.topics)} yes-or-no questions a post, one logistic regression each, stored as weights and scored in "
        "SQL. A post may have several topics or none.",
        "data": [
            {"name": "Listenhouse topic taxonomy", "licence": "Apache-2.0", "texts": model.summary["texts"],
             "note": "seed terms, examples and counter-examples of ml/topics/taxonomy.yml"},
        ],
        "scores_meaning": "Five-fold cross-validation on the taxonomy's own examples, which the writers of the seed terms wrote "
        f"too: expect less on real posts. Over all: {model.summary}.",
        "scores": [{"topic": name, **score} for name, score in model.scores.items()],
        "summary_scores": model.summary,
        "vocabulary_filter": VOCABULARY_FILTER.format(minimum_texts=MINIMUM_TEXTS),
        "terms": {language: len(terms) for language, terms in model.vocabularies.items()},
        "known_failures": [
            "Words in a figure of speech count as literal ('fire' in praise of music).",
            "A topic that is only implied, without one of its words, is missed.",
            "Purchase intent and feature requests share words with questions and are the least sure.",
        ],
        "reproduce": "python -m ml.train",
    }
    return card, {"weights": weight_table, "labels": label_table}


def _keep(out_folder: Path, card: dict, files: dict[str, pa.Table]) -> Trained:
    """Write a version beside those trained before and make it the current one."""
    name, version = card["model_name"], card["model_version"]
    before = registry.current_model(name, out_folder).version
    (out_folder / name).mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=out_folder / name))
    try:
        _write(unfinished, card, files)
        registry.make_current(out_folder, name, version, unfinished)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return Trained(name, version, card, changed=before != version)


def _ship(card: dict, files: dict[str, pa.Table]) -> Trained:
    """Replace the version that ships with the project, unless it is the same."""
    folder = registry.SHIPPED / card["model_name"]
    if (folder / "card.json").exists() and registry._version(folder) == card["model_version"]:
        return Trained(card["model_name"], card["model_version"], card, changed=False)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder, card, files)
    return Trained(card["model_name"], card["model_version"], card, changed=True)


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
    for trained in (_ship(*_sentiment(SEED, None)), _ship(*_topics(SEED, None))):
        print(f"{trained.model_name} {trained.version} {'written' if trained.changed else 'unchanged'}")
        for row in trained.card["scores"]:
            print("  " + "  ".join(f"{key} {value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
