"""Languages of texts whose platform gives no tag: codes with the probability that they are right."""

from ml.language.identification import UNSURE, detect, detect_languages

__all__ = ["UNSURE", "detect", "detect_languages"]
