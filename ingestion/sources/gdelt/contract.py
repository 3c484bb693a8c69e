"""From an article in GDELT's index to a post; what the index does not give stays NULL."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from ingestion.sources.gdelt.settings import LANGUAGES, MAX_ID

MOMENT = "%Y%m%dT%H%M%SZ"


def to_row(article: dict[str, Any]) -> dict[str, Any]:
    """Return an article under contract names: its headline is all the text that the index gives."""
    address = article["url"]
    return {
        "post_id": address if len(address) <= MAX_ID else hashlib.sha256(address.encode()).hexdigest(),
        "post_type": "article",
        "text": article.get("title"),
        "url": address,
        "language": LANGUAGES.get(article.get("language") or ""),
        "author_id": article.get("domain"),
        "created_at": seen_at(article) or article.get("seendate"),
        "extra": {"created_at_source": "seen", "source_country": article.get("sourcecountry")},
    }


def seen_at(article: dict[str, Any]) -> datetime | None:
    """Return when GDELT first saw the article, which is about when it was published; None if it does not say."""
    try:
        return datetime.strptime(article.get("seendate") or "", MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None
