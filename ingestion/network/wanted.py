"""Which texts may hold a searched term: for networks that send everything and can be asked for nothing.

A text is kept where it holds every word of one of the terms, in any order. That is more than the warehouse
will match (it knows phrases, NEAR, exact spelling and exclusions), and never less: both fold case and accents
alike, and a word here never reaches further than a token there. A text costs a look-up of each of its words,
however many terms there are.
"""

import re
from collections.abc import Iterable

from ingestion.listening.query.tree import spelling

SIGNS = "#@$"
WORD = re.compile(rf"[{SIGNS}]?\w+")


class Wanted:
    """The searched terms, as `terms.search_queries` makes them: words, "quoted phrases", prefixes with a star."""

    def __init__(self, queries: Iterable[str]) -> None:
        self._words: dict[str, list[frozenset[str]]] = {}
        self._prefixed: list[tuple[tuple[str, ...], frozenset[str]]] = []
        for query in queries:
            self._add(query)

    def _add(self, query: str) -> None:
        whole: set[str] = set()
        prefixes: list[str] = []
        for piece in query.replace('"', " ").split():
            words = WORD.findall(_folded(piece))
            if words and piece.endswith("*"):
                prefixes.append(words.pop())
            whole.update(words)
        if prefixes:
            self._prefixed.append((tuple(prefixes), frozenset(whole)))
        elif whole:
            # The longest word is the rarest: of "the home barista" only texts with barista are looked at.
            anchor = max(whole, key=lambda word: (len(word), word))
            self._words.setdefault(anchor, []).append(frozenset(whole))

    def matches(self, text: str) -> bool:
        """Whether the text may hold one of the terms. A #tag, @handle or $cash tag is also its bare word."""
        words = set(WORD.findall(_folded(text)))
        words |= {word[1:] for word in words if word[0] in SIGNS}
        if any(term <= words for word in words & self._words.keys() for term in self._words[word]):
            return True
        return any(
            rest <= words and all(any(word.startswith(prefix) for word in words) for prefix in prefixes)
            for prefixes, rest in self._prefixed
        )


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    # Python writes a Greek s at the end of a word in another way, the warehouse does not.
    return spelling(text).replace("ς", "σ")
