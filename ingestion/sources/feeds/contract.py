"""What lands of an entry of a feed: RSS, Atom or JSON."""

from ingestion.landing import Column, Contract

DATE_SOURCES = ("published", "updated", "first_seen")

ENTRIES = Contract(
    resource="entries",
    key="entry_id",
    description="One observation of one entry of a feed, as one feed shows it.",
    columns=(
        Column(
            "entry_id",
            "text",
            "The entry's guid or id if it is unique in the world, else feed_url#guid; without a guid its link, "
            "without a link a hash of feed, title and date.",
            required=True,
            max_length=4_096,
        ),
        Column("platform", "text", "Always web.", required=True),
        Column(
            "feed_url", "text", "Address of the feed as listening.yml has it, without a login.", required=True
        ),
        Column("title", "text", "Headline, as plain text.", content=True),
        Column("text", "text", "Content, else summary, as plain text.", content=True),
        Column(
            "url",
            "text",
            "Address of the article; NULL where it is no web address.",
            content=True,
            max_length=8_192,
        ),
        Column(
            "author_id",
            "author",
            "Keyed pseudonym of the author within the feed's host; the name is stored nowhere.",
            content=True,
        ),
        Column(
            "language",
            "text",
            "Language of the entry, else of the feed (ISO 639); NULL where neither says one.",
            normalise="language",
            pattern="[a-z]{2,3}",
        ),
        Column(
            "detected_language",
            "text",
            "Language detected at landing where the feed says none.",
            derived=True,
        ),
        Column("categories", "json", "Categories and tags, as a list of texts.", content=True),
        Column(
            "created_at",
            "timestamp",
            "When it was published, as far as known: see created_at_source.",
            required=True,
        ),
        Column(
            "created_at_source",
            "text",
            "Where created_at comes from: published; updated (the first one seen); first_seen (the feed gives no "
            "date, or one in the future: when we first saw the entry).",
            required=True,
            allowed=DATE_SOURCES,
        ),
        Column(
            "edited_at",
            "timestamp",
            "When it was last updated, where the feed says so beside the publication.",
        ),
    ),
)
