"""Constants of the Stack Exchange source."""

from ingestion.http import Politeness
from ingestion.network import Credential, Declaration, QueryLimits

PLATFORM = "stackexchange"
PAGE_SIZE = 100
LOOKUP_BATCH = 100
THROTTLED = 502
"""The API's error id (not the HTTP status) for too many requests."""
THROTTLE_WAIT_S = 600.0
POLITENESS = Politeness(pause_per_host_s=0.2, max_bytes=8 * 1024 * 1024)

DECLARATION = Declaration(
    name="stackexchange",
    platform=PLATFORM,
    api="https://api.stackexchange.com/docs/advanced-search",
    paging="page number",
    data_flow="/search/advanced -> raw_stackexchange.posts",
    delete_capture="sweep",
    rate_limit="10,000 requests a day with a key, 300 without; `quota_remaining` and `backoff` of each answer obeyed",
    terms="Contents are CC BY-SA: name author and question, by its link, where you show a text. The API's terms "
    "forbid to look like Stack Exchange.",
    personal_data="Public questions, pseudonym of the author (user id). No names, profiles, reputation.",
    retention_days=None,
    credentials=(
        Credential(
            "key",
            "request key of an application",
            "https://stackapps.com/apps/oauth/register",
            required=False,
        ),
    ),
    query_limits=QueryLimits(max_characters=200),
    reach="dates",
)
