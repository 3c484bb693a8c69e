"""The sources that ship with Listenhouse, by name; a source is a package below `ingestion/sources`."""

from importlib import import_module
from types import ModuleType

SOURCES = ("demo", "files", "hackernews", "feeds")


def source_module(name: str) -> ModuleType:
    """Return the source's package: a dlt source function of its name, and `CONTRACTS`.

    Raises ValueError for a name that is no source.
    """
    if name not in SOURCES:
        raise ValueError(f"there is no source {name!r}; listening.yml knows {', '.join(SOURCES)}")
    return import_module(f"ingestion.sources.{name}")
