"""Cross-fitting: every text is labelled by teachers that have not learnt from it.

A share of the labelled texts is held out from all teachers: it chooses the epoch and measures them. The rest is cut
into folds; the teacher of a fold learns from the other folds and labels this one. Held-out and unlabelled texts
get the mean of all teachers. Labels that a teacher gives to texts it learnt from would be little more than the
labels it was told.

Each teacher runs in a process of its own with one thread. What is ready lies in a work folder whose name holds a
digest of texts and settings, so a run that was stopped goes on where it was, and a changed one starts anew.
"""

import hashlib
import json
import multiprocessing
import os
import queue
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ml.distil.encoder import Settings, Teacher, macro_recall
from ml.distil.texts import LABELS

HELD_OUT_SHARE = 0.1
HELD_OUT = -1
"""Fold number of the texts that no teacher learns from."""

CHUNK = 5_000
"""Unlabelled texts that a teacher labels before it writes them down."""

COLUMNS = [f"p_{label}" for label in LABELS]


@dataclass(frozen=True)
class Plan:
    """All that a run depends on: texts with their folds, an encoder's folder, settings."""

    encoder: Path
    labelled: pd.DataFrame
    unlabelled: pd.DataFrame
    folds: int
    settings: Settings

    @property
    def digest(self) -> str:
        """A short name of what the teachers learn from and how."""
        told = [asdict(self.settings), self.folds, self.labelled[["text", "label"]].to_numpy().tolist()]
        digest = hashlib.sha256(json.dumps(told).encode())
        digest.update((self.encoder / "model.safetensors").read_bytes())
        return digest.hexdigest()[:12]


def assign_folds(labels: pd.Series, folds: int, seed: int) -> np.ndarray:
    """Return a fold number a row, `HELD_OUT` for a tenth of each class; each class is spread evenly.

    Raises ValueError for fewer than two folds or a class with too few texts to be in all.
    """
    if folds < 2:
        raise ValueError(f"{folds} folds: cross-fitting needs two or more")
    drawn = np.random.default_rng(seed)
    found = np.full(len(labels), HELD_OUT)
    for label in LABELS:
        rows = drawn.permutation(np.flatnonzero(labels.to_numpy() == label))
        held = max(1, round(HELD_OUT_SHARE * len(rows)))
        if len(rows) - held < folds:
            raise ValueError(f"{len(rows)} texts are {label}; {folds} folds and a held-out share need more")
        found[rows[held:]] = np.arange(len(rows) - held) % folds
    return found


def run_folds(plan: Plan, work: Path) -> Iterator[tuple[int, str, int]]:
    """Train and apply all teachers, writing into `work`; yield (fold, what, texts just read) as they go on.

    `what` is 'train', 'own' (the labelled texts) or 'label'. Raises what a teacher raised.
    """
    work.mkdir(parents=True, exist_ok=True)
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(plan.folds, mp_context=context) as pool:
        messages = manager.Queue()
        jobs = [pool.submit(_run_fold, plan, fold, work, messages) for fold in range(plan.folds)]
        while not (all(job.done() for job in jobs) and messages.empty()):
            with suppress(queue.Empty):
                yield messages.get(timeout=0.5)
        for job in jobs:
            job.result()


def soft_labels(plan: Plan, work: Path) -> pd.DataFrame:
    """Return text, p_negative, p_neutral, p_positive, source of the unlabelled texts that all teachers did so far."""
    means = []
    for chunk in _chunks(plan):
        paths = [_chunk_path(work, fold, chunk) for fold in range(plan.folds)]
        if not all(path.exists() for path in paths):
            break
        means.append(np.mean([np.load(path) for path in paths], axis=0))
    found = np.concatenate(means) if means else np.empty((0, len(LABELS)))
    texts = plan.unlabelled.iloc[: len(found)]
    return _with_probabilities(texts[["text"]], found).assign(source=texts["source"].to_numpy())


def soft_train(plan: Plan, work: Path) -> pd.DataFrame:
    """Return text, label, probabilities, source and is_held_out of the labelled texts, by teachers new to them."""
    fold = plan.labelled["fold"].to_numpy()
    found = np.zeros((len(fold), len(LABELS)))
    for number in range(plan.folds):
        given = np.load(_own_path(work, number))
        found[fold == number] = given[: (fold == number).sum()]
        found[fold == HELD_OUT] += given[(fold == number).sum() :] / plan.folds
    texts = plan.labelled[["text", "label"]].reset_index(drop=True)
    return _with_probabilities(texts, found).assign(
        source=plan.labelled["source"].to_numpy(), is_held_out=fold == HELD_OUT
    )


def measured(plan: Plan, work: Path) -> dict[str, object]:
    """Return macro recall: of each teacher by epoch, of their mean on the held-out texts, and across folds."""
    train = soft_train(plan, work)
    truth = train["label"].map(LABELS.index).to_numpy()
    guesses = train[COLUMNS].to_numpy().argmax(axis=1)
    held = train["is_held_out"].to_numpy()
    return {
        "by_epoch": [json.loads(_recall_path(work, fold).read_text()) for fold in range(plan.folds)],
        "held_out": macro_recall(truth[held], guesses[held]),
        "held_out_texts": int(held.sum()),
        "across_folds": macro_recall(truth[~held], guesses[~held]),
    }


def teacher_probabilities(plan: Plan, work: Path, texts: list[str]) -> np.ndarray:
    """Return the mean of all trained teachers for other texts, for a score on a validation file at the end."""
    found = []
    for fold in range(plan.folds):
        teacher = Teacher(plan.encoder, plan.settings)
        teacher.load(_weights_path(work, fold))
        found.append(teacher.probabilities(texts))
    return np.mean(found, axis=0)


def write_atomically(frame: pd.DataFrame, path: Path) -> None:
    """Write Parquet beside `path` and move it there: a reader sees the old file or the new one."""
    unfinished = path.with_name(f".unfinished-{path.name}")
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), unfinished)
    os.replace(unfinished, path)


def _run_fold(plan: Plan, fold: int, work: Path, messages) -> None:
    teacher = Teacher(plan.encoder, plan.settings)
    of_fold = plan.labelled["fold"].to_numpy()
    labels = plan.labelled["label"].map(LABELS.index).to_numpy()
    texts = plan.labelled["text"].to_numpy()
    held = of_fold == HELD_OUT

    def report(what: str):
        return lambda number: messages.put((fold, what, number))

    if _weights_path(work, fold).exists():
        teacher.load(_weights_path(work, fold))
    else:
        learnt = ~held & (of_fold != fold)
        recalls = teacher.fit(
            texts[learnt].tolist(),
            labels[learnt].tolist(),
            (texts[held].tolist(), labels[held].tolist()),
            report("train"),
        )
        _recall_path(work, fold).write_text(json.dumps(recalls))
        teacher.save(_weights_path(work, fold))
    if not _own_path(work, fold).exists():
        own = np.concatenate([texts[of_fold == fold], texts[held]]).tolist()
        _save(teacher.probabilities(own, report("own")), _own_path(work, fold))
    for chunk in _chunks(plan):
        path = _chunk_path(work, fold, chunk)
        if not path.exists():
            _save(teacher.probabilities(chunk, report("label")), path)


def _chunks(plan: Plan) -> list[list[str]]:
    texts = plan.unlabelled["text"].tolist()
    return [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]


def _with_probabilities(texts: pd.DataFrame, found: np.ndarray) -> pd.DataFrame:
    rounded = pd.DataFrame(found.round(5).astype("float32"), columns=COLUMNS)
    return pd.concat([texts.reset_index(drop=True), rounded], axis=1)


def _save(found: np.ndarray, path: Path) -> None:
    unfinished = path.with_name(f".unfinished-{path.name}")
    np.save(unfinished, found)
    os.replace(unfinished, path)


def _weights_path(work: Path, fold: int) -> Path:
    return work / f"teacher-{fold}.safetensors"


def _recall_path(work: Path, fold: int) -> Path:
    return work / f"teacher-{fold}-recall.json"


def _own_path(work: Path, fold: int) -> Path:
    return work / f"own-{fold}.npy"


def _chunk_path(work: Path, fold: int, chunk: list[str]) -> Path:
    """Named for its texts: another `--most` or other files never take over labels of other texts."""
    return work / f"unlabelled-{fold}-{hashlib.sha256(json.dumps(chunk).encode()).hexdigest()[:12]}.npy"
