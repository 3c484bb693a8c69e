"""Pages that the brand runs on Facebook, through the Graph API: posts, comments, figures of posts and pages.

API: `/<page>/published_posts` gives posts, and the same with `insights.metric(...)` their figures;
`/<post>/comments` the comments of each young post, `/<page>/insights` the page's figures by day.
Paging: by what `paging.next` names; its token is left out and sent anew.
Data flow: post, comment -> raw_facebook.posts; figures of a post since its publication ->
raw_facebook.post_insights; of a page and day -> raw_facebook.account_metrics; misfits -> raw_facebook.quarantine.
Edits: a new text or new counts are another observation.
Deletes: sweep. Posts and comments younger than `revisit_days` are looked up one by one, `max_revisits` a run.
Retired metrics: one fails its whole request (code 100). Then each is asked for alone, those that still fail are told
as deprecated and left out, and the figures that they told stay NULL.
Rate limit: by the page's engaged users. A limit that is reached ends the run, the next ones wait an hour.
Terms: only pages that granted access. See the declaration in `settings.py`.
"""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import dlt

from ingestion.http import HttpClient
from ingestion.landing import ACCOUNT_METRICS, POST_INSIGHTS, POSTS
from ingestion.network import Ask, Stream
from ingestion.network.graph import GraphNetwork, account_of, numeric_path
from ingestion.network.source import network_posts
from ingestion.sources.facebook.contract import to_row
from ingestion.sources.facebook.settings import (
    COMMENT_FIELDS,
    DECLARATION,
    PAGE_FIGURES,
    POST_FIELDS,
    POST_FIGURES,
    SUMMARIES,
)

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (POSTS, POST_INSIGHTS, ACCOUNT_METRICS)


class Facebook(GraphNetwork):
    """Pages with their posts."""

    declaration = DECLARATION
    post_request = POST_FIELDS
    post_fields = SUMMARIES
    post_figures = POST_FIGURES
    account_figures = PAGE_FIGURES
    _tokens: dict[str, str] | None = None

    def streams(self, queries: list[str]) -> list[Stream]:
        """Return the posts of each page and, where they are wanted, its figures."""
        streams = []
        for page in self.settings.accounts:
            numeric_path(page)
            streams.append(Stream(f"posts of {page}", (page, "published_posts")))
            if self.settings.insights:
                streams += [self.insights_of(page, "published_posts"), self.metrics_of(page)]
        return streams

    def streams_about(self, native_id: str) -> list[Stream]:
        """Return the comments of a post."""
        return [Stream(f"comments of {native_id}", (native_id, "comments"))]

    def first(self, stream: Stream, since: datetime, until: datetime) -> Ask:
        """Return the request for the newest posts or comments, or for days."""
        about, edge = stream.what
        path = f"/{about}/{edge}"
        if edge == "insights":
            return self.daily(path, since, until)
        if edge == "comments":
            return self.edge(path, COMMENT_FIELDS, order="reverse_chronological", filter="stream")
        if stream.contract is POST_INSIGHTS:
            return self.edge(path, "id,created_time,insights")
        return self.edge(path, POST_FIELDS)

    def post(self, item: Any) -> dict[str, Any]:
        """Return a post, video or comment as a post."""
        return to_row(item)

    def lookup(self, ids: list[str]) -> Ask:
        """Return the request for one post or comment."""
        is_post = account_of(ids[0]) in self.settings.accounts
        return Ask(f"/{ids[0]}", {"fields": POST_FIELDS if is_post else COMMENT_FIELDS})

    def probe(self) -> Ask:
        """Return the request for what the token stands for."""
        return Ask("/me", {"fields": "id"})

    def headers(self, http: HttpClient) -> dict[str, str]:
        """Fetch each page's own token, once a run: figures of a page are told to no other."""
        if self._tokens is None:
            self._tokens = {}
            for page in self.settings.accounts:
                ask = Ask(numeric_path(page), {"fields": "access_token"})
                answer = http.get(ask.url(self.settings.base_url), hidden=super().hidden())
                # The token of a page itself is told no other one.
                self._tokens[page] = json.loads(answer.body).get("access_token", self.secrets["access_token"])
            self.secrets = {**self.secrets, **{f"token of {page}": t for page, t in self._tokens.items()}}
        return {}

    def hidden_for(self, ask: Ask) -> dict[str, str]:
        """Return the token of the page that a request is about; comments name only their post."""
        page = account_of(ask.path.split("/")[1])
        tokens = self._tokens or {}
        only = next(iter(tokens.values())) if len(tokens) == 1 else self.secrets["access_token"]
        return {"access_token": tokens.get(page, only)}


@dlt.source(name="facebook")
def facebook(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.facebook`."""
    return network_posts(Facebook, landing, listening)
