"""Constants of the synthetic world: when it happens, how much of what, and the events planted in it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

SOURCE_NAME = "demo"

START = date(2026, 7, 1)
DAYS = 90
POSTS = 24_000
SEED = 7

LANGUAGES = ("en", "es", "de", "id")
LANGUAGE_WEIGHTS = (62, 14, 14, 10)

# (country, hours ahead of UTC in the northern summer, weight) by language.
COUNTRIES = {
    "en": (("US", -5, 50), ("GB", 1, 25), ("AU", 10, 10), ("CA", -4, 8), ("IE", 1, 4), ("SG", 8, 3)),
    "es": (("ES", 2, 50), ("MX", -6, 28), ("AR", -3, 12), ("CO", -5, 10)),
    "de": (("DE", 2, 76), ("AT", 2, 14), ("CH", 2, 10)),
    "id": (("ID", 7, 100),),
}

PLATFORMS = ("x", "reddit", "instagram", "youtube", "mastodon", "news")
PLATFORM_WEIGHTS = {  # news is written by the kind `news`, so its weight here is 0
    "en": (38, 25, 16, 14, 7, 0),
    "es": (46, 9, 26, 15, 4, 0),
    "de": (27, 27, 18, 12, 16, 0),
    "id": (48, 3, 34, 14, 1, 0),
}
REPLY_PLATFORM_WEIGHTS = (34, 26, 14, 20, 6, 0)
RESHARE_PLATFORM_WEIGHTS = (76, 9, 0, 0, 15, 0)
COUNTRY_GIVEN_PERCENT = (60, 0, 60, 50, 40, 100)
LANGUAGE_MISSING_PERCENT = (0, 30, 0, 0, 0, 0)

SENTIMENTS = ("negative", "neutral", "positive")
TOPICS = (
    "product_quality",
    "price",
    "delivery",
    "customer_service",
    "app_and_website",
    "availability",
    "safety",
    "praise",
    "purchase_intent",
    "churn",
    "feature_request",
)
# Which topic a post is about, given its sentiment (order of TOPICS); 0 where no phrases exist.
TOPIC_WEIGHTS = (
    (22, 14, 14, 15, 12, 7, 3, 0, 0, 8, 5),
    (10, 16, 8, 8, 10, 16, 2, 0, 16, 0, 14),
    (20, 10, 8, 10, 7, 4, 1, 28, 12, 0, 0),
)

# Shares of all posts, in thousandths; what is left is `organic` (one entity, one or two topics).
KIND_SHARES = {
    "comparison": 75,  # two or three entities
    "reply": 130,
    "news": 45,
    "noise": 130,  # no entity at all
    "ambiguous": 15,  # a brand's word in another meaning: `exclude` terms
    "spam": 30,
    "exact_duplicate": 25,
    "near_duplicate": 30,
    "reshare": 120,
}
KINDS = ("organic", *KIND_SHARES, "crisis", "campaign")

EDITED_PER_MILLE = 22
DELETED_PER_MILLE = 16
SPAM_DELETED_PER_MILLE = 120
STREAMED_PERCENT = 30  # posts that are seen at once and again at about 1 h, 24 h and 7 d


@dataclass(frozen=True)
class Crisis:
    """The planted crisis: overheating machines, one brand, mostly negative, many authors."""

    entity_id: str = "lumora"
    topic: str = "safety"
    starts_at: datetime = datetime(2026, 8, 19, 14, tzinfo=UTC)
    peak_hour: int = 8  # hours after the start
    hours: int = 100
    per_mille: int = 45  # of all posts of a 90-day window
    sentiment_weights: tuple[int, int, int] = (84, 13, 3)
    reshares_percent: int = 50  # further reshares of crisis posts, in percent of the crisis posts


@dataclass(frozen=True)
class Campaign:
    """The planted campaign: a hashtag and more mentions of one brand for two whole weeks."""

    entity_id: str = "morning_light"
    brand_id: str = "lumora"
    hashtag: str = "#LumoraMornings"
    starts_on: date = date(2026, 9, 7)
    ends_on: date = date(2026, 9, 20)
    lift: float = 1.6
    sentiment_weights: tuple[int, int, int] = (9, 16, 75)


CRISIS = Crisis()
CAMPAIGN = Campaign()
AFTERMATH_ENDS_ON = date(2026, 9, 6)  # until then ordinary posts about the brand are gloomier, too
