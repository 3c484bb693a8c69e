"""The pages of a gap: read from the newest to the oldest wanted, as far as this visit gets.

What is left of a gap stays with its cursor for the next visit. A cursor that expired is read again from its start,
and a gap that is read in vain for too long is given up, and told as a hole.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ingestion.http import Answer, HttpError
from ingestion.network.arrivals import Arrivals
from ingestion.network.asking import Asking
from ingestion.network.gaps import MAX_TRIES, Gap
from ingestion.network.network import Ask, BadAnswer, FieldsRefused, Page, Stream
from ingestion.network.occasion import Occasion
from ingestion.network.optional_fields import OptionalFields
from ingestion.network.reads import Reading
from ingestion.network.shapes import SHAPE_ERRORS, told_of

MAX_EMPTY = 20
"""Pages without an item, but with a next one, after which a run stops to follow."""
EXPIRED = frozenset({400, 404, 410, 422})
"""What APIs answer to a cursor that they have forgotten."""


class Pages:
    """Reads gaps, one after another, within one budget of pages (`max_pages`)."""

    def __init__(
        self, occasion: Occasion, asking: Asking, fields: OptionalFields, arrivals: Arrivals
    ) -> None:
        self._occasion = occasion
        self._network = occasion.network
        self._memory = occasion.memory
        self._back_fill = occasion.back_fill
        self._asking = asking
        self._fields = fields
        self._arrivals = arrivals
        self._left = occasion.network.settings.max_pages

    def read(self, stream: Stream, gap: Gap) -> Iterator[Any]:
        """Read a gap as far as this visit gets, and tell what came of it, hour by hour. Raises Stop."""
        reading, newest = Reading(self._memory.hours_of(stream.name)), gap.reached
        try:
            yield from self._read(stream, gap, reading)
        finally:
            self._tell(stream, gap, reading, newest)

    def _read(self, stream: Stream, gap: Gap, reading: Reading) -> Iterator[Any]:
        """Read pages until the gap is closed, the budget is spent, or the server does not go on."""
        empty = 0
        while self._left > 0:
            is_first = not gap.next
            ask = Ask(**gap.next) if gap.next else self._network.first(stream, gap.since, gap.until)
            self._left -= 1
            try:
                answer = self._asking.get(self._fields.without_retired(ask))
                page = self._page(answer, ask)
            except HttpError as error:
                if self._went_on(stream, gap, ask, error):
                    continue
                return
            except BadAnswer as problem:
                if isinstance(problem, FieldsRefused) and self._fields.do_without(problem.names):
                    continue
                yield from self._arrivals.reject(stream, answer, problem)
                self._occasion.note(f"{problem.detail}; the next run asks again", stream)
                # Without a cursor nothing is lost by asking for ever: a new run begins at the top anyway.
                if gap.next:
                    self._note_failure(stream, gap)
                return
            if is_first and gap.until == (self._back_fill.until if self._back_fill else None):
                reading.told_total = page.told_total
            oldest, newest = yield from self._arrivals.land(stream, page.items, reading)
            if page.told:
                self._occasion.note(page.told, stream)
            if self._back_fill:
                self._back_fill.pages += 1
            empty = 0 if page.items else empty + 1
            if page.next is None or (newest is not None and newest < gap.since):
                self._close(stream, gap)
                self._asking.obey(page)
                return
            if not gap.go_on(page.next.kept(), oldest):
                gap.start_over()
                self._occasion.note("the pages repeat themselves; the next run asks again", stream)
                self._note_failure(stream, gap)
                return
            self._asking.obey(page)
            if empty >= MAX_EMPTY:
                self._occasion.note(f"{empty} empty pages in a row; the next run goes on from there", stream)
                return
        self._occasion.note(
            f"max_pages reached: the next run goes on from {gap.reached:%Y-%m-%d %H:%M}", stream
        )

    def _page(self, answer: Answer, ask: Ask) -> Page:
        """Return the page in an answer. Raises BadAnswer where it is none."""
        body = self._network.decode(answer.body)
        try:
            page = self._network.page(body, ask, answer)
        except SHAPE_ERRORS as error:
            detail = f"the answer is no page of {self._occasion.name} ({told_of(error)})"
            raise BadAnswer("invalid_json", detail) from error
        if not isinstance(page.items, list):
            raise BadAnswer("invalid_json", "the page holds no list of items")
        return page

    def _went_on(self, stream: Stream, gap: Gap, ask: Ask, error: HttpError) -> bool:
        """Tell what went wrong; True where the same gap can be asked for at once in another way. Raises Stop."""
        self._asking.heed(error)
        if gap.next and error.status in EXPIRED:
            self._occasion.note(
                f"the cursor expired (HTTP {error.status}): a gap from {gap.since:%Y-%m-%d %H:%M} to "
                f"{gap.reached:%Y-%m-%d %H:%M} UTC is read again from its start",
                stream,
            )
            gap.start_over()
            return not self._note_failure(stream, gap)
        if error.status == 400 and self._fields.retire(ask, error):
            return True
        self._occasion.note(self._occasion.safe(str(error)), stream)
        return False

    # -- how a gap ends -------------------------------------------------------------------------------

    def _close(self, stream: Stream, gap: Gap) -> None:
        gap.is_read = True
        if self._back_fill is None:
            self._memory.gaps.close_gap(stream.name, gap)
        else:
            until = self._occasion.now if self._back_fill.brings_newer else self._back_fill.until
            self._memory.gaps.close_back_fill(stream.name, gap, until)

    def _note_failure(self, stream: Stream, gap: Gap) -> bool:
        """Count that a gap was read in vain; True where it was for the last time, and is given up. Raises Stop."""
        is_given_up = gap.note_failure()
        if is_given_up:
            self._give_up(stream, gap)
        return is_given_up

    def _give_up(self, stream: Stream, gap: Gap) -> None:
        told = f"posts from {gap.since:%Y-%m-%d %H:%M} to {gap.reached:%Y-%m-%d %H:%M} UTC may be missing"
        if self._back_fill is not None:
            raise self._asking.end(f"{stream.name}: read in vain {MAX_TRIES} times: {told}")
        self._memory.gaps.note_hole(
            stream.name, gap, "its cursor, or its pages, led nowhere", self._occasion.now
        )
        self._memory.gaps.close_gap(stream.name, gap)
        self._occasion.note(
            f"given up: {told}; listenhouse backfill {self._occasion.name} --gaps reads them again", stream
        )

    def _tell(self, stream: Stream, gap: Gap, reading: Reading, newest: datetime) -> None:
        """Tell what came of a gap from `newest` down, hour by hour."""
        if not self._occasion.is_followed(self._occasion.contract_of(stream)):
            return  # figures and records are no posts of which some may be missed
        oldest = gap.since if gap.is_read else gap.reached
        day = None
        if self._back_fill and not self._back_fill.brings_newer and self._back_fill.stream is None:
            day = self._back_fill.since
        self._occasion.landing.reads += [
            {
                "platform": self._network.declaration.platform,
                "unit": stream.name,
                "is_back_fill": self._back_fill is not None,
                "read_at": self._occasion.now,
                **row,
            }
            for row in reading.rows(oldest, newest, day)
        ]
