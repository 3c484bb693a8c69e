"""Made-up servers of the sources that no network engine reads: an address an item, or a document of all."""

import json
import re
from email.utils import format_datetime
from typing import Any, ClassVar
from xml.sax.saxutils import escape

from ingestion.http import HttpClient
from ingestion.landing import Landing
from ingestion.listening import Listening
from ingestion.sources import feeds, hackernews
from ingestion.sources.feeds.contract import ENTRIES
from ingestion.sources.hackernews.contract import ITEMS
from tests.ingestion.kit.bench import PRIVATE, Api, Post
from tests.replay_server import ReplayServer, Seen


class HackerNewsApi(Api):
    """A list of ids, and an address an item: faults meet the items."""

    name = "hackernews"
    path = "/item.json"
    contract = ITEMS
    declaration = hackernews.DECLARATION
    has_cursor = False
    in_pages = False
    likes_in = "score"

    def set_up(self, url: str, settings: dict[str, Any]) -> dict[str, Any]:
        """Return the settings; a page is as many items."""
        names = {"max_pages": "max_items", "revisit_days": "reobserve_days"}
        known = {names.get(name, name): value for name, value in settings.items()}
        if "max_items" in known:
            known["max_items"] *= self.page_size
        return {"base_url": url, **known}

    def item(self, post: Post) -> dict[str, Any]:
        """Return a story."""
        return {
            "id": post.number,
            "type": "story",
            "by": PRIVATE["handle"],
            "title": "My machine",
            "text": f"<p>{post.text}</p>",
            "time": int(post.created.timestamp()),
            "score": post.likes,
            "descendants": 1,
        }

    def answer(self, seen: Seen) -> Any:
        """Return an item, or what is left of a deleted one."""
        (post,) = (post for post in self.posts if post.number == int(seen.query["item"]))
        if post.number in self.deleted:
            return {
                "id": post.number,
                "type": "story",
                "time": int(post.created.timestamp()),
                "deleted": True,
            }
        return self.item(post)

    def serve_more(self, server: ReplayServer) -> None:
        """Serve the lists, and have the ids taken out of addresses."""
        server.in_path = re.compile("/(?P<item>[0-9]+)(?=[.]json$)")
        twice = 1 + bool(self.repeated)
        server.serve(
            "/newstories.json",
            lambda seen: (
                [post.number for post in reversed(self.posts) if post.number not in self.deleted] * twice
            ),
            etag=False,
        )
        server.serve("/updates.json", {"items": [], "profiles": []}, etag=False)

    def visit(self, landing: Landing, listening: Listening, state: dict[str, Any], http: HttpClient) -> Any:
        """Return what a run yields."""
        return hackernews.visit(landing, listening.sources.hackernews, state, http)


class FeedApi(Api):
    """An RSS feed: one document that holds every entry."""

    name = "feeds"
    path = "/feed.xml"
    contract = ENTRIES
    declaration = feeds.DECLARATION
    has_cursor = False
    in_pages = False
    likes_in = None
    salvaged: ClassVar[bool] = True

    def set_up(self, url: str, settings: dict[str, Any]) -> dict[str, Any]:
        """Return the settings: a feed has neither pages nor anything to be revisited."""
        return {"urls": [url + self.path]}

    def native_id(self, number: int) -> str:
        """Return the guid."""
        return f"https://news.example/{number}"

    def item(self, post: Post) -> Any:
        """Return an entry."""
        return (
            f"<item><guid>{self.native_id(post.number)}</guid><title>Machines</title>"
            f"<description>{escape(post.text)}</description><author>{PRIVATE['handle']}</author>"
            f"<pubDate>{format_datetime(post.created)}</pubDate></item>"
        )

    def answer(self, seen: Seen) -> Any:
        """Return the document, newest entry first."""
        there = sorted(self.posts, key=lambda post: post.created, reverse=True)
        return self.document([self.item(post) for post in there for _ in range(1 + bool(self.repeated))])

    def document(self, entries: list[Any]) -> Any:
        """Return the feed of these entries."""
        return f'<?xml version="1.0"?><rss version="2.0"><channel>{"".join(entries)}</channel></rss>'

    def visit(self, landing: Landing, listening: Listening, state: dict[str, Any], http: HttpClient) -> Any:
        """Return what a run yields."""
        return feeds.visit(landing, listening.sources.feeds.urls, state, http)


class JsonFeedApi(FeedApi):
    """A JSON feed; a torn one cannot be read."""

    path = "/feed.json"
    salvaged = False

    def item(self, post: Post) -> Any:
        """Return an item."""
        return {
            "id": self.native_id(post.number),
            "title": "Machines",
            "content_html": f"<p>{post.text}</p>",
            "date_published": post.created.isoformat(),
            "authors": [
                {"name": PRIVATE["handle"], "url": PRIVATE["place"], "avatar": PRIVATE["avatar"]},
            ],
        }

    def document(self, entries: list[Any]) -> Any:
        """Return the feed of these items."""
        return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": entries})


SINGLE_APIS: tuple[type[Api], ...] = (FeedApi, HackerNewsApi, JsonFeedApi)
