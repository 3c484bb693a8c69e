"""Bluesky's stream of all posts, Jetstream; no account needed.

API: `/subscribe?wantedCollections=app.bsky.feed.post` on a web socket; one JSON event a message: commits
(create, update, delete), and what becomes of accounts and identities.
Paging: by cursor, the time of an event in microseconds. Every connection begins five seconds before the newest
event read; what it repeats is known by (did, rkey, rev). A run reads until the present (and `listen_seconds`
beyond), `max_seconds` or `max_events`. A server keeps events for some days: where it has none that old, the leap
is told as a gap.
Data flow: commit of a post that may hold a searched term -> raw_jetstream.posts; what is no JSON or has another
shape -> raw_jetstream.quarantine; everything else is passed over and counted in raw_jetstream.landings.
Edits: an update is another observation, also where the term is gone from it.
Deletes: stream. The deletion of a post that landed becomes a tombstone in the run that reads it; so do all posts
of an account that was deleted or taken down.
Rate limit: none documented; one connection a run, back-off between connections, Retry-After obeyed across runs.
Terms: the developer guidelines ask to respect deletions. See the declaration in `settings.py`, also for
personal data.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import dlt

from ingestion import http
from ingestion.landing import POSTS
from ingestion.network import StreamedNetwork, credentials_of
from ingestion.network.source import wanted_queries
from ingestion.network.stream import Wire, web_socket
from ingestion.network.wanted import Wanted
from ingestion.sources.jetstream.settings import DECLARATION, MAX_EVENT_BYTES, POSTS_COLLECTION

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (POSTS,)


class Jetstream(StreamedNetwork):
    """One of the public servers, or one of one's own."""

    declaration = DECLARATION

    def wire(self, cursor: int | None) -> AbstractContextManager[Wire]:
        """Return a subscription to posts from a moment (microseconds) on, or from the present on."""
        wanted = {"wantedCollections": POSTS_COLLECTION, "maxMessageSizeBytes": MAX_EVENT_BYTES}
        query = urlencode(wanted | ({} if cursor is None else {"cursor": cursor}))
        return web_socket(f"{self.settings.base_url.rstrip('/')}/subscribe?{query}")


@dlt.source(name="jetstream")
def jetstream(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.jetstream`."""

    @dlt.resource(name=POSTS.resource, write_disposition="append")
    def posts() -> Iterator[Any]:
        from ingestion.sources.jetstream.hearing import Hearing
        from ingestion.sources.jetstream.landed import Landed

        network = Jetstream(listening.sources.jetstream, credentials_of(DECLARATION))
        wanted = Wanted(wanted_queries(DECLARATION, landing, listening))
        state = dlt.current.resource_state()
        yield from Hearing(network, landing, state, http.SYSTEM_CLOCK, wanted, Landed(home)).run()

    return posts
