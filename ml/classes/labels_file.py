"""Labelled texts in a file of the user's: read, checked, cut into tokens."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc

from ml.scoring.text_file import TextFile, TextFileError, read_text_file
from ml.tokens import token_series

MOST_PROBLEMS = 20
LABEL = re.compile(r"^[^|\x00-\x1f]{1,80}$")


class LabelsFileError(ValueError):
    """Labels that cannot be learnt from; each line of the message names file, line, field and remedy."""


@dataclass(frozen=True)
class LabelledTexts:
    """`texts` has text, label, tokens, language (None where none is stated), each text once; `notices` what was odd."""

    texts: pd.DataFrame
    notices: list[str] = field(default_factory=list)


def read_labelled(
    path: Path,
    *,
    text_column: str = "text",
    label_column: str = "label",
    rename: Mapping[str, str] | None = None,
    allowed: Sequence[str] | None = None,
    once: bool = True,
    several: bool = False,
) -> LabelledTexts:
    """Read a .csv, .tsv or .parquet file with a text and a label a row.

    `rename` maps labels of the file to those wanted, `allowed` are all that there may be (None: any). Rows without a
    label are left out and counted; texts that occur again count once, unless every row is wanted.
    With `several` a label may be many, joined by `|`. Raises LabelsFileError for a label that is not allowed and a
    label without text, naming the lines, and for a file that cannot be read.
    """
    try:
        given = read_text_file(path, text_column)
    except TextFileError as error:
        raise LabelsFileError(str(error)) from error
    labels = given.column(label_column)
    if labels is None:
        raise LabelsFileError(
            f"{path}, line 1: no column {label_column}; there is {', '.join(given.table.column_names)}. "
            "Remedy: name the column of labels with --label-column."
        )
    languages = given.column("language")
    rows = pd.DataFrame(
        {
            "text": pc.fill_null(given.text, "").to_pandas(),
            "label": pc.utf8_trim_whitespace(pc.fill_null(labels, "")).to_pandas(),
            "language": None if languages is None else languages.to_pandas(),
        }
    ).astype({"language": "object"})
    rows["label"] = rows["label"].replace(dict(rename or {}))
    names = rows["label"].str.replace("|", " ") if several else rows["label"]
    _refuse(given, rows, label_column, text_column, _is_label(names, allowed), allowed)
    labelled = rows[rows["label"] != ""]
    if labelled.empty:
        raise LabelsFileError(f"{path}: no row has a label. Remedy: fill the column {label_column}.")
    notices = list(given.notices)
    if len(labelled) < len(rows):
        notices.append(f"{path}: {len(rows) - len(labelled):,} rows have no label and are left out.")
    labelled = labelled.assign(tokens=token_series(labelled["text"]))
    again = labelled["tokens"].map(tuple).duplicated() & once
    if again.any():
        notices.append(f"{path}: {again.sum():,} texts occur again and count once, as labelled first.")
    return LabelledTexts(labelled[~again].reset_index(drop=True), notices)


def _is_label(labels: pd.Series, allowed: Sequence[str] | None) -> pd.Series:
    return labels.isin(allowed) if allowed is not None else labels.str.match(LABEL)


def _refuse(
    given: TextFile,
    rows: pd.DataFrame,
    label_column: str,
    text_column: str,
    known: pd.Series,
    allowed: Sequence[str] | None,
) -> None:
    """Raise LabelsFileError with one line a bad row, if there are any."""
    has_label = rows["label"] != ""
    choose = (
        f"write one of {', '.join(allowed)}" if allowed is not None else "write up to 80 characters without |"
    )
    problems = {
        row: f"{label_column}: {rows.at[row, 'label'][:60]!r} is no label here. "
        f"Remedy: {choose}, or rename it with --map."
        for row in rows.index[has_label & ~known]
    }
    problems |= {
        row: f"{text_column}: there is a label but no text. Remedy: write the text, or remove the row."
        for row in rows.index[has_label & (rows["text"].str.strip() == "")]
    }
    if problems:
        lines = [
            f"{given.path}, line {given.line(row)}, {problems[row]}"
            for row in sorted(problems)[:MOST_PROBLEMS]
        ]
        if len(problems) > MOST_PROBLEMS:
            lines.append(f"... and {len(problems) - MOST_PROBLEMS:,} more bad rows.")
        raise LabelsFileError("\n".join(lines))
