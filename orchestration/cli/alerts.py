"""`listenhouse alerts`: what a detector would have told over history."""

from collections import defaultdict
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.cli.exits import BAD_INPUT, fail, told

if TYPE_CHECKING:
    from ml.detection.replay import ReplayedAlert

EXAMPLES = """Examples:

- `listenhouse alerts replay`
- `listenhouse alerts replay --detector sd --strictness 3`
- `listenhouse alerts replay --detector peaks --entity lumora --each`
"""

app = typer.Typer(
    help="Alerts over history.", no_args_is_help=True, rich_markup_mode="markdown", epilog=EXAMPLES
)


class ReplayDetector(StrEnum):
    """What gives the alerts."""

    robust = "robust"
    sd = "sd"
    window = "window"
    seasonal = "seasonal"
    peaks = "peaks"
    crisis = "crisis"


@app.callback()
def alerts() -> None:
    """Alerts over history."""


@app.command(epilog=EXAMPLES)
@told
def replay(
    detector: Annotated[
        ReplayDetector, typer.Option(help="A detector of volumes, or crisis: the stored crisis alerts.")
    ] = ReplayDetector.robust,
    entity: Annotated[str | None, typer.Option(help="Only this entity_id.")] = None,
    threshold: Annotated[
        float, typer.Option(min=0.01, max=0.99, help="Score from which on an hour is a signal.")
    ] = 0.5,
    cooldown: Annotated[float, typer.Option(min=1, help="Hours without a signal that end an alert.")] = 12,
    strictness: Annotated[float, typer.Option(min=0.1, help="Standard deviations of sd: 1.5, 2 or 3.")] = 2,
    each: Annotated[bool, typer.Option("--each", help="Show every alert instead of months.")] = False,
) -> None:
    """Replay a detector over the hourly mentions of the published release.

    By month: alerts, the share of them that somebody acknowledged (an acknowledged alert of the same entity
    that overlaps), how long they lasted and how many hours before the strongest hour they were given.
    """
    from ingestion.home import Home
    from orchestration.publish import run_query

    home = Home.find()
    hours = run_query(home, "select entity_id, hour_at, mentions, authors from mart_mentions_hourly")
    known = sorted(set(hours.column("entity_id").to_pylist()))
    if entity is not None and entity not in known:
        fail(
            f"--entity {entity}: not mentioned in this release. Remedy: choose one of {', '.join(known)}.",
            BAD_INPUT,
        )
    stored = run_query(home, "from mart_alerts").to_pylist()
    if detector is ReplayDetector.crisis:
        given = _stored_crises(stored)
    else:
        from ml.detection.replay import replay as replay_detector

        given = replay_detector(
            hours, detector.value, threshold=threshold, cooldown_hours=cooldown, strictness=strictness
        )
    given = [alert for alert in given if entity in (None, alert.entity_id)]
    acknowledged = [row for row in stored if row["acknowledged_at"] is not None]
    _show(given, acknowledged, f"Alerts of {detector.value}", each)


def _stored_crises(stored: list[dict[str, Any]]) -> list["ReplayedAlert"]:
    from ml.detection.replay import ReplayedAlert

    return [
        ReplayedAlert(
            row["alert_kind"],
            row["entity_id"],
            row["opened_at"],
            row["last_signal_at"],
            row["peak_at"],
            row["peak_strength"],
            row["signal_hours"],
        )
        for row in sorted(stored, key=lambda row: (row["opened_at"], row["entity_id"]))
        if row["alert_kind"] == "crisis"
    ]


def _show(given: list["ReplayedAlert"], acknowledged: list[dict[str, Any]], title: str, each: bool) -> None:
    from orchestration.cli.tables import show_table

    if each:
        columns = ["kind", "entity", "opened", "hours", "lead hours", "peak", "strength", "acknowledged"]
        rows = [
            (
                alert.alert_kind,
                alert.entity_id,
                alert.opened_at,
                alert.duration_hours,
                alert.lead_hours,
                alert.peak_at,
                float(alert.peak_strength),
                _is_acknowledged(alert, acknowledged),
            )
            for alert in given
        ]
    else:
        columns = [
            "month",
            "alerts",
            "spikes",
            "valleys",
            "crises",
            "share acknowledged",
            "median hours",
            "median lead hours",
        ]
        rows = list(_months(given, acknowledged))
    show_table(columns, rows, title=title)
    typer.echo(f"{len(given):,} alerts.", err=True)


def _months(given: list["ReplayedAlert"], acknowledged: list[dict[str, Any]]) -> list[tuple]:
    by_month: dict[str, list[ReplayedAlert]] = defaultdict(list)
    for alert in given:
        by_month[f"{alert.opened_at:%Y-%m}"].append(alert)
    return [
        (
            month,
            len(alerts_of_month),
            *(
                sum(alert.alert_kind == kind for alert in alerts_of_month)
                for kind in ("spike", "valley", "crisis")
            ),
            sum(_is_acknowledged(alert, acknowledged) for alert in alerts_of_month) / len(alerts_of_month),
            float(median(alert.duration_hours for alert in alerts_of_month)),
            float(median(alert.lead_hours for alert in alerts_of_month)),
        )
        for month, alerts_of_month in sorted(by_month.items())
    ]


def _is_acknowledged(alert: "ReplayedAlert", acknowledged: list[dict[str, Any]]) -> bool:
    return any(
        row["entity_id"] == alert.entity_id
        and row["opened_at"] <= alert.last_signal_at
        and alert.opened_at <= row["last_signal_at"]
        for row in acknowledged
    )
