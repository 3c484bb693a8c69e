"""The dlt resource of a network: credentials and settings resolved inside its body, state kept by dlt."""

from collections.abc import Iterator
from typing import Any

import dlt

from ingestion.landing import Landing
from ingestion.listening import Listening
from ingestion.network.credentials import credentials_of
from ingestion.network.declaration import Declaration
from ingestion.network.network import Network, network_client
from ingestion.network.terms import search_queries
from ingestion.network.visit import visit


def settings_of(declaration: Declaration, listening: Listening) -> Any:
    """Return a network's part of listening.yml; accounts that it does not name are those under `owned`."""
    settings = getattr(listening.sources, declaration.name)
    if getattr(settings, "accounts", None) == ():
        return settings.model_copy(update={"accounts": listening.owned_on(declaration.platform)})
    return settings


def network_posts(network_type: type[Network], landing: Landing, listening: Listening) -> Any:
    """Return the resource `posts` of a network as set up in `listening.sources.<name>`.

    When it runs, it raises CredentialsMissing before the first request where a secret is missing.
    """
    declaration = network_type.declaration
    settings = settings_of(declaration, listening)

    @dlt.resource(name=network_type.contract.resource, write_disposition="append")
    def posts() -> Iterator[Any]:
        network = network_type(settings, credentials_of(declaration))
        queries, unsearchable = search_queries(listening, declaration.query_limits)
        for entity in unsearchable:
            landing.tell(
                f"{declaration.name} cannot be searched for all of {entity}: part of its query has only "
                "filters, wildcards or terms that are too long; add a plain term"
            )
        with network_client(network) as http:
            queries = list(dict.fromkeys([*settings.queries, *queries]))
            yield from visit(network, landing, dlt.current.resource_state(), http, queries)

    return posts
