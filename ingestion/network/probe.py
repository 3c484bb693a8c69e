"""One cheap request that needs the credentials: does a network let us in?"""

import time
from dataclasses import dataclass

from ingestion.http import HttpError
from ingestion.listening import Listening
from ingestion.network.credentials import credentials_of, shown
from ingestion.network.network import network_client
from ingestion.network.source import settings_of
from ingestion.network.stream import Dropped, Refused, StreamedNetwork
from ingestion.registry import network_type

PATIENCE_S = 5.0
"""How long the first message of a stream is waited for; a connection without one is good, too."""


@dataclass(frozen=True)
class Probe:
    """What came of it. `seconds` is the time of the request, log-in included."""

    name: str
    is_good: bool
    detail: str
    seconds: float


def probe(name: str, listening: Listening) -> Probe:
    """Ask a network one thing with its credentials, also where it is switched off in listening.yml.

    Raises CredentialsMissing before the request where a secret is missing, ValueError for no network.
    """
    kind = network_type(name)
    secrets = credentials_of(kind.declaration)
    network = kind(settings_of(kind.declaration, listening), secrets)
    started = time.monotonic()
    if isinstance(network, StreamedNetwork):
        good, detail = _listen(network)
        return Probe(name, good, detail, time.monotonic() - started)
    with network_client(network) as http:
        try:
            answer = http.get(
                network.probe().url(network.settings.base_url),
                headers=network.headers(http),
                hidden=network.hidden_for(network.probe()),
            )
            good, detail = True, f"HTTP {answer.status}, {len(answer.body):,} bytes"
        except HttpError as error:
            said = error.body.decode("utf-8", "replace").strip()[:200]
            good, detail = False, shown(f"{error}" + (f"; it says: {said}" if said else ""), secrets)
        except (ValueError, KeyError, TypeError) as error:
            good, detail = False, f"the answer to the login holds no token ({type(error).__name__})"
    return Probe(name, good, detail, time.monotonic() - started)


def _listen(network: StreamedNetwork) -> tuple[bool, str]:
    try:
        with network.wire(None) as wire:
            message = wire.receive(PATIENCE_S)
    except (Dropped, Refused) as problem:
        return False, str(problem)
    return True, "connected, " + (f"an event of {len(message):,} bytes" if message else "no event yet")
