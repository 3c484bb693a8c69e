"""Hindi in Latin letters, which identifiers take for English, Malay or Tagalog: told by its function words."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

# Left out although common: se, ne, ho, par and jo are words of Spanish, French, Italian and German, too.
FUNCTION_WORDS = frozenset(
    """
    aap abhi acha accha agar apna apne apni aur baat bahut bhai bhi bohot diya diye gaya gaye gayi hai hain hi hoon
    hota hote hoti hum humare hun iska isko ka kab kaise kar karna karne karo kaun ke ki kiya ko koi kuch kya kyon
    kyu kyun lekin liye mein mera meri nahi nahin nhi phir raha rahe rahi sab tera teri tha thi toh tum uska usko
    wala wale wali wo woh ye yeh
    """.split()
)
ANY = r"(?i)\b(?:" + "|".join(sorted(FUNCTION_WORDS)) + r")\b"
FEWEST, SHARE = 2, 0.15
"""Distinct function words, and their share of all words, from which a text is Hindi. On labelled tweets (UMSAB,
SmSA, tweet_topicXL) these find 36 % of the romanised Hindi (mixed with English), and none of the 16,200 others."""
PRECISION = 0.98


def romanised_hindi(texts: pa.Array) -> Iterator[tuple[int, float]]:
    """Yield (place, probability) of the texts of a string array (no nulls) that are Hindi in Latin letters."""
    counts = pc.count_substring_regex(texts, ANY)
    places = pc.indices_nonzero(pc.greater_equal(counts, FEWEST))
    for place, text in zip(places.to_pylist(), texts.take(places).to_pylist(), strict=True):
        words = text.lower().split()
        told = [word for word in (word.strip(".,;:!?…\"'()") for word in words) if word in FUNCTION_WORDS]
        if len(set(told)) >= FEWEST and len(told) >= SHARE * len(words):
            yield place, PRECISION
