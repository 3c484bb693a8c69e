"""The sheet that a coder fills in: a CSV file that a spreadsheet opens, and what comes back of it."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from orchestration.labelling.choose import Asked
from orchestration.labelling.store import LABELS, PURPOSES, Label, LabellingError

COLUMNS = ("post_key", "purpose", "platform", "language", "posted_at", "text", "label")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MEANT = {"neg": "negative", "neu": "neutral", "pos": "positive"} | {label: label for label in LABELS}


def write_sheet(path: Path, posts: Iterable[Asked]) -> None:
    """Write the posts with an empty column `label`. Raises LabellingError where the file is there already.

    The model's own label is not told: it would pull the coder's. Before a text that a spreadsheet would run
    stands an apostrophe (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    try:
        # With a byte order mark: without it spreadsheets read UTF-8 as something else.
        with path.open("x", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for post in posts:
                values = (
                    post.post_key,
                    post.purpose,
                    post.platform,
                    post.language,
                    f"{post.posted_at:%Y-%m-%d}",
                )
                writer.writerow([*(_harmless(value or "") for value in values), _harmless(post.text), ""])
    except FileExistsError as error:
        raise LabellingError(
            f"{path}: is there already, maybe with labels. Remedy: name another file with --out."
        ) from error
    except OSError as error:
        raise LabellingError(
            f"{path}: cannot be written ({error}). Remedy: name another file with --out."
        ) from error


def read_sheet(path: Path, coder: str, known: Sequence[str], on: date) -> list[Label]:
    """Return the labels of a filled-in sheet; rows without one are left out.

    `known` are the post_keys that there are. Raises LabellingError naming line, field and remedy.
    """
    known = set(known)
    labels: dict[str, Label] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter=_delimiter(file.readline()))
            file.seek(0)
            for column in ("post_key", "purpose", "label"):
                if column not in (reader.fieldnames or []):
                    raise LabellingError(
                        f"{path}:1: there is no column {column}. Remedy: keep the columns of the sheet."
                    )
            for row in reader:
                label = _label(f"{path}:{reader.line_num}", row, coder, known, on)
                if label is None:
                    continue
                if label.post_key in labels:
                    raise LabellingError(
                        f"{path}:{reader.line_num}: post_key: {label.post_key} stands here twice. "
                        "Remedy: remove one row."
                    )
                labels[label.post_key] = label
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LabellingError(
            f"{path}: cannot be read ({error}). Remedy: give a CSV file in UTF-8."
        ) from error
    if not labels:
        raise LabellingError(
            f"{path}: no row has a label. Remedy: write {', '.join(LABELS)} into the column label."
        )
    return list(labels.values())


def sheet_keys(path: Path) -> list[str]:
    """Return what stands in the column post_key, for looking it up; a file that cannot be read has none."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter=_delimiter(file.readline()))
            file.seek(0)
            return [_plain(row.get("post_key") or "") for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error):
        return []  # read_sheet says what is wrong


def _label(place: str, row: dict, coder: str, known: set[str], on: date) -> Label | None:
    said = (row["label"] or "").strip().lower()
    if not said:
        return None
    post_key, purpose = _plain(row["post_key"] or ""), (row["purpose"] or "").strip().lower()
    if said not in _MEANT:
        raise LabellingError(
            f"{place}: label: {said!r} is no label. Remedy: write {', '.join(LABELS)}, or leave it empty."
        )
    if purpose not in PURPOSES:
        raise LabellingError(
            f"{place}: purpose: {purpose!r} is neither {' nor '.join(PURPOSES)}. Remedy: leave the column as it was."
        )
    if post_key not in known:
        raise LabellingError(
            f"{place}: post_key: {post_key!r} is no post of the release. Remedy: leave the column as it was; if the "
            "post was deleted since, remove the row."
        )
    return Label(post_key, purpose, coder, _MEANT[said], on.isoformat())


def _delimiter(head: str) -> str:
    """Spreadsheets of many countries write semicolons."""
    return ";" if head.count(";") > head.count(",") else ","


def _harmless(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def _plain(text: str) -> str:
    text = text.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_STARTS) else text
