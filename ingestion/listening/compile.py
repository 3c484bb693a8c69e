"""From a checked `listening.yml` to the rows of schema `listening`: data for dbt, never SQL.

The same file gives the same rows in the same order, on any machine; formatting and comments of the
file do not matter.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date

import pyarrow as pa

from ingestion.landing.business import BUSINESS
from ingestion.landing.posts import POSTS
from ingestion.listening.checks import DEFAULT_PANEL, definition
from ingestion.listening.models import Entity, Listening, Panel, minutes_of
from ingestion.listening.targets import direction
from ingestion.listening.text import fold

_DEMO_RESOURCES = tuple(contract.resource for contract in (POSTS, *BUSINESS))
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

SCHEMAS: dict[str, pa.Schema] = {
    "entities": pa.schema(
        {
            "entity_id": pa.string(),
            "entity_name": pa.string(),
            "entity_kind": pa.string(),
            "parent_entity_id": pa.string(),
            "query_version": pa.string(),
            "starts_on": pa.date32(),
            "ends_on": pa.date32(),
        }
    ),
    "query_terms": pa.schema(
        {
            "term_id": pa.string(),
            "entity_id": pa.string(),
            "query_version": pa.string(),
            "role": pa.string(),
            "kind": pa.string(),
            "term": pa.string(),
        }
    ),
    "panels": pa.schema(
        {
            "panel_id": pa.string(),
            "panel_name": pa.string(),
            "panel_version": pa.int64(),
            "filter_hash": pa.string(),
        }
    ),
    "panel_members": pa.schema(
        {"panel_id": pa.string(), "panel_version": pa.int64(), "entity_id": pa.string()}
    ),
    "panel_filters": pa.schema({"panel_id": pa.string(), "kind": pa.string(), "value": pa.string()}),
    "settings": pa.schema(
        {
            "reporting_time_zone": pa.string(),
            "look_back_days": pa.int64(),
            "languages": pa.string(),
            "listening_hash": pa.string(),
            "is_synthetic": pa.bool_(),
            "business_days": pa.string(),
            "business_opens_minute": pa.int64(),
            "business_closes_minute": pa.int64(),
            "holidays": pa.string(),
        }
    ),
    "targets": pa.schema(
        {
            "scope_id": pa.string(),
            "kpi": pa.string(),
            "target_value": pa.float64(),
            "direction": pa.string(),
            "valid_from": pa.date32(),
            "valid_to": pa.date32(),
        }
    ),
    "sources": pa.schema(
        {
            "source_name": pa.string(),
            "source": pa.string(),
            "resource": pa.string(),
            "is_enabled": pa.bool_(),
            "is_synthetic": pa.bool_(),
        }
    ),
}


def compile_listening(listening: Listening) -> dict[str, pa.Table]:
    """Return one Arrow table for each table of schema `listening` (see SCHEMAS), rows in a fixed order.

    `query_version` and `filter_hash` are hashes of a definition: they change when, and only when, what
    matches changes. `settings` has one row: business days are ISO weekdays (1 is Monday) and holidays ISO
    dates, separated by blanks, and all four business columns are NULL where no hours are given. Without
    panels, one panel 'all' compares brands and rivals.
    """
    panels = _panels(listening)
    rows = {
        "entities": _entity_rows(listening),
        "query_terms": _term_rows(listening),
        "panels": [(p.id, p.name or p.id, p.version, _hash(_filters(p))) for p in panels],
        "panel_members": [(p.id, p.version, member) for p in panels for member in sorted(p.members)],
        "panel_filters": [(p.id, kind, value) for p in panels for kind, value in _filters(p)],
        "settings": [_settings_row(listening)],
        "targets": _target_rows(listening),
        "sources": list(_source_rows(listening)),
    }
    return {name: _table(name, rows[name]) for name in SCHEMAS}


def content_hash(listening: Listening) -> str:
    """Return the hash of everything that the file says, blind to its formatting and comments."""
    return _hash(listening.model_dump(mode="json"))


def query_version(kind: str, entity: Entity) -> str:
    """Return the hash of what makes an entity match, blind to order, case and accents."""
    _, included, excluded, days = definition(kind, entity)
    return _hash(
        [
            sorted(included),
            sorted(excluded),
            [day.isoformat() if day else None for day in days],
        ]
    )


def _hash(value: object) -> str:
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _table(name: str, rows: list[tuple]) -> pa.Table:
    schema = SCHEMAS[name]
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)],
        schema,
    )


def _entity_rows(listening: Listening) -> list[tuple]:
    def row(kind: str, entity: Entity) -> tuple[str, str, str, str | None, str, date | None, date | None]:
        owner, starts, ends = (getattr(entity, name, None) for name in ("of", "starts", "ends"))
        return (
            entity.id,
            entity.name,
            kind,
            owner,
            query_version(kind, entity),
            starts,
            ends,
        )

    return sorted((row(kind, entity) for kind, entity in listening.entities()), key=lambda r: r[0])


def _term_rows(listening: Listening) -> list[tuple]:
    """One row a distinct term: two spellings that fold alike are one term."""
    rows: dict[str, tuple] = {}
    for kind, entity in listening.entities():
        version = query_version(kind, entity)
        included = (*entity.terms, *entity.handles, *entity.hashtags)
        for role, terms in (("include", included), ("exclude", entity.exclude)):
            for term in sorted(terms):
                term_id = _hash([entity.id, role, fold(term)])
                rows.setdefault(term_id, (term_id, entity.id, version, role, _term_kind(term), term))
    return sorted(rows.values(), key=lambda row: (row[1], row[3], row[4], fold(row[5])))


def _term_kind(term: str) -> str:
    return {"@": "handle", "#": "hashtag", "$": "cashtag"}.get(term[0], "word")


def _panels(listening: Listening) -> list[Panel]:
    members = tuple(brand.id for brand in (*listening.brands, *listening.rivals))
    if listening.panels or not members:
        return sorted(listening.panels, key=lambda panel: panel.id)
    return [Panel(id=DEFAULT_PANEL, name="Brands and rivals", members=members)]


def _filters(panel: Panel) -> list[tuple[str, str]]:
    values = {
        "country": panel.countries,
        "language": panel.languages,
        "platform": panel.platforms,
    }
    return [(kind, value) for kind, given in values.items() for value in sorted(given)]


def _target_rows(listening: Listening) -> list[tuple]:
    rows = [
        (one.entity or "company", one.kpi, one.value, direction(one.kpi), one.starts, one.ends)
        for one in listening.targets
    ]
    return sorted(rows, key=lambda row: (row[0], row[1], row[4]))


def _settings_row(listening: Listening) -> tuple[str | int | bool | None, ...]:
    reporting = listening.reporting
    hours = reporting.business_hours
    languages = json.dumps(sorted(listening.languages))
    is_synthetic = listening.sources.demo.enabled
    return (
        reporting.time_zone,
        reporting.look_back_days,
        languages,
        content_hash(listening),
        is_synthetic,
        " ".join(str(_WEEK.index(day) + 1) for day in sorted(hours.days, key=_WEEK.index)) if hours else None,
        minutes_of(hours.opens) if hours else None,
        minutes_of(hours.closes) if hours else None,
        " ".join(sorted(day.isoformat() for day in hours.holidays)) if hours else None,
    )


def _source_rows(listening: Listening) -> Iterator[tuple[str, str, str, bool, bool]]:
    """One row a source name and resource; `source_name` is the first part of every post_key."""
    sources = listening.sources
    for resource in _DEMO_RESOURCES:
        yield "demo", "demo", resource, sources.demo.enabled, True
    yield "feeds", "feeds", "entries", sources.feeds.enabled, False
    for mapping in sorted(sources.files.mappings, key=lambda mapping: (mapping.name, mapping.resource)):
        yield mapping.name, "files", mapping.resource, sources.files.enabled, False
    yield "hackernews", "hackernews", "items", sources.hackernews.enabled, False
