"""The page loads nothing, and no text in it becomes markup."""

import base64
import hashlib
import re
from collections.abc import Callable

import pytest
from report_page import Page

from orchestration.publish import Release
from orchestration.report.page import data_block
from orchestration.report.plots import plot_text
from orchestration.report.private import excerpt

HOSTILE = (
    ("script", "<script>alert(1)</script>"),
    ("close", "</script><img src=x onerror=alert(2)>"),
    ("attribute", '" onmouseover="alert(3)'),
    ("link", "<a href='https://evil.example'>click</a>"),
    ("template", "{{ 7777 * 7 }} %{customdata} ${alert(4)}"),
    ("variable", "--own"),
    ("entity", "&lt;b&gt; & \u2028 \x07 R&D"),
)
TAGS = {
    "a", "blockquote", "body", "caption", "circle", "code", "dd", "details", "div", "dl", "dt", "figcaption",
    "figure", "footer", "g", "h1", "h2", "h3", "head", "header", "html", "li", "line", "link", "main", "meta",
    "nav", "noscript", "ol", "p", "rect", "script", "section", "span", "strong", "style", "summary", "svg",
    "table", "tbody", "td", "th", "thead", "title", "tr", "ul",
}  # fmt: skip


@pytest.fixture(scope="module")
def hostile(release_of: Callable[..., Release]) -> Page:
    brands = [(id, name, id in ("script", "link")) for id, name in HOSTILE]
    spike_text = "</script><script>alert(5)</script> <svg onload=alert(6)> {{ 7777 * 7 }}"
    return Page.read(release_of(brands, spike_text=spike_text).report)


def test_page_asks_nothing_of_the_network(page: Page) -> None:
    for element in page.elements:
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            assert re.match(r"#|data:,", element.attributes.get(name) or "#")
    style = "".join(style.text for style in page.all("style"))
    assert not re.search(r"@import|url\(|https?:", style)
    own = page.scripts[1].text
    assert not re.search(r"fetch|XMLHttpRequest|import\(|WebSocket|https?:", own)


def test_policy_of_the_page_allows_its_two_scripts_only(page: Page) -> None:
    (policy,) = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    content = policy.attributes["content"]
    assert content.startswith("default-src 'none';")
    script_sources = re.search(r"script-src ([^;]*);", content).group(1).split()
    hashes = [
        base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode() for script in page.scripts
    ]
    assert script_sources == [f"'sha256-{hash}'" for hash in hashes]
    assert len(page.scripts) == 2


def test_page_is_small(page: Page) -> None:
    assert len(page.source.encode()) < 6_000_000


def test_hostile_names_and_posts_stay_text(hostile: Page) -> None:
    assert {element.tag for element in hostile.elements} <= TAGS
    assert len(hostile.scripts) == 2
    for element in hostile.elements:
        assert not [name for name in element.attributes if name.startswith("on")]
        assert (element.attributes.get("href") or "#").startswith(("#", "data:,"))
    for _, name in HOSTILE:
        assert " ".join(name.split()) in hostile.text
    assert "54439" not in hostile.text


def test_plotly_gets_names_without_markup(hostile: Page) -> None:
    names = {trace["name"] for figure in hostile.figures.values() for trace in figure["data"]}
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in names
    assert not [name for name in names if "<" in name or "\x07" in name]
    for figure in hostile.figures.values():
        for trace in figure["data"]:
            assert not [text for text in trace.get("text", ()) if re.search(r"<(?!br>)", text)]


def test_data_blocks_hold_no_markup() -> None:
    block = data_block({"</script>": "<!-- & \u2028"})
    assert not re.search("[<>&\u2028]", block)
    with pytest.raises(ValueError):
        data_block(float("nan"))


def test_labels_for_plotly_are_escaped_once_and_cut() -> None:
    assert plot_text("R&D <b>\n") == "R&amp;D &lt;b&gt; "
    assert len(plot_text("x" * 500)) == 40


@pytest.mark.parametrize(
    ("text", "calm"),
    [
        ("ask @jane.doe and u/john_99", "ask […] and […]"),
        ("see https://a.example/?q=1 or WWW.b.example", "see […] or […]"),
        ("mail jane@a.example now\n\nplease", "mail […] now please"),
        ("x" * 300, "x" * 179 + "…"),
    ],
)
def test_excerpts_hide_what_points_to_a_person(text: str, calm: str) -> None:
    assert excerpt(text) == calm
