"""Releases of a small made-up world, built by the real publisher, and a reader of the page made from them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pytest
from report_page import Page

from ingestion.home import Home
from orchestration.publish import Release, build_release
from orchestration.report import report_writer

WORLD = (Path(__file__).parent / "report_marts.sql").read_text(encoding="utf-8")

Brands = Sequence[tuple[str, str, bool]]
"""(id, name, is own), the most mentioned first."""

PAIR: Brands = (("acme", "Acme", True), ("rivalo", "Rivalo", False))


@pytest.fixture(scope="session")
def release_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Release]:
    """Build a release with a report; `change` is SQL run on the warehouse's marts before that."""

    def build(
        brands: Brands = PAIR, *, change: str = "", spike_text: str = "", marts: Sequence[str] | None = None
    ) -> Release:
        root = tmp_path_factory.mktemp("report")
        home = Home(root=root, config=root / "listening.yml")
        home.warehouse.parent.mkdir(parents=True)
        with duckdb.connect(str(home.warehouse)) as warehouse:
            warehouse.execute("set TimeZone = 'UTC'; create schema marts")
            warehouse.execute(
                "create temp table given_brands "
                "(brand_id varchar, brand_name varchar, is_own boolean, rank integer)"
            )
            ranked = [(*brand, rank) for rank, brand in enumerate(brands, start=1)]
            warehouse.executemany("insert into given_brands values (?, ?, ?, ?)", ranked)
            warehouse.execute("create temp table given_spike (spike_text varchar)")
            warehouse.execute("insert into given_spike values (?)", [spike_text])
            warehouse.execute(WORLD)
            if change:
                warehouse.execute(change)
        writer = report_writer(reporting_time_zone="Europe/Berlin", panel_names={"main_panel": "Main panel"})
        return build_release(home, run_id="run-7", code_version="c0de", inputs={}, marts=marts, report=writer)

    return build


@pytest.fixture(scope="session")
def release(release_of: Callable[..., Release]) -> Release:
    """The release of one own brand and one rival."""
    return release_of()


@pytest.fixture(scope="session")
def page(release: Release) -> Page:
    """The report of `release`."""
    return Page.read(release.report)
