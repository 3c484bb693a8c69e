"""The business records that join the posts: CRM accounts and opportunities, NPS answers, support cases.

All are of the fictional brand Lumora's customers. They follow the same story as the posts: after the
crisis, support fills up with safety cases and is slower, and small businesses recommend the brand less.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from ingestion.sources.demo import draw, rhythm
from ingestion.sources.demo.care import Cases, case_table, message_table, planted_table
from ingestion.sources.demo.columns import by_time, ids_of, names_at, origin, times
from ingestion.sources.demo.entities import BRANDS, ENTITIES, products_of
from ingestion.sources.demo.phrasebook import SPELLINGS
from ingestion.sources.demo.phrasebook import book as compiled_book
from ingestion.sources.demo.places import countries
from ingestion.sources.demo.settings import CRISIS, DAYS, LANGUAGES, SEED, SENTIMENTS, START, TOPICS

SEGMENTS = ("enterprise", "smb", "consumer")
ACCOUNTS = {"enterprise": 45, "smb": 145, "consumer": 110}
OPPORTUNITIES = 900
RESPONSES = {"enterprise": 380, "smb": 600, "consumer": 520}
CASES = 1_200
CRISIS_CASES = 260  # of CASES

# Odds of the scores 0..10, in the order (before, after the crisis's first day).
SCORE_WEIGHTS = {
    "enterprise": ((1, 0, 1, 1, 2, 4, 6, 14, 22, 25, 24), (1, 0, 1, 2, 2, 4, 6, 15, 22, 24, 23)),
    "smb": ((1, 1, 1, 1, 2, 4, 6, 16, 22, 24, 22), (5, 3, 4, 5, 6, 9, 11, 17, 16, 13, 11)),
    "consumer": ((2, 1, 1, 2, 3, 5, 7, 17, 21, 21, 20), (2, 1, 2, 2, 3, 6, 8, 17, 20, 20, 19)),
}
INDUSTRIES = ("hospitality", "retail", "offices", "health", "education", "logistics")
STAGES = ("qualification", "proposal", "closed_won", "closed_lost")
LEAD_SOURCES = (("web", 34), ("social", 20), ("referral", 18), ("event", 12), ("outbound", 16))
# Leads that social media touched before the sale, by lead source, and what that does to them.
TOUCHED_PERCENT = (30, 72, 14, 10, 6)
TOUCHES_UNRECORDED_PERCENT = 10
TOUCH_WIN_POINTS = 16
TOUCH_SHORTENS_PERCENT = 25
INVITED_ANSWER_PERCENT = {"enterprise": 38, "smb": 24, "consumer": 15}
CHANNELS = (("email", 40), ("chat", 26), ("phone", 20), ("social", 14))
# Fastest and slowest usual first response in minutes, by channel.
RESPONSE_MINUTES = np.array([(45, 1_900), (1, 24), (1, 12), (8, 260)])
CASE_TOPICS = {
    "product_quality": 30, "delivery": 18, "customer_service": 8, "app_and_website": 16, "price": 9,
    "availability": 8, "safety": 4, "churn": 5, "feature_request": 4,
}  # fmt: skip
NAME_WORDS = (
    "Harbour Lantern Meadow Copper Granite Willow Summit Orchard "
    "Beacon Juniper Cobalt Prairie Saffron Anchor Delta"
).split()
NAME_ENDS = {
    "enterprise": ("Group", "Holding", "International"),
    "smb": ("Café", "Studio", "Bakery", "Office", "Hotel", "Clinic"),
    "consumer": ("Household",),
}
SLOW_DAYS = 6  # support is slower for so many days after the crisis began


@dataclass(frozen=True)
class Business:
    """Observations of each resource in the order of observed_at, and what was planted in some of them."""

    accounts: pa.Table
    opportunities: pa.Table
    responses: pa.Table
    invitations: pa.Table
    cases: pa.Table
    messages: pa.Table
    planted_responses: pa.Table  # response_id, segment, score, topic, after_crisis
    planted_cases: pa.Table  # see care.planted_table
    planted_opportunities: (
        pa.Table
    )  # opportunity_id, is_touched (NULL: not recorded), opened_at, closed_at, is_won, amount


@dataclass
class Customers:
    """Arrays by account."""

    ids: pa.Array
    segment: np.ndarray
    country: np.ndarray  # number in `countries()`
    language: np.ndarray
    opened: np.ndarray


def build_business(seed: int = SEED, start: date = START, days: int = DAYS) -> Business:
    """Return the business records of the window; the same arguments give the same tables."""
    customers, accounts = _accounts(seed, start, days)
    responses, planted = _responses(seed, start, days, customers)
    opportunities, planted_opportunities = _opportunities(seed, start, days, customers)
    cases = _cases(seed, start, days, customers)
    return Business(
        accounts=accounts,
        opportunities=opportunities,
        responses=responses,
        invitations=_invitations(start, days, planted),
        cases=case_table(cases, start),
        messages=message_table(cases, start),
        planted_responses=planted,
        planted_cases=planted_table(cases, start),
        planted_opportunities=planted_opportunities,
    )


def _account_name(number: int, segment: str) -> str:
    """Return a name that nobody can take for a real customer's."""
    ends = NAME_ENDS[segment]
    return f"{NAME_WORDS[number * 7 % len(NAME_WORDS)]} {ends[number % len(ends)]} {number:03d} (synthetic)"


def _crisis_second(start: date) -> int:
    return rhythm.seconds_since(start, CRISIS.starts_at)


def _accounts(seed: int, start: date, days: int) -> tuple[Customers, pa.Table]:
    rng = draw.stream(seed, "accounts")
    segment = np.repeat(np.arange(len(SEGMENTS)), list(ACCOUNTS.values()))
    n = len(segment)
    language = draw.weighted(rng, (46, 18, 26, 10), n)
    country = np.zeros(n, dtype=np.int64)
    _, _, by_language = countries()
    for number, (first, weights) in enumerate(by_language):
        here = np.flatnonzero(language == number)
        country[here] = first + draw.weighted(rng, weights, len(here))
    # Nine of ten were customers before the window, some for years.
    opened = -rng.integers(1, 1_200 * rhythm.DAY, n)
    fresh = draw.chance(rng, n, 10)
    opened = np.where(fresh, rng.integers(0, days * rhythm.DAY * 2 // 3, n), opened)
    ids = ids_of("acc", np.arange(1, n + 1))
    names = [_account_name(number, SEGMENTS[kind]) for number, kind in enumerate(segment.tolist(), 1)]
    low, high = np.array([(20_000_000, 900_000_000), (120_000, 9_000_000), (0, 1)]).T
    revenue = (draw.between(rng, low[segment], high[segment], n) // 100 * 100).astype(np.float64)
    staff_low, staff_high = np.array([(400, 24_000), (2, 140), (0, 1)]).T
    staff = draw.between(rng, staff_low[segment], staff_high[segment], n)
    household = segment == SEGMENTS.index("consumer")
    industry = rng.integers(0, len(INDUSTRIES), n)
    observed = np.maximum(opened, 0) + rng.integers(60, 900, n)
    codes, _, _ = countries()
    table = pa.table(
        {
            "account_id": ids,
            "account_name": pa.array(names),
            "industry": names_at(INDUSTRIES, industry, household),
            "segment": names_at(SEGMENTS, segment),
            "country": names_at(codes, country),
            "annual_revenue": pa.array(revenue, mask=household),
            "employees": pa.array(staff, mask=household),
            "created_at": times(start, opened),
            "observed_at": times(start, observed),
        }
    )
    return Customers(ids, segment, country, language, opened), by_time(table)


def _pick_accounts(
    rng: np.random.Generator, customers: Customers, segment: np.ndarray, at: np.ndarray
) -> np.ndarray:
    """Draw an account of each row's segment that was open by then; a few do much more than the rest."""
    chosen = np.zeros(len(segment), dtype=np.int64)
    luck = rng.integers(0, 1 << 20, len(segment))
    for number in range(len(SEGMENTS)):
        members = np.flatnonzero(customers.segment == number)
        members = members[np.argsort(customers.opened[members], kind="stable")]
        here = np.flatnonzero(segment == number)
        available = np.searchsorted(customers.opened[members], at[here])
        chosen[here] = members[(luck[here] * luck[here] >> 20) * available >> 20]
    return chosen


def _products(rng: np.random.Generator, size: int) -> np.ndarray:
    """Draw products of the brand, as numbers in ENTITIES."""
    numbers, weights = products_of(BRANDS[0])
    return np.array(numbers)[draw.weighted(rng, weights, size)]


def _opportunities(seed: int, start: date, days: int, customers: Customers) -> tuple[pa.Table, pa.Table]:
    rng, touch = draw.stream(seed, "opportunities"), draw.stream(seed, "touches")
    n = OPPORTUNITIES
    opened = rng.integers(-60 * rhythm.DAY, (days - 1) * rhythm.DAY, n)
    account = _pick_accounts(rng, customers, draw.weighted(rng, (24, 46, 30), n), opened)
    segment = customers.segment[account]
    cycle = draw.between(rng, np.array([20, 8, 1])[segment], np.array([110, 70, 25])[segment], n) * rhythm.DAY
    delay, luck = rng.integers(0, 10 * rhythm.HOUR, n), rng.integers(0, 100, n)
    amount = draw.between(
        rng, np.array([18_000, 900, 120])[segment], np.array([260_000, 24_000, 700])[segment], n
    )
    amount = amount // 10 * 10
    source = draw.weighted(rng, [weight for _, weight in LEAD_SOURCES], n)
    ids, product = ids_of("opp", np.arange(1, n + 1)), _products(rng, n)
    touched = draw.chance(touch, n, np.array(TOUCHED_PERCENT)[source])
    recorded = ~draw.chance(touch, n, TOUCHES_UNRECORDED_PERCENT)
    touches = np.where(touched, 1 + draw.between(touch, 0, 6, n), 0)
    cycle = np.where(touched, cycle * (100 - TOUCH_SHORTENS_PERCENT) // 100, cycle)
    closed = opened + cycle + delay
    late = closed >= _crisis_second(start)
    chance_won = np.where(late, np.array([30, 21, 40])[segment], np.array([33, 37, 46])[segment])
    won = luck < chance_won + np.where(touched, TOUCH_WIN_POINTS, 0)
    contact = opened + np.minimum(draw.between(touch, 600, np.where(touched, 2, 6) * rhythm.DAY, n), cycle)
    in_order = np.lexsort((opened, account))
    first_of_account = np.zeros(n, dtype=bool)
    first_of_account[in_order] = np.diff(account[in_order], prepend=-1) != 0
    renewal = ~first_of_account & draw.chance(touch, n, 30)
    moved = opened + cycle // 2
    # Seen when opened, at half time as a proposal, and when closed; what is past at the start is seen once.
    parts = [(opened, 0), (moved, 1), (closed, 2)]
    rows, at, step = [], [], []
    for moment, number in parts:
        following = parts[number + 1][0] if number < 2 else None
        keep = np.ones(n, dtype=bool) if following is None else following >= 0
        here = np.flatnonzero(keep)
        rows.append(here)
        at.append(np.maximum(moment[here], 0) + rng.integers(60, 900, len(here)))
        step.append(np.full(len(here), number))
    row, at, step = np.concatenate(rows), np.concatenate(at), np.concatenate(step)
    done = step == 2
    stage = np.where(done, np.where(won[row], 2, 3), step)
    landed = by_time(
        pa.table(
            {
                "opportunity_id": ids.take(pa.array(row)),
                "account_id": customers.ids.take(pa.array(account[row])),
                "product": names_at([entity.name for entity in ENTITIES], product[row]),
                "stage": names_at(STAGES, stage),
                "amount": pa.array(amount[row].astype(np.float64)),
                "lead_source": names_at([name for name, _ in LEAD_SOURCES], source[row]),
                "social_touches": pa.array(touches[row], mask=~recorded[row]),
                "first_contact_at": times(start, contact[row], at < contact[row]),
                "is_new_customer": pa.array(first_of_account[row]),
                "is_renewal": pa.array(renewal[row]),
                "is_won": pa.array(done & won[row]),
                "is_closed": pa.array(done),
                "created_at": times(start, opened[row]),
                "closed_at": times(start, closed[row], ~done),
                "observed_at": times(start, at),
            }
        )
    )
    planted = pa.table(
        {
            "opportunity_id": ids,
            "is_touched": pa.array(touched, mask=~recorded),
            "opened_at": times(start, opened),
            "closed_at": times(start, closed),
            "is_won": pa.array(won),
            "amount": pa.array(amount),
        }
    )
    return landed, planted


def _comments(
    rng, language: np.ndarray, sentiment: np.ndarray, topic: np.ndarray, product: np.ndarray
) -> pa.Array:
    """Write what customers say, in the words that the posts use for the same topic."""
    book = compiled_book()
    cells = np.array([[book.cells.get(f"core.{t}.{s}", -1) for s in SENTIMENTS] for t in TOPICS])
    style = SPELLINGS.index("edited")
    surface = book.spelling_base[product, style]
    rows = book.fill(rng, book.pick(rng, language, cells[topic, sentiment]), np.stack([surface] * 3, axis=1))
    return book.render(rows)


def _responses(seed: int, start: date, days: int, customers: Customers) -> tuple[pa.Table, pa.Table]:
    rng = draw.stream(seed, "nps")
    segment = np.repeat(np.arange(len(SEGMENTS)), list(RESPONSES.values()))
    n = len(segment)
    at = rhythm.ordinary_seconds(rng, seed, start, days, np.full(n, 2))
    after = at >= _crisis_second(start) + rhythm.DAY
    score = np.zeros(n, dtype=np.int64)
    for number, name in enumerate(SEGMENTS):
        for late in (False, True):
            here = np.flatnonzero((segment == number) & (after == late))
            planted = np.repeat(np.arange(11), draw.quota(len(here), SCORE_WEIGHTS[name][late]))
            score[here] = planted[np.argsort(rng.random(len(here)), kind="stable")]
    account = _pick_accounts(rng, customers, segment, at)
    person = account * 16 + draw.between(rng, 0, 9, n)
    sentiment = np.where(score >= 9, 2, np.where(score >= 7, 1, 0))
    table = np.array([(26, 14, 12, 16, 12, 6, 3, 0, 0, 7, 4), (18, 16, 10, 12, 14, 10, 2, 0, 0, 0, 18),
                      (26, 10, 10, 16, 8, 2, 2, 26, 0, 0, 0)])  # fmt: skip
    topic = draw.weighted_rows(rng, table, sentiment)
    alarmed = after & (sentiment == 0) & (segment != 0) & draw.chance(rng, n, 55)
    topic = np.where(alarmed, TOPICS.index(CRISIS.topic), topic)
    product = _products(rng, n)
    silent = draw.chance(rng, n, 32)
    comment = _comments(rng, customers.language[account], sentiment, topic, product)
    order = np.argsort(at, kind="stable")
    number = np.empty(n, dtype=np.int64)
    number[order] = np.arange(1, n + 1)
    ids = ids_of("nps", number)
    codes, _, _ = countries()
    landed = pa.table(
        {
            "response_id": ids,
            "account_id": customers.ids.take(pa.array(account)),
            "respondent_id": pa.array([f"contact-{one:06d}" for one in person.tolist()]),
            "product": names_at([entity.name for entity in ENTITIES], product),
            "segment": names_at(SEGMENTS, segment),
            "country": names_at(codes, customers.country[account]),
            "language": names_at(LANGUAGES, customers.language[account]),
            "score": pa.array(score),
            "comment": comment.take(pa.array(np.arange(n), mask=silent)),
            "responded_at": times(start, at),
            "observed_at": times(start, np.minimum(at + rng.integers(60, 1_800, n), days * rhythm.DAY - 1)),
        }
    )
    planted = pa.table(
        {
            "response_id": ids,
            "segment": names_at(SEGMENTS, segment),
            "score": pa.array(score),
            "topic": names_at(TOPICS, topic),
            "after_crisis": pa.array(after),
            "responded_at": times(start, at),
        }
    )
    return by_time(landed), planted


def _invitations(start: date, days: int, planted: pa.Table) -> pa.Table:
    """Send each segment's invitations once a week; the shares that answer are planted."""
    segment = np.array(planted["segment"].to_pylist())
    week_of = (planted["responded_at"].cast(pa.int64()).to_numpy() // 1_000_000 - origin(start)) // rhythm.DAY
    monday = -start.weekday()
    week = (week_of - monday) // 7
    rows = [
        (number, name, int(((week == number) & (segment == name)).sum()))
        for number in range(-(-(days - monday) // 7))
        for name in SEGMENTS
    ]
    sent = np.array([max((monday + number * 7) * rhythm.DAY, 0) + 6 * rhythm.HOUR for number, _, _ in rows])
    return pa.table(
        {
            "batch_id": pa.array([f"invitations_{number:02d}_{name}" for number, name, _ in rows]),
            "segment": pa.array([name for _, name, _ in rows]),
            "invitations": pa.array(
                [answers * 100 // INVITED_ANSWER_PERCENT[name] for _, name, answers in rows], pa.int64()
            ),
            "sent_at": times(start, sent),
            "observed_at": times(start, sent + 60),
        }
    )


def _cases(seed: int, start: date, days: int, customers: Customers) -> Cases:
    rng = draw.stream(seed, "cases")
    surge = CRISIS_CASES if rhythm.crisis_hours(start, days)[0].size else 0
    usual = CASES - surge
    opened = np.concatenate(
        [
            rhythm.ordinary_seconds(rng, seed, start, days, np.full(usual, 2)),
            rhythm.crisis_seconds(rng, start, days, surge) + rng.integers(0, 2 * rhythm.DAY, surge),
        ]
    )
    n = len(opened)
    names = list(CASE_TOPICS)
    topic = np.array([TOPICS.index(name) for name in names])[
        draw.weighted(rng, list(CASE_TOPICS.values()), n)
    ]
    topic[usual:] = np.where(draw.chance(rng, surge, 86), TOPICS.index(CRISIS.topic), topic[usual:])
    account = _pick_accounts(rng, customers, draw.weighted(rng, (14, 36, 50), n), opened)
    person = account * 16 + draw.between(rng, 0, 9, n)
    channel = draw.weighted(rng, [weight for _, weight in CHANNELS], n)
    product = _products(rng, n)
    text = _comments(
        rng,
        customers.language[account],
        np.where(draw.chance(rng, n, 22), 1, 0),
        np.where(topic == TOPICS.index("churn"), TOPICS.index("customer_service"), topic),
        product,
    )
    slow = (opened >= _crisis_second(start)) & (opened < _crisis_second(start) + SLOW_DAYS * rhythm.DAY)
    low, high = RESPONSE_MINUTES[channel].T
    wait = draw.between(rng, low, high, n) * np.where(slow, 4, 1) * 60 + rng.integers(0, 60, n)
    answered, answered_at = ~draw.chance(rng, n, 4), opened + wait
    work = draw.between(rng, 5, 6 * 24 * 60, n) * np.where(slow, 2, 1) * 60 + rng.integers(0, 60, n)
    resolved, resolved_at = answered & ~draw.chance(rng, n, 7), answered_at + work
    rated = resolved & draw.chance(rng, n, 46)
    moods = np.array([(6, 8, 12, 32, 42), (13, 14, 18, 30, 25), (31, 23, 19, 16, 11)])
    csat = 1 + draw.weighted_rows(rng, moods, np.where(slow, 2, np.where(wait > 6 * rhythm.HOUR, 1, 0)))
    return Cases(
        seed=seed,
        opened=opened,
        answered_at=answered_at,
        is_answered=answered,
        resolved_at=resolved_at,
        is_resolved=resolved,
        csat=csat,
        is_rated=rated,
        channel=names_at([name for name, _ in CHANNELS], channel),
        topic=names_at(TOPICS, topic),
        product=names_at([entity.name for entity in ENTITIES], product),
        language=names_at(LANGUAGES, customers.language[account]),
        account_id=customers.ids.take(pa.array(account)),
        customer_id=pa.array([f"contact-{one:06d}" for one in person.tolist()]),
        text=text,
    )
