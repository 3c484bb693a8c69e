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


def landed_batch(home: Home, source: str, contract: Contract) -> "pd.DataFrame":
    """Return rows of load packages that no release rests on yet, at most BATCH_ROWS."""
    with reading(home) as connection:
        unseen = _unseen(connection)
        return connection.execute(
            f"select * from (select * from raw_{source}.{contract.resource} where {unseen})"
            f" using sample reservoir({BATCH_ROWS} rows) repeatable (7)"
        ).df()


def rows_unaccounted_for(home: Home, source: str, contract: Contract) -> int:
    """Return by how many observations the loads that no release rests on yet differ from what they told.

    A file that dlt lost between two kills would show here, and nowhere else. An observation that a crash
    brought twice counts once.
    """
    schema = f"raw_{source}"
    with reading(home) as connection:
        unseen = _unseen(connection)
        return connection.execute(
            f"""
            select coalesce(sum(abs(coalesce(told, 0) - coalesce(found, 0))), 0)
            from (
                select _dlt_load_id, sum(accepted + deleted) as told from {schema}.landings
                where resource = ? and {unseen} group by _dlt_load_id
            )
            full outer join (
                select _dlt_load_id, count(distinct observation_id) as found from {schema}.{contract.resource}
                where {unseen} group by _dlt_load_id
            ) using (_dlt_load_id)
            """,
            [contract.resource],
        ).fetchone()[0]


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
