"""The contract of what others say about the same posts: labels of listening suites, beside which ours can be judged."""

from ingestion.landing.contract import Column, Contract
from ingestion.landing.posts import SLUG

SENTIMENTS = ("positive", "neutral", "negative", "mixed")

RIVAL_LABELS = Contract(
    resource="rival_labels",
    key="post_id",
    description="One observation of the label that a listening suite gave a post.",
    columns=(
        Column("post_id", "text", "The id under which the post itself lands.", required=True, max_length=512),
        Column(
            "suite",
            "text",
            "Who gave the label, as a slug: brandwatch, talkwalker, ...",
            required=True,
            normalise="lower",
            pattern=SLUG,
            max_length=64,
        ),
        Column(
            "sentiment",
            "text",
            "Sentiment of the post as the suite says it; NULL where it says none.",
            normalise="lower",
            allowed=SENTIMENTS,
        ),
    ),
)
