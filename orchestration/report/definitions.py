"""What the figures mean, one line a measure and metric version, in the words of the measure's formula.

A new metric version gets new lines here; those of the old one stay for the releases that hold it.
"""

from collections.abc import Iterable

_NPS = "% of answers 9–10 minus % of answers 0–6; interval: ± 1.96 standard errors."
_CSAT = "Answers 4 and 5 as a share of all answers from 1 to 5"
_RAW_NET = "(positive − negative) / (positive + neutral + negative) × 100, raw counts"

DEFINITIONS = {
    "mentions.v1": {
        "mentions": "Original posts that name the brand, without reshares, duplicates and spam; "
        "Poisson interval.",
    },
    "share_of_voice.v1": {
        "share_of_voice": "Mentions of the brand / mentions of all brands of the panel, on deduplicated "
        "original posts; Wilson interval. No mention of any brand: no share.",
    },
    "sentiment.v1": {
        "net_sentiment": "(positive − negative) / (positive + neutral + negative) × 100, corrected for the "
        "classifier's errors on held-out labels; the interval resamples labels and posts.",
        "negative_share": "Negative / scored mentions, corrected for the classifier's errors on held-out "
        "labels; the interval resamples labels and posts.",
    },
    "sentiment.v2": {
        "net_sentiment": "(positive − negative) / (positive + neutral + negative) × 100, corrected for the "
        "errors, by language and model, on held-out labels; the interval resamples labels and posts.",
        "negative_share": "Negative / scored mentions, corrected for the errors, by language and model, on "
        "held-out labels; the interval resamples labels and posts.",
    },
    "topics.v1": {
        "mentions": "Counted mentions that carry the topic; a mention may carry several.",
        "net_sentiment": f"{_RAW_NET} of the mentions that carry the topic.",
    },
    "engagement.v1": {
        "engagement": "Sum of the interactions that platforms report on counted mentions; what a platform "
        "does not give is missing, not zero.",
    },
    "nps.v1": {"nps": _NPS},
    "csat.v1": {"csat": f"{_CSAT}; Wilson interval."},
    "first_response.v1": {
        "median_first_response": "Median calendar time from a case's opening to its first reply, "
        "answered cases.",
    },
    "robust_z.v1": {
        "anomalies": "z = (mentions − median) / (1.4826 MAD + 1) against the same hour of the week in the "
        "eight weeks before; a spike has z ≥ 3, at least 5 mentions and 3 authors.",
    },
    "crisis_score.v1": {
        "crisis_score": "0 to 100 points of an hour: velocity of mentions (40), rise of the negative share (30), "
        "spread over authors (15), largest audience (15). From 50 a crisis opens, 70 is high, 85 critical.",
    },
    "alerts.v1": {"alerts": "Signals that lie no more than the cooldown apart are one alert."},
    "lift.v1": {
        "lift": "Mentions of the brand during the campaign / what the medians of the same weekdays of the eight "
        "weeks before would have brought; interval of a ratio of two counts, its spread measured on the data.",
    },
    "roi.v1": {
        "roi": "(attributed revenue − cost) / cost, within one currency, under the named attribution model.",
    },
    "care_service_levels.v1": {
        "response_rate": "Cases that a person answered / cases in which the customer asked for an answer; Wilson "
        "interval.",
        "first_response": "Calendar time from the customer's first message to the first answer of a person, "
        "answered cases.",
    },
    "voice_of_customer.v2": {"nps": _NPS, "csat": f"{_CSAT}."},
    "coverage.v1": {"posts": "All posts that were received, by day and platform, whoever they are about."},
}
"""Metric version -> measure -> one line."""

LANDING_COUNTS = "Every item that a source gave: received = accepted + duplicate + quarantined + deleted."


def define(metric_version: str | None, measure: str) -> str:
    """Return the line of a measure, or words that say that this report has none."""
    if metric_version is None:
        return "The mart does not say by which definition it was made."
    measures = DEFINITIONS.get(metric_version, {})
    return measures.get(measure, f"This report has no definition of {measure} as of {metric_version}.")


def newest(versions: Iterable[str | None]) -> str | None:
    """Return the newest of the versions that rows carry, None if none does."""
    return max((version for version in versions if version is not None), default=None)
