"""Score single-choice models on labelled files that they never learn from.

    python -m ml.classes.evaluate FILE.csv --task spam --text-column CONTENT --label-column CLASS --map 1=spam

scores any labelled file with any single-choice model, one of your own too (--models FOLDER): macro F1, macro recall,
accuracy, calibration error and the F1 of each class. Scores only; no text is shown or kept.
"""

import argparse
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa

from ml.classes.labels_file import read_labelled
from ml.classes.training import class_scores
from ml.registry import Model, current_model
from ml.scoring import score_texts
from ml.weights import KNOWN_MODELS

LANGUAGE = re.compile(r"^(?P<language>[a-z]{2})(-[a-z]+)?_")
"""Published files are named by their language."""


def evaluate_classes(
    path: Path,
    model: Model,
    *,
    text_column: str = "text",
    label_column: str = "label",
    rename: dict[str, str] | None = None,
) -> dict[str, object]:
    """Return the scores of one file; its language is that of its name, else the model's first.

    Raises LabelsFileError naming file and line for a label that the model does not know.
    """
    labels = model.card.get("labels") or list(KNOWN_MODELS[model.name])
    texts = read_labelled(
        path, text_column=text_column, label_column=label_column, rename=rename, allowed=labels, once=False
    ).texts
    named = LANGUAGE.match(path.name)
    language = named["language"] if named else model.card["languages"][0]
    scored = score_texts(pa.array(texts["text"]), pa.array([language] * len(texts)), model).to_pandas()
    truth = texts["label"].map(labels.index).to_numpy()
    return {
        "file": path.name,
        "texts": len(texts),
        **class_scores(scored[[f"p_{label}" for label in labels]].to_numpy(), truth, labels),
    }


def task_of(path: Path) -> str:
    """Return the shipped model whose labels a published .tsv file has; sentiment if it has those of none."""
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")[1:]
    found = {line.partition("\t")[0] for line in lines}
    return next(
        (name for name, labels in KNOWN_MODELS.items() if labels and found & set(labels)), "sentiment"
    )


def main() -> None:
    """Print the scores of one file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help=".csv, .tsv or .parquet with a text and a label a row")
    parser.add_argument("--task", required=True, help="name of the model")
    parser.add_argument("--models", type=Path, help="folder of models trained here; default: shipped models")
    parser.add_argument("--text-column", default="text")
    parser.add_argument("--label-column", default="label")
    parser.add_argument("--map", action="append", default=[], help="OLD=NEW renames a label of the file")
    arguments = parser.parse_args()
    scores = evaluate_classes(
        arguments.file,
        current_model(arguments.task, arguments.models),
        text_column=arguments.text_column,
        label_column=arguments.label_column,
        rename=dict(pair.split("=", 1) for pair in arguments.map),
    )
    print(pd.DataFrame([scores]).to_string(index=False))


if __name__ == "__main__":
    main()
