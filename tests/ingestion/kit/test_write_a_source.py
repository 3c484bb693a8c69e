"""The page "Write a source": its toy API is taken from the page as it stands, and held to the kit."""

import importlib
import inspect
import re
import sys

import pydantic
import pytest

import ingestion.registry
import ingestion.sources
from ingestion.home import PROJECT_ROOT
from ingestion.listening.models import Listening, NetworkSource, Sources, Url
from tests.ingestion.kit import bench as kit_bench
from tests.ingestion.kit import test_back_fills as back_fills
from tests.ingestion.kit import test_networks as kit
from tests.replay_server import ReplayServer, SkippingClock

PAGE = PROJECT_ROOT / "ingestion/network/README.md"
MOST_LINES = 60


def _blocks():
    """Return the page's files: path -> code."""
    return dict(re.findall(r"```python\n# (\S+)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL))


def test_the_toy_takes_less_than_sixty_lines():
    lines = [line for code in _blocks().values() for line in code.splitlines() if line.strip()]
    assert 30 < len(lines) < MOST_LINES


@pytest.fixture
def perch(tmp_path, monkeypatch):
    """The toy as a source like any other; returns its made-up API."""
    blocks = _blocks()
    folder = tmp_path / "sources" / "perch"
    folder.mkdir(parents=True)
    for path, code in blocks.items():
        if path.startswith("ingestion/sources/perch/"):
            (folder / path.rpartition("/")[2]).write_text(code, encoding="utf-8")
    monkeypatch.setattr(
        ingestion.sources, "__path__", [*ingestion.sources.__path__, str(tmp_path / "sources")]
    )
    monkeypatch.setattr(ingestion.registry, "NETWORKS", ("perch",))
    monkeypatch.setattr(ingestion.registry, "SOURCES", ("perch",))
    settings = re.search(r"```python\n(class PerchSource.*?)```", PAGE.read_text(), re.DOTALL)[1]
    names = {"NetworkSource": NetworkSource, "Url": Url, "__name__": __name__}
    exec(settings, names)
    sources = pydantic.create_model(
        "Sources", __base__=Sources, perch=(names["PerchSource"], names["PerchSource"]())
    )
    listening = pydantic.create_model("Listening", __base__=Listening, sources=(sources, sources()))
    monkeypatch.setattr(kit_bench, "Listening", listening)
    registered = {"Api": kit_bench.Api, "PRIVATE": kit_bench.PRIVATE, "__name__": __name__}
    exec(blocks["tests/ingestion/kit/apis.py"], registered)
    yield registered["PerchApi"]
    for name in [name for name in sys.modules if name.startswith("ingestion.sources.perch")]:
        del sys.modules[name]


def test_the_toy_keeps_the_contract_of_every_source(perch, monkeypatch):
    module = importlib.import_module("ingestion.sources.perch")
    kept = []
    scenes = [
        *inspect.getmembers(kit, inspect.isfunction),
        *inspect.getmembers(back_fills, inspect.isfunction),
    ]
    for name, scene in scenes:
        if name.startswith("test_") and list(inspect.signature(scene).parameters) == ["bench"]:
            clock = SkippingClock(kit_bench.NOW)
            monkeypatch.setattr("ingestion.http.SYSTEM_CLOCK", clock)
            with ReplayServer() as server:
                try:
                    scene(kit_bench.Bench(perch(), module.Perch, server, clock))
                except pytest.skip.Exception:
                    continue
            kept.append(name)
    assert len(kept) > 8
    kit.test_a_source_declares_what_a_reader_asks(perch())
