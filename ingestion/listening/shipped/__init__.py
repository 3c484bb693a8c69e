"""Mappings that ship with Listenhouse: what connectors and listening suites call their columns, one file a maker."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


def connectors() -> tuple[str, ...]:
    """Return the names of all shipped sets: maker, a dot, and what of it."""
    return tuple(sorted(_sets()))


def shipped_mappings(name: str, folder: str | None = None, format: str = "csv") -> list[dict[str, Any]]:
    """Return the mappings of a set as listening.yml would have them.

    Files are found in `folder` by the name of their table, else anywhere by set and table, with `_` or a dot between
    them, or by what the set says of its files; tables of a DuckDB file in the schema of the set's name. Raises
    KeyError for a name that is no set.
    """
    kit = _sets()[name]
    shared = {"name": name.replace(".", "_"), "format": format, **kit.get("shared", {})}
    system = name.partition(".")[2]
    left_out = {"table", "files"} | ({"absent", "skip_lines"} if format in ("duckdb", "parquet") else set())
    made = []
    for mapping in kit["mappings"]:
        table = mapping["table"]
        stem = mapping.get("files", f"{system}?{table}")
        pattern = f"{folder}/**/{table}*" if folder else f"**/{stem}*"
        whole = {**shared, "pattern": f"{pattern}.{format}*", **mapping}
        made.append({key: value for key, value in whole.items() if key not in left_out})
        if format == "duckdb":
            # A connector gives its schema its own name.
            where = f"{folder}/**/*.duckdb" if folder else "**/*.duckdb"
            made[-1] |= {"pattern": where, "table": table and f"{system}.{table}"}
    return made


@cache
def _sets() -> dict[str, dict[str, Any]]:
    return {
        f"{path.stem}.{name}": kit
        for path in sorted(FOLDER.glob("*.yml"))
        for name, kit in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    }
