"""Reviews of named apps in Apple's App Store, from the feed of customer reviews; no key needed.

API: `/<country>/rss/customerreviews/page=<n>/id=<app>/sortby=mostrecent/json`, newest first.
Paging: by page number, up to the last page that the feed names, ten at most: 500 reviews an app and country.
Data flow: review -> raw_appstore.posts; what does not fit -> raw_appstore.quarantine.
Edits: a review that its author changed comes up again and is another observation.
Deletes: none. The feed does not tell them, and knows no review by its id.
Rate limit: Apple names none; one request a second, Retry-After obeyed across runs.
Terms: see the declaration in `settings.py`, also for personal data.
"""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import dlt

from ingestion.http import Answer
from ingestion.landing import POSTS
from ingestion.network import Ask, Network, Page, Stream
from ingestion.network.source import network_posts
from ingestion.sources.appstore.contract import to_row
from ingestion.sources.appstore.settings import DECLARATION, MOST_PAGES, POLITENESS

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.listening import Listening

CONTRACTS = (POSTS,)
_PAGE = re.compile(r"/([a-z]{2})/rss/customerreviews/page=([0-9]+)/")


class AppStore(Network):
    """The feeds of reviews of some apps in some countries."""

    declaration = DECLARATION
    politeness = POLITENESS

    def streams(self, queries: list[str]) -> list[Stream]:
        """Return one feed an app and country: all of its reviews are about the app, whatever their words."""
        return [
            Stream(f"reviews of {app} in {country}", (country.lower(), app))
            for app in self.settings.apps
            for country in self.settings.countries
        ]

    def first(self, stream: Stream, since: datetime, until: datetime) -> Ask:
        """Return the request for the newest reviews; the feed takes no times."""
        country, app = stream.what
        return Ask(f"/{country}/rss/customerreviews/page=1/id={app}/sortby=mostrecent/json")

    def page(self, body: Any, asked: Ask, answer: Answer) -> Page:
        """Return the reviews with their country, and the next page while the feed has one."""
        feed = body["feed"]
        country, number = _place(asked)
        entries = feed.get("entry") or []
        # A single review comes without a list, and the first entry may be the app itself, which has no stars.
        entries = [entries] if isinstance(entries, dict) else entries
        reviews = [(e, country) for e in entries if not isinstance(e, dict) or "im:rating" in e]
        following = asked.path.replace(f"page={number}/", f"page={number + 1}/", 1)
        return Page(reviews, Ask(following) if number < min(_last_page(feed), MOST_PAGES) else None)

    def row(self, item: Any) -> dict[str, Any] | None:
        """Return a review as a post."""
        return to_row(*item)

    def probe(self) -> Ask:
        """Return the request for the first feed; for that of a known app where none is named."""
        (stream, *_) = self.streams([]) or [Stream("", ("us", "284882215"))]
        now = datetime.min
        return self.first(stream, now, now)


def _place(asked: Ask) -> tuple[str, int]:
    found = _PAGE.search(asked.path)
    return found[1].upper(), int(found[2])


def _last_page(feed: dict[str, Any]) -> int:
    """Return the number of the last page, 1 where the feed names none."""
    links = feed.get("link") or []
    addresses = [
        link["attributes"]["href"]
        for link in ([links] if isinstance(links, dict) else links)
        if link["attributes"].get("rel") == "last"
    ]
    found = re.search("page=([0-9]+)", addresses[0]) if addresses else None
    return int(found[1]) if found else 1


@dlt.source(name="appstore")
def appstore(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.appstore`."""
    return network_posts(AppStore, landing, listening)
