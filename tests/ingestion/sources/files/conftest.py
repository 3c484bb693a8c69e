"""The drop folder of a test."""

from pathlib import Path

import pytest
from drop_folder import Drop


@pytest.fixture
def drop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drop:
    # Files written a moment ago need not be watched for a while: the tests' own writing is over.
    monkeypatch.setattr("ingestion.sources.files.discovery.SETTLE_SECONDS", 0)
    return Drop(tmp_path / "home")
