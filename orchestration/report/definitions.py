"""What the figures mean, one line a metric version, in the words of the metric's own formula.

A new metric version gets a new line here; the line of the old one stays for the releases that hold it.
"""

from collections.abc import Iterable

DEFINITIONS = {
    "mentions.v1": "Posts that name the brand: original posts, without reshares, duplicates and spam; "
    "the interval is that of a Poisson count.",
    "share_of_voice.v1": "Mentions of the brand divided by mentions of all brands of the panel, on deduplicated "
    "original posts; Wilson interval. A day on which no brand of the panel was mentioned has no share.",
    "sentiment.v1": "Net sentiment = (positive − negative) / (positive + neutral + negative), times 100, over "
    "scored mentions. Shares are corrected for the classifier's known errors; the interval comes from resampling "
    "labels and posts. Posts in languages that the model does not know are unscored, never neutral.",
    "topics.v1": "Counted mentions that carry the topic (a mention may carry several), and their net sentiment "
    "= (positive − negative) / (positive + neutral + negative), times 100; raw counts, not corrected.",
    "engagement.v1": "Sum of the interactions that platforms report on counted mentions; what a platform does not "
    "give is missing, not zero.",
    "nps.v1": "Net promoter score = % of answers 9–10 − % of answers 0–6; 95% interval = ± 1.96 standard errors.",
    "csat.v1": "Customer satisfaction = share of the answers 4 and 5 among all answers from 1 to 5; "
    "Wilson interval.",
    "first_response.v1": "Median time from a customer's first message to the first reply, calendar hours, "
    "answered cases only.",
    "robust_z.v1": "Hours far from usual: z = (mentions − median) / (1.4826 MAD + 1) over the same hour of the week "
    "in the eight weeks before; a spike has z ≥ 3, at least 5 mentions and 3 authors.",
    "voice_of_customer.v1": "What customers say in surveys, to support and in public, by week (from Monday) and "
    "segment, joined without identities. NPS = % of answers 9–10 − % of answers 0–6, with 95% interval; CSAT = % of "
    "the answers 4 and 5. Cells of fewer than 5 people are suppressed.",
    "coverage.v1": "What the figures rest on: posts by platform, and the share of them that came with a language, "
    "an author, followers and engagement.",
    "landing_counts": "Every item that a source gave: received = accepted + duplicate + quarantined + deleted.",
}
"""Metric version -> one line. Landing counts are plain bookkeeping and carry no version."""


def define(metric_version: str | None) -> str:
    """Return the line of a metric version, or words that say that this report has none."""
    if metric_version is None:
        return "The mart does not say by which definition it was made."
    return DEFINITIONS.get(metric_version, f"This report knows no definition of {metric_version}.")


def newest(versions: Iterable[str | None]) -> str | None:
    """Return the newest of the versions that rows carry, None if none does."""
    return max((version for version in versions if version is not None), default=None)
