"""Which posts have landed and which of them are deleted. The memory of this is the table `posts` itself.

A stream tells of every deletion there is; those of posts that we hold matter. The table knows them all, however
old; nothing is kept in dlt's state, which would be written whole in every run.
"""

from collections.abc import Collection

import duckdb
import pyarrow as pa

from ingestion.home import Home

_POSTS = """
    (
        select posts.post_id, posts.is_deleted, posts.observed_at
        from raw_jetstream.posts as posts
        join raw_jetstream._dlt_loads as loads on loads.load_id = posts._dlt_load_id and loads.status = 0
    )
"""


class Landed:
    """The posts of earlier runs, in the warehouse of `home`."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def deleted(self) -> set[str]:
        """Return the ids of all posts with a tombstone."""
        if not self._home.warehouse.exists():
            return set()
        with duckdb.connect(str(self._home.warehouse)) as connection:
            rows = connection.execute(f"select distinct post_id from {_POSTS} where is_deleted").fetchall()
        return {post_id for (post_id,) in rows}

    def live(self, ids: Collection[str], authors: Collection[str] = ()) -> dict[str, int]:
        """Return the posts without a tombstone that are among `ids`, or written by one of `authors` (DIDs).

        Each with the moment when the network first told it, in microseconds since 1970.
        """
        if not (ids or authors) or not self._home.warehouse.exists():
            return {}
        with duckdb.connect(str(self._home.warehouse)) as connection:
            connection.register("wanted_ids", pa.table({"post_id": pa.array(list(ids), pa.string())}))
            connection.register("wanted_authors", pa.table({"did": pa.array(list(authors), pa.string())}))
            rows = connection.execute(
                f"""
                select post_id, epoch_us(min(observed_at)) from {_POSTS}
                where post_id in (select post_id from wanted_ids)
                    or split_part(post_id, '/', 3) in (select did from wanted_authors)
                group by post_id
                having not bool_or(is_deleted)
                """
            ).fetchall()
        return dict(rows)
