"""Constants of the Hacker News source."""

from ingestion.http import Politeness
from ingestion.network.declaration import Declaration

PLATFORM = "hackernews"
"""Slug of the platform, also the name space of its pseudonyms."""

# The API names no rate limit. 20 requests a second at most, however many threads wait for answers.
POLITENESS = Politeness(pause_per_host_s=0.05, max_bytes=1024 * 1024)
THREADS = 8

DECLARATION = Declaration(
    name="hackernews",
    platform=PLATFORM,
    api="https://github.com/HackerNews/API",
    paging="item id",
    data_flow="/item/<id>.json -> raw_hackernews.items",
    delete_capture="sweep",
    rate_limit="None documented; at most 20 requests a second, Retry-After obeyed",
    terms="Y Combinator's terms of use: the interface is free and public; the posts belong to their authors.",
    personal_data="Public items, pseudonym of the author. No handles, profiles, karma.",
    retention_days=None,
)

EVERYTHING = "maxitem"
"""Entry of `lists` that means every item, comments too, by counting up to the newest id."""

KEPT_OF_DELETED = ("id", "parent", "time", "type")
"""What the API says of a deleted item, and what is kept of one that an old answer shows alive."""

MAX_TRIES = 5
"""Runs in which an item is asked for in vain before it goes to quarantine."""
MAX_WAITING = 10_000
"""Ids kept for a later run; of more than that, the oldest are given up and told."""
MAX_REMEMBERED = 10_000
"""Items remembered to tell what changed; beyond it the oldest are forgotten, and land again if listed again."""
PAGE_ITEMS = 500
"""Items fetched before they are landed: bounds memory."""
MAX_TOLD = 3
"""Failures that a message names; the others are counted."""
