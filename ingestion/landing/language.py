"""Languages of texts whose platform gives no tag."""

import pyarrow as pa


class LanguageDetector:
    """Detects languages (`ml.language`); what it needs is loaded with the first text that has no tag."""

    def detect(self, texts: pa.Array) -> pa.Array:
        """Return ISO 639-1 codes for a string array, NULL where there is no text or no telling."""
        from ml.language import detect_languages

        codes, _ = detect_languages(texts)
        return codes
