"""Copies marts from the warehouse into the files of a release, and checks that they arrived."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.publish.carry_over import DailyMart, Previous, daily_mart, replace_days, write_days
from orchestration.publish.content import hash_of_sums, literal, quoted, row_sums, rows_by_day
from orchestration.publish.dictionary import DICTIONARY_TABLE, MartFacts, write_dictionary
from orchestration.publish.errors import WRITE_ANEW, PublishError, WarehouseBusy
from orchestration.publish.parquet_days import PARQUET_OPTIONS, FilePlan, write_file
from orchestration.publish.release import DATABASE, PARQUET

STORAGE_VERSION = "v1.0.0"
"""The oldest DuckDB file format that 1.x writes: drivers since 1.0 read it, tables with lists since 1.1.3."""

RELEASE_TABLE = "release"
RELEASE_COLUMNS = {
    "release_id": "varchar",
    "run_id": "varchar",
    "built_at": "timestamptz",
    "data_through": "timestamptz",
    "code_version": "varchar",
    "input_fingerprint": "varchar",
    "metric_versions": "varchar",
    "model_versions": "varchar",
    "is_synthetic": "boolean",
}
OWN_TABLES = (RELEASE_TABLE, DICTIONARY_TABLE)
"""Tables that a release adds to the marts; they count neither as marts nor in the marts' hash."""
OBSERVATION_COLUMNS = ("last_observed_at", "engagement_observed_at", "observed_at")
"""Columns of marts that say when something was seen; their newest value is a release's data-through time."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Checkpoint = Callable[[str], None]

_SETTINGS = {
    "memory_limit": "1GB",
    "threads": 2,
    "checkpoint_threshold": "1GB",
    "autoinstall_known_extensions": False,
}


def write_marts(
    warehouse: Path,
    folder: Path,
    facts: dict[str, Any],
    names: Sequence[str] | None,
    data_through: datetime | None,
    catalogue: Mapping[str, MartFacts],
    previous: Path | None,
    done: Checkpoint,
) -> dict[str, Any]:
    """Copy marts into the DuckDB file and the Parquet files of a folder; return what the manifest says.

    `previous` is the folder of the release whose unchanged days may be carried over. See `build_release` for
    the other arguments and errors.
    """
    spill = folder / ".spill"
    with duckdb.connect(config=_SETTINGS | {"temp_directory": str(spill)}) as connection:
        connection.execute("set TimeZone = 'UTC'; set enable_progress_bar = false")
        _attach_warehouse(connection, warehouse)
        marts = _chosen_marts(connection, names)
        database = folder / DATABASE
        daily, plans = _write_tables(connection, marts, database, previous)
        connection.execute("begin")  # hundreds of comments, one write
        _copy_comments(connection, marts)
        connection.execute("commit")
        write_dictionary(connection, marts, catalogue)
        described = _described(connection, marts, "release")
        found = _versions(connection, described) | {
            "data_through": _iso(data_through or _newest_observation(connection, described)),
            "is_synthetic": _is_synthetic(connection),
        }
        _write_release_table(connection, facts | found)
        connection.execute("detach release")
        done("database written")
        connection.execute(f"attach {literal(database)} as release (read_only)")
        written = {}
        for name, columns in (described | _described(connection, OWN_TABLES, "release")).items():
            file = folder / PARQUET / f"{name}.parquet"
            if name in daily:
                _write_daily_file(connection, name, daily[name], plans[name], file, spill)
            else:
                _write_file(connection, name, file)
            if name in described:
                written[name] = _told(connection, name, columns, file, daily.get(name))
        for name, mart in written.items():
            _require_equal_counts(connection, name, mart["rows"])
        done("parquet written")
    if spill.exists():
        shutil.rmtree(spill)
    marts_sha256 = hashlib.sha256(
        json.dumps({name: written[name]["sha256"] for name in marts}).encode()
    ).hexdigest()
    return found | {
        "storage_version": STORAGE_VERSION,
        "duckdb_readable_since": "1.1.3" if _has_lists(described) else "1.0.0",
        "duckdb_version": duckdb.__version__,
        "marts_sha256": marts_sha256,
        "marts": written,
    }


def _attach_warehouse(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    if not warehouse.exists():
        raise PublishError(f"There is no warehouse at {warehouse}. Remedy: listenhouse run.")
    try:
        connection.execute(f"attach {literal(warehouse)} as warehouse (read_only)")
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise
        raise WarehouseBusy(
            f"Another process is writing {warehouse}. Remedy: wait until its run has ended, publish again."
        ) from error


def _chosen_marts(connection: duckdb.DuckDBPyConnection, names: Sequence[str] | None) -> list[str]:
    found = {
        name
        for (name,) in connection.execute(
            "select table_name from information_schema.tables "
            "where table_catalog = 'warehouse' and table_schema = 'marts'"
        ).fetchall()
        # What dbt leaves in the schema when it is killed while it swaps a table.
        if not name.endswith(("__dbt_tmp", "__dbt_backup"))
    }
    chosen = sorted(found if names is None else set(names))
    missing = [name for name in chosen if name not in found]
    if missing or not chosen:
        what = f"misses the marts {', '.join(missing)}" if missing else "holds no marts"
        raise PublishError(f"The warehouse {what}. Remedy: listenhouse run builds them.")
    for name in OWN_TABLES:
        if name in chosen:
            raise PublishError(
                f"A mart is named {name!r}, as the release's own table. Remedy: rename the mart."
            )
    return chosen


def _write_tables(
    connection: duckdb.DuckDBPyConnection, marts: Sequence[str], database: Path, previous: Path | None
) -> tuple[dict[str, DailyMart], dict[str, FilePlan]]:
    """Create the release's database; return, of the marts that are kept by day, the sums and the plans of files."""
    described = _described(connection, marts, "warehouse")
    make = {"storage_version": STORAGE_VERSION, "duckdb": duckdb.__version__}
    earlier = Previous(previous, make)
    found = {
        name: daily_mart(connection, f"warehouse.marts.{quoted(name)}", columns, earlier.mart(name))
        for name, columns in described.items()
    }
    daily = {name: mart for name, mart in found.items() if mart is not None}
    carried = earlier.carried(daily)
    if carried:
        earlier.copy_database(DATABASE, database)
    connection.execute(f"attach {literal(database)} as release (storage_version {literal(STORAGE_VERSION)})")
    connection.execute("create schema if not exists release.marts")
    connection.execute("begin")
    for (name,) in connection.execute(
        "select table_name from duckdb_tables() where database_name = 'release' and schema_name = 'marts'"
    ).fetchall():
        if name not in carried:
            connection.execute(f"drop table release.marts.{quoted(name)}")
    connection.execute("commit")
    connection.execute("checkpoint release")  # what was dropped makes room for what comes
    for name in marts:
        source, target = f"warehouse.marts.{quoted(name)}", f"release.marts.{quoted(name)}"
        if name in carried:
            replace_days(connection, source, target, daily[name], carried[name])
        else:
            connection.execute(f"create table {target} as from {source}")
    plans = {name: earlier.plan_file(name, mart) for name, mart in daily.items()}
    write_days(database.parent, earlier.generation if carried else 0, make, daily, plans)
    return daily, plans


def _copy_comments(connection: duckdb.DuckDBPyConnection, marts: Sequence[str]) -> None:
    """Carry descriptions over: they show in BI tools."""
    of_tables = connection.execute(
        "select table_name, null, comment from duckdb_tables() "
        "where database_name = 'warehouse' and schema_name = 'marts'"
    ).fetchall()
    of_columns = connection.execute(
        "select table_name, column_name, comment from duckdb_columns() "
        "where database_name = 'warehouse' and schema_name = 'marts'"
    ).fetchall()
    for name, column, comment in [*of_tables, *of_columns]:
        if name in marts:
            table = f"release.marts.{quoted(name)}"
            what = f"table {table}" if column is None else f"column {table}.{quoted(column)}"
            connection.execute(f"comment on {what} is {'null' if comment is None else literal(comment)}")


def _described(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str], database: str
) -> dict[str, list[tuple[str, str]]]:
    """Return (name, type) of the columns in order of these marts, as the release or the warehouse has them."""
    described: dict[str, list[tuple[str, str]]] = {name: [] for name in names}
    for name, column, type_ in connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = ? and schema_name = 'marts' order by table_name, column_index",
        [database],
    ).fetchall():
        if name in described:
            described[name].append((column, type_))
    return described


def _has_lists(described: dict[str, list[tuple[str, str]]]) -> bool:
    return any("[]" in type_ for columns in described.values() for _, type_ in columns)


def _versions(connection: duckdb.DuckDBPyConnection, described: dict[str, list]) -> dict[str, list[str]]:
    """Collect the metric and model versions that the marts' rows carry."""
    return {
        f"{column}s": sorted(_distinct(connection, described, column))
        for column in ("metric_version", "model_version")
    }


def _distinct(connection: duckdb.DuckDBPyConnection, described: dict[str, list], column: str) -> set[str]:
    values: set[str] = set()
    for name, columns in described.items():
        if column in dict(columns):
            query = f"select distinct {quoted(column)} from release.marts.{quoted(name)}"
            values |= {value for (value,) in connection.execute(query).fetchall() if value is not None}
    return values


def _newest_observation(connection: duckdb.DuckDBPyConnection, described: dict[str, list]) -> datetime | None:
    newest = [
        connection.execute(
            f"select epoch_us(max({quoted(column)})) from release.marts.{quoted(name)}"
        ).fetchone()[0]
        for name, columns in described.items()
        for column, type_ in columns
        if column in OBSERVATION_COLUMNS and type_ == "TIMESTAMP WITH TIME ZONE"
    ]
    microseconds = max((value for value in newest if value is not None), default=None)
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)


def _is_synthetic(connection: duckdb.DuckDBPyConnection) -> bool | None:
    """Whether invented posts are among the data; None if the warehouse holds no settings that say so."""
    known = connection.execute(
        "select count(*) from duckdb_columns() where database_name = 'warehouse' "
        "and schema_name = 'listening' and table_name = 'settings' and column_name = 'is_synthetic'"
    ).fetchone()[0]
    if not known:
        return None
    return connection.execute("select max(is_synthetic) from warehouse.listening.settings").fetchone()[0]


def _write_release_table(connection: duckdb.DuckDBPyConnection, facts: dict[str, Any]) -> None:
    """Write the one row by which a reader of the DuckDB or Parquet files knows what it is reading."""
    values = ", ".join(f"cast(${name} as {type_}) as {name}" for name, type_ in RELEASE_COLUMNS.items())
    connection.execute(
        f"create table release.marts.{RELEASE_TABLE} as select {values}",
        {name: _as_text(facts[name]) for name in RELEASE_COLUMNS},
    )


def _as_text(value: Any) -> Any:
    """Lists go as JSON text: DuckDB 1.0 cannot open a table whose lists are all empty."""
    return json.dumps(value) if isinstance(value, list) else value


def _write_file(connection: duckdb.DuckDBPyConnection, name: str, file: Path) -> None:
    """Write a table's Parquet file."""
    table = f"release.marts.{quoted(name)}"
    connection.execute(f"copy {table} to {literal(file)} ({PARQUET_OPTIONS})")
    (rows,) = connection.execute(f"select count(*) from {table}").fetchone()
    (written,) = connection.execute(f"select count(*) from read_parquet({literal(file)})").fetchone()
    if rows != written:
        raise PublishError(
            f"{file.name} has {written} rows, the mart {rows}. Remedy: check the disk, run again."
        )


def _write_daily_file(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    mart: DailyMart,
    plan: FilePlan,
    file: Path,
    spill: Path,
) -> None:
    """Write the Parquet file of a mart that is kept by day; the days that did not change come from the previous one."""
    write_file(connection, f"release.marts.{quoted(name)}", mart.day_column, plan, file, spill)
    if rows_by_day(connection, f"read_parquet({literal(file)})", mart.day_column) != mart.rows_by_day:
        raise PublishError(f"{file.name} has not the rows of the warehouse on each day. {WRITE_ANEW}")


def _told(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: list[tuple[str, str]],
    file: Path,
    daily: DailyMart | None,
) -> dict[str, Any]:
    """Return what the manifest says of a mart; one that is kept by day has been counted and hashed by its days."""
    table = f"release.marts.{quoted(name)}"
    sums = row_sums(connection, table, columns) if daily is None else daily.days
    return {
        "rows": sum(part.rows for part in sums.values()),
        "columns": [{"name": column, "type": type_} for column, type_ in columns],
        "sha256": hash_of_sums(columns, sums.values()),
        "parquet_bytes": file.stat().st_size,
    }


def _require_equal_counts(connection: duckdb.DuckDBPyConnection, name: str, written: int) -> None:
    (expected,) = connection.execute(f"select count(*) from warehouse.marts.{quoted(name)}").fetchone()
    if written != expected:
        raise PublishError(
            f"marts.{name} has {expected} rows, its copy {written}. Remedy: check the disk, run again."
        )


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
