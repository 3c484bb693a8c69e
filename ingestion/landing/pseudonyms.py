"""Keyed pseudonyms: an author stays the same person across posts, and nobody can read who it is.

The key never enters the warehouse. It comes from the environment (LISTENHOUSE_PSEUDONYM_KEY) or is made
once for this machine; losing it means that authors seen later no longer match those seen before.
"""

import hmac
import os
import secrets
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.home import Home

KEY_VARIABLE = "LISTENHOUSE_PSEUDONYM_KEY"
LENGTH = 32
"""Hexadecimal digits kept of the HMAC: 128 bits, no collision to be expected among all people."""
EMAIL = "email"
"""Name space of e-mail addresses: one for all sources, so that an address is the same person in each of them."""
SHAPES = {EMAIL: r"^[^@\s]+@[^@\s]+$"}
"""What a name looks like in name spaces where not every text is one."""
MAX_KNOWN = 200_000
"""Pseudonyms kept in memory for the length of a run: the same people write again and again."""


class Pseudonyms:
    """HMAC-SHA256 of `platform:id` (id in lower case), cut to 32 hexadecimal digits."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError(f"{KEY_VARIABLE} is too short: set at least 16 characters, or unset it")
        self._key = key
        self._known: dict[bytes, str] = {}

    def __repr__(self) -> str:
        return "Pseudonyms(key hidden)"

    def one(self, platform: str, author: str) -> str:
        """Return the pseudonym of one author."""
        return self._make(f"{platform}:{author.strip().lower()}".encode("utf-8", "surrogatepass"))

    def of(self, platforms: pa.Array, authors: pa.Array) -> pa.Array:
        """Return the pseudonyms of a column of authors; NULL and empty stay NULL, each other is made once."""
        if authors.null_count == len(authors):
            return pa.nulls(len(authors), pa.string())
        names = pc.utf8_lower(pc.utf8_trim_whitespace(authors))
        names = pc.if_else(pc.equal(names, ""), None, names)
        platforms = pc.utf8_lower(pc.utf8_trim_whitespace(pc.fill_null(platforms, "")))
        people = pc.binary_join_element_wise(platforms, names, ":").dictionary_encode()
        unique = people.dictionary.cast(pa.binary()).to_pylist()
        hashed = pa.array([self._known.get(person) or self._make(person) for person in unique], pa.string())
        return hashed.take(people.indices)

    def within(self, namespace: str, names: pa.Array) -> pa.Array:
        """Return the pseudonyms of a column of one name space; what does not look like a name of it becomes NULL."""
        names = pc.utf8_trim_whitespace(names)
        if namespace in SHAPES:
            names = pc.if_else(pc.match_substring_regex(names, SHAPES[namespace]), names, None)
        return self.of(pa.repeat(pa.scalar(namespace), len(names)), names)

    def _make(self, person: bytes) -> str:
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        made = hmac.digest(self._key, person, "sha256").hex()[:LENGTH]
        self._known[person] = made
        return made


def load_pseudonyms(home: Home) -> Pseudonyms:
    """Return the pseudonyms of this installation, making its key on first use.

    Raises ValueError when the key in the environment is shorter than 16 characters.
    """
    from_environment = os.environ.get(KEY_VARIABLE)
    if from_environment:
        return Pseudonyms(from_environment.encode())
    return Pseudonyms(_key_file(home.secrets / "pseudonym.key"))


def _key_file(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        # Written aside and linked into place: two first runs agree on one key, and none reads half of it.
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_text().strip().encode()
