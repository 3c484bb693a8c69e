"""`listenhouse score`: what the models say about the texts of any file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.exits import BAD_INPUT, fail, told

if TYPE_CHECKING:
    import pyarrow as pa

    from ml.registry import Model
    from ml.scoring import TextFile
    from ml.scoring.languages import RowLanguages
    from orchestration.cli.progress import Progress

LANGUAGE_TASK = "language"
MODEL_OF_TASK = {"topic": "topics"}
"""Task -> its model, where the two have different names."""

NOT_OF_TEXTS = ("target_sentiment",)
"""Models that judge a mention in its text, not a text."""

EXAMPLES = """Examples:

- `listenhouse score reviews.csv --task sentiment --out scored.csv`
- `listenhouse score tweets.tsv --text-column body --task topic --lang en --out scored.parquet`
- `listenhouse score comments.csv --text-column CONTENT --task spam --out scored.csv`

What is written: the file's columns and rows in their order, then

- `label`: the class; for topics those that reach their threshold, joined by `|`, `none`, or `unsure`. A row without
  text, or in a language that the model does not know, is `unscored`
- `p_<class>`: the probability of each class; empty if unscored. The task language has one column `p` instead
- `unsure` (topics): topics that are neither near enough to be given nor far enough to be ruled out

A column of the file that is called like one of these is kept as `input_<name>`.
"""


@told
def score(
    file: Annotated[Path, typer.Argument(help="A .csv, .tsv or .parquet file with a header and texts.")],
    task: Annotated[
        str,
        typer.Option(
            help="sentiment, topic, emotion, spam or language, or one trained by `listenhouse train`."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Write here; ends in .csv, .tsv or .parquet.")],
    text_column: Annotated[str, typer.Option(help="The column of texts.")] = "text",
    lang: Annotated[
        str | None,
        typer.Option(
            help="Language of all texts, such as en. By default the column `language`, or else detected; a text "
            "too short to tell has the language of the file, if nine in ten of the others share one."
        ),
    ] = None,
) -> None:
    """Score the texts of any file with the current models.

    The models are those of the warehouse, and so is the SQL that runs them: a text gets here what it would get as a
    post. Nothing is landed or kept. Files may hold quotes, line breaks, missing texts, a byte order mark, latin-1.
    """
    from ingestion.home import Home
    from ml.scoring import read_text_file, with_columns, write_text_file
    from ml.scoring.text_file import check_ending
    from orchestration.cli.progress import shown_progress

    check_ending(out)
    check_ending(file)
    if out.resolve() == file.resolve():
        fail(f"{out} is the file to be scored. Remedy: name another --out.", BAD_INPUT)
    lang = _checked_language(lang)
    model = None if task == LANGUAGE_TASK else _model(task, Home.find().models)
    with shown_progress() as progress:
        progress("Reading", 0, None)
        given = read_text_file(file, text_column)
        scores = _language_scores(given, progress) if model is None else _scores(given, model, lang, progress)
        progress("Writing", 0, None)
        scored, renamed = with_columns(given.table, scores)
        write_text_file(scored, out, delimiter=given.delimiter or ",")
    _tell(given, scores, renamed, task, model)


def _checked_language(lang: str | None) -> str | None:
    import re

    if lang is not None and not re.fullmatch(r"[A-Za-z]{2}([-_].*)?", lang):
        fail(f"--lang {lang}: no language code. Remedy: write two letters, such as en or de.", BAD_INPUT)
    return lang


def _model(task: str, folder: Path) -> "Model":
    """Return the current model of a task."""
    from ml.registry import current_model, own_models
    from ml.weights import KNOWN_MODELS

    try:
        if task in NOT_OF_TEXTS:
            raise KeyError(task)
        return current_model(MODEL_OF_TASK.get(task, task), folder)
    except KeyError:
        tasks = {model: name for name, model in MODEL_OF_TASK.items()}
        shipped = [tasks.get(name, name) for name in KNOWN_MODELS if name not in NOT_OF_TEXTS]
        known = [*shipped, LANGUAGE_TASK, *own_models(folder)]
        fail(
            f"--task {task}: there is no such model. Remedy: choose one of {', '.join(known)}, "
            f"or train it: listenhouse train --task {task} LABELS.csv.",
            BAD_INPUT,
        )


def _scores(given: "TextFile", model: "Model", lang: str | None, progress: "Progress") -> "pa.Table":
    import pyarrow as pa

    from ml.scoring import score_texts
    from ml.weights import ANY_LANGUAGE

    rows = len(given.text)
    if model.card["languages"] == [ANY_LANGUAGE]:
        languages = pa.nulls(rows, pa.string())
    else:
        stated = given.column("language") if lang is None else pa.scalar(lang)
        found = _languages(given, stated, progress)
        languages = found.codes
        if found.assumed:
            given.notices.append(
                f"{found.assumed:,} texts whose language cannot be told were read as {found.file_language}, the "
                "language of the file. Remedy, if that is wrong: --lang, or a column language."
            )
    progress("Scoring", 0, rows)
    return score_texts(given.text, languages, model, advance=lambda done: progress("Scoring", done, rows))


def _language_scores(given: "TextFile", progress: "Progress") -> "pa.Table":
    import pyarrow as pa
    import pyarrow.compute as pc

    from ml.scoring import UNSCORED

    found = _languages(given, None, progress, assume=False)
    return pa.table({"label": pc.fill_null(found.codes, UNSCORED), "p": found.probabilities})


def _languages(
    given: "TextFile",
    stated: "pa.ChunkedArray | pa.Scalar | None",
    progress: "Progress",
    *,
    assume: bool = True,
) -> "RowLanguages":
    from ml.language import detect_languages
    from ml.scoring.languages import row_languages

    rows = len(given.text)
    return row_languages(
        given.text,
        stated,
        detect_languages,
        assume=assume,
        advance=lambda done: progress("Detecting languages", done, rows),
    )


def _tell(
    given: "TextFile",
    scores: "pa.Table",
    renamed: list[tuple[str, str]],
    task: str,
    model: "Model | None",
) -> None:
    """Say on stderr what was odd and what was found."""
    import pyarrow.compute as pc

    for message in given.notices:
        typer.echo(message, err=True)
    for before, after in renamed:
        typer.echo(f"The file's own column {before} is now called {after}.", err=True)
    counts = sorted(
        ((pair["counts"], pair["values"]) for pair in pc.value_counts(scores["label"]).to_pylist()),
        key=lambda pair: (-pair[0], pair[1]),
    )
    most = ", ".join(f"{label} {count:,}" for count, label in counts[:8])
    version = f" with {model.name} {model.version}" if model else ""
    typer.echo(f"{scores.num_rows:,} rows scored for {task}{version}: {most or 'none'}.", err=True)
