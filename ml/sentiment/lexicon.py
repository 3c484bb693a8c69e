"""Sentiment lexicons, as directions that a linear model can learn few numbers about.

`data/lexicon_<language>*.csv` (and `data/emoji.csv` for every language) have the columns
term, valence, source; valence runs from -4 to 4. A term of two words is a pair feature, its valence that
of the words together. Where two files list a term, the first by name wins, so `lexicon_en.csv` overrules
`lexicon_en_vader.csv`.

A few hundred labelled texts cannot teach seven thousand words one by one. They can teach how much a
point of listed valence is worth. So each source contributes two columns: how positive and how negative
the listed terms of a text are in sum. Both are sums over the text's features, hence linear: the learnt
worth of a point, times a term's valence, is that term's weight; nothing but a weight per term remains.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from ml.features import NEGATED, negators
from ml.tokens import token_lists

DATA = Path(__file__).with_name("data")

NEGATION_FACTOR = -0.6
"""A negated word keeps this share of its valence. VADER measures -0.74 on English tweets; in several
languages, a little less is safer."""

WEAKEST_NEGATED = 0.9
"""Entries fainter than this are not worth a negated term."""


def read_lexicon(language: str, folder: Path = DATA) -> pd.DataFrame:
    """Return term, tokens, valence and source of one language, emoji included; one row a distinct term.

    Raises ValueError naming file and line for a valence outside -4 to 4 or a term that is not one or two
    tokens.
    """
    parts = []
    for path in [*sorted(folder.glob(f"lexicon_{language}*.csv")), folder / "emoji.csv"]:
        part = pd.read_csv(path, dtype={"term": str, "valence": float, "source": str}, keep_default_na=False)
        part["tokens"] = token_lists(part["term"])
        wrong = part[~part["tokens"].map(len).between(1, 2) | ~part["valence"].between(-4, 4)]
        if len(wrong):
            row = wrong.iloc[0]
            raise ValueError(
                f"{path}: line {wrong.index[0] + 2}: term {row['term']!r} with valence {row['valence']}: "
                "write one or two words and a valence from -4 to 4"
            )
        parts.append(part)
    entries = pd.concat(parts, ignore_index=True)
    entries["term"] = entries["tokens"].map(" ".join)
    entries = entries.drop_duplicates("term", keep="first", ignore_index=True)
    return entries[["term", "tokens", "valence", "source"]]


def lexicon_directions(language: str, folder: Path = DATA) -> pd.DataFrame:
    """Return what each term adds to the lexicon columns of a text that has it.

    Index: terms, negated words included; columns: `<source> positive` and `<source> negative`. A negated word such
    as "!good" takes back what `good` adds and gives the negated share to the other side.
    """
    entries = read_lexicon(language, folder)
    words = _signed(entries["term"], entries["valence"], entries["source"])
    negated = entries[
        entries["term"].str.isalpha()
        & (entries["valence"].abs() >= WEAKEST_NEGATED)
        & ~entries["term"].isin(negators())
    ]
    terms = NEGATED + negated["term"]
    taken_back = _signed(terms, negated["valence"], negated["source"]).mul(-1.0)
    given = _signed(terms, NEGATION_FACTOR * negated["valence"], negated["source"])
    words = pd.concat([words, taken_back.add(given, fill_value=0.0)]).fillna(0.0)
    return _phrases_alone(entries, words).sort_index().sort_index(axis=1)


def _phrases_alone(entries: pd.DataFrame, words: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of all terms, those of a phrase less what its words add anyway.

    So the valence of "not bad" is that of both words together, as its editor meant it, negation included.
    """
    alone = words.copy()
    phrases = entries.loc[entries["tokens"].map(len) == 2, "tokens"]
    first, second = phrases.str[0], phrases.str[1]
    for added in (first, second, (NEGATED + second).where(first.isin(negators()), "")):
        alone.loc[phrases.map(" ".join)] -= words.reindex(added, fill_value=0.0).to_numpy()
    return alone


def _signed(terms: pd.Series, valence: pd.Series, source: pd.Series) -> pd.DataFrame:
    """Spread valences over one positive and one negative column a source, as amounts."""
    columns = {}
    for name in sorted(source.unique()):
        own = valence.where(source == name, 0.0).to_numpy()
        columns[f"{name} positive"] = np.maximum(own, 0.0)
        columns[f"{name} negative"] = np.maximum(-own, 0.0)
    return pd.DataFrame(columns, index=pd.Index(terms.to_numpy(), name="term"))
