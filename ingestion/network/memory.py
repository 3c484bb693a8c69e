"""What a network source remembers between runs, kept in dlt's state and so loaded together with the posts."""

import hashlib
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.network.reads import Marks, hour_of, tidy_marks, unmark

MAX_ITEMS = 20_000
"""Items remembered to tell what changed; beyond it the oldest are forgotten, and land again if shown again."""
MAX_TOMBSTONES = 50_000
HAS_MORE, PASSES = 1, 2
"""Marks of items: there is more to read about it; it is not looked up."""
MAX_TRIES = 20
"""Runs in which a gap is read in vain before it is given up, and told as a hole in the data."""
MAX_HOLES = 200
"""Holes remembered for a back-fill; beyond it the oldest are forgotten."""

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Missing:
    """Posts of a stream that have not come: from `since` to `until`. A run goes on with what is `waiting`."""

    stream: str
    since: datetime
    until: datetime
    why: str
    is_waiting: bool

    def told(self) -> dict[str, Any]:
        """Return it as JSON, for the status of the source."""
        return {**vars(self), "since": self.since.isoformat(), "until": self.until.isoformat()}

    @classmethod
    def read(cls, told: dict[str, Any]) -> "Missing":
        """Return what was told."""
        since, until = map(datetime.fromisoformat, (told["since"], told["until"]))
        return cls(told["stream"], since, until, told["why"], told["is_waiting"])


class Gap:
    """A stretch of a stream that is still to be read, from `until` back to `since`; a view on its dict."""

    def __init__(self, kept: dict[str, Any]) -> None:
        self.kept = kept
        self.is_read = False
        """Whether it has been read to its end in this run."""

    @property
    def since(self) -> datetime:
        """The oldest moment wanted."""
        return datetime.fromisoformat(self.kept["since"])

    @property
    def until(self) -> datetime:
        """The newest moment that is not yet read."""
        return datetime.fromisoformat(self.kept["until"])

    @property
    def next(self) -> dict[str, Any] | None:
        """The request for the next page, as JSON; None before the first page."""
        return self.kept.get("next")

    def go_on(self, request: dict[str, Any], oldest: datetime | None) -> bool:
        """Remember the next request; False where it was asked before, so that the pages go round."""
        place = repr([request["path"], *sorted(request["params"].items())])
        mark = hashlib.sha256(place.encode()).hexdigest()[:8]
        followed = self.kept.setdefault("followed", [])
        if mark in followed:
            return False
        followed.append(mark)
        self.kept["next"] = request
        self.note_oldest(oldest)
        return True

    def note_oldest(self, oldest: datetime | None) -> None:
        """Remember how far back the pages went."""
        if oldest is not None and oldest < self.reached:
            self.kept["reached"] = oldest.isoformat()

    @property
    def reached(self) -> datetime:
        """The oldest moment read so far."""
        return datetime.fromisoformat(self.kept.get("reached") or self.kept["until"])

    def start_over(self) -> None:
        """Forget the cursor: what is left is read from where the pages reached."""
        self.kept["until"] = max(self.reached, self.since).isoformat()
        for name in ("next", "followed", "reached"):
            self.kept.pop(name, None)

    def note_failure(self) -> bool:
        """Count a run in vain; True when it was the last one."""
        self.kept["tries"] = self.kept.get("tries", 0) + 1
        return self.kept["tries"] >= MAX_TRIES


class Known(MutableMapping[str, str]):
    """What landed last of each record of a contract that is not followed: record -> content hash; a view on
    record -> [content hash, when it was last shown (seconds since 1970)]."""

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
        too_many = set(late[: max(0, len(late) - MAX_ITEMS)])
        for record in late:
            if record in too_many or shown[record] < oldest.timestamp():
                del self._kept[record]


class Memory:
    """A view on the state dict of the resource:

    - `seen`: item id -> content hash, kept by landing;
    - `items`: item id -> [created (seconds since 1970), last asked, times missed, marks if any];
    - `tombstones`: ids of deleted items -> when that was seen;
    - `known`: contract, and stream where several tell of one record -> record -> content hash and when it was last
      shown, of contracts that are not followed;
    - `streams`: stream -> `newest` (read up to there, but for the gaps) and `gaps`;
    - `deprecated`: optional fields that the API no longer knows; `units`: quota spent today;
    - `retry_at`: moment before which the server wants no request;
    - `hours`: stream -> which posts came, by hour (see `reads`);
    - `holes`: gaps that were given up; `back_fills`: stream -> `open` back-fills and spans that are `done`.
    """

    def __init__(self, state: dict[str, Any]) -> None:
        self._state = state
        self.seen: dict[str, str] = state.setdefault("seen", {})
        self._items: dict[str, list[int]] = state.setdefault("items", {})
        self._known: dict[str, dict[str, list[Any]]] = state.setdefault("known", {})
        self.tombstones: dict[str, int] = state.setdefault("tombstones", {})
        self._streams: dict[str, dict[str, Any]] = state.setdefault("streams", {})
        self.deprecated: dict[str, str] = state.setdefault("deprecated", {})
        self._hours: dict[str, Marks] = state.setdefault("hours", {})
        self._holes: list[dict[str, str]] = state.setdefault("holes", [])
        self._back_fills: dict[str, dict[str, Any]] = state.setdefault("back_fills", {})

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
        for kept in (self._streams, self._hours, self._back_fills):
            for name in set(kept) - names:
                del kept[name]
        self._holes[:] = [hole for hole in self._holes if hole["stream"] in names]

    def hours_of(self, stream: str) -> Marks:
        """Return which posts of a stream came, to be added to."""
        return self._hours.setdefault(stream, {})

    def open_gap(self, stream: str, now: datetime, overlap: timedelta, first: timedelta) -> list[Gap]:
        """Let the stretch since the last run wait to be read; return all that waits, newest first."""
        kept = self._streams.setdefault(stream, {"gaps": []})
        newest = kept.get("newest")
        since = datetime.fromisoformat(newest) - overlap if newest else now - first
        new = {"until": now.isoformat()}
        # A gap that was never begun, or has to begin again, is part of the new one.
        for gap in [gap for gap in kept["gaps"] if not gap.get("next")]:
            since = min(since, Gap(gap).since)
            new["tries"] = max(new.get("tries", 0), gap.get("tries", 0))
            kept["gaps"].remove(gap)
        kept["gaps"].insert(0, {**new, "since": since.isoformat()})
        kept["newest"] = now.isoformat()
        return [Gap(gap) for gap in kept["gaps"]]

    def close_gap(self, stream: str, gap: Gap) -> None:
        """Forget a gap that is read, or given up."""
        self._streams[stream]["gaps"] = [g for g in self._streams[stream]["gaps"] if g is not gap.kept]

    # -- what did not come, and back-fills ------------------------------------------------------------

    def note_hole(self, stream: str, gap: Gap, why: str, noted: datetime) -> None:
        """Remember a gap that is given up, for a back-fill."""
        self._holes.append(
            {
                "stream": stream,
                "since": gap.since.isoformat(),
                "until": gap.reached.isoformat(),
                "why": why,
                "noted": noted.isoformat(),
            }
        )
        del self._holes[:-MAX_HOLES]

    def missing(self) -> list[Missing]:
        """Return what has not come: what waits for the next run, and what was given up. Newest first."""
        found = [
            Missing(name, gap.since, gap.reached, "not read to its end yet", True)
            for name, kept in self._streams.items()
            for gap in map(Gap, kept["gaps"])
        ]
        found += [
            Missing(
                hole["stream"],
                *map(datetime.fromisoformat, (hole["since"], hole["until"])),
                hole["why"],
                False,
            )
            for hole in self._holes
        ]
        return sorted(found, key=lambda one: (one.until, one.since, one.stream), reverse=True)

    def back_fill_gap(self, stream: str, span: Span, *, begin_at: datetime, again: bool) -> Gap | None:
        """Return what is left to read of a back-fill, from `begin_at` down; None where all of it is read."""
        since, until = span
        kept = self._back_fills.setdefault(stream, {"open": {}, "done": []})
        name = f"{since.isoformat()} {until.isoformat()}"
        if name not in kept["open"]:
            if not again and any(start <= since and until <= end for start, end in self.back_filled(stream)):
                return None
            kept["open"][name] = {"since": since.isoformat(), "until": begin_at.isoformat()}
        return Gap(kept["open"][name])

    def close_back_fill(self, stream: str, gap: Gap, until: datetime) -> None:
        """Remember that a back-fill is read to its end; what it covers is no hole any more, and waits no more."""
        kept, since = self._back_fills[stream], gap.since
        kept["open"] = {name: one for name, one in kept["open"].items() if one is not gap.kept}
        kept["done"] = [
            [a.isoformat(), b.isoformat()] for a, b in _joined([*self.back_filled(stream), (since, until)])
        ]
        self._holes[:] = [
            hole
            for hole in self._holes
            if not (
                hole["stream"] == stream
                and since <= datetime.fromisoformat(hole["since"])
                and datetime.fromisoformat(hole["until"]) <= until
            )
        ]
        if stream in self._streams:
            self._streams[stream]["gaps"] = [
                one
                for one in self._streams[stream]["gaps"]
                if not (since <= Gap(one).since and Gap(one).reached <= until)
            ]

    def back_filled(self, stream: str) -> list[Span]:
        """Return the stretches of a stream that back-fills have read to their end, in order."""
        done = self._back_fills.get(stream, {}).get("done", [])
        return [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in done]

    def all_back_filled(self) -> dict[str, list[list[str]]]:
        """Return what back-fills have read to its end, for the status of the source; nothing while look-ups wait."""
        if self.to_be_found():
            return {}
        return {stream: kept["done"] for stream, kept in self._back_fills.items() if kept["done"]}

    # -- items ----------------------------------------------------------------------------------------

    def known(self, book: str, now: datetime) -> Known:
        """Return what landed under that name of a contract whose records are neither looked up nor deleted."""
        return Known(self._known.setdefault(book, {}), now)

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
        """Follow an item no more."""
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

    def followed(self, now: datetime, days: int) -> list[str]:
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
            Known(self._known[book], now).tidy(now - keep)
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


def _joined(spans: list[Span]) -> list[Span]:
    """Return spans in order, those that touch each other as one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
