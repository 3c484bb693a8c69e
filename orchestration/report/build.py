"""Builds the report of a release from the release's own DuckDB file."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration.report import formats
from orchestration.report.brief import in_brief
from orchestration.report.page import render
from orchestration.report.release_file import ReleaseFile
from orchestration.report.scene import Scene, read_scene
from orchestration.report.sections import SECTIONS


def build_report(release_db: Path, out: Path, *, context: Mapping[str, Any]) -> Path:
    """Write the report of a release and return its path.

    `release_db` is the release's DuckDB file (schema `marts`). `context` gives what is not in it:
    `reporting_time_zone` (IANA name; without it moments are told in UTC), `panel_names` (panel_id ->
    name) and `title`; it may also give any column of `marts.release`, as a manifest does. The page depends
    on nothing else: same file, same context, same bytes.

    Raises duckdb.Error if the file cannot be read, ZoneInfoNotFoundError for an unknown time zone.
    """
    with ReleaseFile(release_db) as release:
        facts = _facts(release, context)
        scene = read_scene(release, facts)
        sections = [build(release, scene) for build in SECTIONS]
        sentences = in_brief(release, scene)
    page = render(
        title=facts.get("title") or _title(scene),
        subtitle=_subtitle(scene),
        is_synthetic=bool(facts.get("is_synthetic")),
        facts=_named_facts(facts, scene),
        data_through=_data_through(scene),
        sentences=sentences,
        sections=sections,
    )
    out.write_text(page, encoding="utf-8")
    return out


def report_writer(
    *, reporting_time_zone: str, panel_names: Mapping[str, str]
) -> Callable[[Path, dict[str, Any]], None]:
    """Return the hook that `build_release` calls with a release's folder and manifest."""
    from orchestration.publish.release import DATABASE, REPORT

    def write(folder: Path, manifest: dict[str, Any]) -> None:
        known = {"reporting_time_zone": reporting_time_zone, "panel_names": dict(panel_names)}
        build_report(folder / DATABASE, folder / REPORT, context=manifest | known)

    return write


def _facts(release: ReleaseFile, context: Mapping[str, Any]) -> dict[str, Any]:
    """Merge the release's own row with the context; moments become datetimes, JSON lists lists."""
    (row,) = release.rows("release") if release.has("release") else ({},)
    facts = row | dict(context)
    for name in ("data_through", "built_at"):
        if isinstance(facts.get(name), str):
            facts[name] = datetime.fromisoformat(facts[name])
    for name in ("metric_versions", "model_versions"):
        if isinstance(facts.get(name), str):
            facts[name] = json.loads(facts[name])
    return facts


def _title(scene: Scene) -> str:
    own = [brand.name for brand in scene.brands if brand.is_own]
    return f"Listening report: {own[0]}" if len(own) == 1 else "Listening report"


def _subtitle(scene: Scene) -> str:
    if scene.survey_period is None:
        return "No data yet"
    own = sum(brand.is_own for brand in scene.brands)
    rivals = len(scene.brands) - own
    parts = [formats.days(scene.survey_period.first_date, scene.survey_period.last_date)]
    parts += [f"{own} own brand{'s' * (own != 1)}"] if own else []
    parts += [f"{rivals} rival{'s' * (rivals != 1)}"] if rivals else []
    return " · ".join(parts)


def _data_through(scene: Scene) -> str:
    if scene.data_through is None:
        return "not known"
    return f"{formats.moment(scene.data_through, scene.zone)} {scene.zone_name}"


def _named_facts(facts: dict[str, Any], scene: Scene) -> list[tuple[str, str]]:
    zone = scene.zone_name if scene.is_zone_known else "not given, moments in UTC"
    return [
        ("Data through", _data_through(scene)),
        ("Built", f"{formats.moment(facts.get('built_at'), scene.zone)} {scene.zone_name}"),
        ("Reporting time zone", zone),
        ("Release", facts.get("release_id") or formats.MISSING),
        ("Run", facts.get("run_id") or formats.MISSING),
        ("Code version", facts.get("code_version") or formats.MISSING),
        ("Metric versions", ", ".join(facts.get("metric_versions") or ()) or formats.MISSING),
        ("Model versions", ", ".join(facts.get("model_versions") or ()) or formats.MISSING),
    ]
