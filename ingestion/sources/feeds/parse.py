"""From the bytes of a feed to rows of the contract, by feedparser; nothing here touches the network or a disk."""

import calendar
import hashlib
import io
import json
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

from ingestion.http import without_login
from ingestion.landing.quarantine import MAX_PAYLOAD
from ingestion.plain_text import plain_text
from ingestion.sources.feeds.settings import MAX_AHEAD_H, PLATFORM

# An id in one of these forms means the same entry in whichever feed it stands.
_WORLD_WIDE = re.compile(r"(https?://|urn:|tag:|doi:)", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_].*)?")
_MARKUP_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_TEXT_TYPES = _MARKUP_TYPES | {"text/plain", ""}
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


class NoFeed(Exception):
    """Bytes from which no feed can be read. `reason` is a quarantine code."""

    def __init__(self, reason: str, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.remedy = remedy


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
    import feedparser

    # Without content-location, so that feedparser leaves relative guids as they are: it takes them for links.
    headers = {"content-type": content_type} if content_type else {}
    try:
        # Wrapped, since feedparser would open a file of the name that bare bytes spell.
        document = io.BytesIO(_REFERENCES.sub(_repaired, body))
        parsed = feedparser.parse(
            document, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:
        # Whatever a stranger's bytes break in the parser concerns this feed alone.
        raise NoFeed(
            "unreadable_feed",
            f"the feed breaks the parser: {error!r}",
            "tell the feed's owner; others have landed",
        ) from error
    fault = _fault(parsed)
    entries = parsed.entries[:-1] if fault and _breaks_off(body) else parsed.entries
    if not entries and (fault or not parsed.get("version")):
        raise _no_feed(body, parsed, fault)
    shown_url = without_login(feed_url)
    # RFC 4287, 4.2.1: the author of an Atom feed is that of its entries without one; RSS has no such rule.
    author = _author(parsed.feed, shown_url) if parsed.version.startswith("atom") else None
    language = _language(parsed.feed.get("language"))
    rows = [_row(entry, shown_url) for entry in entries]
    for row in rows:
        row["language"] = row["language"] or language
        row["author_id"] = row["author_id"] or author
    return Feed(_told_apart(rows), fault)


def settle_dates(row: dict[str, Any], first_seen: dict[str, str], observed_at: datetime) -> None:
    """Fill created_at, created_at_source and edited_at of a row from its `_published` and `_updated`.

    `first_seen` (entry id -> ISO time) keeps created_at of entries that do not say when they were
    published, so that it stays the same in later observations; it is updated here.
    """
    latest = observed_at + timedelta(hours=MAX_AHEAD_H)
    published, updated = (
        moment if moment and moment <= latest else None
        for moment in (row.pop("_published"), row.pop("_updated"))
    )
    row["observed_at"] = observed_at
    if published:
        row["created_at"], row["created_at_source"] = published, "published"
        row["edited_at"] = updated if updated and updated > published else None
        return
    key = str(row["entry_id"])
    kept = first_seen.setdefault(key, (updated or observed_at).isoformat())
    row["created_at"] = datetime.fromisoformat(kept)
    row["created_at_source"] = "updated" if updated else "first_seen"
    row["edited_at"] = updated if updated and updated > row["created_at"] else None


def without_authors(body: bytes) -> bytes:
    """Return the beginning of a document, fit to be kept: what stands in elements that name people is taken out."""
    return _AUTHORS.sub(rb"\1(removed)\3", body[:MAX_PAYLOAD])


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
        "the address answers with something that is neither RSS nor Atom" + (f": {fault}" if fault else ""),
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


def _told_apart(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give entries that share an id, but not their content, ids of their own.

    Such feeds repeat one guid or link (to the front page) in all entries; as one entry with many faces,
    each face would replace the others in every run.
    """
    faces: dict[str | None, set[str]] = {}
    for row in rows:
        faces.setdefault(row["entry_id"], set()).add(_face(row))
    for row in rows:
        if len(faces[row["entry_id"]]) > 1:
            row["entry_id"] = f"{row['entry_id']}#{_face(row)[:16]}"
    return rows


def _face(row: dict[str, Any]) -> str:
    return _digest(*(row[name] for name in ("title", "text", "url", "_published", "_updated")))


def _digest(*parts: Any) -> str:
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _fault(parsed: Any) -> str | None:
    """Return what is wrong with the document, None where it is well-formed or merely declared as something else."""
    from feedparser.exceptions import ThingsNobodyCaresAboutButMe

    error = parsed.get("bozo_exception")
    if not parsed.get("bozo") or isinstance(error, ThingsNobodyCaresAboutButMe):
        return None
    line = getattr(error, "getLineNumber", lambda: None)()
    words = getattr(error, "getMessage", lambda: str(error))() or "not well-formed"
    return f"line {line}: {words}" if line else words


def _row(entry: Any, feed_url: str) -> dict[str, Any]:
    # dict.get, since feedparser's own makes up `updated` from `published` and warns about it.
    published, updated = (_moment(dict.get(entry, name)) for name in ("published_parsed", "updated_parsed"))
    title = " ".join((_plain(entry.get("title_detail")) or "").split()) or None
    url = _web_address(entry, feed_url)
    return {
        "entry_id": _entry_id(entry, feed_url, url, title),
        "platform": PLATFORM,
        "feed_url": feed_url,
        "title": title,
        "text": _text(entry),
        "url": url,
        "author_id": _author(entry, feed_url),
        "language": _entry_language(entry),
        "categories": _categories(entry) or None,
        "_published": published or _moment(dict.get(entry, "created_parsed")),
        "_updated": updated,
    }


def _entry_id(entry: Any, feed_url: str, url: str | None, title: str | None) -> str:
    guid = (entry.get("id") or "").strip()
    if guid:
        return guid if _WORLD_WIDE.match(guid) else f"{feed_url}#{guid}"
    if url:
        return url
    if title:
        return _digest(feed_url, title, dict.get(entry, "published"), dict.get(entry, "updated"))
    return _digest(feed_url, json.dumps(entry, sort_keys=True, default=str))


def _text(entry: Any) -> str | None:
    """Return the longest of the entry's contents, else its summary."""
    contents = [_plain(part) for part in entry.get("content", ()) if part.get("type", "") in _TEXT_TYPES]
    best = max((content for content in contents if content), key=len, default=None)
    return best or _plain(entry.get("summary_detail")) or _plain_markup(entry.get("summary"))


def _plain(detail: Any) -> str | None:
    if not detail:
        return None
    value = detail.get("value")
    return _plain_markup(value) if detail.get("type") in _MARKUP_TYPES else (value or "").strip() or None


def _plain_markup(value: Any) -> str | None:
    return plain_text(value) if isinstance(value, str) else None


def _web_address(entry: Any, feed_url: str) -> str | None:
    """Return the article's address, else that of its first enclosure; never a script or a local file."""
    enclosures = (enclosure.get("href") for enclosure in entry.get("enclosures", ()))
    for address in (entry.get("link"), *enclosures):
        try:
            absolute = urljoin(feed_url, address) if address else ""
        except ValueError:
            continue
        if absolute.lower().startswith(("http://", "https://")):
            return without_login(absolute)
    return None


def _author(entry: Any, feed_url: str) -> str | None:
    """Return the author within the feed's host: 'admin' of two sites is two people."""
    detail = entry.get("author_detail") or {}
    name = detail.get("name") or detail.get("email") or entry.get("author")
    return f"{urlsplit(feed_url).netloc}/{name.strip()}" if name and name.strip() else None


def _entry_language(entry: Any) -> str | None:
    details = [*entry.get("content", ()), entry.get("summary_detail"), entry.get("title_detail")]
    return next(
        (found for detail in details if detail and (found := _language(detail.get("language")))), None
    )


def _language(tag: Any) -> str | None:
    """Return a language tag if it looks like one: a feed that says 'english' is not worth a quarantine."""
    tag = tag.strip() if isinstance(tag, str) else ""
    return tag if _LANGUAGE.fullmatch(tag) else None


def _categories(entry: Any) -> list[str]:
    named = (tag.get("label") or tag.get("term") for tag in entry.get("tags", ()))
    return list(dict.fromkeys(name.strip() for name in named if name and name.strip()))


def _moment(parsed: time.struct_time | None) -> datetime | None:
    """Return feedparser's UTC date, None where there is none or it is no date of the calendar."""
    if parsed is None:
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=calendar.timegm(parsed))
    except (OverflowError, ValueError):
        return None
