"""Score the current target model on a labelled file that it never learns from.

    python -m ml.target.evaluate FILE

reads three lines an item (see `ml.target.labelled`) and prints accuracy and macro F1 of the model, and of the
post's sentiment for every target, over all items and over those whose text names several. Scores only.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from ml.registry import current_model
from ml.sentiment.sample import LABELS
from ml.target.labelled import read_labelled
from ml.target.terms import mention_table, score_mentions
from ml.target.training import LANGUAGE, measured, post_probabilities
from ml.weights import read_weights


def evaluate_file(path: Path, models: Path | None = None) -> pd.DataFrame:
    """Return items, method, texts, accuracy, macro_f1 and calibration_error, one row a part and method.

    `models`: folder of models trained here; default: the shipped ones. Where the target model has no score,
    its rows have the post's, as in the warehouse.
    """
    sentiment, target = (
        read_weights(current_model(name, models).folder / "weights.parquet")
        for name in ("sentiment", "target_sentiment")
    )
    items = read_labelled(path)
    mentions = mention_table(items["tokens"], items["own_positions"], items["other_positions"], LANGUAGE)
    post = post_probabilities(items, sentiment)
    scored = score_mentions(mentions, sentiment, target)
    towards = post.copy()
    towards[scored.index] = scored[[f"p_{label}" for label in LABELS]]
    truth = items["label"].map(list(LABELS).index).to_numpy()
    several = items["other_positions"].map(len).to_numpy() > 0
    rows = []
    for name, part in {"all": np.full(len(items), True), "several targets": several}.items():
        if part.any():
            for method, probabilities in {"target model": towards, "post's sentiment": post}.items():
                rows.append({"items": name, "method": method, **measured(truth[part], probabilities[part])})
    return pd.DataFrame(rows)


def main() -> None:
    """Print one row of scores a part and method."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="labelled targets, three lines an item")
    parser.add_argument(
        "--models", type=Path, help="folder of models trained here; default: the shipped models"
    )
    arguments = parser.parse_args()
    print(evaluate_file(arguments.file, arguments.models).to_string(index=False))


if __name__ == "__main__":
    main()
