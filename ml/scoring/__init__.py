"""Scores of any texts with any model, by the SQL of the warehouse; files of texts in and out."""

from ml.scoring.scorer import UNSCORED, score_texts
from ml.scoring.text_file import TextFile, TextFileError, read_text_file, with_columns, write_text_file

__all__ = [
    "UNSCORED",
    "TextFile",
    "TextFileError",
    "read_text_file",
    "score_texts",
    "with_columns",
    "write_text_file",
]
