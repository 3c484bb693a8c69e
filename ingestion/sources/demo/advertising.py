"""What campaigns cost and what came of them: daily costs by channel, and visits of the brand's own site.

`morning_light` is the planted campaign; `always_on` is search advertising all through the window. A visit
carries the utm_campaign that brought it, or none. Some visitors come several times, so that the first and the
last campaign that brought them differ; what each would be credited with is told by `truth.attribution_figures`.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from ingestion.sources.demo import draw, rhythm
from ingestion.sources.demo.columns import names_at, times
from ingestion.sources.demo.settings import CAMPAIGN, DAYS, SEED, START

CURRENCY = "EUR"
ALWAYS_ON = "always_on"
CAMPAIGNS = (CAMPAIGN.entity_id, ALWAYS_ON)
# Channel, campaign, cents a day, cents a click.
CHANNELS = (
    ("x", CAMPAIGN.entity_id, 21_000, 95),
    ("instagram", CAMPAIGN.entity_id, 34_000, 70),
    ("youtube", CAMPAIGN.entity_id, 18_000, 120),
    ("search", ALWAYS_ON, 4_200, 160),
)
SHOWN_PER_CLICK = 62
CORRECTED_AFTER_DAYS = 3  # channels take back what invalid clicks cost, 1 to 4 in 100
VISITORS = 2_100  # without those whom the campaign brings
CAMPAIGN_VISITORS = 900
# Odds of (no campaign, always_on, morning_light) for the visits of a visitor, during the campaign or not.
SOURCE_WEIGHTS = ((72, 28, 0), (60, 26, 14))
# Visits in 100 that convert, by what brought them.
CONVERSION_PERCENT = (3, 6, 5)
VALUES_CENTS = (7_900, 12_900, 22_900, 34_900, 44_900)
VALUE_WEIGHTS = (26, 24, 26, 16, 8)


@dataclass(frozen=True)
class Advertising:
    """Observations of both resources, in the order of observed_at."""

    costs: pa.Table
    sessions: pa.Table


def build_advertising(seed: int = SEED, start: date = START, days: int = DAYS) -> Advertising:
    """Return costs and visits of the window; the same arguments give the same tables."""
    return Advertising(_costs(seed, start, days), _sessions(seed, start, days))


def _running(campaign: str, start: date, days: int) -> np.ndarray:
    """Return the days of the window on which a campaign is paid for."""
    every = np.arange(days)
    if campaign != CAMPAIGN.entity_id:
        return every
    first, last = ((day - start).days for day in (CAMPAIGN.starts_on, CAMPAIGN.ends_on))
    return every[(every >= first) & (every <= last)]


def _costs(seed: int, start: date, days: int) -> pa.Table:
    rng = draw.stream(seed, "ad costs")
    by_channel = [_running(campaign, start, days) for _, campaign, _, _ in CHANNELS]
    channel = np.repeat(np.arange(len(CHANNELS)), [len(here) for here in by_channel])
    day, n = np.concatenate(by_channel), len(channel)
    daily, per_click = np.array([(cents, click) for _, _, cents, click in CHANNELS])[channel].T
    cents = daily * rng.integers(82, 119, n) // 100
    clicks = cents // per_click
    corrected = cents * (100 - rng.integers(1, 5, n)) // 100
    twice = np.tile(np.arange(n), 2)
    later = np.arange(2 * n) >= n
    epoch = start.toordinal() - date(1970, 1, 1).toordinal()
    table = pa.table(
        {
            "campaign": names_at([campaign for _, campaign, _, _ in CHANNELS], channel[twice]),
            "platform": names_at([name for name, _, _, _ in CHANNELS], channel[twice]),
            "cost_date": pa.array((day + epoch)[twice], pa.int32()).cast(pa.date32()),
            "cost": pa.array(np.where(later, corrected[twice], cents[twice]) / 100),
            "currency": pa.repeat(CURRENCY, 2 * n),
            "impression_count": pa.array((clicks * SHOWN_PER_CLICK)[twice]),
            "click_count": pa.array(clicks[twice]),
            "observed_at": times(
                start,
                (day[twice] + np.where(later, CORRECTED_AFTER_DAYS, 1)) * rhythm.DAY + 6 * rhythm.HOUR + channel[twice],
            ),
        }
    )  # fmt: skip
    return _by_time(table)


def _sessions(seed: int, start: date, days: int) -> pa.Table:
    rng = draw.stream(seed, "web sessions")
    first, last = rhythm.campaign_bounds(start, days)
    brought = CAMPAIGN_VISITORS if last > first else 0
    began = rhythm.ordinary_seconds(rng, seed, start, days, np.full(VISITORS + brought, 2))
    if brought:
        began[VISITORS:] = rhythm.ordinary_seconds(rng, seed, start, days, np.full(brought, 2), first, last)
    visits = 1 + draw.weighted(rng, (62, 22, 11, 5), len(began))
    visitor = np.repeat(np.arange(len(began)), visits)
    n = len(visitor)
    turn = np.arange(n) - np.repeat(np.cumsum(visits) - visits, visits)
    # A visitor comes again after some days, each visit after the one before.
    at = began[visitor] + turn * (2 * rhythm.DAY) + rng.integers(0, 2 * rhythm.DAY - rhythm.HOUR, n)
    during = ((at >= first) & (at < last)).astype(np.int64)
    source = draw.weighted_rows(rng, np.array(SOURCE_WEIGHTS), during)
    source = np.where((visitor >= VISITORS) & (turn == 0) & (during == 1), 2, source)
    converts = draw.chance(rng, n, np.array(CONVERSION_PERCENT)[source] + 2 * np.minimum(turn, 2))
    cents = np.array(VALUES_CENTS)[draw.weighted(rng, VALUE_WEIGHTS, n)]
    paid = draw.weighted(rng, (30, 46, 24), n)
    names, untold = (ALWAYS_ON, CAMPAIGN.entity_id), source == 0
    order = np.argsort(at, kind="stable")
    number = np.empty(n, dtype=np.int64)
    number[order] = np.arange(1, n + 1)
    referrer = np.where(source == 2, paid, 3)
    return _by_time(
        pa.table(
            {
                "session_id": pa.array([f"visit_{one:06d}" for one in number.tolist()]),
                "visitor_id": pa.array([f"visitor-{one:06d}" for one in visitor.tolist()]),
                "started_at": times(start, at),
                "utm_source": names_at(("x", "instagram", "youtube", "search"), referrer, untold),
                "utm_medium": names_at(("cpc", "paid_social"), np.maximum(source - 1, 0), untold),
                "utm_campaign": names_at(names, np.maximum(source - 1, 0), untold),
                "is_conversion": pa.array(converts),
                "revenue": pa.array(cents / 100, mask=~converts),
                "currency": names_at((CURRENCY,), np.zeros(n, dtype=np.int64), ~converts),
                "observed_at": times(start, at + 1_800),
            }
        )
    )


def _by_time(table: pa.Table) -> pa.Table:
    order = np.argsort(table["observed_at"].cast(pa.int64()).to_numpy(), kind="stable")
    return table.take(pa.array(order))
