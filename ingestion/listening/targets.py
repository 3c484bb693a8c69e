"""Targets of `listening.yml`: the KPIs that can have one, and what keeps a target from meaning one thing."""

from collections.abc import Callable, Iterator

from ingestion.listening.explain import did_you_mean
from ingestion.listening.models import Target
from ingestion.listening.problems import Finding, Location

PANEL_KPI = "share_of_voice_"
"""Followed by the id of a panel."""

BRAND_KPIS = {
    "mentions": "at_least",
    "net_sentiment": "at_least",
    "negative_share": "at_most",
    "engagement": "at_least",
}
COMPANY_KPIS = {"nps": "at_least", "csat": "at_least", "median_first_response": "at_most"}
"""The KPIs of `mart_exec_scorecard`, each with the side of its target that is good."""


def direction(kpi: str) -> str:
    """Return at_least where more is better than the target, at_most where less is."""
    return (BRAND_KPIS | COMPANY_KPIS).get(kpi, "at_least")


def check_targets(
    targets: list[tuple[Location, Target]],
    own_brands: list[str],
    panels: list[str],
    line_of: Callable[[Location], int],
) -> Iterator[Finding]:
    """Yield unknown KPIs and entities, and targets of one KPI that hold on the same day."""
    brand_kpis = [*BRAND_KPIS, *(PANEL_KPI + panel for panel in panels)]
    known = [*brand_kpis, *COMPANY_KPIS]
    for location, target in targets:
        if target.kpi not in known:
            yield (*location, "kpi"), f"there is no KPI {target.kpi!r}", did_you_mean(target.kpi, known)
        elif target.kpi in COMPANY_KPIS:
            if target.entity is not None:
                yield (
                    (*location, "entity"),
                    f"{target.kpi} is a figure of the company, not of {target.entity!r}",
                    "remove entity",
                )
        elif target.entity is None:
            yield (
                (*location, "kpi"),
                f"{target.kpi} is a figure of a brand, and none is named",
                f"add entity: {own_brands[0] if own_brands else '<id of a brand>'}",
            )
        elif target.entity not in own_brands:
            yield (
                (*location, "entity"),
                f"there is no brand of your own with the id {target.entity!r}",
                did_you_mean(target.entity, own_brands),
            )
    yield from _one_at_a_time(targets, line_of)


def _one_at_a_time(
    targets: list[tuple[Location, Target]], line_of: Callable[[Location], int]
) -> Iterator[Finding]:
    for number, (location, target) in enumerate(targets):
        for earlier_location, earlier in targets[:number]:
            same = (earlier.kpi, earlier.entity) == (target.kpi, target.entity)
            begins_before_end = earlier.ends is None or target.starts <= earlier.ends
            ends_after_begin = target.ends is None or target.ends >= earlier.starts
            if same and begins_before_end and ends_after_begin:
                yield (
                    location,
                    f"holds on days of the target on line {line_of(earlier_location)}, too",
                    "give each its own days with from and to, or remove one",
                )
