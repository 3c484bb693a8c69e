"""How good a transformer is on labelled texts: its error table and its model card."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from ml.prevalence import ALL, error_table
from ml.transformer.classifier import SENTIMENTS, Classifier, sentiment_labels
from ml.transformer.errors import TransformerError

SEED = 20260801
FEWEST = 10
"""Labelled texts of a class below which its errors are not known."""


def judged(
    classifier: Classifier, gold: pd.DataFrame, name: str, languages: list[str]
) -> tuple[dict, object]:
    """Return (model card, error table) from labelled texts: columns `text` and `label`.

    Raises TransformerError for another label than negative, neutral and positive, and for too few of one.
    """
    true = gold["label"].map({label: number for number, label in enumerate(SENTIMENTS)})
    if true.isna().any():
        line = int(np.flatnonzero(true.isna())[0])
        raise TransformerError(
            f"{name}, row {line + 2}: label {gold['label'].iloc[line]!r}. Remedy: one of {', '.join(SENTIMENTS)}."
        )
    counts = [int((true == number).sum()) for number in range(len(SENTIMENTS))]
    for label, count in zip(SENTIMENTS, counts, strict=True):
        if count < FEWEST:
            raise TransformerError(
                f"{name} has {count} texts labelled {label}. Remedy: label at least {FEWEST} of each class; from "
                "fewer nobody knows how often the model is wrong."
            )
    probabilities = classifier.probabilities(gold["text"].tolist())
    said = np.array([SENTIMENTS.index(label) for label in sentiment_labels(probabilities)])
    truth = true.to_numpy(dtype="int64")
    errors = error_table("sentiment", classifier.version, {ALL: [(truth, said)]}, seed=SEED)
    recalls = [float((said[truth == number] == number).mean()) for number in range(len(SENTIMENTS))]
    return _card(classifier, name, languages, counts, recalls), errors


def _card(
    classifier: Classifier, gold: str, languages: list[str], counts: list[int], recalls: list[float]
) -> dict:
    scores = {f"recall_{label}": round(recall, 4) for label, recall in zip(SENTIMENTS, recalls, strict=True)}
    return {
        "title": "Sentiment: negative, neutral, positive",
        "model_name": "sentiment",
        "model_version": classifier.version,
        "task": "sentiment",
        "languages": languages,
        "trained_at": datetime.now(UTC).replace(microsecond=0).isoformat(),
        "seed": SEED,
        "summary": f"The transformer {classifier.name}, run outside the warehouse; its scores are loaded by post.",
        "data": [
            {"name": gold, "licence": "the user's own", "size": f"{sum(counts)} texts", "note": "gold labels"}
        ],
        "scores_meaning": "Recall by class on the gold labels; what the model was trained on, nobody here knows.",
        "scores": [{"texts": sum(counts), "macro_recall": round(sum(recalls) / len(recalls), 4), **scores}],
        "vocabulary_filter": "None: the model has no table of weights.",
        "known_failures": [
            "A post that landed after the last `listenhouse rescore` is unscored.",
            *(
                []
                if classifier.groups["neutral"]
                else ["The model knows no neutral: it takes a side on every post."]
            ),
        ],
        "reproduce": f"listenhouse rescore --model-path {classifier.name}",
    }
