"""The posts of the published release as the matching reads them, on a connection that can harm nothing."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from ingestion.home import Home
from orchestration.matching.model_sql import template_sql
from orchestration.publish.content import literal
from orchestration.publish.release import current_release

MEMORY_LIMIT = "2GB"
POSTS = "memory.main.released_posts"
FCT_POSTS = "listenhouse.marts.fct_posts"

_POSTS_SQL = """
create table released_posts as
select
    post_key, post_date, posted_at, title, text, {{ tokens("concat_ws(' ', title, text)") }} as tokens,
    platform, url, language, country, author_key, author_followers, post_type, is_counted
from listenhouse.marts.fct_posts
"""


@contextmanager
def released_posts(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection with the posts of the current release in POSTS, cut into tokens as the road cuts them.

    The warehouse is not touched, so this works while a run is writing. Raises NoRelease.
    """
    release = current_release(home)
    with tempfile.TemporaryDirectory(prefix="listenhouse-match-") as spill:
        settings = {"memory_limit": MEMORY_LIMIT, "threads": 2, "temp_directory": spill}
        with duckdb.connect(":memory:", config=settings) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"attach {literal(release.database)} as listenhouse (read_only)")
            connection.execute(template_sql(_POSTS_SQL, {}))
            yield connection
