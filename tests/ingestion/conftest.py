"""A local server and a clock that skips, for whatever reads the web."""

import pytest

from tests.ingestion.kit.bench import NOW
from tests.replay_server import ReplayServer, SkippingClock


@pytest.fixture
def server():
    with ReplayServer() as server:
        yield server


@pytest.fixture
def clock(monkeypatch):
    clock = SkippingClock(NOW)
    monkeypatch.setattr("ingestion.http.SYSTEM_CLOCK", clock)
    return clock
