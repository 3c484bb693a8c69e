"""Which models there are, and which of them is current.

The project ships one version of each model in `ml/shipped/<model>/`. Versions trained on this machine
stand in a folder of the caller's, `<folder>/<model>/<version>/`, and `<folder>/<model>/current` names the
one in use; without that file the shipped version is. A version's folder holds weights.parquet and
labels.parquet, or the scores that a transformer gave to each post (`ml.transformer`), and card.json,
card.md and, for sentiment and target sentiment, sentiment_error.parquet. No pickles, anywhere.
"""

import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ml.transformer.scores import read_scores
from ml.weights import KNOWN_MODELS, LABELS_SCHEMA, WEIGHTS_SCHEMA, read_weights

SHIPPED = Path(__file__).with_name("shipped")

IN_WAREHOUSE = ("sentiment", "target_sentiment", "topics")
"""Models that marts are made with. The others score files only: loading them would cost each run, and a new version of
one would have the whole history scored anew for nothing."""

WITH_ERROR = ("sentiment", "target_sentiment")
"""Models whose labels marts count, and whose error corrects those counts (see `ml.prevalence`)."""

REGISTRY_SCHEMA = pa.schema(
    [
        ("model_name", pa.string()),
        ("model_version", pa.string()),
        ("task", pa.string()),
        ("languages", pa.string()),
        ("trained_at", pa.timestamp("us", tz="UTC")),
        ("is_current", pa.bool_()),
        ("error_version", pa.string()),
        ("promoted_at", pa.timestamp("us", tz="UTC")),
        ("promoted_by", pa.string()),
        ("promotions", pa.string()),
    ]
)


@dataclass(frozen=True)
class Model:
    """One version of a model on disk."""

    name: str
    version: str
    folder: Path
    is_current: bool

    @property
    def card(self) -> dict:
        """The model card: data, sizes, scores, calibration, known failures."""
        return json.loads((self.folder / "card.json").read_text(encoding="utf-8"))


def list_models(folder: Path | None = None) -> list[Model]:
    """Return all versions, a model's shipped one first; `folder` holds those trained on this machine.

    Models of the user's own come last; they have no shipped version.
    """
    models = []
    for name in (*KNOWN_MODELS, *own_models(folder)):
        current = _pointer(folder, name)
        shipped = _shipped_version(name)
        trained = list((folder / name).glob("[!.]*/card.json")) if folder else []
        versions = {version_in(path.parent): path.parent for path in trained}
        versions.pop(shipped, None)
        if current is not None and current not in versions:
            raise FileNotFoundError(
                f"{folder / name / 'current'}: names version {current}, not one of {sorted(versions)}; "
                "retrain the model, or delete the file to go back to the shipped version"
            )
        if shipped is not None:
            models.append(Model(name, shipped, SHIPPED / name, current is None))
        models += [
            Model(name, version, path, version == current) for version, path in sorted(versions.items())
        ]
    return models


def current_model(name: str, folder: Path | None = None) -> Model:
    """Return the version of a model that scoring uses; raises KeyError if there is no such model."""
    for model in list_models(folder):
        if model.name == name and model.is_current:
            return model
    raise KeyError(name)


def own_models(folder: Path | None = None) -> list[str]:
    """Return the names of the models that a user trained for tasks of their own."""
    found = folder.glob("*/current") if folder else []
    return sorted(path.parent.name for path in found if path.parent.name not in KNOWN_MODELS)


def warehouse_tables(folder: Path | None = None) -> dict[str, pa.Table]:
    """Return the tables of the warehouse's `ml` schema by name, checked.

    model_registry, model_weights and model_labels have every version side by side; sentiment_error has the errors of
    the current ones, measured on labels of this home's own where there are enough. In the registry, error_version is
    the hash of that error, promoted_at and promoted_by are of the last time that the version took over, and
    promotions has all of them as JSON, oldest first, with the figures that they rested on. post_scores has what
    a current model that is no table of weights gave to posts.
    Models that no mart uses score files, not the warehouse: they are left out.
    Raises WeightsError if a weight file must not be loaded.
    """
    models = [model for model in list_models(folder) if model.name in IN_WAREHOUSE]
    current = [model for model in models if model.is_current]
    linear = [model.folder for model in models if (model.folder / "weights.parquet").exists()]
    cards = [model.card for model in models]
    # Here, because promotions are made of versions.
    from ml.promotions import error_of, error_version, promotions

    errors = {model: error_of(model, folder) for model in models if model.name in WITH_ERROR}
    events = {model: _own(promotions(folder, model.name), model) for model in models}
    registry = pa.Table.from_pylist(
        [
            {
                "model_name": model.name,
                "model_version": model.version,
                "task": card["task"],
                "languages": json.dumps(card["languages"]),
                "trained_at": datetime.fromisoformat(card["trained_at"]),
                "is_current": model.is_current,
                "error_version": error_version(errors[model]) if model in errors else None,
                "promoted_at": datetime.fromisoformat(events[model][-1]["promoted_at"])
                if events[model]
                else None,
                "promoted_by": events[model][-1]["promoted_by"] if events[model] else None,
                "promotions": json.dumps(events[model], ensure_ascii=False),
            }
            for model, card in zip(models, cards, strict=True)
        ],
        schema=REGISTRY_SCHEMA,
    )
    return {
        "model_registry": registry,
        "model_weights": pa.concat_tables(
            [WEIGHTS_SCHEMA.empty_table(), *(read_weights(path / "weights.parquet") for path in linear)]
        ),
        "model_labels": pa.concat_tables(
            [LABELS_SCHEMA.empty_table(), *(pq.read_table(path / "labels.parquet") for path in linear)]
        ),
        "post_scores": pa.concat_tables([read_scores(model.folder) for model in current]),
        "sentiment_error": pa.concat_tables([errors[model] for model in current if model in errors]),
    }


def _own(events: list, model: Model) -> list[dict]:
    """Return the promotions of one version as plain rows."""
    return [asdict(event) for event in events if event.model_version == model.version]


def make_current(folder: Path, name: str, version: str, unfinished: Path) -> None:
    """Move a freshly written version into place and use it from now on.

    `unfinished` is a folder on the same disk with the version's files. A version equal to the shipped one
    is not kept twice: the shipped one becomes current again.
    """
    pointer = folder / name / "current"
    if version == _shipped_version(name):
        shutil.rmtree(unfinished)
        pointer.unlink(missing_ok=True)
        return
    final = folder / name / version
    if final.exists():
        shutil.rmtree(unfinished)
    else:
        os.replace(unfinished, final)
    use_version(folder, name, version)


def use_version(folder: Path, name: str, version: str) -> None:
    """Have a version that is in place be the current one from now on."""
    pointer = folder / name / "current"
    written = pointer.with_name("current.part")
    written.write_text(version + "\n", encoding="utf-8")
    os.replace(written, pointer)


def _pointer(folder: Path | None, name: str) -> str | None:
    """Return the version that `<folder>/<name>/current` names, None without one."""
    path = folder / name / "current" if folder else None
    return path.read_text(encoding="utf-8").strip() if path and path.exists() else None


def _shipped_version(name: str) -> str | None:
    """Return the version that ships, None for a model of the user's own."""
    return version_in(SHIPPED / name) if (SHIPPED / name / "card.json").exists() else None


def version_in(folder: Path) -> str:
    return json.loads((folder / "card.json").read_text(encoding="utf-8"))["model_version"]
