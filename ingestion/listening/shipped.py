"""Mappings that ship with Listenhouse: YAML files below the files source.

A set is what one system's export or one connector's tables are called and look like. listening.yml names it
(`sources.files.shipped: [fivetran_zendesk]`) and says what differs; a set says nothing that is not checked as any
mapping is. A file holds one set of its own name, or several sets of one maker, whose names begin with its name.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[1] / "sources" / "files" / "mappings"


@dataclass(frozen=True)
class ShippedSet:
    """A set as its file has it: what it is, where one gets the files, what only the user can say, the mappings."""

    name: str
    about: str
    get_it_at: str
    asks: dict[str, tuple[str, str]]
    """Key of listening.yml -> what it is and an example, of what is different in every survey or account."""
    mappings: tuple[dict[str, Any], ...]
    """As listening.yml would have them, without `name`; `pattern` may be left to `pattern_of`."""


def shipped_names() -> tuple[str, ...]:
    """Return the names of all sets, in order."""
    return tuple(sorted(_sets()))


def shipped_set(name: str) -> ShippedSet:
    """Return a set by its name. Raises KeyError for a name that is none."""
    return _sets()[name]


def pattern_of(mapping: dict[str, Any], folder: str | None, format: str) -> str:
    """Return where the files of a set's mapping are found below the drop folder.

    The files of a `table` lie in the folder, under its name, or else anywhere with the system's name in front.
    """
    if "table" not in mapping:
        return f"{folder}/{mapping['pattern']}" if folder else mapping["pattern"]
    if format == "duckdb":
        return f"{folder}/**/*.duckdb" if folder else "**/*.duckdb"
    stem = f"{folder}/**/{mapping['table']}" if folder else f"**/{mapping['files']}"
    return f"{stem}*.{format}*"


@cache
def _sets() -> dict[str, ShippedSet]:
    found = {}
    for path in sorted(FOLDER.glob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        if "mappings" in document:
            found[path.stem] = _set(path.stem, path.stem, document)
        else:
            for system, kit in document.items():
                name = f"{path.stem}_{system}"
                found[name] = _set(name, system, kit)
    return found


def _set(name: str, system: str, kit: dict[str, Any]) -> ShippedSet:
    mappings = []
    for mapping in kit["mappings"]:
        files = {"files": f"{system}?{mapping['table']}", "schema": system} if "table" in mapping else {}
        mappings.append({"format": "csv", **kit.get("shared", {}), **files, **mapping})
    return ShippedSet(
        name=name,
        about=kit["about"],
        get_it_at=kit["get_it_at"],
        asks={key: (said["what"], said["example"]) for key, said in kit.get("asks", {}).items()},
        mappings=tuple(mappings),
    )
