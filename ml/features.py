"""What a linear model sees of a text: its distinct tokens and its distinct pairs of neighbouring tokens.

`transform/macros/ml/score.sql` looks up the very same features; change both or none.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from scipy.sparse import csr_matrix

INTERCEPT = ""
"""The term under which a model's intercept is stored; no text has it as a feature."""


def features(tokens: Sequence[str]) -> list[str]:
    """Return the distinct features of one tokenised text: tokens, and neighbours joined by one space."""
    pairs = (f"{first} {second}" for first, second in pairwise(tokens))
    return list(dict.fromkeys([*tokens, *pairs]))


def is_publishable(term: str) -> bool:
    """Tell whether a term may enter a published vocabulary.

    Handles and cashtags name people and companies, digits are prices, phone numbers and dates: none of
    them belongs into a file that ships, nor does a pair that contains one.
    """
    return all(part[0] not in "@$" and not part.lstrip("#").isdigit() for part in term.split(" "))


def frequent_terms(token_lists: Iterable[Sequence[str]], minimum_texts: int) -> set[str]:
    """Return the publishable terms that occur in at least `minimum_texts` of the texts."""
    counts = Counter(term for tokens in token_lists for term in features(tokens))
    return {term for term, count in counts.items() if count >= minimum_texts and is_publishable(term)}


def feature_matrix(token_lists: Iterable[Sequence[str]], vocabulary: Sequence[str]) -> csr_matrix:
    """Return the 0/1 matrix of shape (texts, len(vocabulary)); column i stands for vocabulary[i]."""
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(analyzer=features, vocabulary=list(vocabulary), binary=True, dtype="float64")
    return vectorizer.transform(token_lists)
