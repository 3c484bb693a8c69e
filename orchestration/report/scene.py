"""What every section of the report needs to know: periods, brands, names, the time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.report.release_file import ReleaseFile

PERIOD_DAYS = 28
CHART_DAYS = 91
"""Charts show the last 13 weeks; the marts hold the rest."""

BRAND_MARTS = ("dim_dates", "dim_brands", "dim_entities", "mart_mentions_daily")


@dataclass(frozen=True)
class Period:
    """The days of the report, all inclusive; a day begins at midnight in the reporting time zone."""

    first_date: date
    last_date: date

    @property
    def current_start(self) -> date:
        return self.last_date - timedelta(days=PERIOD_DAYS - 1)

    @property
    def previous_start(self) -> date:
        return self.last_date - timedelta(days=2 * PERIOD_DAYS - 1)

    @property
    def chart_start(self) -> date:
        return max(self.first_date, self.last_date - timedelta(days=CHART_DAYS - 1))


@dataclass(frozen=True)
class Brand:
    """An own brand or a rival, with its mentions in the charts' days."""

    brand_id: str
    name: str
    is_own: bool
    mentions: int


@dataclass(frozen=True)
class Scene:
    """The frame of a report.

    `period` holds the days of posts, None if there are none. `survey_period` is the same, or the weeks of
    surveys and cases where a release has nothing but those.
    """

    period: Period | None
    survey_period: Period | None
    brands: tuple[Brand, ...]
    names: dict[str, str]
    panel_names: dict[str, str]
    zone: tzinfo
    zone_name: str
    is_zone_known: bool
    data_through: datetime | None

    @property
    def focus(self) -> tuple[Brand, ...]:
        """Own brands, most mentioned first; all brands where none is marked as own."""
        return tuple(brand for brand in self.brands if brand.is_own) or self.brands

    @property
    def focus_kind(self) -> str:
        """What one of `focus` is called."""
        return "own brand" if any(brand.is_own for brand in self.brands) else "brand"

    def name(self, entity_id: str) -> str:
        """Return an entity's name as its owner wrote it: text, never markup."""
        return self.names.get(entity_id, entity_id)

    def panel_name(self, panel_id: str) -> str:
        return self.panel_names.get(panel_id) or panel_id.replace("_", " ")


def read_scene(release: ReleaseFile, facts: dict[str, Any]) -> Scene:
    """Read the frame of a report; see `build_report` for what `facts` may hold."""
    zone_name = facts.get("reporting_time_zone")
    period, brands, names = None, (), {}
    if release.has(*BRAND_MARTS):
        period = _period(release, "period")
        names = {row["entity_id"]: row["entity_name"] for row in release.rows("entities")}
    survey_period = period
    if period is None and release.has("mart_voice_of_customer"):
        survey_period = _period(release, "period_of_weeks")
    if period is not None:
        rows = release.rows("brands", first_date=period.chart_start, last_date=period.last_date)
        brands = tuple(
            Brand(row["brand_id"], row["brand_name"], row["is_own_brand"], row["mentions"]) for row in rows
        )
    return Scene(
        period=period,
        survey_period=survey_period,
        brands=brands,
        names=names,
        panel_names=facts.get("panel_names") or {},
        zone=ZoneInfo(zone_name) if zone_name else UTC,
        zone_name=zone_name or "UTC",
        is_zone_known=zone_name is not None,
        data_through=facts.get("data_through"),
    )


def _period(release: ReleaseFile, query: str) -> Period | None:
    (row,) = release.rows(query)
    return Period(**row) if row["last_date"] else None
