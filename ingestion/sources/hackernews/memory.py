"""What this source remembers between runs, kept in dlt's state and so loaded together with the items."""

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from ingestion.sources.hackernews.settings import MAX_REMEMBERED, MAX_TRIES, MAX_WAITING


class Memory:
    """A view on the state dict of the resource:

    - `seen`: item id -> content hash, kept by landing;
    - `items`: item id -> [created (seconds since 1970, None if it did not fit), last asked];
    - `waiting`: item id -> tries so far, for items that are listed but not yet fetched;
    - `lists`: list -> its ids and validators; `newest`: the largest id counted up to;
    - `deleted`: ids of items that once said that they are deleted;
    - `retry_at`: moment before which the server wants no request.

    An id leaves `waiting` only when its item was landed or quarantined, so nothing listed is lost.
    """

    def __init__(self, state: dict[str, Any]) -> None:
        self._state = state
        self.seen: dict[str, str] = state.setdefault("seen", {})
        self._items: dict[str, list[int | None]] = state.setdefault("items", {})
        self._waiting: dict[str, int] = state.setdefault("waiting", {})
        self._lists: dict[str, dict[str, Any]] = state.setdefault("lists", {})
        self._deleted: dict[str, bool] = state.setdefault("deleted", {})

    @property
    def retry_at(self) -> datetime | None:
        """Before this moment the server wants no request."""
        return datetime.fromisoformat(self._state["retry_at"]) if self._state.get("retry_at") else None

    @retry_at.setter
    def retry_at(self, moment: datetime | None) -> None:
        self._state["retry_at"] = moment.isoformat() if moment else None

    def validators(self, name: str) -> dict[str, str]:
        """Return the validators of a list's last answer."""
        return self._lists.get(name, {}).get("validators", {})

    def note_list(self, name: str, ids: list[int], validators: dict[str, str]) -> None:
        """Remember a list, and let its unknown items wait to be fetched."""
        self._lists[name] = {"ids": ids, "validators": validators}
        self._await(ids)

    def forget_lists_but(self, names: Iterable[str]) -> None:
        """Drop what is remembered of lists that are no longer listened to."""
        for name in set(self._lists) - set(names):
            del self._lists[name]

    def count_up_to(self, newest: int, first_time: int) -> None:
        """Let every id since the last time wait; on the first time, only the `first_time` newest."""
        start = self._state.get("newest") or newest - first_time
        # Ids that would be given up at once need not be listed (a machine that was off for a year).
        self._await(range(max(start, newest - MAX_WAITING) + 1, newest + 1))
        self._state["newest"] = max(newest, start)

    def due(self, limit: int) -> list[int]:
        """Return up to `limit` waiting ids, newest first."""
        return sorted(map(int, self._waiting), reverse=True)[:limit]

    def due_again(self, changed: Iterable[int], now: datetime, days: int, limit: int) -> list[int]:
        """Return up to `limit` known ids younger than `days` and not asked since `now`.

        Those reported as changed come first, then those not asked for the longest time.
        """
        if days == 0 or limit <= 0:
            return []
        youngest = (now - timedelta(days=days)).timestamp()
        young = [
            (asked, int(number))
            for number, (created, asked) in self._items.items()
            if created is not None and created > youngest and asked < now.timestamp()
        ]
        changed = set(changed)
        ordered = sorted(young, key=lambda item: (item[1] not in changed, item[0], -item[1]))
        return [number for _, number in ordered[:limit]]

    def has_young(self, now: datetime, days: int) -> bool:
        """Whether any known item is younger than `days`."""
        return bool(self.due_again((), now, days, 1))

    def knows(self, number: int) -> bool:
        """Whether the item was landed or quarantined before."""
        return str(number) in self._items

    def is_deleted(self, number: int, says_so: bool) -> bool:
        """Whether the item is deleted or ever was: an old answer does not bring it back."""
        if says_so:
            self._deleted[str(number)] = True
        return str(number) in self._deleted

    def note_item(self, number: int, created: int | None, asked: datetime) -> None:
        """Remember that an item was fetched and dealt with."""
        self._waiting.pop(str(number), None)
        self._items[str(number)] = [created, _whole(asked)]

    def note_failure(self, number: int, asked: datetime) -> bool:
        """Count a vain try for an item; True when it was the last one that the item is worth.

        A known item that fails is asked again when its turn as one of the known ones comes.
        """
        if self.knows(number):
            self._items[str(number)][1] = _whole(asked)
            return False
        tries = self._waiting.get(str(number), 0) + 1
        self._waiting[str(number)] = tries
        return tries >= MAX_TRIES

    def tidy(self, now: datetime, days: int) -> int:
        """Forget what is old and on no list; return how many waiting ids had to be given up unfetched."""
        listed = {str(number) for kept in self._lists.values() for number in kept["ids"]}
        oldest = (now - timedelta(days=max(days, 1))).timestamp()
        kept = {
            number: (created, asked)
            for number, (created, asked) in self._items.items()
            if number in listed or (asked if created is None else created) > oldest
        }
        for number in sorted(kept, key=int, reverse=True)[MAX_REMEMBERED:]:
            del kept[number]
        for number in set(self._items) - set(kept):
            del self._items[number]
        for number in set(self.seen) - set(kept):
            del self.seen[number]
        for number in set(self._deleted) - set(kept):
            del self._deleted[number]
        given_up = sorted(self._waiting, key=int, reverse=True)[MAX_WAITING:]
        for number in given_up:
            del self._waiting[number]
        return len(given_up)

    def _await(self, ids: Iterable[int]) -> None:
        for number in ids:
            if not self.knows(number):
                self._waiting.setdefault(str(number), 0)


def _whole(moment: datetime) -> int:
    """Return seconds since 1970, rounded up so that an item asked in a run is not older than the run.

    Whole, because the state is loaded with every package, and equal digits compress.
    """
    return math.ceil(moment.timestamp())
