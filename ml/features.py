"""What a linear model sees of a text: four kinds of features, all of them spelled as terms.

    word      a token                                                  good        :)      #love
    pair      two neighbouring tokens, joined by one blank             so good
    negated   `!` and a token at most SCOPE places after a negator     !good       of "not a very good phone"
    part      `~` and 3 to 5 neighbouring characters of a word that    ~^unb  ~lie  ~ble$
              the model has no weight for; `^` is the word's start and `$` its end

A word, a pair, a negated token counts once, however often a text has it; a part counts once for each distinct
unknown word that has it, so that an unknown word weighs what its parts weigh together. No token can be spelled
like a negated token or a part (`transform/macros/text/tokens.sql` knows none that begins with `!` or `~`).

Parts are looked up for unknown words only, so they cost little: whoever trains on the parts of every word folds
them into the weights of the words that the vocabulary knows (a known word has a row even where its weight is 0).
A model whose vocabulary holds no part, or nothing negated, does not pay for them.

`transform/macros/ml/score.sql` looks up the very same features; change both or none. The negators stand there.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix

INTERCEPT = ""
"""The term under which a model's intercept is stored; no text has it as a feature."""

NEGATED, PART = "!", "~"
"""How a negated token and a part of a word are spelled: the mark, then the token or the characters."""

SCOPE = 3
"""A negator reaches this many tokens after it."""

PART_SIZES = (3, 4, 5)
LONGEST_WORD = 30
"""Longer tokens are no words: they have no parts."""


def features(tokens: Sequence[str]) -> list[str]:
    """Return the distinct words and pairs of one tokenised text: tokens, and neighbours joined by one space."""
    pairs = (f"{first} {second}" for first, second in pairwise(tokens))
    return list(dict.fromkeys([*tokens, *pairs]))


def negated_features(tokens: Sequence[str]) -> list[str]:
    """Return the distinct negated tokens of one tokenised text."""
    known = negators()
    found: dict[str, None] = {}
    for place, token in enumerate(tokens):
        if token in known:
            found.update(dict.fromkeys(NEGATED + after for after in tokens[place + 1 : place + 1 + SCOPE]))
    return list(found)


def word_parts(token: str) -> list[str]:
    """Return the distinct parts of one word, none for handles, cashtags, links and overlong tokens."""
    if token[0] in "@$<" or len(token) > LONGEST_WORD:
        return []
    framed = f"^{token}$"
    parts = (
        PART + framed[start : start + size] for size in PART_SIZES for start in range(len(framed) - size + 1)
    )
    return list(dict.fromkeys(parts))


@cache
def negators() -> frozenset[str]:
    """Return the tokens that negate what follows, of all languages: those of the macro `negators`."""
    from ml.macros import MACROS, render_macro

    listed = render_macro(MACROS / "ml" / "score.sql", "negators")
    return frozenset(word.replace("''", "'") for word in re.findall(r"'((?:[^']|'')+)'", listed))


def is_word(term: str) -> bool:
    """Tell whether a term is a single token: no pair, nothing negated, no part, not the intercept."""
    return term != INTERCEPT and term[0] not in (NEGATED, PART) and " " not in term


def is_publishable(term: str) -> bool:
    """Tell whether a term may enter a published vocabulary.

    Handles and cashtags name people and companies, digits are prices, phone numbers and dates: none of
    them belongs into a file that ships, nor does a pair that contains one.
    """
    if term.startswith(PART):
        return not term[1:].strip("^$").isdigit()
    words = term.removeprefix(NEGATED).split(" ")
    return all(word and word[0] not in "@$" and not word.lstrip("#").isdigit() for word in words)


DOUBTFUL = rf"[@$\pN]|^.?$|^{NEGATED}? | $|  "
"""What each term holds that is not publishable, and few others do (RE2): only these are looked at one by one."""


def frequent_terms(
    token_lists: Iterable[Sequence[str]],
    minimum_texts: int,
    *,
    of: Collection[Callable[[Sequence[str]], list[str]]] = (features,),
) -> set[str]:
    """Return the publishable terms that occur in at least `minimum_texts` of the texts.

    `of` names the functions that tell a text's terms: words and pairs if not given; `negated_features` may
    stand beside.
    """
    counts = Counter(term for tokens in token_lists for tell in of for term in tell(tokens))
    return {term for term, count in counts.items() if count >= minimum_texts and is_publishable(term)}


def feature_matrix(token_lists: Iterable[Sequence[str]], vocabulary: Sequence[str]) -> csr_matrix:
    """Return the matrix of shape (texts, len(vocabulary)); column i stands for vocabulary[i].

    Its values are 1, more for a part that several unknown words of a text have. Kinds of features that the
    vocabulary does not hold are not looked for.
    """
    column = {term: number for number, term in enumerate(vocabulary)}
    looks_for_negated = any(term.startswith(NEGATED) for term in column)
    looks_for_parts = any(term.startswith(PART) for term in column)
    known_parts: dict[str, list[int]] = {}

    def parts_of(token: str) -> list[int]:
        if token not in known_parts:
            known_parts[token] = [column[part] for part in word_parts(token) if part in column]
        return known_parts[token]

    columns: list[int] = []
    ends = [0]
    for tokens in token_lists:
        columns.extend(column[term] for term in features(tokens) if term in column)
        if looks_for_negated:
            columns.extend(column[term] for term in negated_features(tokens) if term in column)
        if looks_for_parts:
            for token in set(tokens):
                if token not in column:
                    columns.extend(parts_of(token))
        ends.append(len(columns))
    matrix = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(ends) - 1, len(column)))
    matrix.sum_duplicates()
    return matrix
