"""The truth about the synthetic world, as planted: what tests and demonstrations compare results with.

Nothing of this lands. Figures come from the generator's own record of what it planted, not from
reading the texts again, so a count made from the texts is an independent check of both.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.sources.demo import rhythm
from ingestion.sources.demo.advertising import Advertising
from ingestion.sources.demo.business import SEGMENTS, Business
from ingestion.sources.demo.entities import ENTITIES
from ingestion.sources.demo.owned import Owned
from ingestion.sources.demo.posts import World
from ingestion.sources.demo.settings import CAMPAIGN, CRISIS

COPIED = ("exact_duplicate", "near_duplicate", "reshare")


@dataclass(frozen=True)
class CrisisFigures:
    """The planted crisis. Posts are those written for it, without reshares and duplicates of them."""

    entity_id: str
    topic: str
    starts_at: datetime
    peak_hour_at: datetime
    ends_at: datetime
    posts: int
    reshares: int
    authors: int
    negative: int
    peak_hour_posts: int


@dataclass(frozen=True)
class CampaignFigures:
    """The planted campaign; `lift` is the brand's mentions by originals against the same weekdays before."""

    entity_id: str
    brand_id: str
    starts_on: date
    ends_on: date
    posts: int
    positive: int
    lift: float


@dataclass(frozen=True)
class NpsFigures:
    """Answers of one segment in one period, and the score that they make."""

    segment: str
    after_crisis: bool
    responses: int
    promoters: int
    detractors: int

    @property
    def nps(self) -> float:
        """Percentage of promoters less percentage of detractors."""
        return 100 * (self.promoters - self.detractors) / self.responses


@dataclass(frozen=True)
class OwnedFigures:
    """Posts of one brand's accounts on one theme, and the answers to them."""

    posts: int
    answers: int
    negative_answers: int

    @property
    def negative_share(self) -> float:
        """Negative among all answers, fraction of 1."""
        return self.negative_answers / self.answers if self.answers else 0.0


@dataclass(frozen=True)
class Credit:
    """What a campaign is credited with; money in cents."""

    conversions: float
    revenue_cents: float


@dataclass(frozen=True)
class CareFigures:
    """Planted cases of one channel, as far as they are seen; times are in seconds, one for each case."""

    channel: str
    cases: int
    needed_reply: int
    replied: int
    responses: tuple[float, ...]
    handlings: tuple[float, ...]
    waiting: tuple[float, ...]  # of cases that need a reply and have none, until the last event
    reopened: int


@dataclass(frozen=True)
class SalesFigures:
    """Closed deals that were touched by social media, or were not, or of which it was not recorded (None)."""

    is_touched: bool | None
    closed: int
    won: int
    cycle_days: float  # mean


@dataclass(frozen=True)
class Figures:
    """Totals of a world; deleted posts are counted everywhere, since they were there."""

    posts: int
    observations: int
    by_platform: dict[str, int]
    by_language: dict[str, int]
    by_post_type: dict[str, int]
    by_kind: dict[str, int]
    mentions: dict[str, int]  # posts of any kind that name the entity
    original_mentions: dict[str, int]  # without reshares, duplicates and spam
    exact_duplicates: int
    near_duplicates: int
    reshares: int
    spam: int
    edited: int
    deleted: int
    crisis: CrisisFigures
    campaign: CampaignFigures


def posts_seen(world: World, until: date | None = None) -> pa.Table:
    """Return the truth about the posts that were seen by the end of `until` (UTC; default: all posts).

    Columns: post_id, platform, post_type, kind, origin_kind (of what a copy copies), language, country,
    entities (list), sentiment, topics (list), author_number, copy_of, created_at, first_observed_at,
    edited_at, deleted_at.
    """
    if until is None:
        return world.truth
    return world.truth.filter(pc.less(world.truth["first_observed_at"], _midnight(until + timedelta(days=1))))


def mentions(posts: pa.Table) -> pa.Table:
    """Return one row per post and entity that it names: the posts' columns and `entity_id`."""
    row = pc.list_parent_indices(posts["entities"])
    return (
        posts.drop_columns(["entities"])
        .take(row)
        .append_column("entity_id", pc.list_flatten(posts["entities"]))
    )


def mentions_daily(posts: pa.Table, time_zone: str = "UTC") -> dict[tuple[str, date], int]:
    """Return the number of posts that name an entity, by entity and day of the given time zone."""
    named = mentions(posts)
    local = pc.local_timestamp(named["created_at"].cast(pa.timestamp("us", tz=time_zone)))
    return dict(
        Counter(zip(named["entity_id"].to_pylist(), local.cast(pa.date32()).to_pylist(), strict=True))
    )


def originals(posts: pa.Table) -> pa.Table:
    """Return posts without reshares, planted duplicates and spam."""
    return posts.filter(pc.invert(pc.is_in(posts["kind"], pa.array([*COPIED, "spam"]))))


def figures(world: World, until: date | None = None) -> Figures:
    """Return the totals of the posts and observations seen by the end of `until` (default: all)."""
    posts = posts_seen(world, until)
    observed = world.observations["observed_at"]
    end = _midnight(until + timedelta(days=1)) if until else pa.scalar(None, observed.type)
    kinds = _counts(posts["kind"])
    return Figures(
        posts=posts.num_rows,
        observations=int(pc.sum(pc.less(observed, end)).as_py() or 0) if until else len(observed),
        by_platform=_counts(posts["platform"]),
        by_language=_counts(posts["language"]),
        by_post_type=_counts(posts["post_type"]),
        by_kind=kinds,
        mentions=_by_entity(posts),
        original_mentions=_by_entity(originals(posts)),
        exact_duplicates=kinds.get("exact_duplicate", 0),
        near_duplicates=kinds.get("near_duplicate", 0),
        reshares=kinds.get("reshare", 0),
        spam=kinds.get("spam", 0),
        edited=len(posts) - posts["edited_at"].null_count,
        deleted=len(posts) - posts["deleted_at"].null_count,
        crisis=crisis_figures(posts),
        campaign=campaign_figures(posts),
    )


def crisis_figures(posts: pa.Table) -> CrisisFigures:
    """Return what the posts hold of the planted crisis."""
    own = posts.filter(pc.equal(posts["kind"], "crisis"))
    copied = posts.filter(
        pc.and_(pc.equal(posts["kind"], "reshare"), pc.equal(posts["origin_kind"], "crisis"))
    )
    hours = Counter(pc.floor_temporal(own["created_at"], unit="hour").to_pylist())
    peak = max(sorted(hours), key=hours.get) if hours else CRISIS.starts_at
    return CrisisFigures(
        entity_id=CRISIS.entity_id,
        topic=CRISIS.topic,
        starts_at=CRISIS.starts_at,
        peak_hour_at=peak,
        ends_at=CRISIS.starts_at + timedelta(hours=CRISIS.hours),
        posts=own.num_rows,
        reshares=copied.num_rows,
        authors=len(own["author_number"].unique()),
        negative=_counts(own["sentiment"]).get("negative", 0),
        peak_hour_posts=hours.get(peak, 0),
    )


def campaign_figures(posts: pa.Table) -> CampaignFigures:
    """Return what the posts hold of the planted campaign.

    The baseline of `lift` is what the same posts would be without those planted for the campaign.
    """
    own = posts.filter(pc.equal(posts["kind"], "campaign"))
    first = datetime.combine(CAMPAIGN.starts_on, time(), UTC)
    last = datetime.combine(CAMPAIGN.ends_on + timedelta(days=1), time(), UTC) - timedelta(hours=2)
    named = mentions(originals(posts))
    inside = pc.and_(
        pc.equal(named["entity_id"], CAMPAIGN.brand_id),
        pc.and_(
            pc.greater_equal(named["created_at"], _scalar(first)), pc.less(named["created_at"], _scalar(last))
        ),
    )
    during = named.filter(inside)
    usual = during.filter(pc.not_equal(during["kind"], "campaign")).num_rows
    return CampaignFigures(
        entity_id=CAMPAIGN.entity_id,
        brand_id=CAMPAIGN.brand_id,
        starts_on=CAMPAIGN.starts_on,
        ends_on=CAMPAIGN.ends_on,
        posts=own.num_rows,
        positive=_counts(own["sentiment"]).get("positive", 0),
        lift=during.num_rows / usual if usual else 0.0,
    )


def with_owned(world: World, owned: Owned) -> World:
    """Return the world as it lands: people's posts, and those of the owned accounts with their answers.

    Posts of kind `owned` are the accounts' own, those of kind `owned_answer` answer them; both name brands, so
    that figures of the whole count them.
    """
    return World(
        truth=pa.concat_tables([world.truth, owned.truth]),
        observations=pa.concat_tables([world.observations, owned.observations]),
        start=world.start,
        days=world.days,
    )


def owned_figures(owned: Owned) -> dict[tuple[str, str], OwnedFigures]:
    """Return what the accounts of each brand posted on each theme, and how it was answered."""
    made: dict[tuple[str, str], OwnedFigures] = {}
    columns = ("brand_id", "theme", "answers", "negative_answers")
    for brand, theme, answers, negative in zip(
        *(owned.planted[name].to_pylist() for name in columns), strict=True
    ):
        before = made.get((brand, theme), OwnedFigures(0, 0, 0))
        made[brand, theme] = OwnedFigures(
            before.posts + 1, before.answers + answers, before.negative_answers + negative
        )
    return made


def attribution_figures(
    advertising: Advertising, until: date | None = None, look_back_days: int = 30
) -> dict[tuple[str, str], Credit]:
    """Return the credit of each campaign under each model (first, last, linear), visit by visit.

    Keys are (model, campaign), the campaign being '(none)' where no visit of the `look_back_days` before a
    conversion, itself included, came from one. `until` leaves out visits seen after that day (UTC).
    """
    rows = advertising.sessions.to_pylist()
    if until is not None:
        end = datetime.combine(until + timedelta(days=1), time(), UTC)
        rows = [row for row in rows if row["observed_at"] < end]
    by_visitor: dict[str, list[dict]] = {}
    for row in sorted(rows, key=lambda row: (row["started_at"], row["session_id"])):
        by_visitor.setdefault(row["visitor_id"], []).append(row)
    sums: dict[tuple[str, str], list[float]] = {}
    for visits in by_visitor.values():
        for visit in visits:
            if not visit["is_conversion"]:
                continue
            earliest = visit["started_at"] - timedelta(days=look_back_days)
            brought = [
                other["utm_campaign"]
                for other in visits
                if other["utm_campaign"] and earliest <= other["started_at"] <= visit["started_at"]
            ] or ["(none)"]
            credits = {"first": brought[:1], "last": brought[-1:], "linear": brought}
            for model, campaigns in credits.items():
                for campaign in campaigns:
                    total = sums.setdefault((model, campaign), [0.0, 0.0])
                    total[0] += 1 / len(campaigns)
                    total[1] += round(visit["revenue"] * 100) / len(campaigns)
    return {key: Credit(*total) for key, total in sums.items()}


def nps_figures(business: Business) -> dict[tuple[str, bool], NpsFigures]:
    """Return the planted NPS by segment and whether the answers came after the crisis's first day."""
    segment = np.array(business.planted_responses["segment"].to_pylist())
    score = business.planted_responses["score"].to_numpy()
    after = business.planted_responses["after_crisis"].to_numpy()
    made = {}
    for name in SEGMENTS:
        for late in (False, True):
            here = score[(segment == name) & (after == late)]
            made[name, late] = NpsFigures(
                name, late, len(here), int((here >= 9).sum()), int((here <= 6).sum())
            )
    return made


def care_figures(business: Business, until: date) -> dict[str, CareFigures]:
    """Return the planted cases by channel, as they stand at the end of `until` (UTC)."""
    cases = business.planted_cases.to_pandas()
    end = datetime.combine(until + timedelta(days=1), time(), UTC)
    # An observation comes 45 seconds after what it tells; what has not been observed has not happened.
    seen = end - timedelta(seconds=45)
    happenings = ["opened_at", "answered_at", "resolved_at", "reopened_at", "resolved_again_at"]
    for name in happenings:
        cases[name] = cases[name].where(cases[name] < seen)
    cases = cases[cases.opened_at.notna()]
    sent = business.messages.filter(pc.less(business.messages["observed_at"], _scalar(end)))["sent_at"]
    last = max(cases[happenings].max().max(), pc.max(sent).as_py())
    made = {}
    for channel, own in cases.groupby("channel"):
        answered = own.answered_at.notna()
        # A reopened case is resolved when it was resolved again.
        resolved_at = own.resolved_at.where(own.reopened_at.isna(), own.resolved_again_at)
        handled = answered & resolved_at.notna()
        waits = own[~answered & own.needs_reply]
        made[channel] = CareFigures(
            channel=channel,
            cases=len(own),
            needed_reply=int(own.needs_reply.sum()),
            replied=int((answered & own.needs_reply).sum()),
            responses=tuple((own.answered_at - own.opened_at)[answered].dt.total_seconds()),
            handlings=tuple((resolved_at - own.answered_at)[handled].dt.total_seconds()),
            waiting=tuple((last - waits.opened_at).dt.total_seconds()),
            reopened=int(own.reopened_at.notna().sum()),
        )
    return made


def sales_figures(business: Business, until: date) -> dict[bool | None, SalesFigures]:
    """Return the planted deals that were seen closed by the end of `until` (UTC), by social touch."""
    end = datetime.combine(until + timedelta(days=1), time(), UTC)
    seen = business.opportunities.filter(
        pc.and_(
            business.opportunities["is_closed"], pc.less(business.opportunities["observed_at"], _scalar(end))
        )
    )
    closed = set(seen["opportunity_id"].to_pylist())
    deals = [row for row in business.planted_opportunities.to_pylist() if row["opportunity_id"] in closed]
    made = {}
    for touched in (True, False, None):
        own = [row for row in deals if row["is_touched"] is touched]
        days = [(row["closed_at"] - row["opened_at"]).total_seconds() / rhythm.DAY for row in own]
        made[touched] = SalesFigures(
            touched, len(own), sum(row["is_won"] for row in own), sum(days) / len(days) if days else 0.0
        )
    return made


def nps_breaks_at() -> datetime:
    """Return when the planted drop of the NPS begins: a day after the crisis does."""
    return CRISIS.starts_at + timedelta(seconds=rhythm.DAY)


def _midnight(day: date) -> pa.Scalar:
    return _scalar(datetime.combine(day, time(), UTC))


def _scalar(moment: datetime) -> pa.Scalar:
    return pa.scalar(moment, pa.timestamp("us", tz="UTC"))


def _counts(column: pa.ChunkedArray) -> dict[str, int]:
    return {one["values"]: one["counts"] for one in pc.value_counts(column).to_pylist()}


def _by_entity(posts: pa.Table) -> dict[str, int]:
    counted = _counts(pc.list_flatten(posts["entities"]))
    return {entity.entity_id: counted.get(entity.entity_id, 0) for entity in ENTITIES}
