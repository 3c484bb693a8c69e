"""The contract of posts, comments, reviews and articles: one shape for every platform."""

from ingestion.landing.contract import Column, Contract

SLUG = "[a-z0-9_]+"
POST_TYPES = ("original", "reshare", "reply", "quote", "comment", "review", "article")


def _count(name: str, what: str) -> Column:
    return Column(name, "integer", f"{what} at observed_at; NULL where the platform does not say.", minimum=0)


POSTS = Contract(
    resource="posts",
    key="post_id",
    description="One observation of one post, comment, review or article.",
    columns=(
        Column("post_id", "text", "The platform's own id of the post.", required=True, max_length=512),
        Column(
            "platform",
            "text",
            "Where it was published, as a slug: x, reddit, youtube, news, ...",
            required=True,
            normalise="lower",
            pattern=SLUG,
            max_length=64,
        ),
        Column(
            "post_type",
            "text",
            "What kind of post it is.",
            default="original",
            normalise="lower",
            allowed=POST_TYPES,
        ),
        Column("text", "text", "What was written.", content=True),
        Column("title", "text", "Headline, where there is one.", content=True),
        Column("url", "text", "Address of the post.", content=True, max_length=8_192),
        Column(
            "language",
            "text",
            "The platform's own language tag (ISO 639); NULL where it gives none or 'undetermined'.",
            normalise="language",
            pattern="[a-z]{2,3}",
        ),
        Column(
            "detected_language",
            "text",
            "Language detected at landing where the platform gives none.",
            derived=True,
        ),
        Column(
            "author_id",
            "author",
            "Keyed pseudonym of the author; the handle itself is stored nowhere.",
            content=True,
        ),
        Column("author_followers", "integer", "Followers of the author at observed_at.", minimum=0),
        Column("author_is_verified", "boolean", "Whether the platform calls the author verified."),
        Column(
            "country",
            "text",
            "Country of the post or its author (ISO 3166 alpha-2).",
            normalise="upper",
            pattern="[A-Z]{2}",
        ),
        Column("parent_post_id", "text", "The post that this one answers or comments on.", max_length=512),
        Column("reshared_post_id", "text", "The post that this one reshares or quotes.", max_length=512),
        Column("created_at", "timestamp", "When it was published.", required=True, waived_when_deleted=True),
        Column("edited_at", "timestamp", "When it was last edited."),
        Column(
            "is_deleted",
            "boolean",
            "Whether the platform says that it is gone (a tombstone).",
            default="false",
        ),
        _count("like_count", "Likes, favourites, points or up-votes"),
        _count("comment_count", "Comments or replies"),
        _count("share_count", "Reshares"),
        _count("quote_count", "Reshares with words added"),
        _count("save_count", "Saves or bookmarks"),
        _count("click_count", "Clicks"),
        _count("view_count", "Views of a video or page"),
        _count("impression_count", "Times it was shown"),
    ),
)
