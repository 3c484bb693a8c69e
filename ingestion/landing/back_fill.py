"""A back-fill: reading a stretch of the past. What is asked for, what is known of it, and what came of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import duckdb

from ingestion.home import Home
from ingestion.landing.contract import Contract

SLACK = timedelta(days=1)
"""Around the stretch: an API may take its ends another way than we do."""


@dataclass
class BackFill:
    """Posts from `since` to before `until` (UTC); of one stream only where `stream` names it.

    With `again` also what an earlier back-fill has read to its end is read once more. The rest is the answer:
    `pages` that were read, whether it `is_done`, and why it `stopped` where the source let us read no more.
    """

    since: datetime
    until: datetime
    stream: str | None = None
    again: bool = False
    brings_newer: bool = False
    """Whether everything since then comes along, as the API can only be read page by page from its newest item."""
    known: dict[str, str] = field(default_factory=dict)
    """Native id -> content hash of what has landed of these days, and of all tombstones."""
    tombstones: frozenset[str] = frozenset()
    pages: int = 0
    is_done: bool = False
    stopped: str | None = None

    def recall(self, home: Home, source: str, contract: Contract) -> None:
        """Look up in the warehouse what has landed: a source's own memory does not reach back so far."""
        with duckdb.connect(str(home.warehouse)) as connection:
            rows = connection.execute(
                f"""
                with latest as (
                    select
                        {contract.key} as native_id,
                        arg_max(content_hash, observed_at) as content_hash,
                        max(coalesce(is_deleted, false)) as is_deleted,
                        min(created_at) as created_at
                    from raw_{source}.{contract.resource}
                    group by native_id
                )
                select native_id, content_hash, is_deleted from latest
                where is_deleted or (created_at >= $since and ($until is null or created_at < $until))
                """,
                {
                    "since": self.since - SLACK,
                    "until": None if self.brings_newer else self.until + SLACK,
                },
            ).fetchall()
        self.known = {native_id: content for native_id, content, _ in rows}
        self.tombstones = frozenset(native_id for native_id, _, is_deleted in rows if is_deleted)
