"""What a section of the page is made of; the template draws each block by its `kind`.

`width` is the part of the page that a block takes on a wide screen: full, half or third.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Table:
    """A table of ready texts; its first `text_columns` columns are words, the others figures."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    text_columns: int = 1
    width: str = "full"


@dataclass(frozen=True)
class LegendEntry:
    """A name beside the line or area that it stands for. `color` names a CSS variable, `mark` a shape."""

    label: str
    color: str
    mark: str = "line"


@dataclass(frozen=True)
class Chart:
    """A plotly figure with what a reader needs who cannot see or trust it: words, definition, table.

    `traces` and `layout` are plotly's own dicts. Colours in them name CSS variables ('--own'), which the
    page replaces by those of the light or dark theme. Texts in them must come through `plot_text`.
    """

    kind: ClassVar[str] = "chart"
    title: str
    alt: str
    traces: Sequence[dict[str, Any]]
    layout: dict[str, Any]
    definition: str
    metric_version: str | None
    table: Table
    legend: Sequence[LegendEntry] = ()
    note: str = ""
    height: int = 300
    width: str = "full"


@dataclass(frozen=True)
class Mark:
    """Where a value and its interval lie on the small scale of a card, in percent of its width."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Card:
    """One KPI."""

    name: str
    value: str
    interval: str
    previous: str
    verdict: str
    tone: str
    basis: str
    current_mark: Mark | None
    previous_mark: Mark | None


@dataclass(frozen=True)
class Cards:
    """The KPIs of one brand, or of the company."""

    kind: ClassVar[str] = "cards"
    title: str
    cards: Sequence[Card]


@dataclass(frozen=True)
class Definitions:
    """What the KPIs mean, opens on a click."""

    kind: ClassVar[str] = "definitions"
    lines: Sequence[tuple[str, str, str]]
    """(name, metric version, definition)"""


@dataclass(frozen=True)
class Facts:
    """A few named figures in a row."""

    kind: ClassVar[str] = "facts"
    facts: Sequence[tuple[str, str, str]]
    """(name, figure, what it is compared with)"""


@dataclass(frozen=True)
class Excerpt:
    """The beginning of a post, without handles and links."""

    text: str
    source: str


@dataclass(frozen=True)
class Excerpts:
    kind: ClassVar[str] = "excerpts"
    title: str
    excerpts: Sequence[Excerpt]


@dataclass(frozen=True)
class Note:
    """A sentence in the flow of a section."""

    kind: ClassVar[str] = "note"
    text: str


@dataclass(frozen=True)
class Details:
    """A table that opens on a click."""

    kind: ClassVar[str] = "details"
    title: str
    table: Table


@dataclass(frozen=True)
class Section:
    """A part of the page. `empty` says why there is nothing to show, instead of blocks."""

    id: str
    title: str
    lead: str = ""
    blocks: Sequence[Any] = field(default_factory=tuple)
    empty: str = ""
