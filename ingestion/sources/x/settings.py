"""Constants of the X source."""

from datetime import timedelta

from ingestion.http import Politeness
from ingestion.network import Credential, Declaration, QueryLimits

PLATFORM = "x"
PAGE_SIZE = 100
LOOKUP_BATCH = 100
RECENT = timedelta(days=7) - timedelta(minutes=5)
"""How far back the recent search reaches, less what a slow run takes: one second more is refused with 400."""
SETTLED = timedelta(seconds=15)
"""The search takes no end that is less than ten seconds ago."""
FIELDS = "author_id,created_at,edit_history_tweet_ids,lang,note_tweet,public_metrics,referenced_tweets"
USER_FIELDS = "public_metrics,verified"
EXPANSIONS = "author_id,referenced_tweets.id,edit_history_tweet_ids"
PRIVATE_METRICS = ("non_public_metrics", "organic_metrics")
"""What only the author's own token is told, of posts of the last 30 days."""
GONE = frozenset({"Not Found Error", "Authorization Error"})
"""What the look-up says of a post that is deleted, and of one whose author is protected or suspended."""
FIELD_REFUSED = "Field Authorization Error"
RESET_HEADER = "x-rate-limit-reset"
POLITENESS = Politeness(pause_per_host_s=1.0, max_bytes=16 * 1024 * 1024, reset_header=RESET_HEADER)

DECLARATION = Declaration(
    name="x",
    platform=PLATFORM,
    api="https://docs.x.com/x-api/posts/search/introduction",
    paging="cursor",
    data_flow="/2/tweets/search/recent, /2/users/<id>/tweets -> raw_x.posts",
    delete_capture="sweep",
    rate_limit="Requests in 15 minutes by contract; `x-rate-limit-reset` obeyed. Every post given is billed: "
    "set daily_units",
    terms="X's developer agreement: what is deleted, protected or suspended must be gone within 24 hours of being "
    "told; no redistribution of texts; no training of foundation models.",
    personal_data="Public posts, pseudonym, number of followers and check mark of the author. No names, bios, "
    "places, pictures, messages. Of own posts also their private counts.",
    retention_days=None,
    reach="dates",
    reach_days=7,
    reach_told="its recent search covers seven days",
    credentials=(
        Credential(
            "bearer_token",
            "bearer token of an application, or access token of the owner of the own accounts",
            "https://developer.x.com/en/portal/dashboard",
        ),
    ),
    query_limits=QueryLimits(max_characters=512, max_terms=30, any_of=" OR ", quotes_signs=True),
)
