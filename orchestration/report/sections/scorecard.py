"""One card per KPI: value, interval, the period before, and whether the change is more than noise."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from orchestration.report import formats
from orchestration.report.blocks import Card, Cards, Definitions, Details, Mark, Note, Section, Table
from orchestration.report.definitions import define
from orchestration.report.release_file import ReleaseFile
from orchestration.report.scene import Scene

COMPANY = "company"
MAX_SCOPES = 4
"""Brands with cards; the table names all."""

_PANEL_KPI = "share_of_voice_"


@dataclass(frozen=True)
class Kpi:
    """How a KPI reads: its name, its figures, what its sample is made of, and which direction is good."""

    name: str
    show: Callable[[float | None], str]
    sample: str
    better: str = ""


_KPIS = {
    "mentions": Kpi("Mentions", formats.count, "mentions"),
    "net_sentiment": Kpi("Net sentiment", formats.net, "scored mentions", "up"),
    "negative_share": Kpi("Negative share", formats.percent, "scored mentions", "down"),
    "engagement": Kpi("Engagement", formats.count, "mentions with engagement"),
    "nps": Kpi("NPS", formats.points, "answers", "up"),
    "csat": Kpi("CSAT", formats.percent_of_100, "answers", "up"),
    "median_first_response": Kpi("Median first response", formats.hours, "answered cases", "down"),
}
_ORDER = ("share_of_voice", "net_sentiment", "negative_share", "mentions", "engagement", "nps", "csat")
_UNITS = {
    "share": formats.percent,
    "percent": formats.percent_of_100,
    "points": formats.points,
    "hours": formats.hours,
    "posts": formats.count,
    "interactions": formats.count,
}
_VERDICTS = {
    "up": "▲ Up",
    "down": "▼ Down",
    "no clear change": "≈ No clear change",
    "not tested": "Not tested",
}


def build(release: ReleaseFile, scene: Scene) -> Section:
    """Build the scorecard: cards for the most mentioned own brands and the company, a table of all."""
    section = Section("scorecard", "Scorecard")
    rows = release.rows("scorecard") if release.has("mart_exec_scorecard") else []
    if not rows:
        return Section(
            section.id, section.title, empty="No mention of an own brand and no answer to a survey."
        )
    rank = {brand.brand_id: place for place, brand in enumerate(scene.focus)}
    rows.sort(key=lambda row: (_scope_place(row["scope_id"], rank), _kpi_place(row["kpi"]), row["kpi"]))
    groups = [(scope, list(group)) for scope, group in groupby(rows, key=lambda row: row["scope_id"])]
    shown = [group for group in groups if group[0] != COMPANY][:MAX_SCOPES]
    shown += [group for group in groups if group[0] == COMPANY]
    blocks: list[Any] = [
        Cards(_scope_name(scope, scene), [_card(row, scene) for row in group]) for scope, group in shown
    ]
    if len(shown) < len(groups):
        blocks.append(
            Note(f"Cards show the {MAX_SCOPES} most mentioned {scene.focus_kind}s; the table has all.")
        )
    blocks.append(_definitions(rows, scene))
    blocks.append(Details("All figures as a table", _table(rows, scene)))
    first = rows[0]
    span = formats.days(first["period_start_date"], first["period_end_date"])
    lead = (
        f"{span} against the 28 days before. A change counts as up or down only where the two 95% intervals "
        "do not overlap."
    )
    return Section(section.id, section.title, lead, blocks)


def kpi_of(row: dict[str, Any], scene: Scene) -> Kpi:
    """Return how a row of the scorecard reads; a KPI that this report does not know shows by its unit."""
    name = row["kpi"]
    if name in _KPIS:
        return _KPIS[name]
    if name.startswith(_PANEL_KPI):
        panel = scene.panel_name(name.removeprefix(_PANEL_KPI))
        return Kpi(f"Share of voice, {panel}", formats.percent, "mentions in the panel", "up")
    return Kpi(formats.words(name), _UNITS.get(row["unit"], formats.decimal), row["unit"])


def interval_of(row: dict[str, Any], kpi: Kpi, prefix: str = "value") -> str:
    """Return a row's interval in words, '' if it has none; `prefix` is 'value' or 'previous'."""
    low, high = row[f"{prefix}_low"], row[f"{prefix}_high"]
    return "" if low is None or high is None else formats.interval(kpi.show(low), kpi.show(high))


def verdict_of(row: dict[str, Any], kpi: Kpi) -> tuple[str, str]:
    """Return the verdict in words, and whether it is good, bad or neither."""
    verdict = row["change_verdict"]
    tone = (
        "" if not kpi.better or verdict not in ("up", "down") else ("worse", "better")[verdict == kpi.better]
    )
    words = _VERDICTS.get(verdict, verdict)
    return (f"{words}, {tone}" if tone else words), tone


def _card(row: dict[str, Any], scene: Scene) -> Card:
    kpi = kpi_of(row, scene)
    verdict, tone = verdict_of(row, kpi)
    interval = interval_of(row, kpi)
    current_mark, previous_mark = _marks(row)
    return Card(
        name=kpi.name,
        value=kpi.show(row["kpi_value"]),
        interval=f"95%: {interval}" if interval else "No interval known",
        previous=f"Before {kpi.show(row['previous_value'])}"
        if row["previous_value"] is not None
        else "No figure before",
        verdict=verdict,
        tone=tone,
        basis=_basis(row, kpi),
        current_mark=current_mark,
        previous_mark=previous_mark,
    )


def _basis(row: dict[str, Any], kpi: Kpi) -> str:
    sample = f"{formats.count(row['sample_size'])} {kpi.sample}"
    return sample if row["coverage"] is None else f"{sample}, {formats.percent(row['coverage'])} coverage"


def _marks(row: dict[str, Any]) -> tuple[Mark | None, Mark | None]:
    """Place both periods on one scale that holds both intervals; None for what is missing."""
    fields = ("kpi_value", "value_low", "value_high", "previous_value", "previous_low", "previous_high")
    known = [row[name] for name in fields if row[name] is not None]
    if not known or min(known) == max(known):
        return None, None
    low, high = min(known), max(known)

    def place(value: float | None) -> float | None:
        return None if value is None else round(4 + 92 * (value - low) / (high - low), 2)

    def mark(value: str, prefix: str) -> Mark | None:
        if row[value] is None:
            return None
        return Mark(place(row[value]), place(row[f"{prefix}_low"]), place(row[f"{prefix}_high"]))

    return mark("kpi_value", "value"), mark("previous_value", "previous")


def _definitions(rows: list[dict[str, Any]], scene: Scene) -> Definitions:
    lines = []
    for row in rows:
        kpi = kpi_of(row, scene)
        measure = "share_of_voice" if row["kpi"].startswith(_PANEL_KPI) else row["kpi"]
        lines.append((kpi.name, row["metric_version"], define(row["metric_version"], measure)))
    return Definitions(list(dict.fromkeys(lines)))


def _table(rows: list[dict[str, Any]], scene: Scene) -> Table:
    columns = (
        "Scope", "KPI", "Change", "Value", "95% interval", "Before", "95% interval before", "Sample",
        "Coverage", "Version",
    )  # fmt: skip
    cells = []
    for row in rows:
        kpi = kpi_of(row, scene)
        cells.append(
            (
                _scope_name(row["scope_id"], scene),
                kpi.name,
                verdict_of(row, kpi)[0],
                kpi.show(row["kpi_value"]),
                interval_of(row, kpi) or formats.MISSING,
                kpi.show(row["previous_value"]),
                interval_of(row, kpi, "previous") or formats.MISSING,
                formats.count(row["sample_size"]),
                formats.percent(row["coverage"]),
                row["metric_version"],
            )
        )
    return Table("Scorecard, all KPIs", columns, cells, text_columns=3)


def _scope_name(scope: str, scene: Scene) -> str:
    return "Company: surveys and support" if scope == COMPANY else scene.name(scope)


def _scope_place(scope: str, rank: dict[str, int]) -> tuple[bool, int, str]:
    return scope == COMPANY, rank.get(scope, len(rank)), scope


def _kpi_place(kpi: str) -> int:
    known = [place for place, prefix in enumerate(_ORDER) if kpi.startswith(prefix)]
    return known[0] if known else len(_ORDER)
