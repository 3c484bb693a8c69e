"""Reads from the warehouse what each source has landed so far."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from ingestion.home import Home
from ingestion.landing.runner import last_status
from ingestion.listening import Listening, compile_listening
from ingestion.network.back_fill import REACHES
from ingestion.network.credentials import missing
from ingestion.network.declaration import Declaration
from ingestion.registry import NETWORKS, SOURCES, network_type, source_module
from orchestration.publish import WarehouseBusy

DELETES_TOLD = {"demo": "told", "files": "told"}
"""How deletions are noticed by sources that declare nothing; where nothing is said, not at all."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SourceStatus:
    """One source name and resource: what it received since the beginning and what became of it.

    received = accepted + duplicate + quarantined + deleted; `rows` are the observations in the warehouse.
    """

    source_name: str
    resource: str
    rows: int
    received: int
    accepted: int
    duplicate: int
    quarantined: int
    deleted: int


@dataclass(frozen=True)
class QuarantineReason:
    """Items set aside for one reason, with the remedy and an example of what was wrong."""

    source_name: str
    resource: str
    reason: str
    items: int
    last_at: datetime
    detail: str
    remedy: str


@dataclass(frozen=True)
class Readiness:
    """Whether a source could run: `configured` is yes, or names the secrets that are missing.

    `rows` are the observations in the warehouse; `lag` is from the newest post (or item) to the last look;
    `quota` what the last run was told of it; `deletes` says how deletions are noticed; `gaps` is the number of
    stretches that have not come yet, None for what is no network.
    """

    source: str
    is_enabled: bool
    configured: str
    last_looked_at: datetime | None
    rows: int
    lag: timedelta | None
    quota: str | None
    deletes: str
    gaps: int | None


@dataclass(frozen=True)
class Limits:
    """What a network allows: how fast, how far back, how long its posts may be kept (days), under which terms."""

    source: str
    rate_limit: str
    reach: str
    retention_days: int | None
    terms: str


def source_statuses(home: Home, listening: Listening) -> list[SourceStatus]:
    """Return the status of every configured source name and resource, in the order of listening.yml's rows.

    Raises WarehouseBusy while another process writes the warehouse.
    """
    configured = compile_listening(listening)["sources"].to_pylist()
    with _reading(home) as connection:
        tables = _tables(connection)
        return [_status(connection, tables, row) for row in configured]


def readiness(home: Home, listening: Listening) -> list[Readiness]:
    """Return one row a source that ships with Listenhouse. Raises WarehouseBusy."""
    with _reading(home) as connection:
        tables = _tables(connection)
        return [_readiness(connection, tables, home, listening, source) for source in SOURCES]


def _readiness(
    connection: duckdb.DuckDBPyConnection,
    tables: set[tuple[str, str]],
    home: Home,
    listening: Listening,
    source: str,
) -> Readiness:
    module = source_module(source)
    status = last_status(source, home)
    looked = _looked_at(status)
    newest = [
        connection.execute(
            f"select epoch_us(max(created_at)) from raw_{source}.{contract.resource}"
        ).fetchone()[0]
        for contract in module.CONTRACTS
        if any(column.name == "created_at" for column in contract.columns)
        and (f"raw_{source}", contract.resource) in tables
    ]
    newest = [moment for moment in newest if moment is not None]
    rows = sum(
        connection.execute(f"select count(*) from raw_{source}.{contract.resource}").fetchone()[0]
        for contract in module.CONTRACTS
        if (f"raw_{source}", contract.resource) in tables
    )
    deletes, lacking, gaps = DELETES_TOLD.get(source, "none"), (), None
    is_network = source in NETWORKS
    declaration = network_type(source).declaration if is_network else getattr(module, "DECLARATION", None)
    if declaration is not None:
        deletes, lacking, gaps = (
            declaration.delete_capture,
            missing(declaration),
            len(status.get("missing", [])) if is_network else None,
        )
    return Readiness(
        source,
        getattr(listening.sources, source).enabled,
        f"no: {', '.join(lacking)}" if lacking else "yes",
        looked,
        rows,
        looked - _instant(max(newest)) if looked and newest else None,
        ", ".join(f"{count:,} {what.replace('_', ' ')}" for what, count in status.get("quota", {}).items())
        or None,
        deletes,
        gaps,
    )


def limits() -> list[Limits]:
    """Return what each network declares of itself."""
    return [
        Limits(one.name, one.rate_limit, _reach(one), one.retention_days, one.terms)
        for one in (network_type(name).declaration for name in NETWORKS)
    ]


def _reach(declaration: Declaration) -> str:
    if declaration.reach == "newest":
        return f"no back-fill: {declaration.reach_told}"
    far = f"{declaration.reach_days} days" if declaration.reach_days else "any day"
    return f"{far}, {REACHES[declaration.reach]}"


def quarantine_reasons(home: Home, listening: Listening) -> list[QuarantineReason]:
    """Return why items were set aside, most frequent first. Raises WarehouseBusy."""
    sources = sorted({row["source"] for row in compile_listening(listening)["sources"].to_pylist()})
    reasons: list[QuarantineReason] = []
    with _reading(home) as connection:
        tables = _tables(connection)
        for source in sources:
            if (f"raw_{source}", "quarantine") in tables:
                rows = connection.execute(
                    f"select source_name, resource, reason, count(*), epoch_us(max(quarantined_at)), "
                    f"arg_max(detail, quarantined_at), arg_max(remedy, quarantined_at) "
                    f"from raw_{source}.quarantine group by all"
                ).fetchall()
                reasons += [QuarantineReason(*row[:4], _instant(row[4]), *row[5:]) for row in rows]
    return sorted(reasons, key=lambda reason: (-reason.items, reason.source_name, reason.reason))


def _reading(home: Home) -> duckdb.DuckDBPyConnection:
    if not home.warehouse.exists():
        return duckdb.connect()  # nothing has landed yet: no table is found
    try:
        return duckdb.connect(str(home.warehouse), read_only=True)
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise
        raise WarehouseBusy(
            f"A run is writing {home.warehouse}. Remedy: wait until it has ended; "
            "`listenhouse query` works meanwhile."
        ) from error


def _tables(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    return set(
        connection.execute("select table_schema, table_name from information_schema.tables").fetchall()
    )


def _status(connection: duckdb.DuckDBPyConnection, tables: set[tuple[str, str]], row: dict) -> SourceStatus:
    schema, resource, name = f"raw_{row['source']}", row["resource"], row["source_name"]
    rows, counts = 0, (0, 0, 0, 0, 0)
    # Schema and resource come from code (sources and contracts), only the name comes from the user.
    if (schema, resource) in tables:
        counting = f"select count(*) from {schema}.{resource} where source_name = $name"
        (rows,) = connection.execute(counting, {"name": name}).fetchone()
    if (schema, "landings") in tables:
        counts = connection.execute(
            "select coalesce(sum(received), 0)::bigint, coalesce(sum(accepted), 0)::bigint, "
            "coalesce(sum(duplicate), 0)::bigint, coalesce(sum(quarantined), 0)::bigint, "
            "coalesce(sum(deleted), 0)::bigint "
            f"from {schema}.landings where source_name = $name and resource = $resource",
            {"name": name, "resource": resource},
        ).fetchone()
    return SourceStatus(name, resource, rows, *counts)


def _looked_at(status: dict[str, Any]) -> datetime | None:
    told = status.get("last_looked_at")
    return datetime.fromisoformat(told) if told else None


def _instant(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)
