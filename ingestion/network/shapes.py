"""What is not of the shape that an API documents: what that raises, how it is told, what quarantine keeps of it."""

from typing import Any

SHAPE_ERRORS = (KeyError, TypeError, AttributeError, ValueError, IndexError)
"""What code that takes an answer, an item or a message apart meets where it is of another shape."""


def told_of(error: Exception) -> str:
    """Return what went wrong without the words of an item, which an error may quote."""
    return f"{type(error).__name__}: {error}" if isinstance(error, KeyError) else type(error).__name__


def not_understood(content: bytes | str, reason: str, detail: str) -> dict[str, Any]:
    """Return the quarantine's row of an item or a message that tells nothing."""
    # No payload: what is not understood may hold anything about anybody.
    remedy = "compare it with the API's documentation; its neighbours have landed"
    return {"reason": reason, "detail": detail, "remedy": remedy, "payload_bytes": len(content)}
