"""The dlt resource of a network: credentials and settings resolved inside its body, state kept by dlt."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any

import dlt

from ingestion.http import HttpClient
from ingestion.landing import Landing
from ingestion.listening import Listening
from ingestion.listening.models import OwnedSource
from ingestion.network.credentials import credentials_of
from ingestion.network.declaration import Declaration
from ingestion.network.network import Network, Stream, network_client
from ingestion.network.terms import search_queries
from ingestion.network.visit import visit


def settings_of(declaration: Declaration, listening: Listening) -> Any:
    """Return a network's part of listening.yml; accounts that it does not name are those under `owned`."""
    settings = getattr(listening.sources, declaration.name)
    if getattr(settings, "accounts", None) == ():
        return settings.model_copy(update={"accounts": listening.owned_on(declaration.platform)})
    return settings


Besides = Callable[[Network, MutableMapping[str, Any], HttpClient], Iterator[Any]]
"""What a source does after its pages: of the network, its state, and the client, the tables that it lands."""


def network_posts(
    network_type: type[Network], landing: Landing, listening: Listening, besides: Besides | None = None
) -> Any:
    """Return the resource of a network as set up in `listening.sources.<name>`; it fills all of its tables.

    When it runs, it raises CredentialsMissing before the first request where a secret is missing.
    """
    declaration = network_type.declaration
    settings = settings_of(declaration, listening)

    @dlt.resource(name=network_type.contract.resource, write_disposition="append")
    def posts() -> Iterator[Any]:
        network = network_type(settings, credentials_of(declaration))
        queries = wanted_queries(declaration, landing, listening)
        if isinstance(settings, OwnedSource) and not settings.accounts:
            landing.tell(
                f"{declaration.name} has no accounts to read: name them under sources.{declaration.name}.accounts, "
                f"or under owned: of a brand as {declaration.platform}: [...]"
            )
        with network_client(network) as http:
            state = dlt.current.resource_state()
            yield from visit(network, landing, state, http, queries)
            if besides:
                yield from besides(network, state, http)

    return posts


def streams_of(network_type: type[Network], listening: Listening, secrets: Mapping[str, str]) -> list[Stream]:
    """Return what a run would read of a network; asks nothing of it."""
    declaration = network_type.declaration
    network = network_type(settings_of(declaration, listening), secrets)
    return network.streams(_queries(declaration, listening)[0])


def wanted_queries(declaration: Declaration, landing: Landing, listening: Listening) -> list[str]:
    """Return the source's own queries and those of the entities; what cannot be searched for is told."""
    queries, unsearchable = _queries(declaration, listening)
    for entity in unsearchable:
        landing.tell(
            f"{declaration.name} cannot be searched for all of {entity}: part of its query has only "
            "filters, wildcards or terms that are too long; add a plain term"
        )
    return queries


def _queries(declaration: Declaration, listening: Listening) -> tuple[list[str], list[str]]:
    """Return all search queries of a network, its own first, and the entities that it cannot search for."""
    queries, unsearchable = search_queries(listening, declaration.query_limits)
    own = getattr(listening.sources, declaration.name).queries
    return list(dict.fromkeys([*own, *queries])), unsearchable
