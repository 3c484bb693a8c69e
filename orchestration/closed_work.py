"""What the road has been finished for: written after the release, so that whatever a gate held back stays open.

`intermediate.int_open_work` is what a run works on: load packages, compiled queries, model versions that
are not closed. A run that dies, or whose checks fail, closes nothing; the next one does the same days
again, and its checks look at the same batches again.
"""

import duckdb

from ingestion.home import Home

SCHEMA = "orchestration"
TABLE = "closed_work"


def close_work(home: Home) -> None:
    """Close everything that this run's transformation had open.

    Loads are added; a setting replaces the one of its kind (a model's version the one of its model), so
    that going back to an earlier setting opens the history again.
    """
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("begin")
        connection.execute(f"create schema if not exists {SCHEMA}")
        connection.execute(
            f"create table if not exists {SCHEMA}.{TABLE} (work_kind varchar, work_value varchar)"
        )
        connection.execute(
            f"""
            delete from {SCHEMA}.{TABLE} as closed
            using intermediate.int_open_work as opened
            where closed.work_kind = opened.work_kind
                and (
                    closed.work_value = opened.work_value
                    or closed.work_kind = 'listening'
                    or (
                        closed.work_kind = 'model'
                        and split_part(closed.work_value, ' ', 1) = split_part(opened.work_value, ' ', 1)
                    )
                )
            """
        )
        connection.execute(
            f"insert into {SCHEMA}.{TABLE} select work_kind, work_value from intermediate.int_open_work"
        )
        connection.execute("commit")
