"""The language of each row of a file: stated, else detected, else that of the file."""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

CHUNK = 50_000
"""Rows looked at between two signs of progress."""

MOST = 0.9
"""Share of the rows whose language is known that makes a language the file's: a text too short to tell then has it."""

Detect = Callable[[pa.Array], tuple[pa.Array, pa.Array]]
"""Returns the ISO 639-1 codes of a string array, NULL where it cannot tell, and their probabilities."""


@dataclass(frozen=True)
class RowLanguages:
    """One value a row: ISO 639-1 code (NULL: no text, or no telling) and, where it was detected, its probability.

    `assumed` rows have the language of the file; `file_language` is None if there is none.
    """

    codes: pa.Array
    probabilities: pa.Array
    file_language: str | None
    assumed: int


def row_languages(
    texts: pa.ChunkedArray,
    stated: pa.ChunkedArray | pa.Scalar | None,
    detect: Detect,
    *,
    assume: bool = True,
    advance: Callable[[int], None] | None = None,
) -> RowLanguages:
    """Return the language of each text.

    `stated` are language tags such as `en`, `EN` or `en-GB`, one for all or one a row; empty ones and `und` are
    detected. A row without text has no language. With `assume`, a text whose language cannot be told has that of the
    file, if `MOST` of the others share one. `advance` is called with the number of rows done so far.
    """
    nothing = pa.scalar(None, pa.string())
    has_text = pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(pc.fill_null(texts, ""))), 0)
    codes = _codes(stated, len(texts))
    unstated = pc.if_else(pc.and_(has_text, pc.is_null(codes)), texts, nothing)
    found, probabilities = _detected(unstated, detect, advance)
    codes = pc.if_else(has_text, pc.coalesce(codes, found), nothing)
    if isinstance(codes, pa.ChunkedArray):
        codes = codes.combine_chunks()
    untold = pc.and_(has_text, pc.is_null(codes))
    language = _of_file(codes) if assume else None
    assumed = (pc.sum(untold).as_py() or 0) if language else 0
    if assumed:
        codes = pc.if_else(untold, language, codes)
        codes = codes.combine_chunks() if isinstance(codes, pa.ChunkedArray) else codes
    return RowLanguages(codes, probabilities, language, assumed)


def _detected(
    texts: pa.ChunkedArray, detect: Detect, advance: Callable[[int], None] | None
) -> tuple[pa.ChunkedArray, pa.Array]:
    """Return code and probability of each text, NULL where there is no text."""
    wanted = pc.is_valid(texts)
    if not pc.any(wanted).as_py():
        return pa.chunked_array([pa.nulls(len(texts), pa.string())]), pa.nulls(len(texts), pa.float64())
    codes, probabilities = [], []
    for start in range(0, len(texts), CHUNK):
        chunk = pc.fill_null(texts.slice(start, CHUNK), "").combine_chunks()
        of_chunk = detect(chunk)
        codes.append(of_chunk[0])
        probabilities.append(of_chunk[1].cast(pa.float64()))
        if advance is not None:
            advance(min(start + CHUNK, len(texts)))
    stated = pc.if_else(wanted, pa.chunked_array(probabilities), pa.scalar(None, pa.float64()))
    found = pc.if_else(wanted, pa.chunked_array(codes), pa.scalar(None, pa.string()))
    return found, stated


def _of_file(codes: pa.Array) -> str | None:
    """Return the language that `MOST` of the rows with a language share."""
    counts = pc.value_counts(codes.drop_null()).to_pylist()
    most = max(counts, key=lambda pair: pair["counts"], default=None)
    known = sum(pair["counts"] for pair in counts)
    return most["values"] if most and most["counts"] >= MOST * known else None


def _codes(stated: pa.ChunkedArray | pa.Scalar | None, length: int) -> pa.Array:
    """Return the first part of language tags in lower case, NULL where a tag says nothing."""
    if stated is None:
        return pa.nulls(length, pa.string())
    if isinstance(stated, pa.Scalar):
        stated = pa.repeat(stated, length)
    lower = pc.utf8_lower(pc.utf8_trim_whitespace(stated))
    parts = pc.struct_field(pc.extract_regex(lower, r"^(?P<code>[a-z]{2,3})(?:[-_].*)?$"), "code")
    return pc.if_else(pc.equal(parts, "und"), pa.scalar(None, pa.string()), parts)
