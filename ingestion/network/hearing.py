"""What a network that is read page by page sends by itself, besides: it lands while it is listened to.

What is sent while nobody listens is for the pages, and for the look-ups.
"""

from collections.abc import Iterator
from typing import Any

from ingestion.network.arrivals import Arrivals
from ingestion.network.asking import Asking, Stop
from ingestion.network.network import BadAnswer, Heard, Stream
from ingestion.network.occasion import Occasion
from ingestion.network.shapes import SHAPE_ERRORS, not_understood, told_of
from ingestion.network.stream import Limits, Refused, follow

MAX_HEARD = 1_000_000
"""Messages of a stream that a run listens to."""


class Hearing:
    """Listens for as long as the settings say (`listen_seconds`)."""

    def __init__(self, occasion: Occasion, asking: Asking, arrivals: Arrivals) -> None:
        self._occasion = occasion
        self._network = occasion.network
        self._asking = asking
        self._arrivals = arrivals
        self._unit = Stream(f"{occasion.name} stream")
        self._messages = 0

    def listen(self, streams: list[Stream]) -> Iterator[Any]:
        """Land new and edited items of the streams, and tombstones of those that are told to be gone. Raises Stop."""
        seconds = self._network.settings.listen_seconds
        try:
            for batch in follow(
                lambda: self._network.wire(streams),
                Limits(seconds, MAX_HEARD, seconds, silence_s=seconds + 1.0),
                self._occasion.http.clock,
                position=lambda: self._messages,
                is_current=lambda: True,
                tell=self._note,
            ):
                self._messages += len(batch)
                yield from self._take(batch)
        except Refused as problem:
            self._note(f"{problem}; listenhouse sources test {self._occasion.name} tells more")
            if problem.wait_s is not None:
                self._asking.come_back_in(problem.wait_s)
                raise Stop(str(problem)) from problem

    def _take(self, batch: list[bytes]) -> Iterator[Any]:
        heard, bad = self._heard(batch)
        yield from self._occasion.landing.reject_many(self._network.contract, bad, unit=self._unit.name)
        yield from self._arrivals.land(self._unit, heard.items)
        yield from self._arrivals.bury(self._unit, heard.gone)

    def _heard(self, batch: list[bytes]) -> tuple[Heard, list[dict[str, Any]]]:
        """Return what the messages tell in all, and the quarantine's rows of those that tell nothing."""
        heard, bad = Heard(), []
        for message in batch:
            try:
                told = self._network.heard(message)
            except BadAnswer as problem:
                bad.append(not_understood(message, problem.reason, problem.detail))
            except SHAPE_ERRORS as error:
                detail = f"the message is not as the API documents it ({told_of(error)})"
                bad.append(not_understood(message, "unexpected_shape", detail))
            else:
                heard.items.extend(told.items)
                heard.gone.extend(told.gone)
        return heard, bad

    def _note(self, message: str) -> None:
        self._occasion.note(self._occasion.safe(message), self._unit)
