"""`listenhouse rescore`: scores from a transformer of the user's own."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.exits import BAD_INPUT, fail, told

if TYPE_CHECKING:
    import pandas as pd

    from ml.transformer.classifier import Classifier

EXAMPLES = """Examples:

- `listenhouse rescore --model-path ./my-model --gold labelled.csv --use`: score all mentions and use it
- `listenhouse rescore --model-path organisation/model --languages en,de`: score what is new, resume what was cut off
- `listenhouse rescore --model-path ./my-model --file posts.csv --text-column text --out scored.csv`

It needs the extra: `pip install 'listenhouse[transformer]'`. Models are read as safetensors only, and none of
their code is run.
"""
POSTS_SQL = """
select post_key, concat_ws(' ', title, text) as text
from marts.fct_posts
where post_key in (select post_key from marts.fct_mentions) and ({languages})
    and length(concat_ws(' ', title, text)) > 0
"""
ALL = "all"


class Task(StrEnum):
    """What is told of a text."""

    sentiment = "sentiment"


@told
def rescore(
    model_path: Annotated[str, typer.Option(help="A folder with a transformer, or its id on the hub.")],
    task: Annotated[Task, typer.Option(help="What the model tells.")] = Task.sentiment,
    languages: Annotated[
        str,
        typer.Option(
            help="Languages that the model knows, such as en,de; all: every one. Others stay unscored."
        ),
    ] = "en",
    labels: Annotated[
        str | None,
        typer.Option(
            help="What its classes mean, in the order of their ids, such as negative,neutral,positive."
        ),
    ] = None,
    gold: Annotated[
        Path | None,
        typer.Option(
            help="Labelled texts (CSV: text,label); they tell its error, without which it is not used."
        ),
    ] = None,
    use: Annotated[
        bool, typer.Option("--use", help="Make it the current scorer, from the next run on.")
    ] = False,
    file: Annotated[Path | None, typer.Option(help="Score this CSV instead of the mentions.")] = None,
    text_column: Annotated[str, typer.Option(help="Column of the CSV that holds the texts.")] = "text",
    out: Annotated[Path | None, typer.Option(help="Where the scored CSV goes.")] = None,
) -> None:
    """Score with any transformer that classifies sequences, in batches, under a version of its own.

    Reads the posts of the published release that mention somebody, and keeps their scores beside the models in
    LISTENHOUSE_HOME. A second call scores only what is new or was edited; one that was stopped goes on where it
    was. The marts show them once the version is current.
    """
    if (file is None) != (out is None):
        fail(
            "--file and --out belong together. Remedy: give both, or neither to score the mentions.",
            BAD_INPUT,
        )
    known = _languages(languages)
    from ml.transformer.classifier import load_classifier

    classifier = load_classifier(model_path, labels.split(",") if labels else None)
    typer.echo(f"{task.value} by {model_path}, version {classifier.version}.", err=True)
    if file is not None:
        _score_file(classifier, file, text_column, out)
        return
    _score_mentions(classifier, task.value, known, gold, use)


def _languages(languages: str) -> list[str]:
    from ingestion.listening.languages import ISO_639_1

    codes = [code.strip().lower() for code in languages.split(",")]
    unknown = [code for code in codes if code not in ISO_639_1 and code != ALL]
    if unknown:
        fail(
            f"--languages {languages}: {unknown[0]!r} is no ISO 639-1 code. Remedy: write en,de or all.",
            BAD_INPUT,
        )
    return codes


def _score_mentions(
    classifier: "Classifier", task: str, languages: list[str], gold: Path | None, use: bool
) -> None:
    from ingestion.home import Home
    from ml.registry import use_version
    from ml.transformer.classifier import sentiment_labels
    from ml.transformer.scores import ScoreFolder
    from orchestration.cli.progress import shown_progress
    from orchestration.publish import run_query

    home = Home.find()
    folder = home.models / task / classifier.version
    if gold is not None:
        _judge(classifier, gold, languages, folder)
    if use and not (folder / "sentiment_error.parquet").exists():
        fail(
            "How often this version is wrong is not known, and the marts correct for it. Remedy: give labelled texts "
            "with --gold FILE.csv (columns text,label).",
            BAD_INPUT,
        )
    wanted = "true" if ALL in languages else f"language in ({', '.join(repr(code) for code in languages)})"
    found = run_query(home, POSTS_SQL.format(languages=wanted)).to_pydict()
    store = ScoreFolder(folder, task, classifier.version)
    pending = store.pending(zip(found["post_key"], found["text"], strict=True))
    with shown_progress() as progress:
        for done in store.add(pending, classifier.probabilities, sentiment_labels):
            progress("Scoring posts", done, len(pending))
    typer.echo(f"{len(pending):,} of {len(found['text']):,} posts scored, the others already were.", err=True)
    if use:
        use_version(home.models, task, classifier.version)
        typer.echo("It is the current scorer: `listenhouse run` brings its scores into the marts.", err=True)


def _judge(classifier: "Classifier", gold: Path, languages: list[str], folder: Path) -> None:
    from ml.cards import write_card
    from ml.transformer.gold import judged
    from ml.weights import write_table

    card, errors = judged(classifier, _read(gold, ("text", "label")), str(gold.name), languages)
    write_table(errors, folder / "sentiment_error.parquet")
    write_card(card, folder)
    typer.echo(f"Macro-recall on {gold}: {card['scores'][0]['macro_recall']:.3f}.", err=True)


def _score_file(classifier: "Classifier", file: Path, text_column: str, out: Path) -> None:
    from ml.transformer.classifier import SENTIMENTS, sentiment_labels
    from ml.transformer.scores import PART
    from orchestration.cli.progress import shown_progress

    table = _read(file, (text_column,))
    texts = table[text_column].tolist()
    scores = []
    with shown_progress() as progress:
        for start in range(0, len(texts), PART):
            scores += classifier.probabilities(texts[start : start + PART]).tolist()
            progress("Scoring texts", len(scores), len(texts))
    import numpy as np

    probabilities = np.array(scores).reshape(-1, len(SENTIMENTS))
    table["label"] = sentiment_labels(probabilities)
    for column, sentiment in enumerate(SENTIMENTS):
        table[f"p_{sentiment}"] = probabilities[:, column]
    try:
        table.to_csv(out, index=False)
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}. Remedy: name another --out.", BAD_INPUT)
    typer.echo(f"{len(table):,} texts scored into {out}.", err=True)


def _read(file: Path, columns: tuple[str, ...]) -> "pd.DataFrame":
    """Return a CSV file as texts, nothing guessed of its types; an empty cell is an empty text."""
    import pandas as pd

    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        fail(f"{file} cannot be read: {error}. Remedy: give a CSV file in UTF-8 with a header.", BAD_INPUT)
    missing = [column for column in columns if column not in table.columns]
    if missing:
        has = ", ".join(table.columns)
        fail(f"{file}:1: there is no column {missing[0]}; it has {has}. Remedy: name it.", BAD_INPUT)
    return table
