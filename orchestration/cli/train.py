"""`listenhouse train`: a model that learns from the user's own labels."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.exits import BAD_INPUT, fail, told

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from ingestion.home import Home
    from ml.classes.labels_file import LabelledTexts
    from ml.train import Trained

TOPIC = "topic"
RESERVED = ("language", "topics", "target_sentiment")
"""Names of a task that is not trained, of the model that is trained as `topic`, and of one that judges mentions."""

EXAMPLES = """Examples:

- `listenhouse train judged.csv --task sentiment --lang en`
- `listenhouse train comments.csv --task spam --text-column CONTENT --label-column CLASS --map 1=spam --map 0=ham`
- `listenhouse train airline_tweets.csv --task complaint --label-column negativereason`, then
  `listenhouse score new.csv --task complaint --out scored.csv`
- `listenhouse train posts.csv --task topic --taxonomy taxonomy.yml`, the label column naming topics joined by `|`

The file has a header, a text and a label a row; rows without a label are left out. Fifty texts of each class are a
start, some hundreds are better. The labels of sentiment, emotion and spam are fixed; a name of your own takes any.
The new version is kept in the models folder of this home beside the older ones. It is the current one from now on; one
of sentiment, which marts are made with, only if it is not worse on gold labels (`listenhouse challenge` compares).
"""


@told
def train(
    labels: Annotated[Path, typer.Argument(help="A .csv, .tsv or .parquet file of labelled texts.")],
    task: Annotated[
        str, typer.Option(help="sentiment, topic, emotion, spam, or a name of your own such as complaint.")
    ],
    text_column: Annotated[str, typer.Option(help="The column of texts.")] = "text",
    label_column: Annotated[str, typer.Option(help="The column of labels.")] = "label",
    lang: Annotated[
        str | None,
        typer.Option(
            help="Language of all texts. By default the column `language`, or else detected; spam and tasks of your "
            "own are trained for any language at once."
        ),
    ] = None,
    map: Annotated[
        list[str] | None, typer.Option(help="Rename a label of the file: OLD=NEW; may be given often.")
    ] = None,
    taxonomy: Annotated[
        Path | None, typer.Option(help="Task topic: the topics, in YAML; by default those that ship.")
    ] = None,
) -> None:
    """Train a model on your own labels and use it from now on.

    A shipped model is built upon: what it knows is kept, and what your labels say otherwise is added, so a few hundred
    labels move it towards your posts. Settings are chosen by cross-validation, and the scores shown are those of texts
    that a fit had not seen. The same file gives the same model, byte for byte.
    """
    from ingestion.home import Home
    from ml.classes.labels_file import read_labelled
    from ml.weights import KNOWN_MODELS
    from orchestration.cli.progress import shown_progress

    _check_task(task, taxonomy)
    home = Home.find()
    with shown_progress() as progress:
        progress("Reading", 0, None)
        allowed = KNOWN_MODELS.get(task)
        given = read_labelled(
            labels,
            text_column=text_column,
            label_column=label_column,
            rename=_renamed(map or []),
            allowed=allowed,
            several=task == TOPIC,
        )
        texts = _with_languages(given, task, lang)
        progress("Training", 0, None)
        trained, told = _train(home, task, texts, labels.name, taxonomy)
    for notice in given.notices:
        typer.echo(notice, err=True)
    _show(trained)
    typer.echo(told, err=True)


def _check_task(task: str, taxonomy: Path | None) -> None:
    if task in RESERVED or not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", task):
        fail(
            f"--task {task}: cannot be trained. Remedy: choose sentiment, topic, emotion or spam, or a name of "
            "your own of small letters, digits and _.",
            BAD_INPUT,
        )
    if taxonomy is not None and task != TOPIC:
        fail(f"--taxonomy says nothing about {task}. Remedy: leave it out, or --task {TOPIC}.", BAD_INPUT)


def _renamed(pairs: list[str]) -> dict[str, str]:
    """Return old and new labels of OLD=NEW."""
    for pair in pairs:
        if not re.fullmatch(r"[^=]+=[^=]+", pair):
            fail(f"--map {pair}: no renaming. Remedy: write OLD=NEW, such as --map 1=spam.", BAD_INPUT)
    return dict(pair.split("=") for pair in pairs)


def _with_languages(given: "LabelledTexts", task: str, lang: str | None) -> "pd.DataFrame":
    """Return the labelled texts with the language that each is trained for, without those that have none."""
    import pyarrow as pa

    from ml.language import detect_languages
    from ml.registry import current_model
    from ml.scoring.languages import row_languages
    from ml.weights import ANY_LANGUAGE, KNOWN_MODELS

    texts = given.texts
    own = task not in KNOWN_MODELS and task != TOPIC
    if (own and lang is None) or (
        not own and task != TOPIC and current_model(task).card["languages"] == [ANY_LANGUAGE]
    ):
        return texts.assign(language=ANY_LANGUAGE)
    stated = (
        pa.scalar(lang)
        if lang
        else pa.chunked_array([pa.array(texts["language"], pa.string(), from_pandas=True)])
    )
    words = pa.chunked_array([pa.array(texts["text"], pa.string())])
    found = row_languages(words, stated, detect_languages)
    texts = texts.assign(language=found.codes.to_pylist())
    untold = int(texts["language"].isna().sum())
    if untold:
        given.notices.append(f"{untold:,} texts are left out: their language cannot be told. Remedy: --lang.")
    return texts.dropna(subset="language")


def _train(
    home: "Home", task: str, texts: "pd.DataFrame", source: str, taxonomy: Path | None
) -> tuple["Trained", str]:
    """Return what was trained, and what became of it."""
    from ml.classes.training import TooFewTexts
    from ml.registry import IN_WAREHOUSE
    from ml.topics.labelled import UnknownTopic
    from ml.topics.taxonomy import TaxonomyError
    from ml.train import train_classes, train_topics

    def of_topics(folder: Path) -> "Trained":
        return train_topics(folder, taxonomy_path=taxonomy, labelled=texts, source=source)

    def of_classes(folder: Path) -> "Trained":
        return train_classes(folder, task, texts, source=source, models=home.models)

    try:
        if task == TOPIC:
            return _judged(home, "topics", of_topics)
        if task in IN_WAREHOUSE:
            return _judged(home, task, of_classes)
        trained = of_classes(home.models)
    except TooFewTexts as problem:
        fail(f"{problem}. Remedy: label more texts, or join classes with --map.", BAD_INPUT)
    except UnknownTopic as problem:
        fail(f"{source}: {problem}", BAD_INPUT)
    except TaxonomyError as problem:
        fail(str(problem), BAD_INPUT)
    said = "is current now" if trained.changed else "was current already"
    return trained, f"{task} {trained.version} {said}: listenhouse score FILE --task {task} --out OUT"


def _judged(home: "Home", model: str, train: "Callable[[Path], Trained]") -> tuple["Trained", str]:
    """Train a model that marts are made with: it takes over unless gold labels speak against it."""
    from orchestration.promotion.retraining import retrain

    outcome = retrain(home, model, train)
    told = f"{model} {outcome.trained.version}: {outcome.told}"
    if not outcome.is_current:
        told += f" To use it all the same: listenhouse promote {outcome.trained.version} --model {model}."
    return outcome.trained, told


def _show(trained: "Trained") -> None:
    from orchestration.cli.tables import show_table

    rows = trained.card["scores"]
    heads = list(rows[0])
    show_table(
        [head.replace("_", " ") for head in heads], [tuple(row.get(head) for head in heads) for row in rows]
    )
