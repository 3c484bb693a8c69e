"""Labels: which posts are about an entity and which only look so, as people judged them."""

from pathlib import Path

import duckdb
import pyarrow as pa

COLUMNS = ("entity_id", "post_key", "is_relevant")
YES, NO = {"1", "true", "yes"}, {"0", "false", "no"}


class LabelError(ValueError):
    """A file of labels that cannot be read; the message says where and what to do."""


def read_labels(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Create the table `labels` (entity_id, post_key, is_relevant) from a CSV file, empty without one."""
    rows = [] if path is None else _rows(path)
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    types = (pa.string(), pa.string(), pa.bool_())
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    connection.register("label_rows", pa.table(arrays, list(COLUMNS)))
    connection.execute("create or replace table memory.main.labels as from label_rows")
    connection.unregister("label_rows")


def _rows(path: Path) -> list[tuple[str, str, bool]]:
    import csv

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
            if missing:
                raise LabelError(
                    f"{path}:1: there is no column {missing[0]}. Remedy: name it in the first line."
                )
            rows = []
            for row in reader:
                judged = (row["is_relevant"] or "").strip().lower()
                if judged not in YES | NO:
                    raise LabelError(
                        f"{path}:{reader.line_num}: is_relevant: {judged!r} is neither yes nor no."
                        " Remedy: write 1 or 0, true or false, yes or no."
                    )
                rows.append((row["entity_id"].strip(), row["post_key"].strip(), judged in YES))
            return rows
    except (OSError, UnicodeDecodeError) as error:
        raise LabelError(f"{path}: cannot be read ({error}). Remedy: give a CSV file in UTF-8.") from error
