"""What lands of a Hacker News item."""

from ingestion.landing import Column, Contract

ITEMS = Contract(
    resource="items",
    key="item_id",
    description="One observation of one Hacker News item: a story, comment, job, poll or poll option.",
    columns=(
        Column(
            "item_id",
            "text",
            "Hacker News' number of the item.",
            required=True,
            pattern="[0-9]+",
            max_length=20,
        ),
        Column("platform", "text", "Always hackernews.", required=True),
        Column(
            "item_type", "text", "story, comment, job, poll or pollopt.", normalise="lower", pattern="[a-z_]+"
        ),
        Column("title", "text", "Headline of a story, job or poll, as plain text.", content=True),
        Column("text", "text", "What was written, as plain text.", content=True),
        Column("url", "text", "Address that a story points to.", content=True, max_length=8_192),
        Column("language", "text", "Always NULL: Hacker News tags no language.", normalise="language"),
        Column("detected_language", "text", "Language of the text, detected at landing.", derived=True),
        Column(
            "author_id",
            "author",
            "Keyed pseudonym of the author; the handle is stored nowhere.",
            content=True,
        ),
        Column("parent_item_id", "text", "The item that a comment answers.", pattern="[0-9]+", max_length=20),
        Column("created_at", "timestamp", "When it was posted.", required=True, waived_when_deleted=True),
        Column("is_deleted", "boolean", "Whether it is deleted (a tombstone).", default="false"),
        Column("is_dead", "boolean", "Whether moderators or flags hid it.", default="false"),
        Column("score", "integer", "Points at observed_at; NULL for comments, whose points are not public."),
        Column("descendants", "integer", "Comments below it at observed_at; NULL for comments.", minimum=0),
    ),
)
