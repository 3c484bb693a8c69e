"""YAML with line numbers: the values of a document, and the line where each of them stands."""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from ingestion.listening.problems import Location

MAX_DEPTH = 20
MAX_VALUES = 200_000  # aliases can multiply a small file into an endless one


class _Loader(yaml.SafeLoader):
    """Safe YAML where, as in YAML 1.2, only true and false are truth values: `no` is Norwegian."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool",
    re.compile("^(?:true|True|TRUE|false|False|FALSE)$"),
    list("tTfF"),
)


@dataclass
class Fault:
    """What is wrong with the document itself, at a 1-based line."""

    line: int
    message: str
    remedy: str
    location: Location = ()


@dataclass
class Document:
    """Values of a YAML document as plain Python, with the line of every value and key."""

    value: Any = None
    lines: dict[Location, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line_of(self, location: Location) -> int:
        """Return the line of the value at a location, or of the nearest thing around it."""
        for length in range(len(location), -1, -1):
            if location[:length] in self.lines:
                return self.lines[location[:length]]
        return 1


def read_document(content: bytes) -> Document:
    """Parse bytes as one YAML document. Never raises for bad content: `faults` says what is wrong."""
    document = Document()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        document.faults.append(Fault(line, f"byte {error.start} is not UTF-8", "save the file as UTF-8"))
        return document
    try:
        loader = _Loader(text)
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        message = f"holds the character U+{error.character:04X}, which YAML does not allow"
        document.faults.append(Fault(line, message, "remove that character"))
        return document
    try:
        node = loader.get_single_node()
        if node is not None:
            document.value = _Builder(loader, document).build(node, (), 0)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = " ".join(part for part in (error.context, error.problem) if part)
        document.faults.append(Fault(mark.line + 1, f"is not YAML: {message}", _syntax_remedy(error)))
    except RecursionError:
        document.faults.append(Fault(1, "is nested too deeply", f"use at most {MAX_DEPTH} levels"))
    finally:
        loader.dispose()
    return document


def _syntax_remedy(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or ""
    if isinstance(error, _TooLarge):
        return "remove what is repeated or nested"
    if isinstance(error, yaml.constructor.ConstructorError):
        return "correct the value, or put it in quotes if it is text"
    if "\\t" in problem:
        return "indent with blanks, not with tabs"
    if "cannot start any token" in problem or "mapping values are not allowed" in problem:
        return "put the text in quotes, or check colon and indentation on this line and the one above"
    return "check indentation, quotes and brackets on this line and the one above"


class _TooLarge(yaml.MarkedYAMLError):
    """The document unfolds into more values than any real one."""


class _Builder:
    def __init__(self, loader: _Loader, document: Document):
        self.loader = loader
        self.document = document
        self.values = 0

    def build(self, node: yaml.Node, location: Location, depth: int) -> Any:
        self.values += 1
        if self.values > MAX_VALUES or depth > MAX_DEPTH:
            limit = (
                f"more than {MAX_DEPTH} levels" if depth > MAX_DEPTH else f"more than {MAX_VALUES:,} values"
            )
            raise _TooLarge(problem=limit, problem_mark=node.start_mark)
        self.document.lines.setdefault(location, node.start_mark.line + 1)
        if node.tag != self._plain_tag(node):
            problem = f"the tag {node.tag.replace('tag:yaml.org,2002:', '!!')} is not supported"
            raise yaml.constructor.ConstructorError(problem=problem, problem_mark=node.start_mark)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, location, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*location, index), depth + 1) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, location: Location, depth: int) -> dict:
        mapping = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                fault = Fault(line, "a key must be one word", "write key: value", location)
                self.document.faults.append(fault)
                continue
            key = key_node.value
            inner = (*location, key)
            if key in mapping:
                message = f"is written twice, first on line {self.document.lines[inner]}"
                self.document.faults.append(Fault(line, message, "merge the two or remove one", inner))
                continue
            self.document.lines[inner] = line
            mapping[key] = self.build(value_node, inner, depth + 1)
        return mapping

    def _plain_tag(self, node: yaml.Node) -> str:
        """Return the tag that a node has if the document gives it none."""
        if isinstance(node, yaml.ScalarNode):
            return self.loader.resolve(
                yaml.ScalarNode, node.value, (node.style is None, node.style is not None)
            )
        return self.loader.resolve(type(node), None, True)

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        try:
            return self.loader.construct_object(node)
        except ValueError as error:  # an impossible day (2026-02-30), a number with thousands of digits
            problem = f"{node.value[:40]!r} cannot be read as a value ({error})"
            raise yaml.constructor.ConstructorError(problem=problem, problem_mark=node.start_mark) from error
