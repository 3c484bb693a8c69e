"""What this source remembers of a feed between runs, kept in dlt's state and so loaded together with the entries."""

from datetime import datetime
from typing import Any

from ingestion.sources.feeds.settings import MAX_REMEMBERED


class FeedMemory:
    """A view on the state dict of one feed:

    - `seen`: entry id -> content hash, kept by landing;
    - `first_seen`: entry id -> [created_at, its source] of entries that do not say when they were published;
    - `validators`: what the last good answer offered for conditional requests;
    - `rejected`: digest of the bytes quarantined last, so that the same bytes are quarantined once;
    - `retry_at`: moment before which the server wants no request.
    """

    def __init__(self, state: dict[str, Any]) -> None:
        self._state = state
        self.seen: dict[str, str] = state.setdefault("seen", {})
        self.first_seen: dict[str, list[str]] = state.setdefault("first_seen", {})

    @property
    def validators(self) -> dict[str, str]:
        """What to send so that an unchanged feed costs a 304."""
        return self._state.get("validators", {})

    @validators.setter
    def validators(self, validators: dict[str, str]) -> None:
        self._state["validators"] = validators

    @property
    def rejected(self) -> str | None:
        """Digest of the bytes quarantined last."""
        return self._state.get("rejected")

    @rejected.setter
    def rejected(self, digest: str | None) -> None:
        self._state["rejected"] = digest

    @property
    def retry_at(self) -> datetime | None:
        """Before this moment the server wants no request."""
        return datetime.fromisoformat(self._state["retry_at"]) if self._state.get("retry_at") else None

    @retry_at.setter
    def retry_at(self, moment: datetime | None) -> None:
        self._state["retry_at"] = moment.isoformat() if moment else None

    def tidy(self, present: list[str]) -> None:
        """Keep the entries of the present document and the latest others, MAX_REMEMBERED at most."""
        for kept in (self.seen, self.first_seen):
            for entry_id in present:
                if entry_id in kept:
                    kept[entry_id] = kept.pop(entry_id)  # to the end: the latest
            surplus = len(kept) - max(MAX_REMEMBERED, len(present))
            for entry_id in list(kept)[: max(surplus, 0)]:
                del kept[entry_id]
