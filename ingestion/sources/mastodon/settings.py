"""Constants of the Mastodon source."""

from ingestion.http import Politeness
from ingestion.network import Credential, Declaration

PLATFORM = "mastodon"
PAGE_SIZE = 40
"""Statuses of a page: the most that the API gives."""
POLITENESS = Politeness(pause_per_host_s=1.0, max_bytes=8 * 1024 * 1024)

DECLARATION = Declaration(
    name="mastodon",
    platform=PLATFORM,
    api="https://docs.joinmastodon.org/methods/timelines/",
    paging="item id",
    data_flow="/api/v1/timelines/{tag/<tag>,public} and /api/v1/streaming -> raw_mastodon.posts",
    delete_capture="sweep",
    rate_limit="300 requests in 5 minutes and account or address; one a second here",
    terms="Each server has its own rules (see its /about). Public posts only; leave out servers that forbid "
    "collecting, and tell yours what you do.",
    personal_data="Public and unlisted statuses, pseudonym of the author. No names, profiles, followers, "
    "private or direct statuses.",
    retention_days=None,
    credentials=(
        Credential(
            "access_token",
            "access token of an application with the scope read:statuses",
            "<your server>/settings/applications",
            required=False,
        ),
    ),
    reach="pages",
)
