"""Languages of texts whose platform gives no tag."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

NEIGHBOURS = {
    "en": ("nl",),
    "es": ("pt", "it", "fr"),
    "pt": ("es", "it", "fr"),
    "it": ("es", "pt", "fr"),
    "fr": ("es", "it", "nl"),
    "de": ("nl", "en"),
    "nl": ("de", "en"),
    "id": ("ms", "tl", "en"),
    "ms": ("id", "en"),
}
"""Languages easily taken for a configured one: without them, Portuguese would be counted as Spanish."""


class LanguageDetector:
    """Detects the configured languages among their neighbours; loads its models on first use."""

    def __init__(self, languages: Iterable[str]) -> None:
        wanted = dict.fromkeys(languages)
        for language in list(wanted):
            wanted |= dict.fromkeys(NEIGHBOURS.get(language, ()))
        self.languages = tuple({**wanted, "en": None})
        self._lingua: Any = None

    def detect(self, texts: pa.Array) -> pa.Array:
        """Return ISO 639-1 codes for a string array, NULL where there is no text or no telling."""
        if isinstance(texts, pa.ChunkedArray):
            texts = texts.combine_chunks()
        encoded = texts.dictionary_encode()
        found = self._detector().detect_languages_in_parallel_of(encoded.dictionary.to_pylist())
        codes = [language and language.iso_code_639_1.name.lower() for language in found]
        return pa.array(codes, pa.string()).take(encoded.indices)

    def _detector(self) -> Any:
        if self._lingua is None:
            from lingua import IsoCode639_1, LanguageDetectorBuilder

            known = [getattr(IsoCode639_1, code.upper(), None) for code in self.languages]
            codes = [code for code in known if code is not None]
            self._lingua = (
                LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()
            )
        return self._lingua
