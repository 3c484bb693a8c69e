"""The bounded pandas batches that the suites look at."""

from typing import TYPE_CHECKING

import duckdb

from ingestion.home import Home
from ingestion.landing.contract import Contract
from orchestration.closed_work import SCHEMA, TABLE

if TYPE_CHECKING:
    import pandas as pd

BATCH_ROWS = 20_000
"""Rows of a batch at most; larger loads are sampled, with a fixed seed."""


class LandedLoads:
    """What has landed and no release rests on yet. Opening the warehouse costs more than asking it: one for all."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._unseen = _unseen(connection)

    def batch(self, source: str, contract: Contract) -> "pd.DataFrame":
        """Return rows of these loads, at most BATCH_ROWS."""
        return self._connection.execute(
            f"select * from (select * from raw_{source}.{contract.resource} where {self._unseen})"
            f" using sample reservoir({BATCH_ROWS} rows) repeatable (7)"
        ).df()

    def rows_unaccounted_for(self, source: str, contract: Contract) -> int:
        """Return by how many observations these loads differ from what they told.

        A file that dlt lost between two kills would show here, and nowhere else. An observation that a crash
        brought twice counts once.
        """
        schema = f"raw_{source}"
        return self._connection.execute(
            f"""
            select coalesce(sum(abs(coalesce(told, 0) - coalesce(found, 0))), 0)
            from (
                select _dlt_load_id, sum(accepted + deleted) as told from {schema}.landings
                where resource = ? and {self._unseen} group by _dlt_load_id
            )
            full outer join (
                select _dlt_load_id, count(distinct observation_id) as found from {schema}.{contract.resource}
                where {self._unseen} group by _dlt_load_id
            ) using (_dlt_load_id)
            """,
            [contract.resource],
        ).fetchone()[0]

    def unbalanced_units(self, source: str) -> int:
        """Return how many landed units, of all loads, do not add up."""
        return self._connection.execute(
            f"select count(*) from raw_{source}.landings"
            " where received <> accepted + duplicate + quarantined + deleted"
        ).fetchone()[0]

    def made_up_columns(self, source: str) -> list[str]:
        """Return the columns that dlt made up because a value did not fit."""
        rows = self._connection.execute(
            "select table_name || '.' || column_name from information_schema.columns"
            " where table_schema = ? and column_name like '%\\_\\_v\\_%' escape '\\'",
            [f"raw_{source}"],
        ).fetchall()
        return [name for (name,) in rows]


def scored_batch(home: Home) -> "pd.DataFrame":
    """Return mentions of the days that were just scored, at most BATCH_ROWS.

    What the suite needs beside the columns is computed on the engine.
    """
    with reading(home) as connection:
        return connection.execute(
            f"""
            select
                mention_key, sentiment_label, p_negative, p_neutral, p_positive,
                p_negative + p_neutral + p_positive - 1 as probability_error,
                case sentiment_label
                    when 'unscored' then p_negative is null and model_version is null
                    when 'negative' then p_negative >= greatest(p_neutral, p_positive)
                    when 'positive' then p_positive >= greatest(p_neutral, p_negative)
                    else not (
                        p_negative > greatest(p_neutral, p_positive) + 1e-12
                        or p_positive > greatest(p_neutral, p_negative) + 1e-12
                    )
                end as is_label_consistent,
                cast(label_of_post = 'negative' as integer) as is_negative,
                cast(label_of_post = 'neutral' as integer) as is_neutral,
                cast(label_of_post = 'positive' as integer) as is_positive
            from (
                -- The labels of targets are another model's: among them one gone blind would not be seen.
                select *, case when sentiment_scope is distinct from 'target' then sentiment_label end as label_of_post
                from marts.fct_mention_sentiment
                where mention_date in (select post_date from intermediate.int_open_days)
            )
            using sample reservoir({BATCH_ROWS} rows) repeatable (7)
            """
        ).df()


def reading(home: Home) -> duckdb.DuckDBPyConnection:
    """Return a read-only connection to the warehouse with bounded memory."""
    connection = duckdb.connect(
        str(home.warehouse), read_only=True, config={"memory_limit": "1GB", "threads": 2}
    )
    connection.execute("set TimeZone = 'UTC'")
    return connection


def _unseen(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the condition that leaves the loads on which no release rests yet."""
    known = connection.execute(
        "select count(*) from information_schema.tables where table_schema = ? and table_name = ?",
        [SCHEMA, TABLE],
    ).fetchone()
    if not known or not known[0]:
        return "true"
    return f"_dlt_load_id not in (select work_value from {SCHEMA}.{TABLE} where work_kind = 'load')"
