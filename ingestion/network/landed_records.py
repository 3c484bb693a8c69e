"""What landed last of records that are not followed: they land as often as they change, and no more."""

from collections.abc import Iterator, MutableMapping
from datetime import datetime
from typing import Any

MAX_RECORDS = 20_000
"""Records remembered of a contract; beyond it the oldest are forgotten, and land again if shown again."""


class LandedRecords(MutableMapping[str, str]):
    """Record -> content hash; a view on record -> [content hash, when it was last shown (seconds since 1970)]."""

    def __init__(self, kept: dict[str, list[Any]], now: datetime) -> None:
        self._kept = kept
        self._now = int(now.timestamp())

    def __getitem__(self, record: str) -> str:
        return self._kept[record][0]

    def __setitem__(self, record: str, content: str) -> None:
        self._kept[record] = [content, self._now]

    def __delitem__(self, record: str) -> None:
        del self._kept[record]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._kept))

    def __len__(self) -> int:
        return len(self._kept)

    def tidy(self, oldest: datetime) -> None:
        """Forget records not shown since then, and the oldest of too many."""
        shown = {record: kept[1] for record, kept in self._kept.items()}
        late = sorted(shown, key=lambda record: (shown[record], record))
        too_many = set(late[: max(0, len(late) - MAX_RECORDS)])
        for record in late:
            if record in too_many or shown[record] < oldest.timestamp():
                del self._kept[record]
