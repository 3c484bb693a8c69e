"""Filters: the field, as written, becomes a field of the post and a value that is compared with it."""

import difflib
import re

from ingestion.listening.languages import ISO_639_1
from ingestion.listening.query.tree import LINK, Filter, Leaf, Part, Term

POST_KINDS = ("original", "reply", "reshare")
PLATFORM = re.compile("[a-z0-9_]+")
"""How a platform is written in the posts' landing contract, and so everywhere."""
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_FOLLOWERS = re.compile(r"(>=|<=|>|<|=)?(\d{1,15})")


class Refused(ValueError):
    """A filter that means nothing; holds the problem and the hint."""

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem)
        self.problem, self.hint = problem, hint


def read_filter(text: str) -> Leaf:
    """Return the leaf for `field:value`; raises Refused.

    `has:link` is a term: links are tokens of the text.
    """
    field, _, value = text.partition(":")
    value = value.strip('"').strip()
    reader = _READERS.get(field.lower())
    if reader is None:
        near = difflib.get_close_matches(field.lower(), _READERS, n=1)
        meant = f"did you mean {near[0]}:" if near else f"use one of {', '.join(f'{n}:' for n in _READERS)}"
        raise Refused(f"there is no filter {field}:", f'{meant}; as words, write "{field} {value}" in quotes')
    if not value:
        raise Refused(
            f"{field}: has no value", f"write it right after the colon, such as {_EXAMPLES[field.lower()]}"
        )
    return reader(value)


def _author(value: str) -> Filter:
    platform, slash, name = value.rpartition("/")
    name = name.removeprefix("@").lower()
    if not name or (slash and not PLATFORM.fullmatch(platform.lower())):
        raise Refused(f"author:{value} names nobody", "write author:name, or author:x/name for one platform")
    return Filter("author", f"{platform.lower()}/{name}" if slash else name)


def _site(value: str) -> Filter:
    value = value.lower().removeprefix("www.")
    if _HOST.fullmatch(value):
        return Filter("site", value)
    if not PLATFORM.fullmatch(value):
        raise Refused(f"{value!r} is neither a platform nor a site", "write site:reddit or site:example.com")
    return Filter("platform", value)


def _language(value: str) -> Filter:
    if value.lower() not in ISO_639_1:
        raise Refused(f"{value!r} is no language code", "write a two-letter ISO 639-1 code, such as lang:en")
    return Filter("language", value.lower())


def _country(value: str) -> Filter:
    if not re.fullmatch("[A-Za-z]{2}", value):
        raise Refused(f"{value!r} is no country code", "write a two-letter ISO 3166 code, such as country:DE")
    return Filter("country", value.upper())


def _has(value: str) -> Term:
    if value.lower() not in ("link", "links"):
        raise Refused(f"has:{value} is not known", "write has:link")
    return Term((Part(LINK),))


def _is(value: str) -> Filter:
    if value.lower() == "owned":
        return Filter("owned", "")
    if value.lower() not in POST_KINDS:
        raise Refused(f"is:{value} is not known", f"write is:{', is:'.join((*POST_KINDS, 'owned'))}")
    return Filter("post_kind", value.lower())


def _followers(value: str) -> Filter:
    found = _FOLLOWERS.fullmatch(value.replace(",", "").replace("_", ""))
    if not found:
        raise Refused(f"{value!r} is no number of followers", "write for example followers:>1000")
    return Filter("followers", str(int(found[2])), found[1] or "=")


_READERS = {
    "author": _author,
    "site": _site,
    "platform": _site,
    "lang": _language,
    "country": _country,
    "has": _has,
    "is": _is,
    "followers": _followers,
}
_EXAMPLES = {
    "author": "author:x/lumora",
    "site": "site:reddit",
    "platform": "platform:x",
    "lang": "lang:en",
    "country": "country:DE",
    "has": "has:link",
    "is": "is:original",
    "followers": "followers:>1000",
}
