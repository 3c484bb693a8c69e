"""The alerts that a detector would have given over the history of hourly mentions."""

from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from ml.detection.detectors import DETECTORS
from ml.macros import MACROS, render_macro

_ALERT_MACROS = (
    MACROS / "detection" / "alerts.sql",
    MACROS / "text" / "functions.sql",
    MACROS / "time" / "seconds_between.sql",
)
LEAST_MENTIONS, LEAST_AUTHORS = 5, 3
"""A spike of fewer mentions or authors is none, and neither is a valley where fewer mentions are expected."""

_SERIES = """
    create temp table series as
    with rollup as (
        select
            entity_id, hour_at,
            cast(sum(mentions) as bigint) as mentions, cast(sum(authors) as bigint) as authors
        from hours
        where mentions > 0
        group by entity_id, hour_at
    ),
    spine as (
        select entity_id, unnest(generate_series(min(hour_at), max(hour_at), interval '1 hour')) as hour_at
        from rollup
        group by entity_id
    )
    select
        spine.entity_id as series_id,
        row_number() over (partition by spine.entity_id order by spine.hour_at) as row_number,
        spine.hour_at,
        cast(coalesce(rollup.mentions, 0) as double) as value,
        coalesce(rollup.authors, 0) as authors
    from spine
    left join rollup on spine.entity_id = rollup.entity_id and spine.hour_at = rollup.hour_at
"""
_SIGNALS = """
    create temp table signals as
    select
        case when scored.statistic > 0 then 'spike' else 'valley' end as alert_kind,
        series.series_id as entity_id,
        series.hour_at as signal_at,
        abs(scored.statistic) as strength,
        true as opens
    from series
    inner join ({scores}) as scored
        on series.series_id = scored.series_id and series.row_number = scored.row_number
    where
        abs(scored.statistic) / (1 + abs(scored.statistic)) >= $threshold
        and (
            (scored.statistic > 0 and series.value >= {mentions} and series.authors >= {authors})
            or (scored.statistic < 0 and scored.expected >= {mentions})
        )
"""


@dataclass(frozen=True)
class ReplayedAlert:
    """An alert as it would have been given; `peak_strength` is in thresholds of the detector."""

    alert_kind: str
    entity_id: str
    opened_at: datetime
    last_signal_at: datetime
    peak_at: datetime
    peak_strength: float
    signals: int

    @property
    def duration_hours(self) -> int:
        """Hours from the opening to the end of the last hour with a signal."""
        return round((self.last_signal_at - self.opened_at).total_seconds() / 3600) + 1

    @property
    def lead_hours(self) -> int:
        """Hours from the opening to the strongest hour."""
        return round((self.peak_at - self.opened_at).total_seconds() / 3600)


def replay(
    hours: pa.Table,
    detector: str,
    *,
    threshold: float = 0.5,
    cooldown_hours: float = 12,
    strictness: float = 2,
) -> list[ReplayedAlert]:
    """Return the alerts of `detector` over `hours`, the earliest first.

    `hours` has entity_id, hour_at (instants), mentions and authors, one row or more an hour, as
    mart_mentions_hourly. `threshold` is a score from 0 to 1. Each hour is judged by those before it, so an alert
    is told in the hour in which it would have been given.

    Raises ValueError for a detector that does not exist.
    """
    if detector not in DETECTORS:
        raise ValueError(f"There is no detector {detector!r}. Remedy: choose one of {', '.join(DETECTORS)}.")
    scores = render_macro(
        MACROS / "detection" / "detectors.sql",
        "detector_scores",
        "series",
        detector,
        24,
        strictness=strictness,
    )
    episodes = render_macro(_ALERT_MACROS, "alert_episodes", "signals", round(cooldown_hours * 3600))
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.register("hours", hours)
        connection.execute(_SERIES)
        connection.execute(
            _SIGNALS.format(scores=scores, mentions=LEAST_MENTIONS, authors=LEAST_AUTHORS),
            {"threshold": threshold},
        )
        alerts = connection.execute(
            "select alert_kind, entity_id, opened_at, last_signal_at, peak_at, peak_strength, signals"
            f" from ({episodes}) as alerts order by opened_at, entity_id, alert_kind"
        ).to_arrow_table()
    return [ReplayedAlert(**row) for row in alerts.to_pylist()]
