"""What a reader sees of a piece of HTML, as plain text: no tags, no scripts, characters instead of entities.

The standard library's HTMLParser is not used: on this Python it takes minutes for 100 kB of unclosed
tags and raises AssertionError on "<![<". This scanner never looks twice for an end that is not there,
so its time is linear in the text, whatever a stranger sends.
"""

import html as entities
import re

# Longer than any text that a contract lets through: reading it would only cost time.
MAX_HTML = 1_000_000

_UNSEEN = frozenset({"script", "style", "head", "template", "noscript", "svg", "iframe", "object"})
_BREAKING = frozenset({
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
    "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_TAG_NAME = re.compile(r"/?([A-Za-z][A-Za-z0-9:._-]*)")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_TO_QUOTE_OR_END = re.compile(r"[\"'>]")
# int() refuses thousands of digits, and html.unescape would raise; no character has a number this long.
_LONG_NUMBER = re.compile(r"&#[0-9]{8,};?")
_BLANKS = re.compile(r"[ \t\r\n\f\v\u00a0]+")
_BLANKS_IN_LINE = re.compile(r"[ \t\r\f\v\u00a0]+")
_BREAK_RUNS = re.compile(r" ?\n[ \n]*")
_ELLIPSES = ("...", "…")


def plain_text(html: str | None) -> str | None:
    """Return the visible text, None where there is none.

    Paragraphs become lines. A link whose text is its shortened address ("https://example.org/a-lo...")
    gets the whole address back. HTML longer than MAX_HTML characters is returned as it came, so that
    landing can say that it is too long.
    """
    if html is None or len(html) > MAX_HTML:
        return html
    if "<" not in html and "&" not in html:
        text = _BLANKS_IN_LINE.sub(" ", html)
    else:
        # Entities last made "a&nbsp;&nbsp;b": blanks are squeezed once more.
        text = _BLANKS_IN_LINE.sub(" ", _Scanner(html).text())
    return _BREAK_RUNS.sub("\n", text).strip() or None


class _Scanner:
    """One pass over one text."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._pieces: list[str] = []
        self._missing: set[str] = set()
        self._trust_quotes = True
        self._preformatted = 0
        self._link: tuple[str, int] | None = None

    def text(self) -> str:
        """Return the text with line breaks for blocks, blanks not yet tidied."""
        html, at = self._html, 0
        while (start := html.find("<", at)) >= 0:
            self._add(html[at:start])
            at = self._markup(start)
            if at == start:  # a mere "less than"
                self._add("<")
                at += 1
        self._add(html[at:])
        self._end_link()
        return "".join(self._pieces)

    def _markup(self, start: int) -> int:
        """Take in the markup at `start`; return where it ends, or `start` if it is none."""
        html = self._html
        if html.startswith("<!--", start):
            return self._end_of("-->", start, 4)
        if html.startswith("<![CDATA[", start):
            end = self._end_of("]]>", start, 9)
            if end > start:
                self._pieces.append(html[start + 9 : end - 3])
            return end
        if html.startswith(("<!", "<?"), start):
            return self._end_of(">", start, 2)
        name = _TAG_NAME.match(html, start + 1)
        end = self._end_of_tag(start, name.end()) if name else start
        if end == start:
            return start
        tag = name.group(1).lower()
        if html[start + 1] == "/":
            self._close(tag)
            return end
        if tag in _UNSEEN and html[end - 2] != "/":
            return self._end_of_unseen(tag, end)
        self._open(tag, html[name.end() : end - 1])
        return end

    def _open(self, tag: str, attributes: str) -> None:
        if tag == "a":
            self._end_link()
            href = _HREF.search(attributes)
            address = next(filter(None, href.groups()), "") if href else ""
            self._link = (_unescape(address), len(self._pieces))
        elif tag in _BREAKING:
            self._pieces.append("\n")
            self._preformatted += tag == "pre"
        elif tag in _CELLS:
            self._pieces.append(" ")

    def _close(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        elif tag in _BREAKING:
            self._pieces.append("\n")
            self._preformatted -= tag == "pre" and self._preformatted > 0

    def _add(self, text: str) -> None:
        if text:
            blanks = _BLANKS_IN_LINE if self._preformatted else _BLANKS
            self._pieces.append(_unescape(blanks.sub(" ", text)))

    def _end_link(self) -> None:
        if self._link is None:
            return
        address, first = self._link
        self._link = None
        shown = "".join(self._pieces[first:])
        for ellipsis in _ELLIPSES:
            if shown != ellipsis and shown.endswith(ellipsis) and address.startswith(shown[: -len(ellipsis)]):
                self._pieces[first:] = [address]
                return

    def _end_of(self, ending: str, start: int, skip: int) -> int:
        if ending in self._missing:
            return start
        found = self._html.find(ending, start + skip)
        if found < 0:
            self._missing.add(ending)
            return start
        return found + len(ending)

    def _end_of_tag(self, start: int, at: int) -> int:
        """Return where the tag ends, past any '>' in quotes while the text's quotes make sense."""
        plain_end = self._end_of(">", start, at - start)
        if plain_end == start or not self._trust_quotes:
            return plain_end
        while stop := _TO_QUOTE_OR_END.search(self._html, at):
            if stop.group() == ">":
                return stop.end()
            closing = self._html.find(stop.group(), stop.end())
            if closing < 0:
                break
            at = closing + 1
        self._trust_quotes = False
        return plain_end

    def _end_of_unseen(self, tag: str, end: int) -> int:
        """Return where the element ends; where it is never closed, only its tag is left out."""
        ending = f"</{tag}"
        if ending in self._missing:
            return end
        closing = re.compile(ending, re.IGNORECASE).search(self._html, end)
        last = self._html.find(">", closing.end()) if closing else -1
        if last < 0:
            self._missing.add(ending)
            return end
        return last + 1


def _unescape(text: str) -> str:
    if "&" not in text:
        return text
    return entities.unescape(_LONG_NUMBER.sub("\ufffd", text))
