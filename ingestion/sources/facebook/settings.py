"""Constants of the Facebook source."""

from ingestion.network import Credential, Declaration

POST_FIELDS = "id,message,created_time,permalink_url,status_type,from{id}"
SUMMARIES = {
    "shares": "shares",
    "reactions": "reactions.limit(0).summary(total_count)",
    "comments": "comments.limit(0).summary(total_count)",
}
"""Counts of a post, each asked for without the people behind them."""
COMMENT_FIELDS = "id,message,created_time,permalink_url,like_count,comment_count,parent{id},from{id}"
POST_FIGURES = {
    "reach_count": ("post_total_media_view_unique", "post_impressions_unique"),
    "impression_count": ("post_media_view", "post_impressions"),
    "click_count": ("post_clicks",),
    "view_count": ("post_video_views",),
}
PAGE_FIGURES = {
    "follower_count": ("page_follows",),
    "reach_count": ("page_total_media_view_unique", "page_impressions_unique"),
    "impression_count": ("page_media_view", "page_impressions"),
    "profile_view_count": ("page_views_total",),
}
"""The figures and the metrics that tell them; since the end of 2025 Meta says media views for impressions."""

DECLARATION = Declaration(
    name="facebook",
    platform="facebook",
    api="https://developers.facebook.com/docs/graph-api/reference/page",
    paging="cursor",
    data_flow="/<page>/published_posts, /<post>/comments -> raw_facebook.posts; post insights -> "
    "raw_facebook.post_insights; page insights -> raw_facebook.account_metrics",
    delete_capture="sweep",
    rate_limit="4,800 requests a day and engaged user of the page; a limit reached (code 4, 17, 32, 613) waits an hour",
    terms="Meta Platform Terms: only for the pages that granted access; delete data on the person's request.",
    personal_data="Posts and comments of own pages, pseudonym of the author. No names, pictures, messages, fans.",
    retention_days=None,
    reach_told="an own channel is read back `first_days` by its first run, up to a year",
    credentials=(
        Credential(
            "access_token",
            "token of a system user with pages_read_engagement, pages_read_user_content and read_insights",
            "https://business.facebook.com/settings/system-users",
        ),
    ),
    query_limits=None,
)
