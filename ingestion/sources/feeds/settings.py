"""Constants of the feeds source."""

from ingestion.http import Politeness
from ingestion.network.declaration import Declaration

PLATFORM = "web"
"""Slug of the platform, also the name space of its pseudonyms."""

POLITENESS = Politeness(pause_per_host_s=1.0, max_bytes=8 * 1024 * 1024)
THREADS = 6

DECLARATION = Declaration(
    name="feeds",
    platform=PLATFORM,
    api="https://www.rssboard.org/rss-specification",
    paging="none",
    data_flow="<address of the feed> -> raw_feeds.entries",
    delete_capture="none",
    rate_limit="That of each server; one request a second and host, Retry-After obeyed",
    terms="Those of each publisher: reading a feed is what it is for, showing its texts elsewhere may need leave.",
    personal_data="Entries, pseudonym of the author within the feed's host. No names, addresses, profiles.",
    retention_days=None,
)

MAX_REMEMBERED = 2_000
"""Entries of one feed remembered to tell what changed, besides those in its present document."""
MAX_AHEAD_H = 24
"""Hours that a feed's clock may be ahead of ours; dates beyond are taken for mistakes."""
