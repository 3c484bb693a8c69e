"""Masks e-mail addresses and phone numbers in texts, and says how many.

What stands in a public post may still be somebody's private number. The mask keeps the place
(`[email]`, `[phone]`), so that the text still reads; handles (@name), hashtags, prices, dates, times,
versions, order numbers and links are left alone. A number is taken for a phone number where it is written
as one: a plus or a double zero in front, or groups set apart of 9 to 15 digits in all.
"""

import re
from typing import Any

EMAIL = re.compile(
    r"(?<![\w.+%@/-])[\w.+%-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}[A-Za-z]{2,24}(?![\w@-])"
)
PHONE = re.compile(
    r"(?<![\w.,:/#@$€£+-])(?:\+|00)?\(?[0-9](?:[ ()./-]{0,2}[0-9]){7,17}(?![\w/%€$£]|[.,:][0-9])"
)
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[-./][0-9]{1,2}[-./][0-9]{1,2}|[0-9]{1,2}[-./][0-9]{1,2}[-./](?:19|20)?[0-9]{2}"
)
_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)


def masked(text: str) -> tuple[str, dict[str, int]]:
    """Return the text with its e-mail addresses and phone numbers masked, and how many of each were."""
    counts: dict[str, int] = {}
    pieces, at = [], 0
    for link in _LINK.finditer(text):
        pieces += [_masked(text[at : link.start()], counts), link.group()]
        at = link.end()
    pieces.append(_masked(text[at:], counts))
    return "".join(pieces), counts


def masked_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return a post under contract names with title and text masked; `extra.masked` says how much was."""
    counts: dict[str, int] = {}
    row = dict(row)
    for name in ("title", "text"):
        if isinstance(row.get(name), str):
            row[name], found = masked(row[name])
            counts = {kind: counts.get(kind, 0) + found.get(kind, 0) for kind in {*counts, *found}}
    if counts:
        row["extra"] = {**(row.get("extra") or {}), "masked": dict(sorted(counts.items()))}
    return row


def _masked(text: str, counts: dict[str, int]) -> str:
    if "@" in text:
        text, found = EMAIL.subn("[email]", text)
        if found:
            counts["email"] = counts.get("email", 0) + found

    def phone(match: re.Match) -> str:
        if not _is_phone(match.group()):
            return match.group()
        counts["phone"] = counts.get("phone", 0) + 1
        return "[phone]"

    return PHONE.sub(phone, text)


def _is_phone(written: str) -> bool:
    digits = re.sub(r"[^0-9]", "", written)
    if _DATE.match(written) or not 8 <= len(digits) <= 15:
        return False
    if written.startswith(("+", "00")):
        return True
    # Without a country code, only what is set in groups: an order number is written in one piece.
    return (
        len(digits) >= 9
        and len(re.findall(r"[0-9]+", written)) >= 3
        and max(len(group) for group in re.findall(r"[0-9]+", written)) <= 8
    )
