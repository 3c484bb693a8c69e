"""Roads that several tests walk."""

import shutil
from pathlib import Path

import pytest

from tests.integration.demo_road import DemoRoad
from tests.integration.once import made_once
from tests.integration.whole_demo import WholeDemo

LONG_ROADS = {"stocks", "care", "business"}
"""Roads over public files that take minutes; that of the airlines stands for them in every run of the tests."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the long roads to `make soak`."""
    for item in items:  # those of all folders come by
        if item.path.name == "test_real_input.py":
            params = item.callspec.params.values() if hasattr(item, "callspec") else ()
            if LONG_ROADS & {*item.fixturenames, *map(str, params)}:
                item.add_marker(pytest.mark.soak)


@pytest.fixture(scope="session")
def never_killed(tmp_path_factory: pytest.TempPathFactory) -> DemoRoad:
    """A road that ran once, from nothing to a release, undisturbed; to be read only."""

    def walk(folder: Path) -> None:
        outcome = DemoRoad(folder).run()
        assert outcome.code == 0, outcome.output

    return DemoRoad(made_once(tmp_path_factory, "never_killed", walk))


@pytest.fixture
def walked_road(never_killed: DemoRoad, tmp_path: Path) -> DemoRoad:
    """A copy of a road that ran once, to do things to."""
    shutil.copytree(never_killed.home, tmp_path / "walked/home", symlinks=True)
    return DemoRoad(tmp_path / "walked")


@pytest.fixture
def road(tmp_path: Path) -> DemoRoad:
    """A road that has not run yet."""
    return DemoRoad(tmp_path)


@pytest.fixture(scope="session")
def whole_demo(tmp_path_factory: pytest.TempPathFactory) -> WholeDemo:
    """The demo as it ships, modelled; to be read only."""
    return WholeDemo(made_once(tmp_path_factory, "whole_demo", lambda folder: WholeDemo(folder).walk()))
