"""Reddit through its Data API: a search over all subreddits, and whole subreddits with their comments.

API: `/search?sort=new`, `/r/<subreddit>/new`, `/r/<subreddit>/comments`, all newest first; `/api/info` for
known things. The token comes from `www.reddit.com/api/v1/access_token` (client credentials).
Paging: by the cursor `after`. A listing ends after about 1,000 things, whatever is older.
Data flow: t3 and t1 -> raw_reddit.posts; what does not fit -> raw_reddit.quarantine.
Edits: a thing with a new `edited` or new counts is another observation.
Deletes: sweep. Things younger than `revisit_days` that no page shows are looked up, 100 a request; those that
are not given, or whose text is [deleted] or [removed], land as tombstones.
Rate limit: 100 requests a minute; `x-ratelimit-remaining` and `-reset` obeyed, Retry-After across runs.
Terms: see the declaration in `settings.py`, also for personal data.
"""

import base64
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import dlt

from ingestion.http import Answer, HttpClient
from ingestion.landing import POSTS
from ingestion.network import Ask, Network, Page, Stream
from ingestion.network.source import network_posts
from ingestion.sources.reddit.contract import to_row
from ingestion.sources.reddit.settings import DECLARATION, LOOKUP_BATCH, PAGE_SIZE, POLITENESS

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (POSTS,)


class Reddit(Network):
    """Listings of submissions and comments."""

    declaration = DECLARATION
    politeness = POLITENESS
    lookup_batch = LOOKUP_BATCH
    _token: str | None = None

    def streams(self, queries: list[str]) -> list[Stream]:
        """Return a search a query, and two listings a subreddit."""
        searches = [
            Stream(query, ("/search", {"q": query, "sort": "new", "type": "link"})) for query in queries
        ]
        listings = [(name, kind) for name in self.settings.subreddits for kind in ("new", "comments")]
        return searches + [Stream(f"r/{name}/{kind}", (f"/r/{name}/{kind}", {})) for name, kind in listings]

    def first(self, stream: Stream, since: datetime, until: datetime) -> Ask:
        """Return the request for the newest things; the API takes no times."""
        path, params = stream.what
        return Ask(path, {**params, "limit": PAGE_SIZE, "raw_json": 1})

    def page(self, body: Any, asked: Ask, answer: Answer) -> Page:
        """Return the things, and the request with `after`."""
        listing = body["data"]
        after = listing.get("after")
        return Page(
            listing["children"], asked.with_params(after=after) if after else None, wait_s=_wait(answer)
        )

    def row(self, item: Any) -> dict[str, Any] | None:
        """Return a thing as a post."""
        return to_row(item)

    def lookup(self, ids: list[str]) -> Ask:
        """Return the request for known things by their full names."""
        return Ask("/api/info", {"id": ",".join(ids), "raw_json": 1})

    def looked_up(self, body: Any) -> list[Any]:
        """Return the things that are still there."""
        return body["data"]["children"]

    def probe(self) -> Ask:
        """Return the request for one thing of a listing."""
        return Ask("/new", {"limit": 1})

    def headers(self, http: HttpClient) -> dict[str, str]:
        """Return the token, asked for once a run: it is good for an hour or more."""
        if self._token is None:
            login = f"{self.secrets['client_id']}:{self.secrets['client_secret']}".encode()
            answer = http.post(
                self.settings.token_url,
                b"grant_type=client_credentials",
                {
                    "Authorization": "Basic " + base64.b64encode(login).decode(),
                    "Content-Type": "application/x-www-form-urlencoded",
                },
            )
            self._token = json.loads(answer.body)["access_token"]
        return {"Authorization": f"Bearer {self._token}"}


def _wait(answer: Answer) -> float:
    """Return the seconds until the quota comes back where an answer says that nothing of it is left."""
    left, reset = (answer.headers.get(f"x-ratelimit-{name}", "") for name in ("remaining", "reset"))
    try:
        return float(reset) if float(left) < 1 else 0.0
    except ValueError:
        return 0.0


@dlt.source(name="reddit")
def reddit(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.reddit`."""
    return network_posts(Reddit, landing, listening)
