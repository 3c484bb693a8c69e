"""The synthetic world of the fictional coffee machine brand Lumora: no network, no key, no real person.

API: none; posts, insights, costs, visits, CRM, NPS and support records are generated, the same ones on every machine.
Paging: none; each run lands the observations of the days that no earlier run has landed, up to
`sources.demo.until` (else the last day of the window), in columnar batches.
Data flow: posts.generate_posts, owned.build_owned -> raw_demo.posts; insights -> raw_demo.post_insights,
account_metrics; advertising.build_advertising -> raw_demo.ad_costs, web_sessions; business.build_business ->
raw_demo.crm_accounts, crm_opportunities, nps_responses, survey_invitations, support_cases, case_messages.
What was planted is told by truth.py and lands nowhere.
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
from ingestion.landing.marketing import ACCOUNT_METRICS, AD_COSTS, POST_INSIGHTS, WEB_SESSIONS
from ingestion.landing.posts import POSTS
from ingestion.sources.demo.advertising import Advertising, build_advertising
from ingestion.sources.demo.business import Business, build_business
from ingestion.sources.demo.insights import account_metrics, post_insights
from ingestion.sources.demo.owned import Owned, build_owned
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
    POST_INSIGHTS,
    ACCOUNT_METRICS,
    AD_COSTS,
    WEB_SESSIONS,
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

    @cache
    def owned() -> Owned:
        return build_owned(settings.posts)

    @cache
    def advertising() -> Advertising:
        return build_advertising()

    tables: tuple[tuple[Contract, Callable[[], pa.Table]], ...] = (
        (POSTS, lambda: pa.concat_tables([generate_posts(settings.posts), owned().observations])),
        (CRM_ACCOUNTS, lambda: business().accounts),
        (CRM_OPPORTUNITIES, lambda: business().opportunities),
        (NPS_RESPONSES, lambda: business().responses),
        (SURVEY_INVITATIONS, lambda: business().invitations),
        (SUPPORT_CASES, lambda: business().cases),
        (CASE_MESSAGES, lambda: business().messages),
        (POST_INSIGHTS, lambda: post_insights(owned())),
        (ACCOUNT_METRICS, account_metrics),
        (AD_COSTS, lambda: advertising().costs),
        (WEB_SESSIONS, lambda: advertising().sessions),
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
