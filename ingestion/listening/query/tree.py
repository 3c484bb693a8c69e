"""What a query means: a small tree of frozen nodes, equal where two queries mean the same words.

Node   = And | Or | Not | Term | Near | Filter
Term   = words side by side; a word may end in a wildcard; folded, unless `exact`
Near   = one of some terms within `distance` words of one of others
Filter = a property of the post or its author
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

LINK = "<url>"
"""The token that every link becomes."""

_BRAHMIC = ((0x0900, 0x109F), (0x1780, 0x17FF))


def spelling(text: str) -> str:
    """Return text as matching sees it, without case, accents and doubled blanks: a key, not a text to match.

    It never makes two texts alike that the tokeniser tells apart, so that one of them could get lost.
    """
    text = " ".join(text.replace("’", "'").split())
    if not any(first <= ord(char) <= last for char in text for first, last in _BRAHMIC):
        decomposed = unicodedata.normalize("NFD", text)
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", text).lower()


@dataclass(frozen=True)
class Part:
    """A piece of a phrase; its last word is a prefix where `is_prefix`."""

    text: str
    is_prefix: bool = False


@dataclass(frozen=True)
class Term:
    """A word, phrase, #tag, @handle or $cash tag. `exact` keeps case and accents."""

    parts: tuple[Part, ...]
    exact: bool = False

    @property
    def text(self) -> str:
        """The term as one reads it: `coff*`, `{Apple}`, `lumora brew`."""
        text = " ".join(part.text + "*" * part.is_prefix for part in self.parts)
        return f"{{{text}}}" if self.exact else text

    @cached_property
    def key(self) -> str:
        """What two terms that match alike share."""
        return f"{{{unicodedata.normalize('NFC', self.text[1:-1])}}}" if self.exact else spelling(self.text)


@dataclass(frozen=True)
class Near:
    """One of `left` and one of `right` at most `distance` words apart; `ordered`: left before right."""

    left: tuple[Term, ...]
    right: tuple[Term, ...]
    distance: int
    ordered: bool = False

    @cached_property
    def key(self) -> str:
        """What two of them that match alike share; without order the sides may be swapped."""
        left, right = ("|".join(sorted({term.key for term in side})) for side in (self.left, self.right))
        if not self.ordered:
            left, right = sorted((left, right))
        return f"({left}) {'o' * self.ordered}near/{self.distance} ({right})"

    @property
    def text(self) -> str:
        """The pair as it stands among matched terms."""
        left, right = ("|".join(spelling(term.text) for term in side) for side in (self.left, self.right))
        return f"{left} {'o' * self.ordered}near/{self.distance} {right}"


@dataclass(frozen=True)
class Filter:
    """A property: field is author, platform, site, language, country, post_kind, owned or followers."""

    field: str
    value: str
    operator: str = "="

    @cached_property
    def key(self) -> str:
        """What two filters that mean the same share."""
        return f"{self.field}{self.operator}{self.value}"

    @property
    def text(self) -> str:
        """The filter as one reads it."""
        return self.key


@dataclass(frozen=True)
class Not:
    """Everything that its child does not match."""

    child: "Node"


@dataclass(frozen=True)
class And:
    """All of the children."""

    children: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    """Any of the children."""

    children: tuple["Node", ...]


Leaf = Term | Near | Filter
Node = And | Or | Not | Term | Near | Filter


def leaves(node: Node) -> Iterator[Leaf]:
    """Yield every leaf where it stands."""
    if isinstance(node, Not):
        yield from leaves(node.child)
    elif isinstance(node, And | Or):
        for child in node.children:
            yield from leaves(child)
    else:
        yield node
