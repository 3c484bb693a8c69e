"""What arrives: items become rows, rows land without contact details, and the memory keeps what became of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ingestion.http import Answer
from ingestion.landing import Contract
from ingestion.network.memory import HAS_MORE, PASSES
from ingestion.network.moments import moment_of
from ingestion.network.network import FIND, FOLLOW, MOMENT, PASSING, BadAnswer, Stream
from ingestion.network.occasion import Occasion
from ingestion.network.reads import Reading
from ingestion.network.scrubber import masked_row
from ingestion.network.shapes import SHAPE_ERRORS, not_understood, told_of
from ingestion.network.tombstones import tombstone

MARKS = {FOLLOW: HAS_MORE, PASSING: PASSES}


class Arrivals:
    """What a visit is shown, wherever it comes from. `keep` is how long items are followed."""

    def __init__(self, occasion: Occasion, keep: timedelta) -> None:
        self._occasion = occasion
        self._network = occasion.network
        self._landing = occasion.landing
        self._memory = occasion.memory
        self._oldest_followed = occasion.now - keep
        self.shown: set[str] = set()
        """Ids of followed items that this visit was shown."""
        self.not_understood = 0
        """Items that told nothing, not even their id."""

    def land(self, stream: Stream, items: list[Any], reading: Reading | None = None) -> Iterator[Any]:
        """Land items of a stream; return the oldest and the newest moment among them, None where none says."""
        rows, bad, moments = [], [], []
        came: list[tuple[str, datetime]] = []
        contract = self._occasion.contract_of(stream)
        is_followed = self._occasion.is_followed(contract)
        for item in items:
            try:
                row = self._network.row_for(contract, item)
            except SHAPE_ERRORS as error:
                detail = f"the item is not as the API documents it ({told_of(error)})"
                bad.append(not_understood(str(item), "unexpected_shape", detail))
                continue
            if row is None:
                continue
            moment = moment_of(row.get(MOMENT, row.get("created_at")))
            moments.append(moment)
            if not is_followed:
                rows.append(self._masked(contract, row))
                continue
            native_id = str(row.get(contract.key))
            self.shown.add(native_id)
            is_gone = self._is_gone(native_id)
            if moment and row.get("is_deleted") is not True and not is_gone:
                came.append((native_id, moment))
            if not row.get(FIND):
                rows.append(self._as_it_may_land(contract, row))
            elif not is_gone:
                self._memory.note_found(str(row[contract.key]), moment)
        self.not_understood += len(bad)
        yield from self._landing.reject_many(contract, bad, unit=stream.name)
        yield from self._land_rows(stream, rows)
        if reading is not None:
            handed_over = {str(row.get(contract.key)) for row in rows}
            for native_id, created in came:
                # What went to quarantine has not come; what waits for its look-up has.
                if native_id in self._memory.seen or native_id not in handed_over:
                    reading.note(native_id, created)
        known = [moment for moment in moments if moment]
        return (min(known), max(known)) if known else (None, None)

    def bury(self, stream: Stream, ids: list[str]) -> Iterator[Any]:
        """Land tombstones of what had landed; what was only found, and is gone again, is forgotten."""
        for native_id in ids:
            self._memory.forget(native_id)
        rows = [self._tombstone(native_id) for native_id in ids if native_id in self._memory.seen]
        yield from self._land_rows(stream, rows)

    def reject(self, stream: Stream, answer: Answer, problem: BadAnswer) -> Iterator[Any]:
        """Quarantine a whole answer."""
        # Only a web page is kept: half a page of posts would hold names.
        page = answer.body.lstrip()[:1] == b"<"
        yield from self._landing.reject(
            self._occasion.contract_of(stream),
            unit=stream.name,
            reason=problem.reason,
            detail=problem.detail,
            remedy="nothing to do, the next run asks again; if it stays so, open the address in a browser",
            payload=answer.body if page else b"",
            payload_bytes=len(answer.body),
        )

    def _land_rows(self, stream: Stream, rows: list[dict[str, Any]]) -> Iterator[Any]:
        if not rows:
            return
        memory, contract = self._memory, self._occasion.contract_of(stream)
        is_followed = self._occasion.is_followed(contract)
        yield from self._landing.land_items(
            contract,
            rows,
            unit=stream.name,
            platform=self._network.declaration.platform,
            seen=memory.seen if is_followed else memory.known(_book(stream, contract), self._occasion.now),
        )
        for row in rows if is_followed else ():
            self._remember(str(row.get(contract.key)), row)

    def _remember(self, native_id: str, row: dict[str, Any]) -> None:
        """Remember what became of a followed item."""
        memory, now = self._memory, self._occasion.now
        if native_id not in memory.seen:
            return  # it went to quarantine, and is not followed
        if row.get("is_deleted") is True:
            memory.note_deleted(native_id, now)
            return
        created = moment_of(row.get("created_at"))
        if self._occasion.back_fill and (created is None or created < self._oldest_followed):
            memory.unfollow(native_id)  # too old to be followed: it would push out what is
        else:
            memory.note_item(native_id, created, now, *(mark for key, mark in MARKS.items() if row.get(key)))

    def _is_gone(self, native_id: str) -> bool:
        """Whether it is known to be deleted, by this memory or by all that has ever landed."""
        back_fill = self._occasion.back_fill
        return native_id in self._memory.tombstones or bool(back_fill and native_id in back_fill.tombstones)

    def _as_it_may_land(self, contract: Contract, row: dict[str, Any]) -> dict[str, Any]:
        """Return a followed item's row, which is a tombstone where it is known to be deleted."""
        native_id = str(row.get(contract.key))
        if self._is_gone(native_id) or row.get("is_deleted") is True:
            # An old page or a look-up may still show it. Tombstones are all alike, so the second is a duplicate.
            return self._tombstone(native_id)
        return self._masked(contract, row)

    def _masked(self, contract: Contract, row: dict[str, Any]) -> dict[str, Any]:
        """Return the row with contact details masked in what somebody wrote."""
        return masked_row({"observed_at": self._occasion.http.clock.now(), **row}, contract.written_texts)

    def _tombstone(self, native_id: str) -> dict[str, Any]:
        return tombstone(self._network.contract, native_id, self._occasion.http.clock.now())


def _book(stream: Stream, contract: Contract) -> str:
    """Return the name under which is kept what landed of a contract that is not followed.

    Of a day or a campaign several streams may tell some figures each: there, each stream compares with itself.
    """
    return f"{contract.resource} of {stream.name}" if contract.identity else contract.resource
