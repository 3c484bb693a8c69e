"""The contracts of what only the owner of a channel or an advertiser can see: insights, followers, cost, visits."""

from ingestion.landing.contract import Column, Contract
from ingestion.landing.posts import SLUG

UNAVAILABLE = ("no_permission", "failed", "deprecated", "suppressed")
"""Why a platform that gives a figure did not give it this time."""
AUDIENCE_KINDS = ("fans", "friends", "followers", "members", "visitors", "readers")
"""What a platform calls those who follow; never summed across kinds."""


def _count(name: str, what: str) -> Column:
    return Column(name, "integer", f"{what} at observed_at; NULL where not given.", minimum=0)


def _platform(what: str) -> Column:
    return Column("platform", "text", what, required=True, normalise="lower", pattern=SLUG, max_length=64)


_UNAVAILABLE = Column(
    "unavailable_reason",
    "text",
    "Why figures that the platform gives are missing this time.",
    normalise="lower",
    allowed=UNAVAILABLE,
)

POST_INSIGHTS = Contract(
    resource="post_insights",
    key="post_id",
    description="One observation of what a platform tells the owner of a post about it, since its publication.",
    columns=(
        Column("post_id", "text", "The platform's own id of the post.", required=True, max_length=512),
        _platform("Where the post was published, as a slug."),
        Column("account_id", "author", "Keyed pseudonym of the account that published it."),
        _UNAVAILABLE,
        _count("reach_count", "People who saw it"),
        _count("impression_count", "Times it was shown"),
        _count("click_count", "Clicks on it"),
        _count("view_count", "Views of a video"),
        _count("like_count", "Likes or reactions"),
        _count("comment_count", "Comments or replies"),
        _count("share_count", "Reshares"),
        _count("save_count", "Saves or bookmarks"),
    ),
)

ACCOUNT_METRICS = Contract(
    resource="account_metrics",
    key="measured_on",
    identity=("measured_on", "platform", "account_id", "audience_kind"),
    description="One observation of an account's audience on a day.",
    columns=(
        Column(
            "measured_on", "date", "Day that the figures are about, as the platform cuts it.", required=True
        ),
        _platform("Where the account is, as a slug."),
        Column("account_id", "author", "Keyed pseudonym of the account.", required=True),
        Column(
            "audience_kind",
            "text",
            "What those who follow are called there.",
            default="followers",
            normalise="lower",
            allowed=AUDIENCE_KINDS,
        ),
        _UNAVAILABLE,
        Column("follower_count", "integer", "Audience at the day's end.", minimum=0),
        Column("reach_count", "integer", "People who saw anything of the account on the day.", minimum=0),
        Column("impression_count", "integer", "Times anything of it was shown on the day.", minimum=0),
        Column("profile_view_count", "integer", "Visits of its profile on the day.", minimum=0),
    ),
)

AD_COSTS = Contract(
    resource="ad_costs",
    key="campaign",
    identity=("campaign", "platform", "ad_group", "cost_date", "currency"),
    description="One observation of what a campaign cost on a channel on a day.",
    columns=(
        Column(
            "campaign",
            "text",
            "Name of the campaign as in its utm_campaign; the id of a campaign in listening.yml joins it.",
            required=True,
            max_length=512,
        ),
        _platform("Channel that was paid, as a slug."),
        Column("ad_group", "text", "Part of the campaign, where costs are told by part.", max_length=512),
        Column("cost_date", "date", "Day of the cost, as the channel cuts it.", required=True),
        Column("cost", "double", "Amount spent on the day.", required=True, minimum=0),
        Column(
            "currency", "text", "Currency (ISO 4217).", required=True, normalise="upper", pattern="[A-Z]{3}"
        ),
        Column("impression_count", "integer", "Times that ads were shown on the day.", minimum=0),
        Column("click_count", "integer", "Clicks on ads on the day.", minimum=0),
    ),
)

WEB_SESSIONS = Contract(
    resource="web_sessions",
    key="session_id",
    description="One observation of one visit to the own site: where it came from and what came of it.",
    columns=(
        Column("session_id", "text", "Web analytics' own id of the visit.", required=True, max_length=512),
        Column("visitor_id", "author", "Keyed pseudonym of the visitor."),
        Column("started_at", "timestamp", "When the visit began.", required=True),
        Column("utm_source", "text", "Where the visitor came from (utm_source).", max_length=512),
        Column("utm_medium", "text", "By what means (utm_medium), such as social or cpc.", max_length=512),
        Column("utm_campaign", "text", "For which campaign (utm_campaign).", max_length=512),
        Column("is_conversion", "boolean", "Whether the visit ended in what it was for.", default="false"),
        Column("revenue", "double", "Value of the conversion.", minimum=0),
        Column(
            "currency", "text", "Currency of the value (ISO 4217).", normalise="upper", pattern="[A-Z]{3}"
        ),
    ),
)

MARKETING = (POST_INSIGHTS, ACCOUNT_METRICS, AD_COSTS, WEB_SESSIONS)
