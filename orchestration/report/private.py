"""Takes what points to a person or leads away from the page out of a post's text."""

import re

HIDDEN = r"(https?://|www\.)\S+|\S+@\S+\.\S+|@[\w.\-]+|\bu/[\w\-]+"
"""Links, mail addresses and handles, also Reddit's; the same pattern serves Python and RE2 (DuckDB)."""

_EXCERPT_LENGTH = 180


def excerpt(text: str) -> str:
    """Return the beginning of a text without links, addresses and handles, on one line."""
    calm = " ".join(re.sub(HIDDEN, "[…]", text, flags=re.IGNORECASE).split())
    return calm if len(calm) <= _EXCERPT_LENGTH else calm[: _EXCERPT_LENGTH - 1].rstrip() + "…"
