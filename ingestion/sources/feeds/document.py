"""From the bytes of a feed to its entries: XML by feedparser, JSON by itself; no network, no disk."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ingestion.http import without_login
from ingestion.landing.quarantine import MAX_PAYLOAD
from ingestion.sources.feeds import json_feed
from ingestion.sources.feeds.entries import author_of, entry_row, language_of, told_apart
from ingestion.sources.feeds.problems import NoFeed

# Numbers for characters; in a row, since two halves of a UTF-16 pair belong together.
_REFERENCES = re.compile(rb"(?:&#(?:x[0-9a-f]+|[0-9]+);)+", re.IGNORECASE)
_LAST_CHARACTER = 0x10FFFF
_HTML_STARTS = (b"<!doctype html", b"<html", b"<head", b"<body")
_ENDINGS = (b"</rss", b"</feed", b"</rdf", b"</channel")
# Names of people in the bytes of a broken feed: element names that hold one in RSS, Atom, Dublin Core, iTunes.
_AUTHORS = re.compile(
    rb"(<((?:[a-z]+:)?(?:author|creator|contributor|managingeditor|webmaster|name|email|uri|owner|publisher))\b[^>]*>)"
    rb".*?(</\2|\Z)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass
class Feed:
    """What was read: rows under contract names, but for dates still to be settled by `settle_dates`.

    `fault` says in words where the document is broken; the rows are then what could be salvaged.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    fault: str | None = None


def read_feed(body: bytes, feed_url: str, content_type: str) -> Feed:
    """Return the entries of a feed. `content_type` is the whole header: its charset counts.

    Relative links are resolved against `feed_url`, not against where redirects ended: with a network of
    mirrors that would be another address, and so another observation, each time.

    The last entry of a document that breaks off is left out: it is most likely half an entry.

    Raises NoFeed where the bytes are a web page, some other document, or a feed too broken to give anything.
    """
    shown_url = without_login(feed_url)
    if json_feed.is_json(body):
        feed, entries, fault = json_feed.parse(body)
        return _feed(feed, entries, shown_url, author_of(feed, shown_url), fault)
    parsed = _parsed(body, content_type)
    fault = _fault(parsed)
    entries = parsed.entries[:-1] if fault and _breaks_off(body) else parsed.entries
    if not entries and (fault or not parsed.get("version")):
        raise _no_feed(body, parsed, fault)
    # RFC 4287, 4.2.1: the author of an Atom feed is that of its entries without one; RSS has no such rule.
    author = author_of(parsed.feed, shown_url) if parsed.get("version", "").startswith("atom") else None
    return _feed(parsed.feed, entries, shown_url, author, fault)


def _feed(
    feed: Mapping[str, Any], entries: list[Any], shown_url: str, author: str | None, fault: str | None
) -> Feed:
    language = language_of(feed.get("language"))
    rows = [entry_row(entry, shown_url) for entry in entries]
    for row in rows:
        row["language"] = row["language"] or language
        row["author_id"] = row["author_id"] or author
    return Feed(told_apart(rows), fault)


def _parsed(body: bytes, content_type: str) -> Any:
    import feedparser

    # Without content-location, so that feedparser leaves relative guids as they are: it takes them for links.
    headers = {"content-type": content_type} if content_type else {}
    try:
        # Wrapped, since feedparser would open a file of the name that bare bytes spell.
        document = io.BytesIO(_REFERENCES.sub(_repaired, body))
        return feedparser.parse(
            document, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:
        # Whatever a stranger's bytes break in the parser concerns this feed alone.
        raise NoFeed(
            "unreadable_feed",
            f"the feed breaks the parser: {error!r}",
            "tell the feed's owner; others have landed",
        ) from error


def without_authors(body: bytes) -> bytes:
    """Return the beginning of a document, fit to be kept: what stands in elements that name people is taken out.

    Nothing of JSON is kept: where it is broken, nobody can tell which words are names.
    """
    return b"" if json_feed.is_json(body) else _AUTHORS.sub(rb"\1(removed)\3", body[:MAX_PAYLOAD])


def _repaired(references: re.Match[bytes]) -> bytes:
    """Return references to impossible characters as possible ones: feedparser gives up a whole feed for one.

    Two halves of a UTF-16 pair, as old editors write an emoji, become the character they mean; a half
    alone, or a number beyond Unicode, becomes U+FFFD, as in HTML.
    """
    codes = [_code(digits) for digits in references.group()[2:-1].split(b";&#")]
    if not any(_is_half(code) or code > _LAST_CHARACTER for code in codes):
        return references.group()
    characters: list[int] = []
    for code in codes:
        before = characters[-1] if characters else 0
        if 0xD800 <= before < 0xDC00 <= code < 0xE000:
            characters[-1] = 0x10000 + ((before - 0xD800) << 10) + code - 0xDC00
        else:
            characters.append(code)
    possible = (0xFFFD if _is_half(code) or code > _LAST_CHARACTER else code for code in characters)
    return b"".join(b"&#%d;" % code for code in possible)


def _is_half(code: int) -> bool:
    return 0xD800 <= code < 0xE000


def _code(digits: bytes) -> int:
    """Return the number of a reference; one too long to be a character's is not even read."""
    hexadecimal = digits[:1] in b"xX"
    plain = (digits[1:] if hexadecimal else digits).lstrip(b"0") or b"0"
    return int(plain, 16 if hexadecimal else 10) if len(plain) <= 7 else _LAST_CHARACTER + 1


def _no_feed(body: bytes, parsed: Any, fault: str | None) -> NoFeed:
    if not body.strip():
        return NoFeed(
            "empty_answer", "the answer is empty", "open the address in a browser; the next run asks again"
        )
    if _is_web_page(body):
        return NoFeed(
            "html_instead_of_feed",
            "the address answers with a web page, not a feed",
            "look for the feed's own address in the page (link rel=alternate) and put it into listening.yml",
        )
    if parsed.get("version"):
        return NoFeed(
            "unreadable_feed",
            f"the {parsed.version} feed gives no entry: {fault}",
            "the next run asks again; if it stays so, tell the feed's owner",
        )
    return NoFeed(
        "not_a_feed",
        "the address answers with something that is neither RSS, Atom nor JSON Feed"
        + (f": {fault}" if fault else ""),
        "open the address in a browser and put the feed's own address into listening.yml",
    )


def _is_web_page(body: bytes) -> bool:
    """Whether the first element, after declarations and comments, is HTML's."""
    head = body[:8192].removeprefix(b"\xef\xbb\xbf").lstrip()
    while head.startswith((b"<?", b"<!--")):
        head = head.partition(b"-->" if head.startswith(b"<!--") else b">")[2].lstrip()
    return head.lower().startswith(_HTML_STARTS)


def _breaks_off(body: bytes) -> bool:
    """Whether the document lacks its end (NULs are left out, so that UTF-16 reads like ASCII)."""
    end = body[-1024:].replace(b"\0", b"").lower()
    return not any(ending in end for ending in _ENDINGS)


def _fault(parsed: Any) -> str | None:
    """Return what is wrong with the document, None where it is well-formed or merely declared as something else."""
    from feedparser.exceptions import ThingsNobodyCaresAboutButMe

    error = parsed.get("bozo_exception")
    if not parsed.get("bozo") or isinstance(error, ThingsNobodyCaresAboutButMe):
        return None
    line = getattr(error, "getLineNumber", lambda: None)()
    words = getattr(error, "getMessage", lambda: str(error))() or "not well-formed"
    return f"line {line}: {words}" if line else words
