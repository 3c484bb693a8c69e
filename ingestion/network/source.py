"""The dlt resource of a network: credentials and settings resolved inside its body, state kept by dlt."""

from collections.abc import Iterator, Mapping
from typing import Any

import dlt

from ingestion.landing import Landing
from ingestion.listening import Listening
from ingestion.network.credentials import credentials_of
from ingestion.network.network import Network, Stream, network_client
from ingestion.network.terms import search_queries
from ingestion.network.visit import visit


def network_posts(network_type: type[Network], landing: Landing, listening: Listening) -> Any:
    """Return the resource `posts` of a network as set up in `listening.sources.<name>`.

    When it runs, it raises CredentialsMissing before the first request where a secret is missing.
    """
    declaration = network_type.declaration
    settings = getattr(listening.sources, declaration.name)

    @dlt.resource(name=network_type.contract.resource, write_disposition="append")
    def posts() -> Iterator[Any]:
        network = network_type(settings, credentials_of(declaration))
        queries, unsearchable = _queries(network_type, listening)
        for entity in unsearchable:
            landing.tell(
                f"{declaration.name} cannot be searched for all of {entity}: part of its query has only "
                "filters, wildcards or terms that are too long; add a plain term"
            )
        with network_client(network) as http:
            yield from visit(network, landing, dlt.current.resource_state(), http, queries)

    return posts


def streams_of(network_type: type[Network], listening: Listening, secrets: Mapping[str, str]) -> list[Stream]:
    """Return what a run would read of a network; asks nothing of it."""
    network = network_type(getattr(listening.sources, network_type.declaration.name), secrets)
    return network.streams(_queries(network_type, listening)[0])


def _queries(network_type: type[Network], listening: Listening) -> tuple[list[str], list[str]]:
    """Return all search queries of a network, its own first, and the entities that it cannot search for."""
    declaration = network_type.declaration
    queries, unsearchable = search_queries(listening, declaration.query_limits)
    own = getattr(listening.sources, declaration.name).queries
    return list(dict.fromkeys([*own, *queries])), unsearchable
