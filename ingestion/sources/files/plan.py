"""A file mapping made ready: which parts of a file are read, and how they become contract columns."""

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.landing import Contract
from ingestion.landing.validation import OBSERVED_AT
from ingestion.listening import FileMapping
from ingestion.listening.models import OneOf
from ingestion.sources.files.settings import EXTRACT

ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#39;", "'"), ("&amp;", "&"))
"""What programs escape in a text that is no HTML; with the ampersand last, `&amp;lt;` becomes `&lt;`."""
RULES = (
    ("reshare_when_present", "reshare"),
    ("quote_when_present", "quote"),
    ("reply_when_present", "reply"),
)


@dataclass(frozen=True)
class Chunk:
    """Rows of a file: columns named e0, e1, ... by their place in `Plan.references`, and where each stood."""

    columns: pa.Table
    lines: pa.Array
    sizes: pa.Array | None = None


@dataclass(frozen=True)
class Plan:
    """A mapping and the contract it fills."""

    mapping: FileMapping
    contract: Contract

    @cached_property
    def references(self) -> tuple[str, ...]:
        """The columns of the file (or JSON paths) to read, each once."""
        asked = [rule.column for rule in self._yes_or_no.values()]
        mapping = self.mapping
        return tuple(
            dict.fromkeys(
                [
                    *mapping.columns.values(),
                    *self._rules.values(),
                    *asked,
                    *(reference for told in mapping.derive.first_of.values() for reference in told),
                    *mapping.extra,
                ]
            )
        )

    @cached_property
    def optional(self) -> frozenset[str]:
        """The references that a file may lack: then nothing was given."""
        told = [
            reference for name in self.mapping.optional for reference in (self.mapping.columns.get(name),)
        ]
        told += [reference for names in self.mapping.derive.first_of.values() for reference in names]
        return frozenset(reference for reference in told if reference)

    @cached_property
    def required(self) -> dict[str, str]:
        """The references without which no row could fit, with their contract columns."""
        needed = {column.name for column in self.contract.columns if column.required}
        return {reference: name for name, reference in self.mapping.columns.items() if name in needed}

    @cached_property
    def author_references(self) -> frozenset[str]:
        """The references that hold authors."""
        authors = {column.name for column in self.contract.columns if column.type == "author"}
        return frozenset(reference for name, reference in self.mapping.columns.items() if name in authors)

    @cached_property
    def fingerprint(self) -> str:
        """What the mapping makes of a file: a changed mapping lands the same bytes anew.

        Settings left at their default do not count, so that a new version of Listenhouse with more of them
        does not land every old file again.
        """
        meaning = self.mapping.model_dump(mode="json", exclude={"pattern"}, exclude_defaults=True)
        return hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()

    @cached_property
    def _rules(self) -> dict[str, str]:
        rule = self.mapping.derive.post_type
        if rule is None:
            return {}
        given = ((post_type, getattr(rule, name)) for name, post_type in RULES)
        return {post_type: reference for post_type, reference in given if reference}

    @cached_property
    def _yes_or_no(self) -> dict[str, OneOf]:
        return self.mapping.derive.yes_or_no()

    def field_of(self, reference: str) -> str:
        """Return the key of listening.yml under which a reference stands, for messages."""
        for name, mapped in self.mapping.columns.items():
            if mapped == reference:
                return f"columns.{name}"
        for name, rule in self._yes_or_no.items():
            if rule.column == reference:
                return f"derive.{name}"
        for name, told in self.mapping.derive.first_of.items():
            if reference in told:
                return f"derive.first_of.{name}"
        return "extra" if reference in self.mapping.extra else "derive.post_type"

    def batch(self, chunk: Chunk, connection: duckdb.DuckDBPyConnection) -> pa.Table:
        """Return a chunk under contract names, with constants, post type, `extra` and line numbers."""
        read = {
            reference: chunk.columns[f"{EXTRACT}{place}"] for place, reference in enumerate(self.references)
        }
        columns = {name: read[reference] for name, reference in self.mapping.columns.items()}
        for name, told in self.mapping.derive.first_of.items():
            columns[name] = pc.coalesce(*(_filled(read[reference]) for reference in told))
        for name, meanings in self.mapping.values.items():
            columns[name] = _meant(columns[name], meanings)
        if self.mapping.unescape:
            for column in self.contract.columns:
                if column.content and column.type == "text" and column.name in columns:
                    columns[column.name] = _unescaped(columns[column.name])
        if self.mapping.time_format:
            for column in (*self.contract.columns, OBSERVED_AT):
                if column.type in ("timestamp", "date") and column.name in columns:
                    columns[column.name] = _in_iso_form(
                        columns[column.name], self.mapping.time_format, connection
                    )
        rows = chunk.columns.num_rows
        for name, value in self.mapping.constants.items():
            text = str(value).lower() if isinstance(value, bool) else str(value)
            columns[name] = pa.repeat(pa.scalar(text), rows)
        if self._rules:
            columns["post_type"] = self._post_type(read)
        for name, rule in self._yes_or_no.items():
            columns[name] = _is_one_of(read[rule.column], rule.values)
        if self.mapping.extra:
            columns["extra"] = _as_json({name: read[name] for name in self.mapping.extra}, connection)
        columns["_line"] = chunk.lines
        if chunk.sizes is not None:
            columns["_bytes"] = chunk.sizes
        return pa.table(columns)

    def _post_type(self, read: dict[str, pa.ChunkedArray]) -> pa.ChunkedArray:
        result: pa.Scalar | pa.ChunkedArray = pa.scalar("original")
        for post_type, reference in reversed(self._rules.items()):
            present = pc.is_valid(read[reference])
            if pa.types.is_binary(read[reference].type) or pa.types.is_string(read[reference].type):
                present = pc.and_(present, pc.greater(pc.fill_null(pc.binary_length(read[reference]), 0), 0))
            result = pc.if_else(present, pa.scalar(post_type), result)
        return result


def _unescaped(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if not (pa.types.is_binary(values.type) or pa.types.is_string(values.type)):
        values = _text(values)
    for entity, character in ENTITIES:
        values = pc.replace_substring(values, entity, character)
    return values


def _in_iso_form(
    values: pa.ChunkedArray, time_format: str, connection: duckdb.DuckDBPyConnection
) -> pa.ChunkedArray:
    """Return times in ISO form where they have the format; others stay, for landing to judge."""
    connection.register("times", pa.table({"told": _text(values)}))
    try:
        read = "strftime(try_strptime(trim(told), $format), '%Y-%m-%d %H:%M:%S.%f')"
        sql = f"select coalesce({read}, told) as told from times"
        return connection.execute(sql, {"format": time_format}).to_arrow_table()["told"].cast(pa.string())
    finally:
        connection.unregister("times")


def _filled(values: pa.ChunkedArray) -> pa.ChunkedArray:
    text = _text(values)
    return pc.if_else(pc.equal(text, ""), None, text)


def _meant(values: pa.ChunkedArray, meanings: dict[str, str]) -> pa.ChunkedArray:
    """Return the contract's words for the file's own, in any case; other words stay, for landing to judge."""
    text = _text(values)
    words = pc.utf8_lower(pc.utf8_trim_whitespace(text))
    known = pa.array([word.lower() for word in meanings if word != "*"], pa.string())
    if "*" in meanings:
        others = pc.and_(pc.is_valid(words), pc.invert(pc.is_in(words, known)))
        text = pc.if_else(pc.and_(others, pc.not_equal(pc.fill_null(words, ""), "")), meanings["*"], text)
    for word, meaning in meanings.items():
        text = pc.if_else(pc.fill_null(pc.equal(words, word.lower()), False), pa.scalar(meaning), text)
    return text


def _is_one_of(values: pa.ChunkedArray, wanted: tuple[str, ...]) -> pa.ChunkedArray:
    trimmed = pc.utf8_trim_whitespace(_text(values))
    filled = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
    return pc.if_else(pc.is_valid(filled), pc.is_in(filled, pa.array(wanted)), None)


def _as_json(columns: dict[str, pa.ChunkedArray], connection: duckdb.DuckDBPyConnection) -> pa.ChunkedArray:
    """Return one JSON object a row, without empty values; NULL where nothing is filled in."""
    kept = pa.table(
        [_text(values) for values in columns.values()], [f"{EXTRACT}{n}" for n in range(len(columns))]
    )
    names = {f"n{place}": name for place, name in enumerate(columns)}
    pairs = ", ".join(f"$n{place}, nullif({EXTRACT}{place}, '')" for place in range(len(columns)))
    empty = " and ".join(f"coalesce({EXTRACT}{place}, '') = ''" for place in range(len(columns)))
    connection.register("kept", kept)
    try:
        # Merged into an empty object, which leaves out what is NULL.
        merged = f"json_merge_patch('{{}}', json_object({pairs}))"
        sql = f"select case when not ({empty}) then {merged} end as extra from kept"
        return connection.execute(sql, names).to_arrow_table()["extra"].cast(pa.string())
    finally:
        connection.unregister("kept")


def _text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_binary(values.type):
        try:
            return values.cast(pa.string())
        except pa.ArrowInvalid:
            texts = [
                None if value is None else value.decode("utf-8", "replace") for value in values.to_pylist()
            ]
            return pa.chunked_array([pa.array(texts, pa.string())])
    if pa.types.is_nested(values.type):
        return pa.chunked_array(
            [pa.array([None if v is None else json.dumps(v, default=str) for v in values.to_pylist()])]
        )
    return values.cast(pa.string())
