"""Networks: sources that are read page by page through an API, all by one engine.

A source says what its API is like (`Network`: addresses, pages, how an item becomes a row) and what it does
with it (`Declaration`). `visit` does the rest for every one of them: resumes where it stopped, reads the
overlap again, survives what servers do, looks up what may have been deleted, masks, lands.

dlt's `rest_api` source is not used for these: its pages cannot be resumed in another run, it has no budget
of pages, one bad page fails the whole extract, and its client shortens a long Retry-After (see
`ingestion.http`). Credentials come from dlt's own configuration, and dlt loads what this yields.
"""

from ingestion.network.credentials import CredentialsMissing, credentials_of
from ingestion.network.declaration import Credential, Declaration, QueryLimits
from ingestion.network.network import (
    FIND,
    FOLLOW,
    MOMENT,
    PASSING,
    Ask,
    BadAnswer,
    FieldsRefused,
    Heard,
    Network,
    Page,
    Stream,
    decoded,
    network_client,
)
from ingestion.network.stream import StreamedNetwork
from ingestion.network.visit import visit

__all__ = [
    "FIND",
    "FOLLOW",
    "MOMENT",
    "PASSING",
    "Ask",
    "BadAnswer",
    "Credential",
    "CredentialsMissing",
    "Declaration",
    "FieldsRefused",
    "Heard",
    "Network",
    "Page",
    "QueryLimits",
    "Stream",
    "StreamedNetwork",
    "credentials_of",
    "decoded",
    "network_client",
    "visit",
]
