"""How old data may become before somebody is told. One policy a layer, named once."""

from datetime import timedelta

from dagster import FreshnessPolicy

LANDING_FRESHNESS = FreshnessPolicy.time_window(
    fail_window=timedelta(hours=26), warn_window=timedelta(hours=3)
)
"""Sources are landed every hour."""
MARTS_FRESHNESS = FreshnessPolicy.time_window(
    fail_window=timedelta(hours=50), warn_window=timedelta(hours=26)
)
"""Marts and release are made once a day."""
