"""Files of synthetic posts: exactly the posts asked for, the same in every format."""

import duckdb
import pytest

from ingestion.sources.demo.files import write_files
from ingestion.sources.demo.posts import generate_posts


def read(paths) -> list[tuple]:
    reader = {"json": "read_json_auto", "csv": "read_csv", "par": "read_parquet"}
    name = next(function for start, function in reader.items() if f".{start}" in paths[0].name)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(
            f"select post_id, platform, text, author_id, created_at::timestamptz, like_count::bigint "
            f"from {name}(?) order by 1",
            [[str(path) for path in paths]],
        ).fetchall()


@pytest.mark.parametrize(
    "format, compression",
    [("jsonl", None), ("jsonl", "gz"), ("jsonl", "zst"), ("csv", None), ("parquet", None)],
)
def test_every_format_holds_the_same_posts(tmp_path, format, compression):
    paths = write_files(tmp_path, 1_200, format, compression=compression)
    reference = write_files(tmp_path / "reference", 1_200, "parquet", files=3)
    assert len(reference) == 3 and len(paths) == 1
    rows = read(paths)
    assert len(rows) == 1_200 == len({row[0] for row in rows})
    assert rows == read(reference)


def test_the_same_arguments_write_the_same_bytes(tmp_path):
    first, second = (write_files(tmp_path / name, 1_000, "jsonl")[0].read_bytes() for name in ("a", "b"))
    assert first == second and first.count(b"\n") == 1_000


def test_posts_are_in_their_last_state(tmp_path):
    path = write_files(tmp_path, 1_000, "parquet", include_deleted=False)[0]
    gone = sum(generate_posts(1_000)["is_deleted"].to_pylist())
    rows = duckdb.sql(f"select count(*), count(edited_at), min(text) from '{path}'").fetchone()
    assert 1_000 - gone <= rows[0] < 1_000 and rows[1] > 0 and rows[2]


def test_increments_can_be_written_beside_the_first_files(tmp_path):
    base = write_files(tmp_path / "base", 1_000, "parquet")
    increment = write_files(tmp_path / "more", 500, "parquet", days=1, seed=9, id_offset=1_000)
    assert not {row[0] for row in read(base)} & {row[0] for row in read(increment)}


@pytest.mark.parametrize("format, compression", [("xml", None), ("parquet", "gz"), ("csv", "rar")])
def test_what_cannot_be_written_is_refused_with_the_choices(tmp_path, format, compression):
    with pytest.raises(ValueError, match="formats are jsonl, csv, parquet"):
        write_files(tmp_path, 10, format, compression=compression)
