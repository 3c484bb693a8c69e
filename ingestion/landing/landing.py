"""One landing run of one source: batches in, contracted tables, quarantine and counts out."""

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.landing.back_fill import BackFill
from ingestion.landing.contract import LANDINGS_SCHEMA, READS_SCHEMA, Contract
from ingestion.landing.counts import Counts
from ingestion.landing.duplicates import Fingerprints
from ingestion.landing.encoding import decode
from ingestion.landing.items import items_to_batch
from ingestion.landing.pseudonyms import Pseudonyms
from ingestion.landing.quarantine import problem_row, quarantine_table
from ingestion.landing.validation import Kind, Problem, kind_of, statement

BATCH_ROWS = 50_000
"""Rows judged at once: large enough for columnar speed, small enough for a few hundred megabytes."""
CUSTOMER = "customer"
"""Stands for the platform in pseudonyms of people in business records, so that these join each other."""
SPECIAL = ("extra", "observed_at", "_payload", "_line", "_bytes")


class Detector(Protocol):
    """Finds the language of texts."""

    def detect(self, texts: pa.Array) -> pa.Array:
        """Return ISO 639-1 codes for a string array, NULL where unsure."""


@dataclass
class Unit:
    """A file, page or address of this run, and what became of its items."""

    source_name: str
    resource: str
    unit: str
    unit_hash: str | None = None
    counts: Counts = field(default_factory=Counts)
    messages: list[str] = field(default_factory=list)
    fingerprints: Fingerprints = field(default_factory=Fingerprints)


class Landing:
    """Lands batches of one source in one run.

    `source_name` is the source's own name (files pass the mapping's name to each call); `run_id` marks
    every row; `started_at` (UTC) is the time of observation where a source does not say one. Without a
    detector, `detected_language` stays NULL. With `back_fill` a network reads that stretch of the past.
    """

    def __init__(
        self,
        source_name: str,
        run_id: str,
        started_at: datetime,
        pseudonyms: Pseudonyms,
        detector: Detector | None = None,
        progress: Callable[[str, int], None] | None = None,
        back_fill: BackFill | None = None,
    ) -> None:
        self.source_name = source_name
        self.run_id = run_id
        self.started_at = started_at
        self._pseudonyms = pseudonyms
        self._detector = detector
        self._progress = progress
        self.messages: list[str] = []
        self.quota: dict[str, int] = {}
        """What is left of, or was used of, a network's quota, for the status of the source."""
        self.reads: list[dict[str, Any]] = []
        """What each read of a network saw: rows of `reads`, without source and run."""
        self.missing: list[dict[str, Any]] = []
        """Stretches of a network that have not come, for the status of the source."""
        self.back_filled: dict[str, list[list[str]]] = {}
        """Stream -> stretches that back-fills have read to their end."""
        self.back_fill = back_fill
        self._units: dict[tuple[str, str, str], Unit] = {}
        self._connection: duckdb.DuckDBPyConnection | None = None

    @property
    def units(self) -> tuple[Unit, ...]:
        """Every unit met so far, in order."""
        return tuple(self._units.values())

    def land(
        self,
        contract: Contract,
        batch: pa.Table,
        *,
        unit: str,
        source_name: str | None = None,
        platform: str | None = None,
        time_zone: str | None = None,
        seen: MutableMapping[str, str] | None = None,
    ) -> Iterator[Any]:
        """Judge a batch and yield Arrow tables marked for the resource's table and for `quarantine`.

        `batch` has columns under contract names (text or typed; bytes are read as UTF-8; authors raw),
        and may have `observed_at`, `extra` (JSON), `_line` (int64), `_bytes` (size of the original) and
        `_payload` (bytes to keep if the row is quarantined, without raw authors). `platform` fills in
        where the batch names none; `time_zone` (IANA) gives naive times their meaning. With `seen` (record,
        that is the native id or the contract's identity joined by blanks -> content hash, updated here) an item
        that did not change counts as a duplicate.

        Raises ValueError when the batch has a column that the contract does not know.
        """
        unknown = set(batch.column_names) - set(contract.names) - set(SPECIAL)
        if unknown:
            raise ValueError(
                f"{unit}: columns {sorted(unknown)} are not in the contract {contract.resource}; "
                f"it has {', '.join(contract.names)}"
            )
        ledger = self._unit(contract, unit, source_name)
        if platform is not None and contract.has_platform:
            batch = _with_platform(batch, platform)
        for start in range(0, batch.num_rows, BATCH_ROWS):
            yield from self._land_slice(contract, batch.slice(start, BATCH_ROWS), ledger, time_zone, seen)

    def land_items(
        self,
        contract: Contract,
        items: Iterable[dict[str, Any]],
        *,
        unit: str,
        source_name: str | None = None,
        platform: str | None = None,
        time_zone: str | None = None,
        seen: MutableMapping[str, str] | None = None,
    ) -> Iterator[Any]:
        """Land items of an API, dicts with contract names; one that Arrow cannot hold is quarantined alone.

        For the few thousand items of a page, not for files: those come as batches through `land`.
        """
        batch, rejected = items_to_batch(contract, items)
        ledger = self._unit(contract, unit, source_name)
        if rejected:
            rows = [self._pseudonymised(contract, row, platform) for _, row in rejected]
            problems = [problem for problem, _ in rejected]
            yield self._quarantine(contract, ledger, zip(problems, rows, strict=True))
            ledger.counts += Counts(received=len(rejected), quarantined=len(rejected))
        yield from self.land(
            contract,
            batch,
            unit=unit,
            source_name=source_name,
            platform=platform,
            time_zone=time_zone,
            seen=seen,
        )

    def reject(
        self,
        contract: Contract,
        *,
        unit: str,
        reason: str,
        detail: str,
        remedy: str,
        payload: bytes,
        field: str | None = None,
        line: int | None = None,
        payload_bytes: int | None = None,
        source_name: str | None = None,
    ) -> Iterator[Any]:
        """Quarantine something that is not even a row (a whole file, a page, a broken line); counts as one.

        `payload` is stored as it is: the caller takes raw authors out.
        """
        row = {
            "field": field,
            "reason": reason,
            "detail": detail,
            "remedy": remedy,
            "line": line,
            "payload": payload,
        }
        if payload_bytes is not None:
            row["payload_bytes"] = payload_bytes
        yield from self.reject_many(contract, [row], unit=unit, source_name=source_name)

    def reject_many(
        self, contract: Contract, rows: list[dict[str, Any]], *, unit: str, source_name: str | None = None
    ) -> Iterator[Any]:
        """Quarantine several such things; each dict holds columns of the quarantine table."""
        if not rows:
            return
        ledger = self._unit(contract, unit, source_name)
        ledger.counts += Counts(received=len(rows), quarantined=len(rows))
        yield _marked(quarantine_table([{**self._origin(ledger), **row} for row in rows]), "quarantine")
        self._advance(ledger, len(rows))

    def note(
        self,
        contract: Contract,
        *,
        unit: str,
        message: str | None = None,
        unit_hash: str | None = None,
        source_name: str | None = None,
    ) -> None:
        """Have `unit` recorded in `landings` even if nothing comes of it, with a message or content hash."""
        ledger = self._unit(contract, unit, source_name)
        ledger.unit_hash = unit_hash or ledger.unit_hash
        if message and message not in ledger.messages:
            ledger.messages.append(message)

    def tell(self, message: str) -> None:
        """Have something that belongs to no unit told at the end of the run; it is not stored."""
        self.messages.append(message)

    def finish(self) -> Iterator[Any]:
        """Yield the rows of `landings`, one for each unit that received or has to tell something, and of `reads`."""
        ended_at = datetime.now(UTC)
        rows = [
            {
                "source_name": unit.source_name,
                "resource": unit.resource,
                "landing_run_id": self.run_id,
                "unit": unit.unit,
                "unit_hash": unit.unit_hash,
                **vars(unit.counts),
                "message": "; ".join(unit.messages) or None,
                "started_at": self.started_at,
                "ended_at": max(ended_at, self.started_at),
            }
            for unit in self._units.values()
            if unit.counts.received or unit.messages or unit.unit_hash
        ]
        self.close()
        if rows:
            yield _marked(pa.Table.from_pylist(rows, schema=LANDINGS_SCHEMA), "landings")
        if self.reads:
            origin = {"source_name": self.source_name, "landing_run_id": self.run_id}
            reads = [{**origin, **row} for row in self.reads]
            yield _marked(pa.Table.from_pylist(reads, schema=READS_SCHEMA), "reads")

    def close(self) -> None:
        """Close the judging connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _unit(self, contract: Contract, unit: str, source_name: str | None) -> Unit:
        key = (source_name or self.source_name, contract.resource, unit)
        return self._units.setdefault(key, Unit(*key))

    def _land_slice(
        self,
        contract: Contract,
        batch: pa.Table,
        ledger: Unit,
        time_zone: str | None,
        seen: MutableMapping[str, str] | None,
    ) -> Iterator[Any]:
        received = batch.num_rows
        batch = self._pseudonymise(contract, batch)
        batch, undecodable = decode(batch)
        result, problems = self._judge(contract, batch, ledger, time_zone)
        fits = result["_problem"].to_numpy() == 0
        new = self._new_rows(contract, result, fits, ledger, seen)
        deleted = int((result["_deleted"].to_numpy(zero_copy_only=False) & new).sum())
        landed = result.select(contract.arrow_schema.names)
        if not new.all():
            landed = landed.filter(pa.array(new))
        if landed.num_rows:
            yield _marked(self._with_language(contract, landed), contract.resource)
        bad = [(problem, row) for problem, row in undecodable]
        if not fits.all():
            places = np.flatnonzero(~fits)
            codes = result["_problem"].to_numpy()[places]
            rows = batch.take(pa.array(places)).to_pylist()
            bad += [(problems[code - 1], row) for code, row in zip(codes, rows, strict=True)]
        if bad:
            yield self._quarantine(contract, ledger, bad)
        landed_rows = int(new.sum())
        ledger.counts += Counts(
            received=received,
            accepted=landed_rows - deleted,
            deleted=deleted,
            quarantined=len(bad),
            duplicate=received - landed_rows - len(bad),
        )
        self._advance(ledger, received)

    def _judge(
        self, contract: Contract, batch: pa.Table, ledger: Unit, time_zone: str | None
    ) -> tuple[pa.Table, tuple[Problem, ...]]:
        # Columns without a value are judged as absent ones: Arrow may not even know their type.
        told = [
            name for name in batch.column_names if name[0] != "_" and batch[name].null_count < batch.num_rows
        ]
        kinds = tuple(sorted((name, _kind(ledger.unit, batch.schema.field(name))) for name in told))
        made = statement(contract, kinds)
        values = {
            "source_name": ledger.source_name,
            "run_id": self.run_id,
            "started_at": self.started_at,
            "time_zone": time_zone,
        }
        used = {name: value for name, value in values.items() if f"${name}" in made.sql}
        if self._connection is None:
            self._connection = _at_utc(_database().cursor())
        # A column of its own keeps the row count of a batch in which nothing at all is filled in.
        rows = batch.select([name for name, _ in kinds]).append_column(
            "_row", pa.nulls(batch.num_rows, pa.bool_())
        )
        self._connection.register("batch", rows)
        try:
            result = self._connection.execute(made.sql, used).to_arrow_table()
        finally:
            self._connection.unregister("batch")
        return result, made.problems

    def _new_rows(
        self,
        contract: Contract,
        result: pa.Table,
        fits: np.ndarray,
        ledger: Unit,
        seen: MutableMapping[str, str] | None,
    ) -> np.ndarray:
        """Return the mask of rows that fit and were not seen before in this unit or, with `seen`, ever."""
        new = fits.copy()
        new[fits] = ledger.fingerprints.first_time(result["_fingerprint"].to_numpy()[fits])
        if seen is None:
            return new
        places = np.flatnonzero(new)
        chosen = result.select([*contract.landed_identity, "content_hash"]).take(pa.array(places))
        for place, *identity, content in zip(
            places, *(column.to_pylist() for column in chosen.columns), strict=True
        ):
            record = " ".join("" if part is None else str(part) for part in identity)
            if seen.get(record) == content:
                new[place] = False
            seen[record] = content
        return new

    def _with_language(self, contract: Contract, landed: pa.Table) -> pa.Table:
        schema = contract.arrow_schema
        if self._detector is not None and "detected_language" in schema.names:
            words = landed["text"]
            if "title" in schema.names:  # a story or an article may be a headline and nothing else
                words = pc.coalesce(words, landed["title"])
            texts = pc.if_else(pc.is_null(landed["language"]), words, None).combine_chunks()
            if texts.null_count < len(texts):
                place = schema.get_field_index("detected_language")
                landed = landed.set_column(place, schema.field(place), self._detector.detect(texts))
        return landed.cast(schema)

    def _pseudonymise(self, contract: Contract, batch: pa.Table) -> pa.Table:
        """Replace raw authors first of all, so that no later step and no payload can hold one."""
        for column in contract.columns:
            if column.type != "author" or column.name not in batch.column_names:
                continue
            authors = _as_text(batch[column.name])
            if column.namespace is not None:
                made = self._pseudonyms.within(column.namespace, authors)
            elif contract.has_platform and "platform" in batch.column_names:
                made = self._pseudonyms.of(_as_text(batch["platform"]), authors)
            else:
                made = self._pseudonyms.of(pa.repeat(pa.scalar(CUSTOMER), len(authors)), authors)
            place = batch.schema.get_field_index(column.name)
            batch = batch.set_column(place, column.name, made)
        return batch

    def _pseudonymised(self, contract: Contract, row: dict[str, Any], platform: str | None) -> dict[str, Any]:
        for column in contract.columns:
            if column.type == "author" and row.get(column.name) is not None:
                where = str(row.get("platform") or platform or "") if contract.has_platform else CUSTOMER
                pseudonym = self._pseudonyms.one(column.namespace or where, str(row[column.name]))
                row = {**row, column.name: pseudonym}
        return row

    def _origin(self, ledger: Unit) -> dict[str, Any]:
        return {
            "source_name": ledger.source_name,
            "resource": ledger.resource,
            "landing_run_id": self.run_id,
            "quarantined_at": self.started_at,
            "unit": ledger.unit,
        }

    def _quarantine(
        self, contract: Contract, ledger: Unit, bad: Iterable[tuple[Problem, dict[str, Any]]]
    ) -> Any:
        origin = self._origin(ledger)
        rows = [{**origin, **problem_row(contract, problem, row)} for problem, row in bad]
        return _marked(quarantine_table(rows), "quarantine")

    def _advance(self, ledger: Unit, received: int) -> None:
        if self._progress is not None:
            self._progress(ledger.resource, received)


def judging_connection() -> duckdb.DuckDBPyConnection:
    """Return an in-memory DuckDB that sees only the batches registered with it."""
    database = duckdb.connect(
        ":memory:",
        config={
            "threads": 2,
            "memory_limit": "512MB",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    return _at_utc(database)


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """The one in which runs of this process judge, each through a cursor: to start one takes longer than a page."""
    return judging_connection()


def _at_utc(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    connection.execute("set TimeZone = 'UTC'")
    return connection


def _with_platform(batch: pa.Table, platform: str) -> pa.Table:
    if "platform" not in batch.column_names:
        return batch.append_column("platform", pa.repeat(pa.scalar(platform), batch.num_rows))
    place = batch.schema.get_field_index("platform")
    return batch.set_column(place, "platform", pc.fill_null(batch["platform"].cast(pa.string()), platform))


def _kind(unit: str, field: pa.Field) -> Kind:
    kind = kind_of(field.type)
    if kind is None:
        raise ValueError(f"{unit}: column {field.name} is a {field.type}; hand over plain values or text")
    return kind


def _as_text(values: pa.ChunkedArray) -> pa.Array:
    values = values.combine_chunks()
    if isinstance(values, pa.ChunkedArray):
        values = pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)
    if pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type):
        # A handle that is no UTF-8 gets a pseudonym all the same; its row is judged by its other columns.
        try:
            return values.cast(pa.string())
        except pa.ArrowInvalid:
            return pa.array(
                [v if v is None else v.decode("utf-8", "replace") for v in values.to_pylist()], pa.string()
            )
    return values.cast(pa.string())


def _marked(table: pa.Table, name: str) -> Any:
    import dlt

    return dlt.mark.with_table_name(table, name)
