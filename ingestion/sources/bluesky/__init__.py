"""Bluesky's search for posts.

API: `app.bsky.feed.searchPosts`, newest first, between two moments; `getPosts` for known ones.
Paging: by the cursor of each answer. A cursor that the server has forgotten costs a gap, which is read again.
Data flow: post view -> raw_bluesky.posts; what does not fit -> raw_bluesky.quarantine.
Edits: Bluesky has none; new counts are another observation.
Deletes: sweep. Posts younger than `revisit_days` that no page shows are looked up, 25 a request; those that
are not given any more land as tombstones. Later deletions are not noticed.
Rate limit: 3,000 requests in 5 minutes; five a second here, Retry-After obeyed across runs.
Terms: the developer guidelines ask to respect deletions. See the declaration in `settings.py`, also for
personal data.
"""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import dlt

from ingestion.http import Answer, HttpClient
from ingestion.landing import POSTS
from ingestion.network import Ask, Network, Page, Stream
from ingestion.network.source import network_posts
from ingestion.sources.bluesky.contract import to_row
from ingestion.sources.bluesky.settings import DECLARATION, LOOKUP_BATCH, PAGE_SIZE, POLITENESS

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (POSTS,)


class Bluesky(Network):
    """The search of Bluesky's own server, or of another one that offers it."""

    declaration = DECLARATION
    politeness = POLITENESS
    lookup_batch = LOOKUP_BATCH
    _token: str | None = None

    def streams(self, queries: list[str]) -> list[Stream]:
        """Return one stream a term: the search knows no OR."""
        return [Stream(query, query) for query in queries]

    def first(self, stream: Stream, since: datetime, until: datetime) -> Ask:
        """Return the request for the newest posts between two moments."""
        params = {"q": stream.what, "sort": "latest", "limit": PAGE_SIZE}
        times = {"since": f"{since:%Y-%m-%dT%H:%M:%SZ}", "until": f"{until:%Y-%m-%dT%H:%M:%SZ}"}
        return Ask("/xrpc/app.bsky.feed.searchPosts", params | times)

    def page(self, body: Any, asked: Ask, answer: Answer) -> Page:
        """Return the posts and the request with the answer's cursor."""
        cursor = body.get("cursor")
        more = asked.with_params(cursor=cursor) if cursor else None
        return Page(body["posts"], more, told_total=_whole(body.get("hitsTotal")))

    def row(self, item: Any) -> dict[str, Any] | None:
        """Return a post view as a post."""
        return to_row(item)

    def lookup(self, ids: list[str]) -> Ask:
        """Return the request for known posts."""
        return Ask("/xrpc/app.bsky.feed.getPosts", {"uris": ids})

    def looked_up(self, body: Any) -> list[Any]:
        """Return the posts that are still there."""
        return body["posts"]

    def probe(self) -> Ask:
        """Return the request for our own session, or for one post."""
        if self.secrets:
            return Ask("/xrpc/com.atproto.server.getSession")
        return Ask("/xrpc/app.bsky.feed.searchPosts", {"q": "coffee", "limit": 1})

    def headers(self, http: HttpClient) -> dict[str, str]:
        """Return the session's token, made once a run; none without an account."""
        if not {"identifier", "app_password"} <= set(self.secrets):
            return {}
        if self._token is None:
            login = {"identifier": self.secrets["identifier"], "password": self.secrets["app_password"]}
            answer = http.post(
                self.settings.base_url.rstrip("/") + "/xrpc/com.atproto.server.createSession",
                json.dumps(login).encode(),
                {"Content-Type": "application/json"},
            )
            self._token = json.loads(answer.body)["accessJwt"]
        return {"Authorization": f"Bearer {self._token}"}


def _whole(count: Any) -> int | None:
    """Return a count that may be left out."""
    return count if isinstance(count, int) and count >= 0 else None


@dlt.source(name="bluesky")
def bluesky(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.bluesky`."""
    return network_posts(Bluesky, landing, listening)
