"""What a network source remembers between runs, kept in dlt's state and so loaded together with the posts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.network.gaps import Gaps
from ingestion.network.landed_records import LandedRecords
from ingestion.network.reads import Marks, hour_of, tidy_marks, unmark

MAX_ITEMS = 20_000
"""Items remembered to tell what changed; beyond it the oldest are forgotten, and land again if shown again."""
MAX_TOMBSTONES = 50_000
HAS_MORE, PASSES = 1, 2
"""Marks of items: there is more to read about it; it is not looked up."""


class Memory:
    """A view on the state dict of the resource:

    - `seen`: item id -> content hash, kept by landing;
    - `items`: item id -> [created (seconds since 1970), last asked, times missed, marks if any];
    - `tombstones`: ids of deleted items -> when that was seen;
    - `known`: contract, and stream where several tell of one record -> its `LandedRecords`, where it is not followed;
    - `streams`, `holes`, `back_fills`: see `Gaps`;
    - `deprecated`: optional fields that the API no longer knows; `units`: quota spent today;
    - `retry_at`: moment before which the server wants no request;
    - `hours`: stream -> which posts came, by hour (see `reads`).
    """

    def __init__(self, state: dict[str, Any]) -> None:
        self._state = state
        self.seen: dict[str, str] = state.setdefault("seen", {})
        self._items: dict[str, list[int]] = state.setdefault("items", {})
        self._known: dict[str, dict[str, list[Any]]] = state.setdefault("known", {})
        self.tombstones: dict[str, int] = state.setdefault("tombstones", {})
        self.gaps = Gaps(state)
        self.deprecated: dict[str, str] = state.setdefault("deprecated", {})
        self._hours: dict[str, Marks] = state.setdefault("hours", {})

    @property
    def retry_at(self) -> datetime | None:
        """Before this moment the server wants no request."""
        return datetime.fromisoformat(self._state["retry_at"]) if self._state.get("retry_at") else None

    @retry_at.setter
    def retry_at(self, moment: datetime | None) -> None:
        self._state["retry_at"] = moment.isoformat() if moment else None

    # -- streams --------------------------------------------------------------------------------------

    def forget_streams_but(self, names: set[str]) -> None:
        """Drop what is remembered of streams that are no longer wanted."""
        self.gaps.forget_streams_but(names)
        for name in set(self._hours) - names:
            del self._hours[name]

    def hours_of(self, stream: str) -> Marks:
        """Return which posts of a stream came, to be added to."""
        return self._hours.setdefault(stream, {})

    def all_back_filled(self) -> dict[str, list[list[str]]]:
        """Return what back-fills have read to its end, for the status of the source; nothing while look-ups wait."""
        if self.to_be_found():
            return {}
        return self.gaps.all_back_filled()

    # -- items ----------------------------------------------------------------------------------------

    def known(self, book: str, now: datetime) -> LandedRecords:
        """Return what landed under that name of a contract whose records are neither looked up nor deleted."""
        return LandedRecords(self._known.setdefault(book, {}), now)

    def note_item(self, native_id: str, created: datetime | None, asked: datetime, *marks: int) -> None:
        """Remember that an item was shown and dealt with. Marks, HAS_MORE and PASSES, stay with it."""
        kept = {*self._items.get(native_id, [])[3:], *marks}
        times = [int(created.timestamp()) if created else 0, int(asked.timestamp()), 0]
        self._items[native_id] = [*times, *sorted(kept)]

    def note_found(self, native_id: str, created: datetime | None) -> None:
        """Remember that an item is there and has to be looked up to be known."""
        self._items[native_id] = [int(created.timestamp()) if created else 0, 0, 0]

    def note_deleted(self, native_id: str, now: datetime) -> None:
        """Remember that an item is gone for good."""
        self.forget(native_id)
        self.tombstones.setdefault(native_id, int(now.timestamp()))

    def forget(self, native_id: str) -> None:
        """Follow an item that is gone no more; a later read that does not see it has not missed it."""
        created = self._items.pop(native_id, [0])[0]
        if created:
            unmark(self._hours, native_id, hour_of(datetime.fromtimestamp(created, UTC)))

    def unfollow(self, native_id: str) -> None:
        """Look an item up no more, although it is there."""
        self._items.pop(native_id, None)

    def to_be_found(self) -> list[str]:
        """Return ids of items that are there and have not been looked up yet."""
        return sorted(native_id for native_id, kept in self._items.items() if kept[1] == 0)

    def note_missed(self, native_id: str) -> int:
        """Count that a look-up did not give a known item; return how often in a row."""
        self._items[native_id][2] += 1
        return self._items[native_id][2]

    def note_asked(self, native_id: str, asked: datetime) -> None:
        """Remember that a known item was asked for in vain."""
        self._items[native_id][1] = int(asked.timestamp())

    def with_more_to_read(self, now: datetime, days: int) -> list[str]:
        """Return ids younger than `days` about which there is more to read, newest first."""
        youngest = (now - timedelta(days=days)).timestamp()
        found = [
            (v[0], native_id) for native_id, v in self._items.items() if HAS_MORE in v[3:] and v[0] > youngest
        ]
        return [native_id for _, native_id in sorted(found, reverse=True)]

    def due_again(self, now: datetime, days: int) -> list[str]:
        """Return ids younger than `days` that this run has not seen, longest unasked first."""
        youngest = (now - timedelta(days=days)).timestamp()
        started = int(now.timestamp())
        due = [
            (asked, native_id)
            for native_id, (created, asked, _, *marks) in self._items.items()
            if (created > youngest or asked == 0) and asked < started and PASSES not in marks
        ]
        return [native_id for _, native_id in sorted(due)]

    # -- quota ----------------------------------------------------------------------------------------

    def spend(self, units: int, now: datetime, daily: int | None) -> bool:
        """Take units from today's quota; False where it does not hold them."""
        today = now.astimezone(UTC).date().isoformat()
        spent = self._state.get("units", {})
        used = spent.get("used", 0) if spent.get("day") == today else 0
        if daily is not None and used + units > daily:
            return False
        self._state["units"] = {"day": today, "used": used + units}
        return True

    @property
    def units(self) -> int:
        """Units used on the last day that used any."""
        return self._state.get("units", {}).get("used", 0)

    def tidy(self, now: datetime, keep: timedelta) -> None:
        """Forget items older than that, and the oldest of too many."""
        for book in list(self._known):
            LandedRecords(self._known[book], now).tidy(now - keep)
            if not self._known[book]:
                del self._known[book]
        tidy_marks(self._hours)
        oldest = (now - keep).timestamp()
        kept = {i: v for i, v in self._items.items() if max(v[0], v[1]) >= oldest or v[1] == 0}
        for native_id in sorted(kept, key=lambda i: kept[i][1])[: max(0, len(kept) - MAX_ITEMS)]:
            del kept[native_id]
        for native_id in set(self._items) - set(kept):
            del self._items[native_id]
        for native_id in set(self.seen) - set(kept) - set(self.tombstones):
            del self.seen[native_id]
        for native_id in sorted(self.tombstones, key=lambda i: (self.tombstones[i], i))[
            : max(0, len(self.tombstones) - MAX_TOMBSTONES)
        ]:
            del self.tombstones[native_id]
            self.seen.pop(native_id, None)
