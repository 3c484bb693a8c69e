"""Look-ups: known items are asked for by their ids; edits and counts land, what is missing is deleted."""

from collections.abc import Iterator
from typing import Any

from ingestion.http import HttpError
from ingestion.network.arrivals import Arrivals
from ingestion.network.asking import Asking
from ingestion.network.network import BadAnswer, Stream
from ingestion.network.occasion import Occasion
from ingestion.network.optional_fields import OptionalFields
from ingestion.network.shapes import SHAPE_ERRORS, told_of

BELIEVED_AT_ONCE = 1
"""Ids of one look-up that may all be missing; an answer that gives none of several is believed the second time."""


class LookUps:
    """Asks for items that were not shown; the network has to be able to (`lookup_batch`)."""

    def __init__(
        self, occasion: Occasion, asking: Asking, fields: OptionalFields, arrivals: Arrivals
    ) -> None:
        self._occasion = occasion
        self._network = occasion.network
        self._memory = occasion.memory
        self._asking = asking
        self._fields = fields
        self._arrivals = arrivals
        self._unit = Stream(f"{occasion.name} look-up")

    def look_up(self) -> Iterator[Any]:
        """Yield what landing makes of all look-ups that are due. Raises Stop."""
        due, size = self._due(), self._network.lookup_batch
        for start in range(0, len(due), size):
            yield from self._look_up(due[start : start + size])

    def _due(self) -> list[str]:
        """Return the young items that this run was not shown, longest unasked first, as many as a run looks up."""
        settings = self._network.settings
        if self._occasion.back_fill:
            # It looks up what it found, all of it; whether young posts are still there is for the runs.
            due, limit = self._memory.to_be_found(), None
        else:
            due = self._memory.due_again(self._occasion.now, settings.revisit_days)
            limit = settings.max_revisits
        return [native_id for native_id in due if self._network.can_look_up(native_id)][:limit]

    def _look_up(self, batch: list[str]) -> Iterator[Any]:
        ask = self._network.lookup(batch)
        try:
            answer = self._fields.get(ask)
            body = self._network.decode(answer.body)
            items, unsure = self._network.looked_up(body), self._network.unsure(body)
        except HttpError as error:
            self._asking.heed(error)
            if self._network.lookup_batch == 1 and self._network.is_gone(error):
                yield from self._arrivals.bury(self._unit, batch)
                return
            self._occasion.note(self._occasion.safe(str(error)), self._unit)
            if self._occasion.back_fill is None:
                self._note_asked(batch)
        except BadAnswer as problem:
            self._occasion.note(f"{problem.detail}; the next run asks again", self._unit)
        except SHAPE_ERRORS as problem:
            told = f"the answer is not as documented ({told_of(problem)}); the next run asks again"
            self._occasion.note(told, self._unit)
        else:
            yield from self._take(batch, items, unsure)

    def _take(self, batch: list[str], items: list[Any], unsure: set[str]) -> Iterator[Any]:
        """Land what an answer gives, and bury what it does not give."""
        before = self._arrivals.not_understood
        yield from self._arrivals.land(self._unit, items)
        missing = [native_id for native_id in batch if native_id not in self._arrivals.shown]
        self._note_asked(missing)
        if self._arrivals.not_understood > before:
            return  # it may be any of those that seem to be missing
        missing = [native_id for native_id in missing if native_id not in unsure]
        is_doubtful = len(batch) > BELIEVED_AT_ONCE and len(missing) == len(batch)
        believed = [i for i in missing if self._memory.note_missed(i) > 1 or not is_doubtful]
        yield from self._arrivals.bury(self._unit, believed)

    def _note_asked(self, ids: list[str]) -> None:
        for native_id in ids:
            self._memory.note_asked(native_id, self._occasion.now)
