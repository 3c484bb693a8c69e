"""The columns that a fit sees, and how what it learns becomes the weights of plain terms.

A fit sees words, pairs, negated words, and the beginnings and ends of every word. SQL looks parts of words up for
unknown words only, so the weights of a known word's parts are added to the word's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.features import (
    PART,
    feature_matrix,
    features,
    frequent_terms,
    is_publishable,
    is_word,
    negated_features,
    word_parts,
)

MINIMUM_TEXTS = 5
"""A term that no model listed before must occur in this many labelled texts to enter the vocabulary."""


@dataclass(frozen=True)
class Known:
    """Weights of terms: `weights` has shape (terms, columns), a column being a class of the model they come from."""

    terms: list[str]
    weights: np.ndarray


class Columns:
    """All columns of some texts; each fit uses those that are frequent among the texts it sees."""

    def __init__(self, tokens: Sequence[Sequence[str]]) -> None:
        from scipy.sparse import hstack

        self._terms = sorted(frequent_terms(tokens, MINIMUM_TEXTS, of=(features, negated_features)))
        self._parts, of_parts = _part_counts(tokens)
        self._all = hstack([feature_matrix(tokens, self._terms), of_parts]).tocsr()

    def of(self, rows: np.ndarray, *, with_parts: bool, by_rarity: bool) -> "FitColumns":
        """Return the columns of a fit that sees these rows, with or without the parts of words.

        Their size is their inverse document frequency there, or one for all.
        """
        texts = np.asarray((self._all[rows] > 0).sum(axis=0)).ravel()
        last = self._all.shape[1] if with_parts else len(self._terms)
        used = np.flatnonzero(texts[:last] >= MINIMUM_TEXTS)
        # A quarter of it: the column of a term in one text of fifty has size one.
        sizes = np.log(len(rows) / texts[used]) / 4 if by_rarity else np.ones(len(used))
        names = [
            self._terms[place] if place < len(self._terms) else self._parts[place - len(self._terms)]
            for place in used
        ]
        return FitColumns(names, sizes, self._all[:, used])


@dataclass(frozen=True)
class FitColumns:
    """The columns of one fit: their terms and sizes, and the texts' counts, shape (texts, columns)."""

    terms: list[str]
    sizes: np.ndarray
    counts: object

    def matrix(self, known_columns: np.ndarray) -> object:
        """Return the columns in their sizes with the known ones behind, sparse."""
        from scipy.sparse import csr_matrix, diags, hstack

        return hstack([self.counts @ diags(self.sizes), csr_matrix(known_columns)]).tocsr()

    def learnt(self, coefficients: np.ndarray) -> tuple[Known, Known]:
        """Return what was learnt of words, pairs and negated words, and of the parts of every word."""
        weights = coefficients.T * self.sizes[:, None]
        is_part = np.array([term.startswith(PART) for term in self.terms], dtype=bool)
        return tuple(
            Known([term for term, chosen in zip(self.terms, mask, strict=True) if chosen], weights[mask])
            for mask in (~is_part, is_part)
        )


def combined(sources: Sequence[Known]) -> tuple[list[str], np.ndarray]:
    """Return the vocabulary and the weights, shape (terms, columns), that give a text the sum of all sources.

    A word that a source does not know has there the weights of its parts.
    """
    from scipy.sparse import csr_matrix

    vocabulary = sorted({term for source in sources for term in source.terms})
    total = np.zeros((len(vocabulary), sources[0].weights.shape[1]))
    for source in sources:
        place = {term: number for number, term in enumerate(source.terms)}
        has_parts = any(term.startswith(PART) for term in place)
        rows, columns = [], []
        for number, term in enumerate(vocabulary):
            if term in place:
                found = [place[term]]
            elif has_parts and is_word(term):
                found = [place[part] for part in word_parts(term) if part in place]
            else:
                continue
            rows += [number] * len(found)
            columns += found
        shape = (len(vocabulary), len(source.terms))
        total += csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape) @ source.weights
    return vocabulary, total


def _is_edge(part: str) -> bool:
    """Tell whether a part is a word's beginning or end; those within cost four times as much and tell no more."""
    return part.startswith(PART + "^") or part.endswith("$")


def _part_counts(tokens: Sequence[Sequence[str]]) -> tuple[list[str], object]:
    """Return the parts that are frequent enough, and how often each is in the distinct words of each text."""
    from scipy.sparse import csr_matrix

    words, place = pd.factorize(
        np.array([word for text in tokens for word in dict.fromkeys(text)], dtype=object)
    )
    texts = np.repeat(np.arange(len(tokens)), [len(set(text)) for text in tokens])
    in_texts = csr_matrix((np.ones(len(words)), (texts, words)), shape=(len(tokens), len(place)))
    parts_of = [[part for part in word_parts(word) if _is_edge(part)] for word in place]
    flat = [part for parts in parts_of for part in parts]
    numbers, parts = pd.factorize(np.array(flat, dtype=object))
    owners = np.repeat(np.arange(len(place)), [len(parts) for parts in parts_of])
    in_words = csr_matrix((np.ones(len(numbers)), (owners, numbers)), shape=(len(place), len(parts)))
    counts = (in_texts @ in_words).tocsc()
    frequent = np.diff(counts.indptr) >= MINIMUM_TEXTS
    chosen = sorted(
        (number for number in np.flatnonzero(frequent) if is_publishable(parts[number])),
        key=lambda number: parts[number],
    )
    return [parts[number] for number in chosen], counts[:, chosen].tocsr()
