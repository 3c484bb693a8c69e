"""Dagster's event log on SQLite, kept open: the stock one opens and closes a database file for every event.

A run writes some thousand events. For each, the stock storage makes an engine, compiles its statements anew,
opens the file, waits for the disk, and on closing folds the write-ahead log back into the file: half a
minute a run on a busy disk. Here the engines of the files in use stay, and a commit reaches the disk with
the next fold of the log (`synchronous = NORMAL`): a kill loses nothing, a power cut at most the last events
of the history, which no figure depends on.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool, StaticPool

KEPT_OPEN = 4
"""Files that stay open: the index, the run that is written, and a few that a user looks at."""


class OpenEventLog(SqliteEventLogStorage):
    """The stock storage, with the same files and tables, and connections that last."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "OpenEventLog":
        """Make the storage that dagster.yaml describes."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        # One user at a time, as in the stock storage, so that a connection is never shared.
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection

    def _engine(self, shard: str) -> Engine:
        if shard in self._engines:
            self._engines.move_to_end(shard)
            return self._engines[shard]
        address = self.conn_string_for_shard(shard)
        if shard not in self._initialized_dbs:
            self._initdb(_engine(address, NullPool))
            self._initialized_dbs.add(shard)
        while len(self._engines) >= KEPT_OPEN:
            self._engines.popitem(last=False)[1].dispose()
        self._engines[shard] = _engine(address, StaticPool)
        return self._engines[shard]

    def _close(self) -> None:
        while self._engines:
            self._engines.popitem()[1].dispose()

    def wipe(self) -> None:
        """Remove the history; the files must not be open any more."""
        with self._db_lock:
            self._close()
        super().wipe()

    def dispose(self) -> None:
        """Close all files."""
        super().dispose()
        with self._db_lock:
            self._close()


def _engine(address: str, pool: type[sqlalchemy.Pool]) -> Engine:
    arguments = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
    engine = sqlalchemy.create_engine(address, poolclass=pool, connect_args=arguments)

    @sqlalchemy.event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.execute("pragma synchronous = normal")

    return engine
