"""The sources that ship with Listenhouse, by name; a source is a package below `ingestion/sources`."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingestion.network import Network, StreamedNetwork

NETWORKS = (
    "appstore",
    "bluesky",
    "delighted",
    "facebook",
    "gdelt",
    "hubspot",
    "instagram",
    "jetstream",
    "linkedin",
    "mastodon",
    "reddit",
    "salesforce",
    "stackexchange",
    "x",
    "youtube",
    "youtube_analytics",
    "zendesk",
)
"""Sources that `ingestion.network` reads."""
RESOURCES: dict[str, tuple[str, ...]] = {
    "delighted": ("nps_responses",),
    "facebook": ("posts", "post_insights", "account_metrics"),
    "hubspot": ("crm_opportunities", "crm_accounts", "crm_contacts"),
    "instagram": ("posts", "post_insights", "account_metrics"),
    "linkedin": ("posts", "post_insights", "account_metrics"),
    "salesforce": ("crm_opportunities", "crm_accounts", "crm_contacts"),
    "youtube_analytics": ("posts", "post_insights", "account_metrics"),
    "zendesk": ("support_cases", "case_messages"),
}
"""What those networks land that land more, or other, than posts: the resources of their CONTRACTS."""
POSTS_RESOURCE = "posts"
STREAMED = ("jetstream",)
"""Networks that send what happens by themselves, and are asked for no page."""
SOURCES = ("demo", "files", "hackernews", "feeds", *NETWORKS)


def source_module(name: str) -> ModuleType:
    """Return the source's package: a dlt source function of its name, and `CONTRACTS`.

    Raises ValueError for a name that is no source.
    """
    if name not in SOURCES:
        raise ValueError(f"there is no source {name!r}; listening.yml knows {', '.join(SOURCES)}")
    return import_module(f"ingestion.sources.{name}")


def network_resources(name: str) -> tuple[str, ...]:
    """Return the resources that a network lands, without importing it."""
    return RESOURCES.get(name, (POSTS_RESOURCE,))


def has_reads(name: str) -> bool:
    """Tell whether a source is a network of posts: what each read saw of them is kept, to tell what was missed."""
    return name in NETWORKS and POSTS_RESOURCE in network_resources(name)


def network_type(name: str) -> "type[Network | StreamedNetwork]":
    """Return the class that says what a network is like. Raises ValueError for a name that is none."""
    from ingestion.network import Network, StreamedNetwork

    kinds = (Network, StreamedNetwork)
    if name not in NETWORKS:
        raise ValueError(f"{name!r} is no network; there are {', '.join(NETWORKS)}")
    module = source_module(name)
    found = [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, kinds) and kind.__module__ == module.__name__
    ]
    (kind,) = found
    return kind
