"""What must hold between the items of `listening.yml`: unique ids, members that exist, no twins."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ingestion.listening.explain import did_you_mean
from ingestion.listening.mappings import check_mapping
from ingestion.listening.models import Entity, FileMapping, Panel, Target
from ingestion.listening.problems import Finding, Location
from ingestion.listening.query import entities
from ingestion.listening.targets import check_targets
from ingestion.registry import SOURCES

DEFAULT_PANEL = "all"
"""The panel of brands and rivals where none is given."""
SOURCE_NAMES = SOURCES


@dataclass
class Parts:
    """The items that are valid by themselves, each with its place; `complete` if none is missing."""

    entities: list[tuple[Location, str, Entity]] = field(default_factory=list)
    panels: list[tuple[Location, Panel]] = field(default_factory=list)
    targets: list[tuple[Location, Target]] = field(default_factory=list)
    mappings: list[tuple[Location, FileMapping]] = field(default_factory=list)
    complete: bool = True


def check_parts(parts: Parts, line_of: Callable[[Location], int]) -> Iterator[Finding]:
    """Yield every contradiction between items. References are only judged where nothing is missing."""
    yield from _unique_ids(parts, line_of)
    yield from _no_twins(parts, line_of)
    yield from _one_owner(parts, line_of)
    yield from _unique_panels(parts, line_of)
    yield from _mapping_names(parts, line_of)
    for location, mapping in parts.mappings:
        yield from check_mapping(location, mapping)
    if parts.complete:
        yield from _known_owners(parts)
        yield from _known_members(parts)
        own_brands = [entity.id for _, kind, entity in parts.entities if kind == "brand"]
        panels = [panel.id for _, panel in parts.panels] or [DEFAULT_PANEL]
        yield from check_targets(parts.targets, own_brands, panels, line_of)


def definition(kind: str, entity: Entity) -> tuple:
    """Return what makes an entity match, folded and in one order; two alike entities match alike."""
    group = "brand" if kind in ("brand", "rival") else kind
    days = (getattr(entity, "starts", None), getattr(entity, "ends", None))
    return group, entities.definition(entity), days


def _unique_ids(parts: Parts, line_of: Callable[[Location], int]) -> Iterator[Finding]:
    first: dict[str, Location] = {}
    for location, _, entity in parts.entities:
        if entity.id in first:
            yield (
                location,
                f"has the id {entity.id!r}, which line {line_of(first[entity.id])} has already",
                f"give one of the two another id, such as id: {entity.id}_2, or remove it",
            )
        else:
            first[entity.id] = location


def _no_twins(parts: Parts, line_of: Callable[[Location], int]) -> Iterator[Finding]:
    first: dict[tuple, tuple[Location, Entity]] = {}
    for location, kind, entity in parts.entities:
        key = definition(kind, entity)
        if key in first:
            other_location, other = first[key]
            twin = f"{other.name!r} on line {line_of(other_location)}"
            message = f"{entity.name!r} matches exactly what {twin} matches (case and accents do not count)"
            yield (
                location,
                message,
                "give the two different terms, handles, hashtags, exclude or query, or remove one",
            )
        else:
            first[key] = (location, entity)


def _one_owner(parts: Parts, line_of: Callable[[Location], int]) -> Iterator[Finding]:
    """An account speaks for one: two owners would count each of its posts twice."""
    first: dict[tuple[str, str], Location] = {}
    for location, _, entity in parts.entities:
        for platform, accounts in entity.owned.items():
            for index, account in enumerate(accounts):
                place = (*location, "owned", platform, index)
                key = (platform, account.lower())
                if key in first:
                    message = f"line {line_of(first[key])} has the {platform} account {account!r} already"
                    yield place, message, "leave it with the one that it speaks for"
                first.setdefault(key, place)


def _unique_panels(parts: Parts, line_of: Callable[[Location], int]) -> Iterator[Finding]:
    first: dict[str, Location] = {}
    for location, panel in parts.panels:
        if panel.id in first:
            where = line_of(first[panel.id])
            yield (
                (*location, "id"),
                f"{panel.id!r} is the panel of line {where} already",
                "choose another id",
            )
        first.setdefault(panel.id, location)


def _mapping_names(parts: Parts, line_of: Callable[[Location], int]) -> Iterator[Finding]:
    first: dict[tuple[str, str], Location] = {}
    for location, mapping in parts.mappings:
        place = (*location, "name")
        key = (mapping.name, mapping.resource)
        if mapping.name in SOURCE_NAMES:
            yield (
                place,
                f"{mapping.name!r} is the name of a built-in source",
                "choose another name",
            )
        elif key in first:
            where = line_of(first[key])
            yield (
                place,
                f"{mapping.name!r} is the mapping of line {where} already",
                "choose another name (one name is for one file of each resource)",
            )
        first.setdefault(key, location)


def _known_owners(parts: Parts) -> Iterator[Finding]:
    owners = [entity.id for _, kind, entity in parts.entities if kind in ("brand", "rival")]
    for location, _, entity in parts.entities:
        owner = getattr(entity, "of", None)
        if owner is not None and owner not in owners:
            yield (
                (*location, "of"),
                f"there is no brand or rival with the id {owner!r}",
                did_you_mean(owner, owners),
            )


def _known_members(parts: Parts) -> Iterator[Finding]:
    ids = [entity.id for _, _, entity in parts.entities]
    for location, panel in parts.panels:
        for index, member in enumerate(panel.members):
            if member not in ids:
                place = (*location, "members", index)
                yield (
                    place,
                    f"there is nothing with the id {member!r}",
                    did_you_mean(member, ids),
                )
