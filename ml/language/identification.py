"""Language identification for bulk loads: eldc, with a probability fitted on labelled texts.

eldc (Efficient Language Detector in C: n-grams of sixty languages, the model is part of the wheel) was chosen
by measurement. Labelled tweets in ten languages (TweetEval, UMSAB, SmSA, tweet_topicXL; 16,200 texts without
addresses, handles and hashtags), one core, no language left out beforehand:

    identifier                          right, mean of languages    texts/s    memory
    eldc 0.4                                             98.7 %     390,000     21 MB
    lid.176.ftz of fastText                              96.5 %      27,000      2 MB
    py3langid 0.4                                        96.1 %      13,500    112 MB
    lingua 2.1, low accuracy, told the languages         95.8 %      11,000     24 MB
    pycld2 0.42                                          94.4 %     140,000      6 MB
    lingua 2.1, low accuracy                             90.0 %       2,400     87 MB
    CLD3                                                 85.8 %      23,000      1 MB

Malay and Indonesian cannot be told apart in a tweet and eldc calls both `ms`: here both are `id`. Romanised Hindi,
which no identifier knows, is found by its function words (`ml.language.romanised`).
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ml.language.romanised import romanised_hindi

NOT_WORDS = r"(?:https?://|www\.)\S+|[@#]\S+|<url>|&\w+;"
NOT_LETTERS = r"\P{L}+"
ENOUGH = 200
"""Characters that suffice; more of them cost time and change hardly any answer."""
SAME = {"ms": "id"}
UNDETERMINED = "und"
UNSURE = 0.6
"""Below this probability a text has no language: a wrong one would be scored by the wrong model."""

TOP, MARGIN, LETTERS, INTERCEPT = 8.545, 5.690, 1.642, -9.424
"""Logistic regression of "the answer is right" on eldc's highest score, its distance to the second and the
natural logarithm of the number of letters; fitted on the texts above and on their first 1, 2, 3, 5 and 8 words
(86,000 in all). Answers of a probability above 0.9 were right in 98.9 %, those of 0.8 to 0.9 in 83 %."""


def detect(texts: Sequence[str | None]) -> list[tuple[str | None, float]]:
    """Return (ISO 639-1 code, probability that it is right) for each text.

    The code is None where the probability is below `UNSURE`: text of a word or two, of several languages at once,
    or without any letters outside addresses, handles and hashtags (probability 0). The same text always has the
    same answer. For columns of Arrow there is `detect_languages`.
    """
    try:
        column = pa.array(texts, pa.string())
    except UnicodeEncodeError:  # a lone surrogate, which is no text in any encoding
        column = pa.array(
            [None if text is None else text.encode("utf-8", "replace").decode() for text in texts],
            pa.string(),
        )
    codes, probabilities = detect_languages(column)
    return list(zip(codes.to_pylist(), probabilities.to_pylist(), strict=True))


def detect_languages(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return the codes (string, null where unsure) and probabilities (double) of a string array, as `detect` does.

    Each distinct text is looked at once.
    """
    words = pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, NOT_WORDS, " "))
    encoded = pc.utf8_slice_codeunits(words, 0, ENOUGH).dictionary_encode()
    codes, probabilities = _of_distinct(encoded.dictionary)
    indices = encoded.indices
    return codes.take(indices), pc.fill_null(probabilities.take(indices), 0.0)


def _of_distinct(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    letters = pc.utf8_length(pc.replace_substring_regex(texts, NOT_LETTERS, "")).to_numpy(
        zero_copy_only=False
    )
    codes: list[str] = []
    best = np.zeros(len(texts))
    second = np.zeros(len(texts))
    identify = _eldc().detect_details
    for place, text in enumerate(texts.to_pylist()):
        found = identify(text)
        codes.append(SAME.get(found.language, found.language))
        scores = list(found.scores.values())
        best[place] = scores[0] if scores else 0.0
        second[place] = scores[1] if len(scores) > 1 else 0.0
    said = TOP * best + MARGIN * (best - second) + LETTERS * np.log(np.maximum(letters, 1)) + INTERCEPT
    probabilities = np.where((letters > 0) & (best > 0), 1 / (1 + np.exp(-said)), 0.0)
    for place, probability in romanised_hindi(texts):
        codes[place], probabilities[place] = "hi", probability
    known = probabilities >= UNSURE
    return pa.array(codes, pa.string(), mask=~known), pa.array(probabilities)


@cache
def _eldc() -> Any:
    """An instance of its own, so that nobody else's settings change an answer; loaded with the first text."""
    import eldc

    eldc.init()
    instance = eldc.instance()
    instance.set_scores(2)
    return instance
