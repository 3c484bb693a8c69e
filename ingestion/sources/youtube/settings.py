"""Constants of the YouTube source."""

from ingestion.http import Politeness
from ingestion.network import Credential, Declaration, QueryLimits

PLATFORM = "youtube"
SEARCH_PAGE = 50
COMMENT_PAGE = 100
LOOKUP_BATCH = 50
SEARCH_UNITS = 100
QUOTA_REASONS = frozenset({"quotaExceeded", "dailyLimitExceeded", "rateLimitExceeded"})
QUOTA_WAIT_S = 6 * 3600.0
"""The quota comes back at midnight Pacific time; a look every six hours does not miss it by much."""
VIDEO_ID_LENGTH = 11
POLITENESS = Politeness(pause_per_host_s=0.1, max_bytes=8 * 1024 * 1024)

DECLARATION = Declaration(
    name="youtube",
    platform=PLATFORM,
    api="https://developers.google.com/youtube/v3/docs",
    paging="cursor",
    data_flow="/search, /videos, /commentThreads -> raw_youtube.posts",
    delete_capture="sweep",
    rate_limit="10,000 units a day and project: a page of search costs 100, every other request 1",
    terms="YouTube API Services terms: refresh or delete stored data after 30 days; show YouTube as the source.",
    personal_data="Public videos and comments, pseudonym of the channel. No names, pictures, subscriptions.",
    retention_days=30,
    credentials=(
        Credential(
            "api_key",
            "API key with the YouTube Data API",
            "https://console.cloud.google.com/apis/credentials",
        ),
    ),
    query_limits=QueryLimits(max_characters=200, max_terms=10, any_of="|"),
    reach="dates",
)
