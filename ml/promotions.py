"""Which version of a model took over from which, when, by whom and on what figures; and how to take over.

`<folder>/<model>/promotions.jsonl` has one line a change of the current version, oldest first; nothing in it is ever
changed. Versions stand beside it (see `ml.registry`), so going back is moving a pointer. A model's error on
labels of one's own is `<folder>/<model>/own_error/<version>.parquet`, used in place of the one it came with.
"""

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from ml.prevalence import ERROR_SCHEMA, read_errors
from ml.registry import SHIPPED, Model, current_model, list_models, version_in
from ml.weights import KNOWN_MODELS, read_weights, write_table

LOG = "promotions.jsonl"
PROMOTE, BACK = "promote", "go back"
OWN_ERROR = "own_error"


class PromotionError(ValueError):
    """A version that cannot be looked at or take over; the message says why and what to do."""


@dataclass(frozen=True)
class Promotion:
    """One change of the current version. `promoted_at` is UTC; figures are what the decision rested on."""

    model_name: str
    model_version: str
    previous_version: str
    action: str
    promoted_at: str
    promoted_by: str
    figures: dict[str, Any] = field(default_factory=dict)


def find_version(name: str, wanted: str, folder: Path) -> Model:
    """Return a version by (the beginning of) its name, or the version that a folder holds.

    Raises PromotionError if there is none, WeightsError if its weights must not be loaded.
    """
    if name not in KNOWN_MODELS:
        raise PromotionError(f"There is no model {name!r}. Remedy: name one of {', '.join(KNOWN_MODELS)}.")
    path = Path(wanted)
    if (path / "weights.parquet").exists():
        return _in_folder(name, path)
    models = [model for model in list_models(folder) if model.name == name]
    found = [model for model in models if model.version.startswith(wanted)]
    if len(found) != 1:
        known = ", ".join(model.version for model in models)
        raise PromotionError(
            f"{wanted!r} names {len(found) or 'no'} version{'s' * (len(found) > 1)} of {name}. Remedy: name one of"
            f" {known}, or a folder with weights.parquet, labels.parquet and card.json."
        )
    return found[0]


def _in_folder(name: str, path: Path) -> Model:
    for file in (
        "labels.parquet",
        "card.json",
        *(["sentiment_error.parquet"] if name == "sentiment" else []),
    ):
        if not (path / file).exists():
            raise PromotionError(
                f"{path}: has no {file}. Remedy: give a folder that a training wrote, with weights.parquet beside it."
            )
    weights = read_weights(path / "weights.parquet")
    stated = (weights["model_name"][0].as_py(), weights["model_version"][0].as_py())
    if stated != (name, version_in(path)):
        raise PromotionError(
            f"{path}: weights.parquet is of {' '.join(stated)}, card.json of {version_in(path)}, and {name} is asked "
            "for. Remedy: train again; files of different versions must not be mixed."
        )
    return Model(name, stated[1], path, is_current=False)


def promotions(folder: Path | None, name: str) -> list[Promotion]:
    """Return all changes of a model's current version, oldest first."""
    path = folder / name / LOG if folder else None
    if path is None or not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Promotion(**json.loads(line)) for line in lines if line]


def take_over(folder: Path, model: Model, *, action: str, by: str, figures: dict[str, Any]) -> Promotion:
    """Make a version the current one and record it; a version from elsewhere is copied to its place first.

    The record is written before the pointer moves: a promotion that is cut off is repeated, never unrecorded.
    """
    done = Promotion(
        model.name,
        model.version,
        current_model(model.name, folder).version,
        action,
        datetime.now(UTC).isoformat(timespec="seconds"),
        by,
        figures,
    )
    place = folder / model.name
    place.mkdir(parents=True, exist_ok=True)
    keep_version(folder, model)
    with open(place / LOG, "a", encoding="utf-8") as log:
        log.write(json.dumps(asdict(done), ensure_ascii=False, sort_keys=True) + "\n")
        log.flush()
        os.fsync(log.fileno())
    pointer = place / "current"
    if model.version == version_in(SHIPPED / model.name):
        pointer.unlink(missing_ok=True)
    else:
        unfinished = place / "current.part"
        unfinished.write_text(model.version + "\n", encoding="utf-8")
        os.replace(unfinished, pointer)
    return done


def keep_version(folder: Path, model: Model) -> None:
    """Copy a version to its place among those of `folder`, unless it is there or ships with the project."""
    place = folder / model.name / model.version
    if model.version == version_in(SHIPPED / model.name) or place.exists():
        return
    unfinished = place.with_name(f".unfinished-{model.version}")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(model.folder, unfinished)
    os.replace(unfinished, place)


def previous_version(folder: Path, name: str) -> str:
    """Return the version from which the current one took over. Raises PromotionError if there was none."""
    current = current_model(name, folder).version
    for done in reversed(promotions(folder, name)):
        if done.model_version == current and done.action == PROMOTE:
            return done.previous_version
    raise PromotionError(
        f"{name} {current} took over from no other version here. Remedy: name the version to use:"
        f" listenhouse promote --model {name} VERSION."
    )


def error_of(model: Model, folder: Path | None) -> pa.Table:
    """Return the rows of sentiment_error of a version: measured on own labels where they were, else as it came.

    No rows for a version of the target model that came without.
    """
    own = own_error_path(folder, model) if folder else None
    came = model.folder / "sentiment_error.parquet"
    if model.name == "target_sentiment" and not came.exists():
        return ERROR_SCHEMA.empty_table()
    return read_errors(own if own and own.exists() else came)


def write_own_error(folder: Path, model: Model, errors: pa.Table) -> None:
    """Use an error measured on labels of one's own from the next run on."""
    write_table(errors, own_error_path(folder, model))


def own_error_path(folder: Path, model: Model) -> Path:
    return folder / model.name / OWN_ERROR / f"{model.version}.parquet"


def error_version(errors: pa.Table) -> str:
    """Return a hash of an error table's rows; 12 hexadecimal digits."""
    rows = errors.drop_columns(["model_name", "model_version"]).to_pandas().to_csv(index=False)
    return hashlib.sha256(rows.encode()).hexdigest()[:12]
