"""A landing with a fixed start and key, and a way to read what it yields."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from ingestion.landing import Landing, Pseudonyms

STARTED_AT = datetime(2026, 8, 10, 12, tzinfo=UTC)


@pytest.fixture
def landing() -> Landing:
    """A landing without language detection."""
    return Landing("test", "run-1", STARTED_AT, Pseudonyms(b"a key for tests only"))


@pytest.fixture
def tables() -> Callable[[Iterable[Any]], dict[str, list[dict[str, Any]]]]:
    """Collects yielded tables as rows by table name."""

    def collect(yielded: Iterable[Any]) -> dict[str, list[dict[str, Any]]]:
        rows: dict[str, list[dict[str, Any]]] = {}
        for item in yielded:
            assert isinstance(item.data, pa.Table)
            rows.setdefault(item.meta.table_name, []).extend(item.data.to_pylist())
        return rows

    return collect
