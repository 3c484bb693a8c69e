"""Columns that a file takes from other files of the drop folder: a left join on one key, in memory.

The other files are read whole, only their needed columns: a table of people or of a ticket's changes, not of posts.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.listening.models import Derive, Lookup
from ingestion.sources.files.plan import Chunk, Plan, text_of
from ingestion.sources.files.problems import Broken, FileProblem

Read = Callable[[Path, Plan, duckdb.DuckDBPyConnection], Iterator[Any]]


def lookup_tables(
    plan: Plan, others: tuple[tuple[Path, ...], ...], read: Read, connection: duckdb.DuckDBPyConnection
) -> tuple[list[pa.Table], list[str]]:
    """Return a table for each lookup of the plan (`key`, t0, t1, ...; one row a key), and what is to be told.

    Raises FileProblem, naming the other file, when that lacks a column (of an optional lookup, this is told) or
    cannot be read.
    """
    tables, messages = [], []
    for lookup, paths in zip(plan.mapping.lookups, others, strict=True):
        parts = [pa.table({name: pa.array([], pa.string()) for name in _names(lookup)})]
        for path in paths:
            try:
                part, broken = _read_whole(path, plan, lookup, read, connection)
            except FileProblem as problem:
                if not lookup.is_optional or problem.reason != "missing_column":
                    raise
                messages.append(f"{problem.detail}; {', '.join(lookup.columns)} is not looked up")
                continue
            parts.append(part)
            if broken:
                messages.append(f"{broken} rows of {path.name}, which is looked into, cannot be read")
        connection.register("others", pa.concat_tables(parts))
        try:
            order = ["newest desc nulls last"] if lookup.newest else []
            order += [f"t{place}" for place in range(len(lookup.columns))]
            taken = ", ".join(f"t{place}" for place in range(len(lookup.columns)))
            tables.append(
                connection.execute(
                    f"select key, {taken} from others where key is not null "
                    f"qualify row_number() over (partition by key order by {', '.join(order)}) = 1"
                ).to_arrow_table()
            )
        finally:
            connection.unregister("others")
    return tables, messages


def looked_up(
    plan: Plan, chunk: Chunk, tables: list[pa.Table], connection: duckdb.DuckDBPyConnection
) -> dict[str, pa.ChunkedArray]:
    """Return the columns that a chunk's rows take from the lookup tables, NULL where nothing is found."""
    found: dict[str, pa.ChunkedArray] = {}
    for lookup, table in zip(plan.mapping.lookups, tables, strict=True):
        key = pc.utf8_trim_whitespace(text_of(plan.column(chunk, lookup.equals)))
        connection.register("asking", pa.table({"place": pa.array(range(len(key))), "key": key}))
        connection.register("asked", table)
        try:
            joined = connection.execute(
                "select asked.* from asking left join asked on asking.key = asked.key order by asking.place"
            ).to_arrow_table()
        finally:
            connection.unregister("asking")
            connection.unregister("asked")
        for place, name in enumerate(lookup.columns):
            found[name] = joined[f"t{place}"]
    return found


def _read_whole(
    path: Path, plan: Plan, lookup: Lookup, read: Read, connection: duckdb.DuckDBPyConnection
) -> tuple[pa.Table, int]:
    """Return the lookup's columns of one file, all as text, and how many of its rows cannot be read."""
    references = dict.fromkeys(
        [lookup.key, *lookup.columns.values(), *lookup.where, *([lookup.newest] if lookup.newest else [])]
    )
    mapping = plan.mapping.model_copy(
        update={
            "columns": {},
            "derive": Derive(),
            "extra": tuple(references),
            "lookups": (),
            "where": lookup.where,
            "where_not": {},
            "only_if": {},
        }
    )
    other = Plan(mapping, plan.contract)
    names = _names(lookup)
    parts, broken = [pa.table({name: pa.array([], pa.string()) for name in names})], 0
    try:
        for part in read(path, other, connection):
            if isinstance(part, Broken):
                broken += len(part.rows)
            elif isinstance(part, Chunk):
                kept = other.wanted(part)
                columns = {
                    name: pc.utf8_trim_whitespace(text_of(other.column(kept, reference)))
                    for name, reference in names.items()
                }
                parts.append(pa.table(columns))
    except FileProblem as problem:
        raise FileProblem(
            problem.reason, f"{path.name}, which is looked into: {problem.detail}", field=problem.field
        ) from problem
    return pa.concat_tables(parts), broken


def _names(lookup: Lookup) -> dict[str, str]:
    """Return what is read of another file: our name -> the file's."""
    names = {"key": lookup.key, **{f"t{place}": name for place, name in enumerate(lookup.columns.values())}}
    return names | ({"newest": lookup.newest} if lookup.newest else {})
