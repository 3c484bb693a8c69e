"""Fixtures that every test may use."""

from pathlib import Path

import pytest

ROADS = {Path(__file__).parent / folder for folder in ("integration", "transform")}
SHARED_DATA = Path(__file__).resolve().parents[1] / "../shared/data"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the roads, which take minutes, before the rest, so that no worker is left alone with one in the end.

    Two workers get half of the tests each. All that wait for the one undisturbed road go to the first, so that the
    second does not stand idle while it is walked.
    """
    roads = [item for item in items if ROADS & {*item.path.parents}]
    waiting = [item for item in roads if "never_killed" in item.fixturenames]
    others = [item for item in roads if item not in waiting]
    rest = [item for item in items if item not in roads]
    half = max(len(items) // 2 - len(waiting), 0)
    items[:] = waiting + rest[:half] + others + rest[half:]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public research data beside the checkout; the test is skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder ../shared/data with public research data is not here")
    return SHARED_DATA.resolve()
