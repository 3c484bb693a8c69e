"""From a checked `listening.yml` to the rows of schema `listening`: data for dbt, never SQL.

The same file gives the same rows in the same order, on any machine; formatting and comments of the
file do not matter.
"""

import json
from collections.abc import Iterator
from datetime import date

import pyarrow as pa

from ingestion.landing.business import BUSINESS, CRM_CONTACTS
from ingestion.landing.marketing import MARKETING
from ingestion.landing.posts import POSTS
from ingestion.landing.pseudonyms import Pseudonyms
from ingestion.listening.checks import DEFAULT_PANEL, definition
from ingestion.listening.models import Entity, Listening, Panel, minutes_of
from ingestion.listening.query.entities import entity_clauses, entity_tree
from ingestion.listening.query.rows import (
    QUERY_FILTERS,
    QUERY_LITERALS,
    QUERY_PAIRS,
    QUERY_TERMS,
    filter_rows,
    literal_rows,
    pair_rows,
    short_hash,
    table,
    term_rows,
)
from ingestion.listening.query.tree import Filter, Leaf, leaves
from ingestion.listening.targets import direction
from ingestion.registry import NETWORKS, network_resources

_DEMO_RESOURCES = tuple(
    contract.resource for contract in (POSTS, *BUSINESS, *MARKETING) if contract is not CRM_CONTACTS
)
"""The demo's answers and cases name their accounts themselves: it has no contacts."""
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
    "query_terms": QUERY_TERMS,
    "query_pairs": QUERY_PAIRS,
    "query_literals": QUERY_LITERALS,
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
    asked = [leaf for leaf, _ in _leaves(listening)]
    rows = {
        "entities": _entity_rows(listening),
        "query_terms": term_rows(asked),
        "query_pairs": pair_rows(asked),
        "query_literals": _literal_rows(listening),
        "panels": [(p.id, p.name or p.id, p.version, short_hash(_filters(p))) for p in panels],
        "panel_members": [(p.id, p.version, member) for p in panels for member in sorted(p.members)],
        "panel_filters": [(p.id, kind, value) for p in panels for kind, value in _filters(p)],
        "settings": [_settings_row(listening)],
        "targets": _target_rows(listening),
        "sources": list(_source_rows(listening)),
    }
    return {name: table(SCHEMAS[name], rows[name]) for name in SCHEMAS}


def compile_query_filters(listening: Listening, pseudonyms: Pseudonyms) -> pa.Table:
    """Return the table `listening.query_filters`: the values that filters compare with, in a fixed order.

    An author's name leaves no trace: its value is what landing makes of the platform and the name.
    """
    return table(QUERY_FILTERS, filter_rows(_leaves(listening), pseudonyms, _platforms(listening)))


def content_hash(listening: Listening) -> str:
    """Return the hash of everything that the file says, blind to its formatting and comments."""
    return short_hash(listening.model_dump(mode="json"))


def query_version(kind: str, entity: Entity, listening: Listening) -> str:
    """Return the hash of what makes an entity match, blind to order, case and accents.

    What stands elsewhere in the file and decides what a filter means, such as who is owned, is part of it.
    """
    _, clauses, days = definition(kind, entity)
    asked = {
        (leaf.field, "/" in leaf.value) for leaf in leaves(entity_tree(entity)) if isinstance(leaf, Filter)
    }
    elsewhere = []
    if ("owned", False) in asked:
        elsewhere += _owned_accounts(listening, _owners(entity))
    if ("author", False) in asked:
        elsewhere += _platforms(listening)
    return short_hash([clauses, [day.isoformat() if day else None for day in days], elsewhere])


def _entity_rows(listening: Listening) -> list[tuple]:
    def row(kind: str, entity: Entity) -> tuple[str, str, str, str | None, str, date | None, date | None]:
        owner, starts, ends = (getattr(entity, name, None) for name in ("of", "starts", "ends"))
        return (
            entity.id,
            entity.name,
            kind,
            owner,
            query_version(kind, entity, listening),
            starts,
            ends,
        )

    return sorted((row(kind, entity) for kind, entity in listening.entities()), key=lambda r: r[0])


def _literal_rows(listening: Listening) -> list[tuple]:
    entities = sorted(listening.entities(), key=lambda item: item[1].id)
    return [
        row
        for kind, entity in entities
        for row in literal_rows(
            entity.id, query_version(kind, entity, listening), entity_clauses(entity), _owners(entity)
        )
    ]


def _leaves(listening: Listening) -> list[tuple[Leaf, tuple[str, ...]]]:
    """Return every leaf of every query, with those whose accounts its is:owned means."""
    return [
        (leaf, _owners(entity)) for _, entity in listening.entities() for leaf in leaves(entity_tree(entity))
    ]


def _owners(entity: Entity) -> tuple[str, ...]:
    """Return whose accounts an entity calls its own: its, and those of what it belongs to."""
    owner = getattr(entity, "of", None)
    return (entity.id,) if owner is None else (entity.id, owner)


def _owned_accounts(listening: Listening, owners: tuple[str, ...]) -> list[str]:
    return sorted(
        f"{platform}/{account.lower()}"
        for _, entity in listening.entities()
        if entity.id in owners
        for platform, accounts in entity.owned.items()
        for account in accounts
    )


def _platforms(listening: Listening) -> list[str]:
    """Return the platforms that the file names."""
    named = {platform for _, entity in listening.entities() for platform in entity.owned}
    named |= {platform for panel in listening.panels for platform in panel.platforms}
    named |= {
        str(mapping.constants.get("platform", "")) for mapping in listening.sources.files.every_mapping()
    }
    return sorted(named - {""})


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
    for mapping in sorted(
        sources.files.every_mapping(), key=lambda mapping: (mapping.name, mapping.resource)
    ):
        yield mapping.name, "files", mapping.resource, sources.files.enabled, False
    yield "hackernews", "hackernews", "items", sources.hackernews.enabled, False
    for name in sorted(NETWORKS):
        for resource in network_resources(name):
            yield name, name, resource, getattr(sources, name).enabled, False
