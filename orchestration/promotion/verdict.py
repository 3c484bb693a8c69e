"""The blocking check before a promotion: is the challenger worse on gold labels, beyond noise?

Gold labels are the home's own random posts (`labels/`, purpose check), which no training sees, and whatever file is
given. Where they are too few to decide, the labelled sample that ships with the project does; models may have been
trained on it, so it speaks for the one that knows it better, and is used only then.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ingestion.home import Home
from ml.judging import FEWEST_TEXTS, Judgement, judge, sentiment_labels
from ml.registry import Model
from ml.weights import read_weights
from orchestration.labelling.gold import gold_texts
from orchestration.labelling.store import CHECK, LABELS, LabellingError

JUDGED = ("sentiment",)
"""Models with gold labels; another one can only be promoted unjudged, and that has to be said."""
FILE_COLUMNS = ("text", "label", "language")


@dataclass(frozen=True)
class Ruling:
    """What one set of gold labels says; only what `decides` can refuse a challenger."""

    gold: str
    judgement: Judgement
    decides: bool

    @property
    def refuses(self) -> bool:
        return self.decides and self.judgement.is_worse


def rule(home: Home, champion: Model, challenger: Model, gold_file: Path | None) -> list[Ruling]:
    """Judge a challenger on every set of gold labels; none for a model that has no gold labels.

    Raises LabellingError for a gold file that cannot be used, NoRelease where labels need their posts.
    """
    if challenger.name not in JUDGED:
        return []
    sets = {"labels of this home": gold_texts(home, CHECK).texts}
    if gold_file is not None:
        sets[str(gold_file)] = read_gold_file(gold_file)
    judged = {name: _judged(texts, champion, challenger) for name, texts in sets.items() if len(texts)}
    decided = any(found.texts >= FEWEST_TEXTS for found in judged.values())
    rulings = [Ruling(name, found, found.decides) for name, found in judged.items()]
    sample = _judged(_own_sample(), champion, challenger)
    return [*rulings, Ruling("the project's own sample", sample, not decided)]


def _judged(texts: pd.DataFrame, champion: Model, challenger: Model) -> Judgement:
    labels = [
        sentiment_labels(texts, read_weights(model.folder / "weights.parquet"))
        for model in (champion, challenger)
    ]
    return judge(texts["label"], *labels)


def _own_sample() -> pd.DataFrame:
    from ml.sentiment.sample import LANGUAGES, read_sample

    return pd.concat(
        [read_sample(language)[["text", "label"]].assign(language=language) for language in LANGUAGES],
        ignore_index=True,
    )


def read_gold_file(path: Path) -> pd.DataFrame:
    """Return text, label and language of a CSV file. Raises LabellingError naming line, field and remedy."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for column in FILE_COLUMNS:
                if column not in (reader.fieldnames or []):
                    raise LabellingError(
                        f"{path}:1: there is no column {column}. Remedy: name {', '.join(FILE_COLUMNS)} in line 1."
                    )
            rows = []
            for row in reader:
                label = (row["label"] or "").strip().lower()
                if label not in LABELS:
                    raise LabellingError(
                        f"{path}:{reader.line_num}: label: {label!r} is no label. "
                        f"Remedy: write one of {', '.join(LABELS)}."
                    )
                rows.append((row["text"] or "", label, (row["language"] or "").strip().lower()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LabellingError(
            f"{path}: cannot be read ({error}). Remedy: give a CSV file in UTF-8."
        ) from error
    if not rows:
        raise LabellingError(f"{path}: has no row. Remedy: give labelled texts.")
    return pd.DataFrame(rows, columns=FILE_COLUMNS)
