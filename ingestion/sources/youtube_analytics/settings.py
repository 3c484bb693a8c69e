"""Constants of the YouTube Analytics source."""

from ingestion.http import Politeness
from ingestion.network import Credential, Declaration

PLATFORM = "youtube"
VIDEO_PAGE = 50
COMMENT_PAGE = 100
TOP_VIDEOS = 200
"""Most videos of one report."""
POLITENESS = Politeness(pause_per_host_s=0.2, max_bytes=16 * 1024 * 1024)
FIRST_DAY = "2005-02-14"
"""The day that YouTube began: figures of a video are those since its publication."""
VIDEO_FIGURES = {
    "view_count": "views",
    "like_count": "likes",
    "comment_count": "comments",
    "share_count": "shares",
}
VIDEO_METRICS = (*VIDEO_FIGURES.values(), "estimatedMinutesWatched", "averageViewDuration")
CHANNEL_METRICS = (
    "views",
    "likes",
    "comments",
    "shares",
    "estimatedMinutesWatched",
    "subscribersGained",
    "subscribersLost",
)
CONSOLE = "https://console.cloud.google.com/apis/credentials"

DECLARATION = Declaration(
    name="youtube_analytics",
    platform=PLATFORM,
    api="https://developers.google.com/youtube/analytics",
    paging="cursor",
    data_flow="/playlistItems, /videos, /commentThreads -> raw_youtube_analytics.posts; reports by video -> "
    "raw_youtube_analytics.post_insights; by day, and /channels -> raw_youtube_analytics.account_metrics",
    delete_capture="sweep",
    rate_limit="10,000 units a day and project for videos and comments, one each here; reports by their own quota",
    terms="YouTube API Services terms: refresh or delete stored data after 30 days; show YouTube as the source.",
    personal_data="Videos of own channels and comments on them, pseudonym of the channel. No names, subscribers.",
    retention_days=30,
    reach_told="an own channel is read back `first_days` by its first run, up to a year",
    credentials=(
        Credential("client_id", "id of an OAuth client of the kind desktop app", CONSOLE),
        Credential("client_secret", "secret of that client", CONSOLE),
        Credential(
            "refresh_token",
            "refresh token for the scopes yt-analytics.readonly and youtube.readonly",
            "https://developers.google.com/oauthplayground",
        ),
    ),
    query_limits=None,
)
