"""The synthetic world of the fictional coffee machine brand Lumora: no network, no key, no real person.

API: none; posts, CRM, NPS and support records are generated, the same ones on every machine.
Paging: none; each run lands the observations of the days that no earlier run has landed, up to
`sources.demo.until` (else the last day of the window), in columnar batches.
Data flow: posts.generate_posts -> raw_demo.posts; business.build_business -> raw_demo.crm_accounts,
crm_opportunities, nps_responses, survey_invitations, support_cases, case_messages. What was planted is
told by truth.py and lands nowhere.
Deletes: as a stream of tombstones, some hours or days after the post.
Rate limit: none.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import dlt
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.landing.business import (
    CASE_MESSAGES,
    CRM_ACCOUNTS,
    CRM_OPPORTUNITIES,
    NPS_RESPONSES,
    SUPPORT_CASES,
    SURVEY_INVITATIONS,
)
from ingestion.landing.posts import POSTS
from ingestion.sources.demo.business import Business, build_business
from ingestion.sources.demo.posts import generate_posts
from ingestion.sources.demo.settings import DAYS, START

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.landing import Landing
    from ingestion.landing.contract import Contract
    from ingestion.listening import Listening

CONTRACTS = (
    POSTS,
    CRM_ACCOUNTS,
    CRM_OPPORTUNITIES,
    NPS_RESPONSES,
    SURVEY_INVITATIONS,
    SUPPORT_CASES,
    CASE_MESSAGES,
)
LAST_DAY = START + timedelta(days=DAYS - 1)


@dlt.source(name="demo")
def demo(landing: "Landing", listening: "Listening", home: "Home") -> Any:
    """Return the source as set up in `listening.sources.demo` (`until`, `posts`)."""
    settings = listening.sources.demo
    until = settings.until or LAST_DAY

    # Made when a resource first needs it, and once: a run with nothing new makes nothing.
    @cache
    def business() -> Business:
        return build_business()

    tables: tuple[tuple[Contract, Callable[[], pa.Table]], ...] = (
        (POSTS, lambda: generate_posts(settings.posts)),
        (CRM_ACCOUNTS, lambda: business().accounts),
        (CRM_OPPORTUNITIES, lambda: business().opportunities),
        (NPS_RESPONSES, lambda: business().responses),
        (SURVEY_INVITATIONS, lambda: business().invitations),
        (SUPPORT_CASES, lambda: business().cases),
        (CASE_MESSAGES, lambda: business().messages),
    )
    return [_resource(landing, contract, table, until, settings.posts) for contract, table in tables]


def _resource(
    landing: "Landing", contract: "Contract", make_table: Callable[[], pa.Table], until: date, posts: int
) -> Any:
    """Return a resource that lands the observations after the last landed day, up to `until`."""

    @dlt.resource(name=contract.resource, write_disposition="append")
    def observations() -> Iterator[Any]:
        state = dlt.current.resource_state()
        if state.setdefault("posts", posts) != posts:
            raise ValueError(
                f"sources.demo.posts is {posts}, but a world of {state['posts']} posts has been landed, and "
                f"the two would mix; set posts: {state['posts']} in listening.yml, or use an empty home"
            )
        landed_through = state.get("landed_through")
        if landed_through is not None and date.fromisoformat(landed_through) >= until:
            return
        table = _days(make_table(), date.fromisoformat(landed_through) if landed_through else None, until)
        state["landed_through"] = until.isoformat()
        first = date.fromisoformat(landed_through) + timedelta(days=1) if landed_through else START
        if table.num_rows:
            yield from landing.land(contract, table, unit=f"synthetic {contract.resource} {first} to {until}")

    return observations


def _days(table: pa.Table, after: date | None, until: date) -> pa.Table:
    """Return the rows observed on the days after `after`, up to and with `until` (UTC)."""
    keep = pc.less(table["observed_at"], _midnight_after(until))
    if after is not None:
        keep = pc.and_(keep, pc.greater_equal(table["observed_at"], _midnight_after(after)))
    return table.filter(keep)


def _midnight_after(day: date) -> pa.Scalar:
    return pa.scalar(datetime.combine(day + timedelta(days=1), time(), UTC), pa.timestamp("us", tz="UTC"))
