"""The sources that ship with Listenhouse, by name; a source is a package below `ingestion/sources`."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingestion.network import Network, StreamedNetwork

NETWORKS = ("bluesky", "jetstream", "mastodon", "reddit", "stackexchange", "youtube")
"""Sources that `ingestion.network` reads; they all land posts under one contract."""
STREAMED = ("jetstream",)
"""Those of them that send what happens by themselves, and are asked for no page."""
SOURCES = ("demo", "files", "hackernews", "feeds", *NETWORKS)


def source_module(name: str) -> ModuleType:
    """Return the source's package: a dlt source function of its name, and `CONTRACTS`.

    Raises ValueError for a name that is no source.
    """
    if name not in SOURCES:
        raise ValueError(f"there is no source {name!r}; listening.yml knows {', '.join(SOURCES)}")
    return import_module(f"ingestion.sources.{name}")


def network_type(name: str) -> "type[Network | StreamedNetwork]":
    """Return the class that says what a network is like. Raises ValueError for a name that is none."""
    from ingestion.network import Network, StreamedNetwork

    kinds = (Network, StreamedNetwork)
    if name not in NETWORKS:
        raise ValueError(f"{name!r} is no network; there are {', '.join(NETWORKS)}")
    found = [
        kind
        for kind in vars(source_module(name)).values()
        if isinstance(kind, type) and issubclass(kind, kinds) and kind not in kinds
    ]
    (kind,) = found
    return kind
