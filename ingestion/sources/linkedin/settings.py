"""Constants of the LinkedIn source."""

from ingestion.http import Politeness
from ingestion.network import Credential, Declaration

PLATFORM = "linkedin"
PAGE_SIZE = 50
POLITENESS = Politeness(pause_per_host_s=0.3, max_bytes=16 * 1024 * 1024)
DAY_MS = 86_400_000
POST_FIGURES = {
    "reach_count": "uniqueImpressionsCount",
    "impression_count": "impressionCount",
    "click_count": "clickCount",
    "like_count": "likeCount",
    "comment_count": "commentCount",
    "share_count": "shareCount",
}
"""Columns of the contract, and what LinkedIn's share statistics call them."""

DECLARATION = Declaration(
    name="linkedin",
    platform=PLATFORM,
    api="https://learn.microsoft.com/en-us/linkedin/marketing/community-management/community-management-overview",
    paging="page number",
    data_flow="/posts, /socialActions/<post>/comments -> raw_linkedin.posts; share statistics -> "
    "raw_linkedin.post_insights; page and share statistics by day, followers -> raw_linkedin.account_metrics",
    delete_capture="sweep",
    rate_limit="by application and day, told in the developer portal; a 429 is obeyed",
    terms="LinkedIn API terms: of members nothing but their URN may be kept, and comments no longer than needed.",
    personal_data="Posts of own pages and comments on them, pseudonym of the author. No names, profiles, messages.",
    retention_days=None,
    reach_told="an own channel is read back `first_days` by its first run, up to a year",
    credentials=(
        Credential(
            "access_token",
            "token with r_organization_social and rw_organization_admin of an administrator of the page",
            "https://www.linkedin.com/developers/tools/oauth/token-generator",
        ),
    ),
    query_limits=None,
)
