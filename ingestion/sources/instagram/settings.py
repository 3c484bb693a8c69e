"""Constants of the Instagram source."""

from ingestion.network import Credential, Declaration

MEDIA_FIELDS = "id,caption,media_type,media_product_type,permalink,timestamp,owner{id}"
COUNTS = {"like_count": "like_count", "comments_count": "comments_count"}
COMMENT = "id,text,timestamp,like_count,from{id}"
COMMENT_FIELDS = f"{COMMENT},replies{{{COMMENT}}}"
POST_FIGURES = {
    "reach_count": ("reach",),
    "impression_count": ("views", "impressions"),
    "like_count": ("likes",),
    "comment_count": ("comments",),
    "share_count": ("shares",),
    "save_count": ("saved",),
}
"""The figures and the metrics that tell them; since 2025 Meta says views for impressions."""
ACCOUNT_FIGURES = {"reach_count": ("reach",)}
"""Of an account Meta tells by day no more than its reach; the others are totals of a span."""

DECLARATION = Declaration(
    name="instagram",
    platform="instagram",
    api="https://developers.facebook.com/docs/instagram-platform/instagram-api-with-facebook-login",
    paging="cursor",
    data_flow="/<account>/{media,stories}, /<media>/comments -> raw_instagram.posts; media insights -> "
    "raw_instagram.post_insights; followers and account insights -> raw_instagram.account_metrics",
    delete_capture="sweep",
    rate_limit="4,800 requests a day and impression of the account; a limit reached (code 4, 17, 32) waits an hour",
    terms="Meta Platform Terms: only for the accounts that granted access; delete data on the person's request.",
    personal_data="Posts, stories and comments of own accounts, pseudonym of the author. No names or messages.",
    retention_days=None,
    reach_told="an own channel is read back `first_days` by its first run, up to a year",
    credentials=(
        Credential(
            "access_token",
            "token of a system user with instagram_basic, instagram_manage_comments and instagram_manage_insights",
            "https://business.facebook.com/settings/system-users",
        ),
    ),
    query_limits=None,
)
