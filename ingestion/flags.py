"""What an employee passes on becomes a file in the drop folder, whole or not at all; the next run lands it.

The mapping `employee_flags` (shipped, see the files source) reads these files. A note's contact details are masked
before it is written; the employee becomes a pseudonym at landing, as in every dropped file.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingestion.landing.people import FLAG_KINDS
from ingestion.network.scrubber import masked

FOLDER = "flags"
"""Below the drop folder."""
MAX_NOTE = 4_000
MAX_URL = 8_192
MAX_NAME = 200
POST_KEY = re.compile(r"[a-z0-9_]{1,80}:\S{1,900}")
FLAG_ID = re.compile(r"[A-Za-z0-9_.-]{1,80}")


class FlagError(ValueError):
    """A flag cannot be taken as it is; the message says what to change."""


@dataclass(frozen=True)
class Flag:
    """One flag: the post by its address or by its key in the marts, what it is, who says so and when (UTC)."""

    flag_id: str
    post_url: str | None
    post_key: str | None
    kind: str
    note: str | None
    employee: str | None
    flagged_at: str


def make_flag(
    post: str,
    *,
    kind: str = "other",
    note: str | None = None,
    employee: str | None = None,
    flag_id: str | None = None,
    flagged_at: datetime | None = None,
) -> Flag:
    """Return a checked flag of a post, named by a web address or by a key such as `mastodon:123`.

    Without `flag_id` the id is made of the content, so that the same flag of the same second is one. Raises
    FlagError.
    """
    post = post.strip()
    is_url = post.lower().startswith(("http://", "https://")) and len(post.split("/", 3)[2]) > 0
    if not is_url and not POST_KEY.fullmatch(post):
        raise FlagError(
            f"{post[:80]!r} is no post. Remedy: give its address, beginning with https://, or its post_key"
        )
    if kind not in FLAG_KINDS:
        raise FlagError(f"there is no kind {kind[:80]!r}. Remedy: use one of {', '.join(FLAG_KINDS)}")
    for name, text, limit in (
        ("note", note, MAX_NOTE),
        ("employee", employee, MAX_NAME),
        ("post", post, MAX_URL),
    ):
        if text is not None and len(text) > limit:
            raise FlagError(f"{name} has {len(text):,} characters, more than {limit:,}. Remedy: shorten it")
        if text is not None and ("\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text)):
            raise FlagError(f"{name} holds what is no text. Remedy: write it again")
    if flag_id is not None and not FLAG_ID.fullmatch(flag_id):
        raise FlagError("flag_id must be of letters, digits, '-', '_' and '.'. Remedy: leave it out")
    moment = (flagged_at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    note = masked(note.strip())[0] if note and note.strip() else None
    employee = employee.strip() or None if employee else None
    said = json.dumps([post, kind, note, employee, moment])
    return Flag(
        flag_id=flag_id or hashlib.sha256(said.encode()).hexdigest()[:24],
        post_url=post if is_url else None,
        post_key=None if is_url else post,
        kind=kind,
        note=note,
        employee=employee,
        flagged_at=moment,
    )


def flag_of(told: Any) -> Flag:
    """Return the flag in a decoded JSON object: `post`, and perhaps `kind`, `note`, `employee` and `flag_id`.

    Raises FlagError, also for keys that a flag does not have.
    """
    if not isinstance(told, Mapping):
        raise FlagError('a flag is one JSON object. Remedy: send {"post": "https://...", "kind": "lead"}')
    known = ("post", "kind", "note", "employee", "flag_id")
    for key, value in told.items():
        if key not in known:
            raise FlagError(f"{str(key)[:80]!r} is no key of a flag. Remedy: use {', '.join(known)}")
        if value is not None and not isinstance(value, str):
            raise FlagError(f"{key} must be a text. Remedy: put it in quotes")
    if not told.get("post"):
        raise FlagError("post is missing. Remedy: give the address of the post")
    return make_flag(**{key: value for key, value in told.items() if value is not None})


def write_flag(flag: Flag, drop: Path) -> Path:
    """Write a flag below the drop folder; return its file. A flag with the same id is replaced."""
    folder = drop / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{flag.flag_id}.jsonl"
    aside = folder / f".{flag.flag_id}.{os.getpid()}.{os.urandom(4).hex()}.tmp"  # hidden: no run looks at it
    with os.fdopen(
        os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(json.dumps(asdict(flag), ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    return path
