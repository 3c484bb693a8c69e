"""Optional fields that an API may retire: which of them it knows no more, and asking without those."""

import re
from collections.abc import Iterable

from ingestion.http import Answer, HttpError
from ingestion.network.asking import Asking
from ingestion.network.network import Ask
from ingestion.network.occasion import Occasion


class OptionalFields:
    """The optional fields of a network. Those that are retired stay in the memory, and are asked for no more."""

    def __init__(self, occasion: Occasion, asking: Asking) -> None:
        self._occasion = occasion
        self._network = occasion.network
        self._retired = occasion.memory.deprecated
        self._asking = asking

    def without_retired(self, ask: Ask) -> Ask:
        """Return the request without the fields that are retired."""
        return self._network.with_fields(ask, tuple(self._asked_by(ask)))

    def get(self, ask: Ask) -> Answer:
        """Ask, and ask again without a field where the API says that it is no more. Raises HttpError, Stop."""
        try:
            return self._asking.get(self.without_retired(ask))
        except HttpError as error:
            if error.status != 400 or not self.retire(ask, error):
                raise
        return self._asking.get(self.without_retired(ask))

    def retire(self, ask: Ask, error: HttpError) -> bool:
        """Find which fields of a request the API no longer knows, and do without; True where there are some.

        Raises Stop.
        """
        asked = self._asked_by(ask)
        words = set(re.findall(r"\w+", error.body.decode("utf-8", "replace")))
        retired = [name for name in asked if name in words]
        if not retired:
            retired = [name for name in asked if self._is_refused(self._network.with_fields(ask, (name,)))]
            if len(asked) > 1 and len(retired) == len(asked):
                return False  # every one of them fails: then it is not they
        return self.do_without(retired)

    def do_without(self, names: Iterable[str]) -> bool:
        """Ask for these fields no more; False where none of them was asked for."""
        asked = [name for name in names if name not in self._retired]
        for name in asked:
            self._retired[name] = self._occasion.now.isoformat()
            self._occasion.note(f"field {name} is deprecated by the API and asked for no more")
        return bool(asked)

    def _asked_by(self, ask: Ask) -> list[str]:
        return [name for name in self._network.fields_of(ask) if name not in self._retired]

    def _is_refused(self, ask: Ask) -> bool:
        try:
            self._asking.get(ask)
        except HttpError as error:
            self._asking.heed(error)  # a limit may be told as status 400, too, and says nothing of the field
            return error.status == 400
        return False
