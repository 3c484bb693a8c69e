"""Constants of the feeds source."""

from ingestion.http import Politeness

PLATFORM = "web"
"""Slug of the platform, also the name space of its pseudonyms."""

POLITENESS = Politeness(pause_per_host_s=1.0, max_bytes=8 * 1024 * 1024)
THREADS = 6

MAX_REMEMBERED = 2_000
"""Entries of one feed remembered to tell what changed, besides those in its present document."""
MAX_AHEAD_H = 24
"""Hours that a feed's clock may be ahead of ours; dates beyond are taken for mistakes."""
