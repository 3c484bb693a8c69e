"""The page in a real browser: figures are drawn, nothing is complained about, no text runs."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from report_page import Page

from orchestration.publish import Release

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed here")


@pytest.fixture
def browse(tmp_path: Path) -> Callable[[Path], tuple[str, str]]:
    """Return the document after its scripts have run, and what the browser logged."""

    def dump(page: Path) -> tuple[str, str]:
        command = [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1280,4000",
            "--virtual-time-budget=8000", "--enable-logging=stderr", "--dump-dom", page.resolve().as_uri(),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        return done.stdout, done.stderr

    return dump


def without_plotly(document: str) -> str:
    return re.sub(r"<script>.*?</script>", "", document, flags=re.DOTALL)


def test_all_figures_are_drawn_without_a_complaint(
    release: Release, page: Page, browse: Callable[[Path], tuple[str, str]]
) -> None:
    document, log = browse(release.report)
    assert f'data-rendered="{len(page.figures)}"' in document
    assert without_plotly(document).count("js-plotly-plot") == len(page.figures)
    assert "CONSOLE" not in log


def test_hostile_names_run_nothing_and_link_nowhere(
    release_of: Callable[..., Release], browse: Callable[[Path], tuple[str, str]]
) -> None:
    brands = (
        ("own", "<a href='https://evil.example'>x</a><script>document.title='owned'</script>", True),
        ("rival", "<img src=x onerror=\"document.title='owned'\">", False),
    )
    document, log = browse(release_of(brands).report)
    drawn = without_plotly(document)
    assert "<title>owned" not in drawn
    assert not re.search(r"<a [^>]*evil", drawn) and "<img" not in drawn
    assert "CONSOLE" not in log
