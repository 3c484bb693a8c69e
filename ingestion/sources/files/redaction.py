"""Takes people out of lines that cannot be parsed, so that the quarantine holds no raw handle.

What can be parsed needs none of this: its quarantined bytes are the mapped columns with pseudonyms.
"""

import csv
import io
import re
from collections.abc import Collection

MASK = b'"***"'
TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\\?$)(?P<key>\s*:)?|[+-]?[0-9][0-9.eE+-]*', re.DOTALL)
LEAF = re.compile(r'"?([^."\[\]$]+)"?(?:\[[0-9#-]+\])*$')


def leaf(reference: str) -> str:
    """Return the last key of a JSON path, or the column's name itself."""
    found = LEAF.search(reference)
    return found.group(1) if reference.startswith("$") and found else reference


def mask_json(line: bytes, kept: Collection[str]) -> bytes:
    """Return a broken JSON line with every value masked but those of the `kept` keys; its shape stays."""
    keys = {key.encode() for key in kept}
    current = b""

    def replace(match: re.Match[bytes]) -> bytes:
        nonlocal current
        if match["key"] is not None:
            current = match[0].rsplit(b'"', 1)[0][1:]
            return match[0]
        return match[0] if current in keys else MASK

    return TOKEN.sub(replace, line)


def mask_row(text: str, delimiter: str, header: list[str], kept: Collection[str]) -> bytes:
    """Return a row with too many or too few values, masked wherever a value may not be of a `kept` column.

    One value too many or too few shifts all after it, so a value stays only if every column that it may
    belong to is kept.
    """
    values = next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
    shift = len(values) - len(header)
    masked = []
    for place, value in enumerate(values):
        owners = range(min(place, place - shift), max(place, place - shift) + 1)
        possible = [header[owner] for owner in owners if 0 <= owner < len(header)]
        safe = bool(possible) and all(owner in kept for owner in possible)
        masked.append(value if safe else "***")
    row = io.StringIO()
    csv.writer(row, delimiter=delimiter, lineterminator="").writerow(masked)
    return row.getvalue().encode("utf-8", "surrogateescape")
