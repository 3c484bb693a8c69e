"""From feedparser's entry to a row of the contract."""

import hashlib
import json
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from ingestion.http import without_login
from ingestion.plain_text import plain_text
from ingestion.sources.feeds.dates import moment
from ingestion.sources.feeds.settings import PLATFORM

# An id in one of these forms means the same entry in whichever feed it stands.
_WORLD_WIDE = re.compile(r"(https?://|urn:|tag:|doi:)", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_].*)?")
_MARKUP_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_TEXT_TYPES = _MARKUP_TYPES | {"text/plain", ""}


def entry_row(entry: Any, feed_url: str) -> dict[str, Any]:
    """Return the row, with the dates as they came under `_published` and `_updated` (see `dates`)."""
    # dict.get, since feedparser's own makes up `updated` from `published` and warns about it.
    published, updated = (moment(dict.get(entry, name)) for name in ("published_parsed", "updated_parsed"))
    title = " ".join((_plain(entry.get("title_detail")) or "").split()) or None
    url = _web_address(entry, feed_url)
    return {
        "entry_id": _entry_id(entry, feed_url, url, title),
        "platform": PLATFORM,
        "feed_url": feed_url,
        "title": title,
        "text": _text(entry),
        "url": url,
        "author_id": author_of(entry, feed_url),
        "language": _entry_language(entry),
        "categories": _categories(entry) or None,
        "_published": published or moment(dict.get(entry, "created_parsed")),
        "_updated": updated,
    }


def told_apart(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
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


def author_of(entry: Any, feed_url: str) -> str | None:
    """Return the author within the feed's host: 'admin' of two sites is two people."""
    detail = entry.get("author_detail") or {}
    name = detail.get("name") or detail.get("email") or entry.get("author")
    return f"{urlsplit(feed_url).netloc}/{name.strip()}" if name and name.strip() else None


def language_of(tag: Any) -> str | None:
    """Return a language tag if it looks like one: a feed that says 'english' is not worth a quarantine."""
    tag = tag.strip() if isinstance(tag, str) else ""
    return tag if _LANGUAGE.fullmatch(tag) else None


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


def _entry_language(entry: Any) -> str | None:
    details = [*entry.get("content", ()), entry.get("summary_detail"), entry.get("title_detail")]
    return next(
        (found for detail in details if detail and (found := language_of(detail.get("language")))), None
    )


def _categories(entry: Any) -> list[str]:
    named = (tag.get("label") or tag.get("term") for tag in entry.get("tags", ()))
    return list(dict.fromkeys(name.strip() for name in named if name and name.strip()))


def _face(row: dict[str, Any]) -> str:
    return _digest(*(row[name] for name in ("title", "text", "url", "_published", "_updated")))


def _digest(*parts: Any) -> str:
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
