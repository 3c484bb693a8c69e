"""Mastodon: the public posts under hashtags, and the public timeline, of one server.

API: `/api/v1/timelines/tag/<tag>` and `/api/v1/timelines/public`, newest first; with `listen_seconds`, a web
socket `/api/v1/streaming` that is subscribed to the same, after the pages.
Paging: by item id. The Link header names the next page (`max_id`); only its `max_id` is used, so that an
answer cannot send us, with our token, to another host.
Data flow: status -> raw_mastodon.posts; what does not fit -> raw_mastodon.quarantine.
Edits: a status with a new `edited_at` or new counts is another observation.
Deletes: sweep. Statuses younger than `revisit_days` that no page shows are looked up one by one; one that is
gone (404 or 410) lands as a tombstone. Later deletions are not noticed. While it listens, edits land and
deletions become tombstones as the server sends them; what it sends at other times is left to pages and look-ups.
Rate limit: 300 requests in 5 minutes; one a second here, Retry-After obeyed across runs.
Terms: each server has its own; public posts only. See the declaration in `settings.py`, also for personal data.
"""

import json
import re
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import dlt

from ingestion.http import Answer, HttpClient
from ingestion.landing import POSTS
from ingestion.network import Ask, Heard, Network, Page, Stream
from ingestion.network.network import decoded
from ingestion.network.source import network_posts
from ingestion.network.stream import Refused, Wire, web_socket
from ingestion.network.terms import hashtags
from ingestion.sources.mastodon.contract import to_row
from ingestion.sources.mastodon.settings import DECLARATION, PAGE_SIZE, POLITENESS

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (POSTS,)
NEWS = frozenset({"update", "status.update"})
_NEXT = re.compile(r'<([^>]*)>\s*;\s*rel="?next"?')


class Mastodon(Network):
    """One server's timelines."""

    declaration = DECLARATION
    politeness = POLITENESS
    lookup_batch = 1

    def streams(self, queries: list[str]) -> list[Stream]:
        """Return one stream a hashtag, and one of all public posts where that is wanted."""
        tags = hashtags(queries) if "hashtags" in self.settings.timelines else []
        found = [Stream(f"#{tag}", f"/api/v1/timelines/tag/{tag}") for tag in tags]
        return found + [
            Stream(name, "/api/v1/timelines/public") for name in self.settings.timelines if name == "public"
        ]

    def first(self, stream: Stream, since: datetime, until: datetime) -> Ask:
        """Return the request for the newest statuses; the API takes no times."""
        return Ask(stream.what, {"limit": PAGE_SIZE})

    def page(self, body: Any, asked: Ask, answer: Answer) -> Page:
        """Return the statuses, and the older ones that the Link header names."""
        link = _NEXT.search(answer.headers.get("link", ""))
        older = parse_qs(urlsplit(link.group(1)).query).get("max_id") if link else None
        return Page(body, asked.with_params(max_id=older[0]) if older else None)

    def row(self, item: Any) -> dict[str, Any] | None:
        """Return a status as a post."""
        return to_row(item)

    def lookup(self, ids: list[str]) -> Ask:
        """Return the request for one status."""
        return Ask(f"/api/v1/statuses/{ids[0]}")

    def wire(self, streams: list[Stream]) -> AbstractContextManager[Wire]:
        """Return a web socket that is subscribed to the same timelines."""
        address = self.settings.streaming_url or re.sub(
            "^http", "ws", self.settings.base_url, flags=re.IGNORECASE
        )
        tags = [stream.name.removeprefix("#") for stream in streams if stream.name.startswith("#")]
        wanted = [{"stream": "hashtag", "tag": tag} for tag in tags]
        wanted += [{"stream": "public"}] * (len(tags) < len(streams))
        return web_socket(
            address.rstrip("/") + "/api/v1/streaming",
            headers=self._token(),
            hello=tuple(json.dumps({"type": "subscribe", **one}) for one in wanted),
        )

    def heard(self, message: bytes) -> Heard:
        """Return a new or edited status, or the id of a deleted one; other events tell nothing of posts."""
        body = decoded(message)
        if "error" in body:
            raise Refused(f"the stream says: {str(body['error'])[:200]}")
        event, payload = body["event"], body.get("payload")
        if event in NEWS:
            return Heard(items=[decoded(payload.encode("utf-8", "surrogatepass"))])
        return Heard(gone=[str(payload)]) if event == "delete" else Heard()

    def looked_up(self, body: Any) -> list[Any]:
        """Return the status; an answer without an id is none, and says nothing of whether it is there."""
        return [body] if body["id"] else []

    def probe(self) -> Ask:
        """Return the request for the token's own application, or for the server's description."""
        return Ask("/api/v1/apps/verify_credentials" if self.secrets else "/api/v2/instance")

    def headers(self, http: HttpClient) -> dict[str, str]:
        """Return the token, where there is one: many servers show hashtags to everybody."""
        return self._token()

    def _token(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secrets['access_token']}"} if self.secrets else {}


@dlt.source(name="mastodon")
def mastodon(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.mastodon`."""
    return network_posts(Mastodon, landing, listening)
