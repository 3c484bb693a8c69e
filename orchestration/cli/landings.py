"""Reads from the warehouse what each source has landed so far."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import duckdb

from ingestion.home import Home
from ingestion.listening import Listening, compile_listening
from orchestration.publish import WarehouseBusy

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SourceStatus:
    """One source name and resource: what it received since the beginning and what became of it.

    received = accepted + duplicate + quarantined + deleted; `rows` are the observations in the warehouse.
    """

    source_name: str
    resource: str
    is_enabled: bool
    last_looked_at: datetime | None
    last_landed_at: datetime | None
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


def source_statuses(home: Home, listening: Listening) -> list[SourceStatus]:
    """Return the status of every configured source name and resource, in the order of listening.yml's rows.

    Raises WarehouseBusy while another process writes the warehouse.
    """
    configured = compile_listening(listening)["sources"].to_pylist()
    with _reading(home) as connection:
        tables = _tables(connection)
        return [_status(connection, tables, home, row) for row in configured]


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


def _status(
    connection: duckdb.DuckDBPyConnection, tables: set[tuple[str, str]], home: Home, row: dict
) -> SourceStatus:
    schema, resource, name = f"raw_{row['source']}", row["resource"], row["source_name"]
    rows, counts, landed = 0, (0, 0, 0, 0, 0), None
    # Schema and resource come from code (sources and contracts), only the name comes from the user.
    if (schema, resource) in tables:
        counting = f"select count(*) from {schema}.{resource} where source_name = $name"
        (rows,) = connection.execute(counting, {"name": name}).fetchone()
    if (schema, "landings") in tables:
        *counts, landed = connection.execute(
            "select coalesce(sum(received), 0)::bigint, coalesce(sum(accepted), 0)::bigint, "
            "coalesce(sum(duplicate), 0)::bigint, coalesce(sum(quarantined), 0)::bigint, "
            "coalesce(sum(deleted), 0)::bigint, epoch_us(max(ended_at)) "
            f"from {schema}.landings where source_name = $name and resource = $resource",
            {"name": name, "resource": resource},
        ).fetchone()
    looked = _last_looked_at(home, row["source"])
    return SourceStatus(name, resource, row["is_enabled"], looked, _instant(landed), rows, *counts)


def _last_looked_at(home: Home, source: str) -> datetime | None:
    path = home.root / "landing_status" / f"{source}.json"
    if not path.exists():
        return None
    return datetime.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["last_looked_at"])


def _instant(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)
