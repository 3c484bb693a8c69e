"""What is still to be read of each stream, what was given up, and what back-fills have read: kept in the state."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ingestion.network.spans import Span, covers, joined, spans_of

MAX_TRIES = 20
"""Runs in which a gap is read in vain before it is given up, and told as a hole in the data."""
MAX_HOLES = 200
"""Holes remembered for a back-fill; beyond it the oldest are forgotten."""


@dataclass(frozen=True)
class Missing:
    """Posts of a stream that have not come: from `since` to `until`. A run goes on with what `is_waiting`."""

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
        """Return one from such JSON."""
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

    @property
    def left(self) -> Span:
        """What is left of it to read: the span from `since` to where the pages have reached."""
        return self.since, self.reached

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


class Gaps:
    """A view on three parts of the state:

    - `streams`: stream -> `newest` (read up to there, but for the gaps) and `gaps`;
    - `holes`: gaps that were given up;
    - `back_fills`: stream -> `open` back-fills and spans that are `done`.
    """

    def __init__(self, state: dict[str, Any]) -> None:
        self._streams: dict[str, dict[str, Any]] = state.setdefault("streams", {})
        self._holes: list[dict[str, str]] = state.setdefault("holes", [])
        self._back_fills: dict[str, dict[str, Any]] = state.setdefault("back_fills", {})

    def forget_streams_but(self, names: set[str]) -> None:
        """Drop what is remembered of streams that are no longer wanted."""
        for kept in (self._streams, self._back_fills):
            for name in set(kept) - names:
                del kept[name]
        self._holes[:] = [hole for hole in self._holes if hole["stream"] in names]

    def open_gaps(self, stream: str, now: datetime, overlap: timedelta, first: timedelta) -> list[Gap]:
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
            Missing(name, *gap.left, "not read to its end yet", True)
            for name, kept in self._streams.items()
            for gap in map(Gap, kept["gaps"])
        ]
        found += [Missing.read({**hole, "is_waiting": False}) for hole in self._holes]
        return sorted(found, key=lambda one: (one.until, one.since, one.stream), reverse=True)

    def back_fill_gap(self, stream: str, span: Span, *, begin_at: datetime, again: bool) -> Gap | None:
        """Return what is left to read of a back-fill, from `begin_at` down; None where all of it is read."""
        kept = self._back_fills.setdefault(stream, {"open": {}, "done": []})
        name = " ".join(moment.isoformat() for moment in span)
        if name not in kept["open"]:
            if not again and any(covers(done, span) for done in self.back_filled(stream)):
                return None
            kept["open"][name] = {"since": span[0].isoformat(), "until": begin_at.isoformat()}
        return Gap(kept["open"][name])

    def close_back_fill(self, stream: str, gap: Gap, until: datetime) -> None:
        """Remember that a back-fill is read to its end; what it covers is no hole any more, and waits no more."""
        kept, span = self._back_fills[stream], (gap.since, until)
        kept["open"] = {name: one for name, one in kept["open"].items() if one is not gap.kept}
        done = joined([*self.back_filled(stream), span])
        kept["done"] = [[start.isoformat(), end.isoformat()] for start, end in done]
        self._holes[:] = [
            hole
            for hole in self._holes
            if hole["stream"] != stream or not covers(span, *spans_of([(hole["since"], hole["until"])]))
        ]
        if stream in self._streams:
            waiting = self._streams[stream]["gaps"]
            self._streams[stream]["gaps"] = [one for one in waiting if not covers(span, Gap(one).left)]

    def back_filled(self, stream: str) -> list[Span]:
        """Return the stretches of a stream that back-fills have read to their end, in order."""
        return spans_of(self._back_fills.get(stream, {}).get("done", []))

    def all_back_filled(self) -> dict[str, list[list[str]]]:
        """Return what back-fills have read to its end, by stream, as JSON."""
        return {stream: kept["done"] for stream, kept in self._back_fills.items() if kept["done"]}
