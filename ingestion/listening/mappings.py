"""Checks a file mapping against the landing contract of its resource: the columns are listed only there."""

import re
from collections.abc import Iterator

from ingestion.landing.business import BUSINESS
from ingestion.landing.contract import Column, Contract
from ingestion.landing.marketing import MARKETING
from ingestion.landing.people import PEOPLE
from ingestion.landing.posts import POSTS
from ingestion.landing.rivals import RIVAL_LABELS
from ingestion.landing.validation import OBSERVED_AT
from ingestion.listening.explain import did_you_mean
from ingestion.listening.models import FileMapping
from ingestion.listening.problems import Finding, Location

CONTRACTS: dict[str, Contract] = {
    contract.resource: contract for contract in (POSTS, *BUSINESS, *MARKETING, *PEOPLE, RIVAL_LABELS)
}


def check_mapping(location: Location, mapping: FileMapping) -> Iterator[Finding]:
    """Yield what keeps a mapping from filling its contract: unknown, doubled, missing or unfit columns."""
    contract = CONTRACTS[mapping.resource]
    columns = {column.name: column for column in contract.columns if not column.derived}
    columns[OBSERVED_AT.name] = OBSERVED_AT
    derived = [name for name, rule in mapping.derive if rule is not None and name != "first_of"]
    derived += list(mapping.derive.first_of)
    given = {"columns": list(mapping.columns), "constants": list(mapping.constants), "derive": derived}
    first: dict[str, str] = {}
    for part, names in given.items():
        for name in names:
            if name not in columns:
                message = f"{mapping.resource} has no column of this name"
                yield (*location, part, name), message, did_you_mean(name, list(columns))
            elif name in first:
                yield (
                    (*location, part, name),
                    f"is given under {first[name]} already",
                    "remove one of the two",
                )
            first.setdefault(name, part)
    for name in columns:
        if columns[name].required and name not in first:
            message = f"the required column {name} is not mapped ({columns[name].description.rstrip('.')})"
            remedy = f"add {name}: <column of the file> under columns, or a fixed value under constants"
            yield (*location, "columns"), message, remedy
    for name, reference in mapping.columns.items():
        if name in columns and columns[name].type == "author" and reference in mapping.extra:
            message = f"keeps {reference!r}, which columns.{name} turns into a pseudonym, as it is"
            yield (*location, "extra"), message, f"remove {reference} from extra"
    for name in mapping.derive.first_of:
        if name in columns and columns[name].type == "author":
            yield (*location, "derive", "first_of", name), "holds people", "name one column under columns"
    for part in ("optional", "only_if", "values"):
        for name in getattr(mapping, part):
            if name not in mapping.columns and not (part != "optional" and name in mapping.derive.first_of):
                yield (*location, part), f"{name!r} is not mapped", did_you_mean(name, list(mapping.columns))
    for name, value in mapping.constants.items():
        if name in columns:
            yield from _check_constant((*location, "constants", name), columns[name], str(value))


def _check_constant(location: Location, column: Column, value: str) -> Iterator[Finding]:
    if column.normalise is not None:
        value = value.upper() if column.normalise == "upper" else value.lower()
    if column.allowed and value not in column.allowed:
        yield location, f"{value!r} is not allowed", did_you_mean(value, list(column.allowed))
    elif column.pattern and not re.fullmatch(column.pattern, value):
        yield (
            location,
            f"{value!r} does not fit {column.pattern}",
            column.description[:1].lower() + column.description[1:-1],
        )
