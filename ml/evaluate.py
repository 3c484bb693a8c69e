"""Score the current models on labelled files that they never learn from.

    python -m ml.evaluate FOLDER [--part validation] [--card]

reads <language>_validation.tsv, <language>_test.tsv and so on (columns label and text). Files labelled negative,
neutral, positive are scored for sentiment: macro recall, the mean over the three classes of the share found. Others
are scored by the model that has their labels, emotion or spam: macro F1, accuracy and calibration error.

    python -m ml.evaluate FILE.csv --task spam --text-column CONTENT --label-column CLASS --map 1=spam --map 0=ham

scores any file with any single-choice model, one of your own too (--models). Scores only; no text is shown or kept.
With --card the scores of a folder's sentiment files are kept in the model's card.
"""

import argparse
import re
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from ml.calibration import expected_calibration_error
from ml.cards import write_card
from ml.macros import MACROS, render_macro
from ml.registry import Model, current_model
from ml.tokens import token_lists
from ml.weights import KNOWN_MODELS, read_weights

SCORE_MACROS = MACROS / "ml" / "score.sql"
FILE_NAME = re.compile(r"^(?P<language>[a-z]{2})(-[a-z]+)?_(?P<part>[a-z]+)\.tsv$")


def score_texts(texts: pd.Series, language: str, weights: pa.Table) -> pd.DataFrame:
    """Return sentiment, p_negative, p_neutral, p_positive a text, by the very SQL of the warehouse.

    Index as in `texts`; texts in a language that the weights do not know have no row.
    """
    posts = pa.table(
        {
            "position": pa.array(range(len(texts)), type=pa.int64()),
            "language": pa.array([language] * len(texts), type=pa.string()),
            "tokens": pa.array(token_lists(texts), type=pa.list_(pa.string())),
        }
    )
    query = render_macro(SCORE_MACROS, "sentiment_scores", "posts", ["position"], "tokens", "weights")
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.register("posts", posts)
        connection.register("weights", weights)
        scored = connection.execute(f"select * from ({query}) order by position").df()
    return scored.set_index(texts.index[scored["position"]]).drop(columns="position")


def evaluate_file(path: Path, weights: pa.Table) -> dict[str, object] | None:
    """Return scores of one file, None if its language has no weights.

    Raises ValueError naming file and line for a label that is none of the three.
    """
    language = FILE_NAME.match(path.name)["language"]
    # Not read_csv: published files hold stray quotes and tabs within texts.
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")[1:]
    labelled = pd.DataFrame([line.partition("\t")[::2] for line in lines], columns=["label", "text"])
    labels = ("negative", "neutral", "positive")
    wrong = labelled[~labelled["label"].isin(labels)]
    if len(wrong):
        raise ValueError(
            f"{path}: line {wrong.index[0] + 2}: label is {wrong.iloc[0]['label']!r}; "
            f"write one of {list(labels)}"
        )
    scored = score_texts(labelled["text"], language, weights)
    if scored.empty:
        return None
    found = scored["sentiment"] == labelled["label"]
    recalls = found.groupby(labelled["label"]).mean().to_dict()
    return {
        "file": path.name,
        "texts": len(labelled),
        "macro_recall": round(sum(recalls.values()) / len(recalls), 3),
        **{f"recall_{label}": round(recall, 3) for label, recall in recalls.items()},
        "calibration_error": round(
            expected_calibration_error(
                scored[[f"p_{label}" for label in labels]].max(axis=1).to_numpy(), found.to_numpy()
            ),
            3,
        ),
    }


def evaluate_classes(
    path: Path,
    model: Model,
    *,
    text_column: str = "text",
    label_column: str = "label",
    rename: dict[str, str] | None = None,
) -> dict[str, object]:
    """Return scores of one file by a single-choice model; the language is that of the file's name, if it has one.

    Raises LabelsFileError naming file and line for a label that the model does not know.
    """
    from ml.classes.labels_file import read_labelled
    from ml.classes.training import class_scores
    from ml.scoring import score_texts as score

    labels = model.card["labels"]
    texts = read_labelled(
        path, text_column=text_column, label_column=label_column, rename=rename, allowed=labels, once=False
    ).texts
    named = FILE_NAME.match(path.name)
    language = named["language"] if named else model.card["languages"][0]
    scored = score(pa.array(texts["text"]), pa.array([language] * len(texts)), model).to_pandas()
    scored = scored.set_index(texts.index)[texts["text"].str.strip() != ""]
    probabilities = scored[[f"p_{label}" for label in labels]].to_numpy()
    truth = texts.loc[scored.index, "label"].map(labels.index).to_numpy()
    return {"file": path.name, "texts": len(texts), **class_scores(probabilities, truth, labels)}


def task_of(path: Path) -> str | None:
    """Return the model whose labels a published .tsv file has, None if no model has them."""
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")[1:]
    found = {line.partition("\t")[0] for line in lines}
    return next((name for name, labels in KNOWN_MODELS.items() if labels and found & set(labels)), None)


def main() -> None:
    """Print one row of scores a file, for each task."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path, help="folder with <language>_<part>.tsv files, or one file")
    parser.add_argument("--models", type=Path, help="folder of models trained here; default: shipped models")
    parser.add_argument("--task", help="model that scores the file; default: the one with its labels")
    parser.add_argument("--text-column", default="text")
    parser.add_argument("--label-column", default="label")
    parser.add_argument("--map", action="append", default=[], help="OLD=NEW renames a label of the file")
    parser.add_argument("--part", help="of a folder only files of this part, such as validation")
    parser.add_argument("--card", action="store_true", help="keep the scores in the sentiment model's card")
    arguments = parser.parse_args()
    folder = arguments.path.is_dir()
    paths = [
        path
        for path in sorted(arguments.path.glob("*.tsv"))
        if (named := FILE_NAME.match(path.name)) and arguments.part in (None, named["part"])
    ]
    if folder and not paths:
        parser.error(f"{arguments.path}: has no files named like en_{arguments.part or 'validation'}.tsv")
    columns = {
        "text_column": arguments.text_column,
        "label_column": arguments.label_column,
        "rename": dict(pair.split("=", 1) for pair in arguments.map),
    }
    rows: dict[str, list[dict]] = {}
    for path in paths if folder else [arguments.path]:
        task = arguments.task or task_of(path)
        if task is None:
            parser.error(f"{path}: no model has its labels; name one with --task")
        model = current_model(task, arguments.models)
        if task == "sentiment" and folder:
            row = evaluate_file(path, read_weights(model.folder / "weights.parquet"))
        else:
            row = evaluate_classes(path, model, **columns)
        rows.setdefault(task, []).extend([row] if row else [])
    for task, of_task in rows.items():
        print(f"{task}\n{pd.DataFrame(of_task).to_string(index=False)}")
    if arguments.card and "sentiment" in rows:
        part = f" --part {arguments.part}" if arguments.part else ""
        measured = {"command": f"python -m ml.evaluate FOLDER{part}", "scores": rows["sentiment"]}
        model = current_model("sentiment", arguments.models)
        write_card({**model.card, "validation": measured}, model.folder)


if __name__ == "__main__":
    main()
