"""Constants of the Reddit source."""

from ingestion.http import Politeness
from ingestion.network import Credential, Declaration, QueryLimits

PLATFORM = "reddit"
PAGE_SIZE = 100
LOOKUP_BATCH = 100
POLITENESS = Politeness(pause_per_host_s=0.7, max_bytes=16 * 1024 * 1024)
GONE_TEXTS = frozenset({"[deleted]", "[removed]"})
APPS = "https://www.reddit.com/prefs/apps"

DECLARATION = Declaration(
    name="reddit",
    platform=PLATFORM,
    api="https://www.reddit.com/dev/api",
    paging="cursor",
    data_flow="/search, /r/<subreddit>/{new,comments} -> raw_reddit.posts",
    delete_capture="sweep",
    rate_limit="100 requests a minute and application; `x-ratelimit-*` of each answer obeyed",
    terms="Reddit's Data API terms: commercial use needs a contract; what a user deletes must be deleted; no "
    "training of models without permission.",
    personal_data="Public submissions and comments, pseudonym of the author. No names, flairs, karma, messages.",
    retention_days=None,
    credentials=(
        Credential("client_id", "id of an application of the kind script", APPS),
        Credential("client_secret", "secret of that application", APPS),
    ),
    query_limits=QueryLimits(max_characters=500, max_terms=20, any_of=" OR "),
    reach_told="its API gives the newest 1,000 items of each listing and search, and takes no dates",
)
