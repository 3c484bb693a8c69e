"""Constants of the Bluesky source."""

from ingestion.http import Politeness
from ingestion.network import Credential, Declaration, QueryLimits

PLATFORM = "bluesky"
PAGE_SIZE = 100
LOOKUP_BATCH = 25
"""Posts that one getPosts can name."""
POLITENESS = Politeness(pause_per_host_s=0.2, max_bytes=8 * 1024 * 1024)

DECLARATION = Declaration(
    name="bluesky",
    platform=PLATFORM,
    api="https://docs.bsky.app/docs/api/app-bsky-feed-search-posts",
    paging="cursor",
    data_flow="app.bsky.feed.searchPosts -> raw_bluesky.posts",
    delete_capture="sweep",
    rate_limit="3,000 requests in 5 minutes and address; five a second here",
    terms="Bluesky's developer guidelines: respect deletions and the accounts' own labels; do not resell raw data.",
    personal_data="Public posts, pseudonym of the author (its DID). No handles, names, profiles, followers.",
    retention_days=None,
    credentials=(
        Credential(
            "identifier", "handle or e-mail address of the account", "https://bsky.app", required=False
        ),
        Credential(
            "app_password",
            "app password of that account",
            "https://bsky.app/settings/app-passwords",
            required=False,
        ),
    ),
    query_limits=QueryLimits(max_characters=300),
    reach="dates",
)
