"""Puts the sections into one HTML page that loads nothing and runs only the scripts that are part of it."""

import base64
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_TEMPLATES = Path(__file__).parent / "templates"


def render(**content: Any) -> str:
    """Return the page; see `templates/report.html` for what it shows.

    Every text is escaped by jinja2, figures are data blocks without any '<', and the page's own policy
    forbids the network and all scripts but the two whose hashes it names: a text that slipped through
    would still not run.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    scripts = [_script(get_plotlyjs(), "plotly.js"), _script(_template("report.js"), "report.js")]
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["data_block"] = lambda value: Markup(data_block(value))
    page = environment.get_template("report.html")
    return page.render(
        **content,
        style=Markup(_template("report.css")),
        scripts=[Markup(script) for script in scripts],
        policy=_policy(scripts),
    )


def data_block(value: Any) -> str:
    """Return a value as JSON that is safe inside a script element: it holds no '<', '>' or '&'.

    Raises ValueError for NaN and infinity, which JSON has no words for.
    """
    text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _policy(scripts: Iterable[str]) -> str:
    hashes = " ".join(f"'sha256-{_sha256(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _sha256(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _script(source: str, name: str) -> str:
    """Return a script with the line ends that browsers hash.

    Raises ValueError if the script would end its element.
    """
    if "</script" in source.lower() or "<!--" in source:
        raise ValueError(f"{name} cannot stand inside an HTML page. Remedy: use another release of plotly.")
    return source.replace("\r\n", "\n").replace("\r", "\n")


def _template(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")
