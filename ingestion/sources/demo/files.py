"""Writes synthetic posts to files, as a vendor's export would hold them: input of the `files` source."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Literal

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.sources.demo.posts import generate_posts
from ingestion.sources.demo.settings import DAYS, POSTS, SEED, START

COPY_OPTIONS = {
    "jsonl": "format json, timestampformat '%Y-%m-%dT%H:%M:%SZ'",
    "csv": "format csv, header, timestampformat '%Y-%m-%dT%H:%M:%SZ'",
    "parquet": "format parquet, compression zstd",
}
COMPRESSIONS = {"gz": "gzip", "zst": "zstd"}


def snapshot(observations: pa.Table, until: datetime) -> pa.Table:
    """Return the last state before `until` of each post that was not deleted by then, in order of creation.

    `observations` is what `generate_posts` returns; `is_deleted` and `observed_at` are dropped, as no
    export has them. A post without any observation before `until` is left out.
    """
    seen = observations.filter(
        pc.less(observations["observed_at"], pa.scalar(until, pa.timestamp("us", tz="UTC")))
    )
    post = seen["post_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    last = np.zeros(post.max(initial=-1) + 1, dtype=np.int64)
    last[post] = np.arange(len(post))
    state = seen.take(pa.array(last))
    state = state.filter(pc.invert(state["is_deleted"])).drop_columns(["is_deleted", "observed_at"])
    return state.take(pc.sort_indices(state["created_at"]))


def write_files(
    folder: Path,
    n_posts: int = POSTS,
    format: Literal["jsonl", "csv", "parquet"] = "jsonl",
    *,
    compression: Literal["gz", "zst"] | None = None,
    files: int = 1,
    name: str = "synthetic_posts",
    include_deleted: bool = True,
    days: int = DAYS,
    start: date = START,
    seed: int = SEED,
    id_offset: int = 0,
) -> list[Path]:
    """Write `n_posts` synthetic posts as one or more files and return their paths.

    One line or row per post in its last state at the window's end, columns named as in the posts
    contract with the raw (invented) `author_id`; `include_deleted` keeps posts that were deleted by
    then in their last readable state, so that there are exactly `n_posts`. The same arguments give the
    same content. Parquet compresses itself. Raises ValueError for a format or compression unknown here.
    """
    if format not in COPY_OPTIONS or (
        compression and (format == "parquet" or compression not in COMPRESSIONS)
    ):
        raise ValueError(
            f"format {format!r} with compression {compression!r} cannot be written; formats are "
            f"{', '.join(COPY_OPTIONS)}, and jsonl and csv may be compressed as {' or '.join(COMPRESSIONS)}"
        )
    observations = generate_posts(n_posts, days, start, seed, id_offset)
    if include_deleted:
        observations = observations.filter(pc.invert(observations["is_deleted"]))
    posts = snapshot(observations, datetime.combine(start + timedelta(days=days), time(), UTC))
    folder.mkdir(parents=True, exist_ok=True)
    options = COPY_OPTIONS[format] + (f", compression {COMPRESSIONS[compression]}" if compression else "")
    suffix = f".{format}" + (f".{compression}" if compression else "")
    edges = [posts.num_rows * number // files for number in range(files + 1)]
    paths = []
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for number, (first, end) in enumerate(pairwise(edges), 1):
            path = folder / (f"{name}_{number:03d}{suffix}" if files > 1 else name + suffix)
            connection.register("posts", posts.slice(first, end - first))
            quoted = str(path).replace("'", "''")
            connection.execute(f"copy (select * from posts) to '{quoted}' ({options})")
            connection.unregister("posts")
            paths.append(path)
    return paths
