"""Mappings that ship with Listenhouse, each set a YAML file of its own below the files source.

A set is what one system's export or one connector's tables are called and look like. listening.yml names it
(`sources.files.shipped: [fivetran_zendesk]`) and says what differs; the file says nothing that is not checked as
any mapping is.
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


@cache
def shipped_names() -> tuple[str, ...]:
    """Return the names of all sets, in order."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yml")))


@cache
def shipped_set(name: str) -> ShippedSet:
    """Return a set by its name. Raises KeyError for a name that is none."""
    if name not in shipped_names():
        raise KeyError(name)
    document = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return ShippedSet(
        name=name,
        about=document["about"],
        get_it_at=document["get_it_at"],
        asks={key: (said["what"], said["example"]) for key, said in document.get("asks", {}).items()},
        mappings=tuple(document["mappings"]),
    )
