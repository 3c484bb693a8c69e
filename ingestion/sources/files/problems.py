"""What is wrong with a file as a whole, or with a part of it that is not even a row."""

from dataclasses import dataclass
from typing import Any

from ingestion.landing.reasons import explain


class FileProblem(Exception):
    """The rest of a file cannot be read: quarantined as one item, and the other files go on."""

    def __init__(self, reason: str, detail: str, *, field: str | None = None, payload: bytes = b"") -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail, self.remedy = explain(reason, field=field, detail=detail)
        self.field = field
        self.payload = payload


@dataclass(frozen=True)
class Broken:
    """Rows of the quarantine table for parts of a file that cannot be parsed."""

    rows: list[dict[str, Any]]


def broken_row(
    reason: str, line: int, payload: bytes, *, size: int, detail: str = "", field: str | None = None
) -> dict[str, Any]:
    """Return the quarantine columns of a line that cannot be parsed; `payload` holds no author any more."""
    text, remedy = explain(reason, field=field or "the line", detail=detail, value="")
    return {
        "line": line,
        "field": field,
        "reason": reason,
        "detail": text,
        "remedy": remedy,
        "payload": payload,
        "payload_bytes": size,
    }
