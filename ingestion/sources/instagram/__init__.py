"""Professional accounts of the brand on Instagram, through the Graph API: posts, stories, comments, figures.

API: `/<account>/media` gives posts, and the same with `insights.metric(...)` their figures; `/<account>/stories`
those of the last day; `/<media>/comments` comments and replies of each young post; `/<account>` the followers of today,
 `/<account>/insights` the reach by day.
Paging: by what `paging.next` names; its token is left out and sent anew.
Data flow: post, story, comment -> raw_instagram.posts; figures of a post since its publication ->
raw_instagram.post_insights; of an account and day -> raw_instagram.account_metrics; misfits ->
raw_instagram.quarantine.
Edits: a new caption or new counts are another observation.
Deletes: sweep. Posts younger than `revisit_days` are looked up one by one, `max_revisits` a run. Stories end after a
day without being deleted, and ids do not tell comments from posts: neither are looked up.
Retired metrics: as for Facebook, each is asked for alone and left out where it fails.
Rate limit: by the account's impressions. A limit that is reached ends the run, the next ones wait an hour.
Terms: only accounts that granted access. See the declaration in `settings.py`.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import dlt

from ingestion.http import Answer
from ingestion.landing import ACCOUNT_METRICS, POST_INSIGHTS, POSTS
from ingestion.network import FOLLOW, PASSING, Ask, Page, Stream
from ingestion.network.graph import GraphNetwork, numeric_path
from ingestion.network.source import network_posts
from ingestion.sources.instagram.contract import to_row, with_replies
from ingestion.sources.instagram.settings import (
    ACCOUNT_FIGURES,
    COMMENT_FIELDS,
    COUNTS,
    DECLARATION,
    MEDIA_FIELDS,
    POST_FIGURES,
)

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (POSTS, POST_INSIGHTS, ACCOUNT_METRICS)


class Instagram(GraphNetwork):
    """Professional accounts with their posts."""

    declaration = DECLARATION
    post_request = MEDIA_FIELDS
    post_fields = COUNTS
    post_figures = POST_FIGURES
    account_figures = ACCOUNT_FIGURES
    _today: date | None = None

    def streams(self, queries: list[str]) -> list[Stream]:
        """Return the posts and stories of each account and, where they are wanted, its figures."""
        streams = []
        for account in self.settings.accounts:
            numeric_path(account)
            streams.append(Stream(f"posts of {account}", (account, "media")))
            if self.settings.stories:
                streams.append(Stream(f"stories of {account}", (account, "stories")))
            if self.settings.insights:
                streams += [self.insights_of(account, "media"), self.metrics_of(account)]
                streams.append(Stream(f"followers of {account}", (account, ""), ACCOUNT_METRICS))
        return streams

    def streams_about(self, native_id: str) -> list[Stream]:
        """Return the comments of a post."""
        return [Stream(f"comments of {native_id}", (native_id, "comments"))]

    def first(self, stream: Stream, since: datetime, until: datetime) -> Ask:
        """Return the request for the newest posts or comments, for days, or for today's followers."""
        about, edge = stream.what
        path = f"/{about}/{edge}" if edge else f"/{about}"
        if edge == "insights":
            return self.daily(path, since, until)
        if not edge:
            self._today = until.date()
            return Ask(path, {"fields": "followers_count"})
        if edge == "comments":
            return self.edge(path, COMMENT_FIELDS)
        return self.edge(path, "id,timestamp,insights" if stream.contract is POST_INSIGHTS else MEDIA_FIELDS)

    def page(self, body: Any, asked: Ask, answer: Answer) -> Page:
        """Return the items of an edge, comments with their replies, or the account with its followers."""
        if asked.params.get("fields") == "followers_count":
            account = asked.path.removeprefix("/")
            return Page(
                [{"account": account, "day": self._today, "told": {}, "followers": body["followers_count"]}]
            )
        page = super().page(body, asked, answer)
        if asked.path.endswith("/comments"):
            return Page(with_replies(page.items), page.next)
        if asked.path.endswith("/stories"):
            items = [{**item, "_story": True} if isinstance(item, dict) else item for item in page.items]
            return Page(items, page.next)
        return page

    def post(self, item: Any) -> dict[str, Any]:
        """Return a medium, story or comment as a post."""
        row = to_row(item)
        is_story = "_story" in item
        has_comments = self.settings.comments and row["post_type"] != "comment" and not is_story
        return {**row, PASSING: is_story or row["post_type"] == "comment", FOLLOW: has_comments}

    def account_row(self, item: dict[str, Any]) -> dict[str, Any]:
        """Return an account's figures of a day, or its followers of today."""
        return super().account_row(item) | {"follower_count": item.get("followers")}

    def lookup(self, ids: list[str]) -> Ask:
        """Return the request for one post."""
        return Ask(f"/{ids[0]}", {"fields": MEDIA_FIELDS})

    def probe(self) -> Ask:
        """Return the request for what the token stands for."""
        return Ask("/me", {"fields": "id"})


@dlt.source(name="instagram")
def instagram(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.instagram`."""
    return network_posts(Instagram, landing, listening)
