"""Reads a report page as a browser would: elements, texts and the figures in its data blocks."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

VOID = {"meta", "link", "img", "br", "input"}


@dataclass
class Element:
    """An element with its attributes and all text inside it."""

    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """A parsed page; `html` is its source without the two scripts that the browser runs."""

    source: str
    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[Element] = []
        self.feed(self.source)
        self.close()

    @classmethod
    def read(cls, path: Path) -> "Page":
        return cls(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open[-1].tag == tag, f"</{tag}> closes nothing"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements with this tag and these attributes ('class_' for class)."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            element
            for element in self.elements
            if element.tag == tag
            and all((element.attributes.get(name) or "") == value for name, value in wanted.items())
        ]

    @property
    def scripts(self) -> list[Element]:
        """The scripts that a browser would run."""
        return [script for script in self.all("script") if "type" not in script.attributes]

    @property
    def text(self) -> str:
        """The words of the page, without scripts and styles."""
        (body,) = self.all("body")
        words = body.text
        for script in self.all("script"):
            words = words.replace(script.text, " ")
        return " ".join(words.split())

    @property
    def figures(self) -> dict[str, dict[str, Any]]:
        """Id of a plot -> plotly figure."""
        blocks = self.all("script", type="application/json")
        return {block.attributes["data-figure"]: json.loads(block.text) for block in blocks}

    def titled(self, title: str) -> dict[str, Any]:
        """Return the figure under a heading."""
        (heading,) = [heading for heading in self.all("h3") if heading.text == title]
        return self.figures[heading.attributes["id"].removesuffix("-title")]

    def trace(self, title: str, name: str) -> dict[str, Any]:
        """Return a trace of the figure under a heading, by its name as plotly gets it."""
        (trace,) = [trace for trace in self.titled(title)["data"] if trace["name"] == name]
        return trace

    def section(self, id: str) -> Element:
        (section,) = self.all("section", id=id)
        return section
