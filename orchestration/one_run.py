"""One run at a time in a home, and none that finds the warehouse still held by what a kill left over."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator

import duckdb

from ingestion.home import Home

PATIENCE = 60.0
"""Seconds to wait for a writer of the warehouse, such as the dbt process of a run that was killed."""
PAUSE = 0.25


@contextlib.contextmanager
def run_lock(home: Home) -> Iterator[None]:
    """Hold the right to run in this home; the kernel frees it if this process is killed.

    Raises WarehouseBusy if another run holds it, or if something else keeps the warehouse open for longer
    than PATIENCE seconds.
    """
    from orchestration.publish import WarehouseBusy

    home.root.mkdir(parents=True, exist_ok=True)
    with open(home.root / ".run.lock", "a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise WarehouseBusy(
                f"Another run (process {lock.read().strip() or 'unknown'}) is under way in {home.root}. "
                "Remedy: wait until it has ended; `listenhouse query` works meanwhile."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        _wait_for_warehouse(home)
        yield


def _wait_for_warehouse(home: Home) -> None:
    """Return when the warehouse can be opened for writing; opening it replays what a kill left unwritten."""
    from orchestration.publish import WarehouseBusy

    deadline = time.monotonic() + PATIENCE
    while home.warehouse.exists():
        try:
            duckdb.connect(str(home.warehouse)).close()
            return
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise
            if time.monotonic() > deadline:
                raise WarehouseBusy(
                    f"Another process holds {home.warehouse} open: {error}. Remedy: wait until it has ended, "
                    "or end it; `listenhouse query` works meanwhile."
                ) from error
        time.sleep(PAUSE)
