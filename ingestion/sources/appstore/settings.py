"""Constants of the app-store source."""

from ingestion.http import Politeness
from ingestion.network import Declaration

PLATFORM = "appstore"
MOST_PAGES = 10
"""Pages of a feed, of 50 reviews each; a request beyond is refused."""
POLITENESS = Politeness(pause_per_host_s=1.0, max_bytes=4 * 1024 * 1024)

DECLARATION = Declaration(
    name="appstore",
    platform=PLATFORM,
    api="https://itunes.apple.com/us/rss/customerreviews/page=1/id=284882215/sortby=mostrecent/json",
    paging="page number",
    data_flow="/<country>/rss/customerreviews/page=<n>/id=<app> -> raw_appstore.posts",
    delete_capture="none",
    rate_limit="Apple names none; one request a second here, Retry-After obeyed",
    terms="Apple's media services terms: the feed may change or end without notice. Read it for your own analysis; "
    "do not republish reviews as a service.",
    personal_data="Public reviews, pseudonym of the reviewer (account id). No nicknames, no other reviews of theirs.",
    retention_days=None,
    reach_told="its feed holds the newest 500 reviews of an app in a country",
)
