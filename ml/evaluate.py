"""Score the current models on labelled files that they never learn from.

    python -m ml.evaluate FOLDER [--part validation] [--card]

reads <language>_validation.tsv, <language>_test.tsv and so on (columns label and text) and prints macro
recall, the mean over the three classes of the share found, per file. Scores only; no text is shown or kept.
With --card the scores are kept in the model's card.
Files with the labels of another shipped model, such as emotion, are scored by that (`ml.classes.evaluate`).
"""

import argparse
import re
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from ml.calibration import expected_calibration_error
from ml.cards import write_card
from ml.classes.evaluate import evaluate_classes, task_of
from ml.macros import MACROS, render_macro
from ml.registry import current_model
from ml.tokens import token_lists
from ml.weights import read_weights

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


def main() -> None:
    """Print one row of scores a file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="folder with <language>_<part>.tsv files")
    parser.add_argument(
        "--models", type=Path, help="folder of models trained here; default: the shipped model"
    )
    parser.add_argument("--part", help="only files of this part, such as validation")
    parser.add_argument("--card", action="store_true", help="keep the scores in the model's card")
    arguments = parser.parse_args()
    paths = [
        path
        for path in sorted(arguments.folder.glob("*.tsv"))
        if (named := FILE_NAME.match(path.name)) and arguments.part in (None, named["part"])
    ]
    if not paths:
        parser.error(f"{arguments.folder}: has no files named like en_{arguments.part or 'validation'}.tsv")
    for task in sorted({task_of(path) for path in paths} - {"sentiment"}):
        model = current_model(task, arguments.models)
        of_task = [evaluate_classes(path, model) for path in paths if task_of(path) == task]
        print(f"{task}\n{pd.DataFrame(of_task).to_string(index=False)}")
    paths = [path for path in paths if task_of(path) == "sentiment"]
    if not paths:
        return
    model = current_model("sentiment", arguments.models)
    weights = read_weights(model.folder / "weights.parquet")
    rows = [row for row in (evaluate_file(path, weights) for path in paths) if row]
    print(pd.DataFrame(rows).to_string(index=False))
    if arguments.card:
        part = f" --part {arguments.part}" if arguments.part else ""
        measured = {"command": f"python -m ml.evaluate FOLDER{part}", "scores": rows}
        write_card({**model.card, "validation": measured}, model.folder)


if __name__ == "__main__":
    main()
