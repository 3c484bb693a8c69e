"""Reads `listening.yml` and reports all of its mistakes at once, each with its line and a remedy."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from ingestion.listening.checks import Parts, check_parts
from ingestion.listening.document import Document, read_document
from ingestion.listening.explain import explain
from ingestion.listening.models import (
    ENTITY_SECTIONS,
    Brand,
    Campaign,
    FileMapping,
    Listening,
    Panel,
    Person,
    Product,
    Shipped,
    Target,
)
from ingestion.listening.problems import ListeningError, Location, Problem, field_path

_SECTION_MODELS = {
    "brands": Brand,
    "rivals": Brand,
    "products": Product,
    "people": Person,
    "campaigns": Campaign,
}


def load_listening(path: Path) -> Listening:
    """Return the checked content of a `listening.yml`.

    Raises ListeningError with every problem found: unreadable or malformed file, duplicate and unknown
    keys, wrong values, and contradictions between items (twins, unknown members, ids used twice).
    """
    file = _shown(path)
    document = _read(path, file)
    findings = [(fault.line, fault.location, fault.message, fault.remedy) for fault in document.faults]
    listening = None
    if document.value is None and not findings:
        findings.append((1, (), "is empty", "write at least version: 1 and one brand, see the README"))
    elif document.value is not None:
        listening, more = _validate(document)
        findings += more
    if findings:
        raise ListeningError(
            [Problem(file, line, field_path(where), what, remedy) for line, where, what, remedy in findings]
        )
    return listening


def _shown(path: Path) -> str:
    """Name the file as a user would: relative to where the command was given, if it is below."""
    resolved = path.resolve()
    return str(resolved.relative_to(Path.cwd())) if resolved.is_relative_to(Path.cwd()) else str(path)


def _read(path: Path, file: str) -> Document:
    try:
        return read_document(path.read_bytes())
    except FileNotFoundError:
        remedy = "create it, or name another with LISTENHOUSE_CONFIG"
        raise ListeningError([Problem(file, 1, "", "there is no such file", remedy)]) from None
    except OSError as error:
        remedy = "check its path and permissions"
        raise ListeningError([Problem(file, 1, "", f"cannot be read ({error.strerror})", remedy)]) from error


def _validate(document: Document) -> tuple[Listening | None, list[tuple]]:
    findings = []
    listening = None
    try:
        listening = Listening.model_validate(document.value)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            place = tuple(part for part in detail["loc"] if part != "[key]")
            findings.append((document.line_of(place), place, *explain(detail)))
    for place, message, remedy in check_parts(_valid_parts(document.value), document.line_of):
        findings.append((document.line_of(place), place, message, remedy))
    return listening, findings


def _valid_parts(value: Any) -> Parts:
    """Gather the items that are valid by themselves, so that one bad item hides no other mistake."""
    parts = Parts()
    root = value if isinstance(value, dict) else {}
    for section, kind in ENTITY_SECTIONS.items():
        for place, entity in _items(parts, root, (section,), _SECTION_MODELS[section]):
            parts.entities.append((place, kind, entity))
    parts.panels += _items(parts, root, ("panels",), Panel)
    parts.targets += _items(parts, root, ("targets",), Target)
    parts.mappings += _items(parts, root, ("sources", "files", "mappings"), FileMapping)
    for place, shipped in _items(parts, root, ("sources", "files", "shipped"), Shipped):
        parts.mappings += [(place, mapping) for mapping in shipped.mappings()]
    return parts


def _items(
    parts: Parts, root: dict, path: tuple[str, ...], model: type[BaseModel]
) -> list[tuple[Location, Any]]:
    node: Any = root
    for key in path:
        node = node.get(key) if isinstance(node, dict) else None
    if node is None:
        return []
    if not isinstance(node, list):
        parts.complete = False
        return []
    valid = []
    for index, item in enumerate(node):
        try:
            valid.append(((*path, index), model.model_validate(item)))
        except ValidationError:  # told with its line by the validation of the whole
            parts.complete = False
    return valid
