"""One cheap request that needs the credentials: does a network let us in?"""

import time
from dataclasses import dataclass

from ingestion.http import HttpError
from ingestion.listening import Listening
from ingestion.network.credentials import credentials_of, shown
from ingestion.network.network import network_client
from ingestion.network.source import settings_of
from ingestion.registry import network_type


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
    with network_client(network) as http:
        try:
            answer = http.get(
                network.probe().url(network.settings.base_url),
                headers=network.headers(http),
                hidden=network.hidden(),
            )
            good, detail = True, f"HTTP {answer.status}, {len(answer.body):,} bytes"
        except HttpError as error:
            said = error.body.decode("utf-8", "replace").strip()[:200]
            good, detail = False, shown(f"{error}" + (f"; it says: {said}" if said else ""), secrets)
        except (ValueError, KeyError, TypeError) as error:
            good, detail = False, f"the answer to the login holds no token ({type(error).__name__})"
    return Probe(name, good, detail, time.monotonic() - started)
