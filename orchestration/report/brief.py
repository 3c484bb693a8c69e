"""The report in a few sentences, for a reader who stops after the first screen."""

from typing import Any

from orchestration.report.release_file import ReleaseFile
from orchestration.report.scene import Scene
from orchestration.report.sections.scorecard import COMPANY, interval_of, kpi_of
from orchestration.report.sections.spike import describe, largest_episodes, standout_words

_TOLD = ("share_of_voice_", "net_sentiment", "negative_share", "nps")

_WORDS = 5

_CHANGES = {
    "up": "up from {previous}",
    "down": "down from {previous}",
    "no clear change": "no clear change from {previous}",
}


def in_brief(release: ReleaseFile, scene: Scene) -> list[str]:
    """Return sentences on the most mentioned own brand, the company's NPS and the largest episode."""
    sentences = []
    rows = release.rows("scorecard") if release.has("mart_exec_scorecard") else []
    lead_brand = scene.focus[0].brand_id if scene.focus else None
    for prefix in _TOLD:
        for row in rows:
            if row["kpi"].startswith(prefix) and row["scope_id"] in (lead_brand, COMPANY):
                sentences.append(_sentence(row, scene))
    episodes = largest_episodes(release, scene)
    if episodes:
        words = standout_words(release, episodes[0])[:_WORDS]
        what = f"; words that stand out: {', '.join(words)}" if words else ""
        sentences.append(f"{describe(episodes[0], scene)}{what}.")
    return sentences


def _sentence(row: dict[str, Any], scene: Scene) -> str:
    kpi = kpi_of(row, scene)
    who = "" if row["scope_id"] == COMPANY else f"{scene.name(row['scope_id'])}: "
    interval = interval_of(row, kpi)
    value = f"{who}{kpi.name} {kpi.show(row['kpi_value'])}" + (f" ({interval})" if interval else "")
    if row["previous_value"] is None:
        return f"{value}; there is no figure for the 28 days before."
    change = _CHANGES.get(row["change_verdict"], "{previous} in the 28 days before, change not tested")
    return f"{value}, {change.format(previous=kpi.show(row['previous_value']))}."
