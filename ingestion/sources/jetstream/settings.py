"""Constants of the Jetstream source."""

from ingestion.network import Declaration, QueryLimits

PLATFORM = "bluesky"
POSTS_COLLECTION = "app.bsky.feed.post"
MAX_EVENT_BYTES = 1_000_000
"""Larger events are left out by the server; a record of Bluesky is far smaller."""
OVERLAP_US = 5_000_000
"""How far behind the newest event a connection begins: events come nearly, not exactly, in the order of time."""
REMEMBERED_US = 3 * OVERLAP_US
"""Events of so long before the newest one are known again, so that the overlap doubles nothing."""
LEAD_US = 3_600_000_000
"""How far a clock, theirs or ours, may be wrong. A later event is none: its time would carry the cursor past others."""
GAP_US = 120_000_000
"""A leap between the cursor and the first event after it that is told as a gap: Bluesky is never so quiet."""
SILENCE_S = 10.0
FLUSH_ROWS = 2_000
FLUSH_DELETIONS = 50_000

DECLARATION = Declaration(
    name="jetstream",
    platform=PLATFORM,
    api="https://github.com/bluesky-social/jetstream",
    paging="cursor",
    data_flow="/subscribe (app.bsky.feed.post) -> raw_jetstream.posts",
    delete_capture="stream",
    rate_limit="none; one connection a run, back-off between connections, Retry-After obeyed",
    terms="Bluesky's developer guidelines: respect deletions and the accounts' own labels; do not resell raw data.",
    personal_data="Public posts with a searched term, pseudonym of the author (its DID). No handles, names, profiles.",
    retention_days=None,
    overlap_hours=0,
    query_limits=QueryLimits(max_characters=1_000, prefixes=True),
)
