"""A file mapping made ready: which parts of a file are read, and how they become contract columns."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.landing import Contract
from ingestion.landing.validation import OBSERVED_AT
from ingestion.listening import FileMapping
from ingestion.listening.models import OneOf
from ingestion.network.scrubber import masked
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
        chosen = [*mapping.where, *mapping.where_not]
        chosen += [lookup.equals for lookup in mapping.lookups]
        chosen += [rule.column for rule in mapping.only_if.values()]
        chosen += [name for told in mapping.derive.first_of.values() for name in told]
        read = [*mapping.columns.values(), *self._rules.values(), *asked, *mapping.extra, *chosen]
        return tuple(name for name in dict.fromkeys(read) if name not in self.taken)

    @cached_property
    def taken(self) -> frozenset[str]:
        """The names of columns that come from other files."""
        return frozenset(name for lookup in self.mapping.lookups for name in lookup.columns)

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
        return {
            reference: name
            for name, reference in self.mapping.columns.items()
            if name in needed and reference not in self.taken
        }

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
        for part in ("where", "where_not"):
            if reference in getattr(self.mapping, part):
                return f"{part}.{reference}"
        if any(reference == lookup.equals for lookup in self.mapping.lookups):
            return "lookups.equals"
        for name, rule in self.mapping.only_if.items():
            if rule.column == reference:
                return f"only_if.{name}"
        for name, told in self.mapping.derive.first_of.items():
            if reference in told:
                return f"derive.first_of.{name}"
        return "extra" if reference in self.mapping.extra else "derive.post_type"

    def column(self, chunk: Chunk, reference: str) -> pa.ChunkedArray:
        """Return what a chunk has under a name of the file."""
        return chunk.columns[f"{EXTRACT}{self.references.index(reference)}"]

    def wanted(self, chunk: Chunk) -> Chunk:
        """Return the rows that the mapping wants; the others are no items of this resource."""
        keep = None
        for named, is_in in ((self.mapping.where, True), (self.mapping.where_not, False)):
            for reference, values in named.items():
                fits = holds(self.column(chunk, reference), values)
                fits = fits if is_in else pc.invert(fits)
                keep = fits if keep is None else pc.and_(keep, fits)
        if keep is None:
            return chunk
        lines = pa.chunked_array([chunk.lines]).filter(keep).combine_chunks()
        sizes = None if chunk.sizes is None else pa.chunked_array([chunk.sizes]).filter(keep).combine_chunks()
        return Chunk(chunk.columns.filter(keep), lines, sizes)

    def batch(
        self,
        chunk: Chunk,
        connection: duckdb.DuckDBPyConnection,
        taken: Mapping[str, pa.ChunkedArray] | None = None,
    ) -> pa.Table:
        """Return a chunk under contract names, with constants, post type, `extra` and line numbers.

        `taken` are columns that other files gave, one value a row of the chunk.
        """
        read = {
            reference: chunk.columns[f"{EXTRACT}{place}"] for place, reference in enumerate(self.references)
        } | dict(taken or {})
        columns = {name: read[reference] for name, reference in self.mapping.columns.items()}
        for name, told in self.mapping.derive.first_of.items():
            columns[name] = pc.coalesce(*(_filled(read[reference]) for reference in told))
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
        for column in self.contract.columns:
            if column.type in ("integer", "double") and column.name in columns:
                columns[column.name] = _plain_numbers(columns[column.name], self.mapping)
        for name, rule in self.mapping.only_if.items():
            counts = holds(read[rule.column], rule.values)
            columns[name] = pc.if_else(counts, columns[name], pa.scalar(None, columns[name].type))
        for name, named in self.mapping.values.items():
            columns[name] = _called(columns[name], named)
        rows = chunk.columns.num_rows
        for name, value in self.mapping.constants.items():
            columns[name] = pa.repeat(pa.scalar(_said(value)), rows)
        if self._rules:
            columns["post_type"] = self._post_type(read)
        for name, rule in self._yes_or_no.items():
            columns[name] = _is_one_of(read[rule.column], rule.values)
        if self.mapping.extra:
            columns["extra"] = _as_json({name: read[name] for name in self.mapping.extra}, connection)
        if self.mapping.mask:
            self._mask(columns)
        columns["_line"] = chunk.lines
        if chunk.sizes is not None:
            columns["_bytes"] = chunk.sizes
        return pa.table(columns)

    def _mask(self, columns: dict[str, pa.ChunkedArray]) -> None:
        """Mask contact details in what people wrote, and say in `extra` how many there were."""
        for name in self.contract.written_texts:
            if name not in columns:
                continue
            texts, counts = [], []
            for value in columns[name].to_pylist():
                # Bytes that are no text stay as they are: landing sets such rows aside.
                text = _decoded(value)
                shown, found = masked(text) if text else (value, {})
                texts.append(shown if text else value)
                counts.append(found)
            if any(counts):
                as_bytes = [text.encode() if isinstance(text, str) else text for text in texts]
                columns[name] = pa.chunked_array([pa.array(as_bytes, pa.binary())])
                columns["extra"] = _with_counts(columns.get("extra"), counts)

    def _post_type(self, read: dict[str, pa.ChunkedArray]) -> pa.ChunkedArray:
        result: pa.Scalar | pa.ChunkedArray = pa.scalar("original")
        for post_type, reference in reversed(self._rules.items()):
            present = pc.is_valid(read[reference])
            if pa.types.is_binary(read[reference].type) or pa.types.is_string(read[reference].type):
                present = pc.and_(present, pc.greater(pc.fill_null(pc.binary_length(read[reference]), 0), 0))
            result = pc.if_else(present, pa.scalar(post_type), result)
        return result


def holds(values: pa.ChunkedArray, wanted: tuple[str, ...]) -> pa.ChunkedArray:
    """Return whether each value is one of these, blanks around it apart; an absent one is none."""
    trimmed = pc.utf8_trim_whitespace(text_of(values))
    return pc.fill_null(pc.is_in(trimmed, pa.array([value.strip() for value in wanted], pa.string())), False)


def _plain_numbers(values: pa.ChunkedArray, mapping: FileMapping) -> pa.ChunkedArray:
    """Return numbers as landing reads them; what is not written as the mapping says stays, to be judged."""
    if (mapping.thousands is None and mapping.decimal == ".") or not (
        pa.types.is_binary(values.type) or pa.types.is_string(values.type)
    ):
        return values
    texts = pc.utf8_trim_whitespace(text_of(values))
    separator = re.escape(mapping.thousands or "")
    grouped = f"[0-9]{{1,3}}(?:{separator}[0-9]{{3}})+|[0-9]+" if separator else "[0-9]+"
    as_said = pc.match_substring_regex(texts, f"^[+-]?(?:{grouped})(?:{re.escape(mapping.decimal)}[0-9]+)?$")
    plain = pc.replace_substring(texts, mapping.thousands, "") if mapping.thousands else texts
    if mapping.decimal == ",":
        plain = pc.replace_substring(plain, ",", ".")
        # 1.5 is no number where a comma parts the decimals: nobody can say which was meant.
        texts = pc.if_else(
            pc.match_substring(texts, "."), pc.binary_join_element_wise("'", texts, "'", ""), texts
        )
    return pc.if_else(pc.fill_null(as_said, False), plain, texts)


def _called(values: pa.ChunkedArray, named: Mapping[str, Any]) -> pa.ChunkedArray:
    """Return the contract's words for the file's own, in any case; other words stay, for landing to judge."""
    texts = text_of(values)
    trimmed = pc.utf8_lower(pc.utf8_trim_whitespace(texts))
    names = pa.array([name.lower() for name in named], pa.string())
    said = pa.array([None if value is None else _said(value) for value in named.values()], pa.string())
    known = pc.fill_null(pc.is_in(trimmed, names), False)
    if "*" in named:
        other = pc.and_(pc.invert(known), pc.fill_null(pc.not_equal(trimmed, ""), False))
        texts = pc.if_else(other, said[list(named).index("*")], texts)
    return pc.if_else(known, pc.take(said, pc.index_in(trimmed, names)), texts)


def _said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _decoded(value: Any) -> str:
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return ""
    return value if isinstance(value, str) else ""


def _with_counts(extra: pa.ChunkedArray | None, counts: list[dict[str, int]]) -> pa.ChunkedArray:
    kept = extra.to_pylist() if extra is not None else [None] * len(counts)
    told = [
        json.dumps({**json.loads(text or "{}"), "masked": dict(sorted(found.items()))}, ensure_ascii=False)
        if found
        else text
        for text, found in zip(kept, counts, strict=True)
    ]
    return pa.chunked_array([pa.array(told, pa.string())])


def _unescaped(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if not (pa.types.is_binary(values.type) or pa.types.is_string(values.type)):
        values = text_of(values)
    for entity, character in ENTITIES:
        values = pc.replace_substring(values, entity, character)
    return values


def _in_iso_form(
    values: pa.ChunkedArray, time_format: str, connection: duckdb.DuckDBPyConnection
) -> pa.ChunkedArray:
    """Return times in ISO form where they have the format; others stay, for landing to judge."""
    connection.register("times", pa.table({"told": text_of(values)}))
    try:
        read = "strftime(try_strptime(trim(told), $format), '%Y-%m-%d %H:%M:%S.%f')"
        sql = f"select coalesce({read}, told) as told from times"
        return connection.execute(sql, {"format": time_format}).to_arrow_table()["told"].cast(pa.string())
    finally:
        connection.unregister("times")


def _filled(values: pa.ChunkedArray) -> pa.ChunkedArray:
    text = text_of(values)
    return pc.if_else(pc.equal(text, ""), None, text)


def _is_one_of(values: pa.ChunkedArray, wanted: tuple[str, ...]) -> pa.ChunkedArray:
    trimmed = pc.utf8_trim_whitespace(text_of(values))
    filled = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
    return pc.if_else(pc.is_valid(filled), pc.is_in(filled, pa.array(wanted)), None)


def _as_json(columns: dict[str, pa.ChunkedArray], connection: duckdb.DuckDBPyConnection) -> pa.ChunkedArray:
    """Return one JSON object a row, without empty values; NULL where nothing is filled in."""
    kept = pa.table(
        [text_of(values) for values in columns.values()], [f"{EXTRACT}{n}" for n in range(len(columns))]
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


def text_of(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return values of any kind as text; bytes that are no UTF-8 with marks in their place."""
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
