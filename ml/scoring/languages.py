"""The language of each row of a file: stated, else detected."""

from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

CHUNK = 20_000
"""Distinct texts looked at between two signs of progress."""

Detect = Callable[[Sequence[str]], Sequence[tuple[str | None, float | None]]]
"""Returns an ISO 639-1 code and its probability for each text, None where it cannot tell."""


def row_languages(
    texts: pa.ChunkedArray,
    stated: pa.ChunkedArray | pa.Scalar | None,
    detect: Detect,
    *,
    advance: Callable[[int, int], None] | None = None,
) -> tuple[pa.Array, pa.Array]:
    """Return the ISO 639-1 code of each text and the probability with which it was detected, NULL if stated.

    `stated` are language tags such as `en`, `EN` or `en-GB`, one for all or one a row; empty ones and `und` are
    detected. A row without text has no language. Each distinct text is looked at once; `advance` is called with the
    number of those done and of all.
    """
    length = len(texts)
    has_text = pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(pc.fill_null(texts, ""))), 0)
    codes = _codes(stated, length)
    wanted = pc.and_(has_text, pc.is_null(codes))
    encoded = pc.if_else(wanted, texts, pa.scalar(None, pa.string())).combine_chunks().dictionary_encode()
    distinct = encoded.dictionary.to_pylist()
    found: list[tuple[str | None, float | None]] = []
    for start in range(0, len(distinct), CHUNK):
        found.extend(detect(distinct[start : start + CHUNK]))
        if advance is not None:
            advance(min(start + CHUNK, len(distinct)), len(distinct))
    detected = pa.array([code for code, _ in found], pa.string()).take(encoded.indices)
    probabilities = pa.array([value for _, value in found], pa.float64()).take(encoded.indices)
    nothing = pa.scalar(None, pa.string())
    return pc.if_else(has_text, pc.coalesce(codes, detected), nothing), probabilities


def _codes(stated: pa.ChunkedArray | pa.Scalar | None, length: int) -> pa.Array:
    """Return the first part of language tags in lower case, NULL where a tag says nothing."""
    if stated is None:
        return pa.nulls(length, pa.string())
    if isinstance(stated, pa.Scalar):
        stated = pa.repeat(stated, length)
    lower = pc.utf8_lower(pc.utf8_trim_whitespace(stated))
    parts = pc.struct_field(pc.extract_regex(lower, r"^(?P<code>[a-z]{2,3})(?:[-_].*)?$"), "code")
    parts = parts.combine_chunks() if isinstance(parts, pa.ChunkedArray) else parts
    return pc.if_else(pc.equal(parts, "und"), pa.scalar(None, pa.string()), parts)
