"""What people said about posts: `labels/sentiment.csv` in the home, one row a post and coder.

No text is kept, so that a post that is deleted leaves nothing behind here but its key. Posts are asked about for
one of two purposes, which never mix:

- train  the posts that a model would learn most from; hard ones, so they say nothing of how often it errs
- check  a plain random sample; measures the model's error and decides promotions, never trains
"""

import csv
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingestion.home import Home

LABELS = ("negative", "neutral", "positive")
TRAIN, CHECK = "train", "check"
PURPOSES = (TRAIN, CHECK)
COLUMNS = ("post_key", "purpose", "coder", "label", "labelled_on")


class LabellingError(ValueError):
    """A file of labels that cannot be used; the message names file, line, field and remedy."""


@dataclass(frozen=True)
class Label:
    """What one coder said about one post; `labelled_on` is an ISO date."""

    post_key: str
    purpose: str
    coder: str
    label: str
    labelled_on: str


def labels_path(home: Home) -> Path:
    """Return the file of all labels; it need not exist."""
    return home.root / "labels" / "sentiment.csv"


def read_labels(home: Home) -> list[Label]:
    """Return all labels, sorted by post and coder. Raises LabellingError if somebody broke the file."""
    path = labels_path(home)
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise LabellingError(
                f"{path}:1: the columns are not {', '.join(COLUMNS)}. Remedy: restore the file from a backup."
            )
        labels = []
        for row in reader:
            if row["label"] not in LABELS or row["purpose"] not in PURPOSES or None in row.values():
                raise LabellingError(
                    f"{path}:{reader.line_num}: label: {row['label']!r} for {row['purpose']!r} is none. Remedy:"
                    " correct the line; it is written by `listenhouse label --read`."
                )
            labels.append(Label(**row))
    return labels


def add_labels(home: Home, new: Iterable[Label]) -> int:
    """Keep labels, whole or not at all; return how many replaced what the same coder had said before."""
    kept = {(label.post_key, label.coder): label for label in read_labels(home)}
    replaced = 0
    for label in new:
        replaced += (label.post_key, label.coder) in kept
        kept[label.post_key, label.coder] = label
    path = labels_path(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([getattr(kept[key], column) for column in COLUMNS] for key in sorted(kept))
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)
    return replaced


def gold(labels: Sequence[Label], purpose: str) -> dict[str, str]:
    """Return post_key -> the label that more than half of its coders gave; posts without such a label are left out."""
    said = defaultdict(Counter)
    for label in labels:
        if label.purpose == purpose:
            said[label.post_key][label.label] += 1
    winners = {key: counts.most_common(1)[0] for key, counts in sorted(said.items())}
    return {key: label for key, (label, votes) in winners.items() if 2 * votes > sum(said[key].values())}
