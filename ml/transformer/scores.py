"""Scores on disk: parts of a version's folder, each written whole or not at all, so that a killed scoring goes on.

`<models>/sentiment/<version>/scores/000001.parquet` and on hold rows of POST_SCORES_SCHEMA and the hash of the text
that was scored; of several scores of a post the one of the latest part counts.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ml.weights import write_table

PART = 1024
"""Posts a part: what a kill can cost, some seconds to minutes of work."""
POST_SCORES_SCHEMA = pa.schema(
    [
        ("model_name", pa.string()),
        ("model_version", pa.string()),
        ("post_key", pa.string()),
        ("sentiment_label", pa.string()),
        ("p_negative", pa.float64()),
        ("p_neutral", pa.float64()),
        ("p_positive", pa.float64()),
        ("part", pa.int64()),
    ]
)
_STORED = POST_SCORES_SCHEMA.append(pa.field("text_hash", pa.string()))


@dataclass(frozen=True)
class ScoreFolder:
    """The scores of one version of a model."""

    folder: Path
    model_name: str
    model_version: str

    def pending(self, posts: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return those of the (post key, text) that have no score yet, or one of another text, by post key."""
        known: dict[str, str] = {}
        for part in self._parts():
            columns = pq.read_table(part, columns=["post_key", "text_hash"]).to_pydict()
            known.update(zip(columns["post_key"], columns["text_hash"], strict=True))
        return sorted((key, text) for key, text in posts if known.get(key) != _hash(text))

    def add(
        self,
        posts: list[tuple[str, str]],
        probabilities: Callable[[list[str]], np.ndarray],
        labels: Callable[[np.ndarray], list[str]],
    ) -> Iterator[int]:
        """Score posts, a part at a time, and yield how many are done; what was yielded survives a kill."""
        number = max((int(part.stem) for part in self._parts()), default=0)
        for start in range(0, len(posts), PART):
            some = posts[start : start + PART]
            scores = probabilities([text for _, text in some])
            number += 1
            rows = {
                "model_name": [self.model_name] * len(some),
                "model_version": [self.model_version] * len(some),
                "post_key": [key for key, _ in some],
                "sentiment_label": labels(scores),
                "p_negative": scores[:, 0],
                "p_neutral": scores[:, 1],
                "p_positive": scores[:, 2],
                "part": [number] * len(some),
                "text_hash": [_hash(text) for _, text in some],
            }
            write_table(pa.table(rows, schema=_STORED), self._scores / f"{number:06}.parquet")
            yield start + len(some)

    def _parts(self) -> list[Path]:
        return sorted(self._scores.glob("*.parquet"))

    @property
    def _scores(self) -> Path:
        return self.folder / "scores"


def read_scores(folder: Path) -> pa.Table:
    """Return the scores in a version's folder, the latest of each post; none where it holds weights."""
    parts = sorted((folder / "scores").glob("*.parquet"))
    if not parts:
        return POST_SCORES_SCHEMA.empty_table()
    whole = pa.concat_tables([pq.read_table(part, schema=_STORED) for part in parts])
    latest = whole.to_pandas().drop_duplicates("post_key", keep="last").sort_values("post_key")
    return pa.Table.from_pandas(
        latest, schema=POST_SCORES_SCHEMA, preserve_index=False
    ).replace_schema_metadata(None)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
