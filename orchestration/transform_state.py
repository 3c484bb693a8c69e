"""Which transformation code the tables of the warehouse were made by.

Incremental models keep what earlier code made of closed days. When the code, the reporting time zone or
the look-back changes, everything is rebuilt once. The state is written before a rebuild begins and
completed after it, so that a rebuild that was killed begins again.
"""

import hashlib

import duckdb

from ingestion.home import PROJECT_ROOT, Home
from ingestion.listening import Listening

TRANSFORM = PROJECT_ROOT / "transform"
ACKNOWLEDGEMENTS = TRANSFORM / "seeds" / "alert_acknowledgements.csv"
"""People's answers to alerts: read only by tables that every run makes anew, so no closed day depends on them."""


def transform_hash(listening: Listening) -> str:
    """Return a hash of all SQL, seeds and settings on which closed days depend; 12 hexadecimal digits."""
    digest = hashlib.sha256()
    files = [TRANSFORM / "dbt_project.yml"]
    for folder, pattern in (("models", "*.sql"), ("macros", "*.sql"), ("seeds", "*.csv")):
        files += sorted((TRANSFORM / folder).rglob(pattern))
    for path in files:
        if path == ACKNOWLEDGEMENTS:
            continue
        digest.update(path.relative_to(TRANSFORM).as_posix().encode())
        digest.update(path.read_bytes())
    reporting = listening.reporting
    digest.update(f"{reporting.time_zone} {reporting.look_back_days}".encode())
    return digest.hexdigest()[:12]


def acknowledgements_hash() -> str:
    """Return a hash of the acknowledged alerts; 12 hexadecimal digits."""
    return hashlib.sha256(ACKNOWLEDGEMENTS.read_bytes()).hexdigest()[:12]


def is_rebuild_due(home: Home, wanted: str) -> bool:
    """Tell whether the warehouse's tables were not all made by the code of hash `wanted`."""
    with duckdb.connect(str(home.warehouse)) as connection:
        _ensure(connection)
        state = connection.execute(
            "select transform_hash, is_complete from orchestration.transform_state"
        ).fetchone()
    return state != (wanted, True)


def begin_rebuild(home: Home, wanted: str) -> None:
    """Note that a rebuild by the code of hash `wanted` has begun."""
    _write(home, wanted, is_complete=False)


def complete_rebuild(home: Home, wanted: str) -> None:
    """Note that every table is now made by the code of hash `wanted`."""
    _write(home, wanted, is_complete=True)


def _write(home: Home, wanted: str, *, is_complete: bool) -> None:
    with duckdb.connect(str(home.warehouse)) as connection:
        _ensure(connection)
        connection.execute("begin")
        connection.execute("delete from orchestration.transform_state")
        connection.execute("insert into orchestration.transform_state values (?, ?)", [wanted, is_complete])
        connection.execute("commit")


def _ensure(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema if not exists orchestration")
    connection.execute(
        "create table if not exists orchestration.transform_state (transform_hash varchar, is_complete boolean)"
    )
