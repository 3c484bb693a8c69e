"""Parquet files joined by their bytes: read by DuckDB and Arrow as if they had been written in one go."""

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.publish.errors import PublishError
from orchestration.publish.parquet_pieces import Piece, join, rows_of
from orchestration.publish.thrift_compact import decode, encode

COLUMNS = """
    range as id,
    'text ' || range || repeat(' é🙂', range % 5) as text,
    if(range % 3 = 0, null, range / 7.0) as score,
    date '2026-08-01' + cast(range // 100 as integer) as day,
    timestamptz '2026-08-01 00:00:00+00' + to_seconds(range) as seen_at,
    range % 2 = 0 as is_even,
    if(range % 4 = 0, null, [cast(range as varchar), 'x']) as words,
    cast(null as varchar) as nothing
"""


@pytest.fixture
def write(tmp_path):
    """Write rows `begin` to `end` to a Parquet file in row groups of 2,048."""

    def write(name, begin, end, columns=COLUMNS, options="row_group_size 2048, write_bloom_filter false"):
        path = tmp_path / f"{name}.parquet"
        duckdb.execute(
            f"copy (select {columns} from range({begin}, {end})) to '{path}' (format parquet, {options})"
        )
        return path

    return write


def test_joined_files_read_as_one(write, tmp_path):
    first, second = write("first", 0, 5000), write("second", 5000, 5100)
    joined = tmp_path / "joined.parquet"
    join([Piece(first, 0, 5000), Piece(second, 0, 100)], joined)
    whole = write("whole", 0, 5100)
    assert pq.read_table(joined).equals(pq.read_table(whole))
    assert pq.read_metadata(joined).num_row_groups == 4
    assert rows_of(joined) == 5100
    different = f"(from read_parquet('{joined}') except from read_parquet('{whole}'))"
    assert duckdb.execute(f"select count(*) from {different}").fetchone() == (0,)


def test_row_groups_are_taken_out_and_joined_again_and_again(write, tmp_path):
    source = write("source", 0, 6144)
    for turn in range(3):
        target = tmp_path / f"turn_{turn}.parquet"
        join([Piece(source, 2048, 4096), Piece(source, 0, 2048)], target)
        source = target
    # Three rotations of three row groups put each where it was.
    assert pq.read_table(source).equals(pq.read_table(tmp_path / "source.parquet"))


def test_a_reader_still_finds_by_statistics(write, tmp_path):
    joined = tmp_path / "joined.parquet"
    join([Piece(write("late", 2048, 4096), 0, 2048), Piece(write("early", 0, 2048), 0, 2048)], joined)
    ids = [pq.read_metadata(joined).row_group(number).column(0).statistics for number in (0, 1)]
    assert [(one.min, one.max) for one in ids] == [(2048, 4095), (0, 2047)]
    assert pq.read_table(joined, filters=[("id", "=", 3)])["text"].to_pylist() == ["text 3 é🙂 é🙂 é🙂"]
    found = duckdb.execute(f"select text from read_parquet('{joined}') where id = 4000").fetchall()
    assert found == [("text 4000",)]


@pytest.mark.parametrize("size", [0, 1])
def test_few_rows(write, tmp_path, size):
    joined = tmp_path / "joined.parquet"
    join([Piece(write("few", 0, size), 0, size)], joined)
    assert pq.read_table(joined).equals(pq.read_table(tmp_path / "few.parquet"))


def test_files_of_arrow_are_joined_too(tmp_path):
    table = pa.table({"id": list(range(10)), "word": [None, "a"] * 5})
    pq.write_table(table, tmp_path / "one.parquet", row_group_size=5)
    joined = tmp_path / "joined.parquet"
    join([Piece(tmp_path / "one.parquet", 5, 5), Piece(tmp_path / "one.parquet", 0, 5)], joined)
    assert pq.read_table(joined).equals(pa.concat_tables([table.slice(5), table.slice(0, 5)]))


def test_rows_that_are_not_whole_row_groups(write, tmp_path):
    source = write("source", 0, 5000)
    with pytest.raises(
        PublishError, match=r"no row groups for just the 100 rows after the first 2048.*Remedy"
    ):
        join([Piece(source, 2048, 100)], tmp_path / "joined.parquet")


def test_other_columns(write, tmp_path):
    first, second = write("first", 0, 10), write("second", 0, 10, columns="range as id, 'x' as text")
    with pytest.raises(PublishError, match=r"second.parquet has other columns than .*first.parquet.*Remedy"):
        join([Piece(first, 0, 10), Piece(second, 0, 10)], tmp_path / "joined.parquet")


def test_filters_and_indexes_apart_from_row_groups(write, tmp_path):
    filtered = write("filtered", 0, 5000, "range % 9 as id", "row_group_size 2048, write_bloom_filter true")
    indexed = tmp_path / "indexed.parquet"
    pq.write_table(pa.table({"id": [1, 2]}), indexed, write_page_index=True)
    for path, rows in ((filtered, 5000), (indexed, 2)):
        with pytest.raises(PublishError, match="indexes or filters apart"):
            join([Piece(path, 0, rows)], tmp_path / "joined.parquet")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: b"PAR1",
        lambda data: data[:-1],
        lambda data: data[:-4] + b"PARE",
        lambda data: data[:-8] + b"\xff\xff\xff\x7f" + data[-4:],
        lambda data: data[:-8] + b"\x05\x00\x00\x00" + data[-4:],
    ],
    ids=["empty", "magic only", "cut", "encrypted", "footer too long", "footer too short"],
)
def test_what_is_no_parquet_file(write, tmp_path, spoil):
    path = write("source", 0, 10)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(PublishError, match=r"source.parquet.*Remedy"):
        join([Piece(path, 0, 10)], tmp_path / "joined.parquet")


def test_a_footer_that_tells_of_bytes_outside_the_file(write, tmp_path):
    path = write("source", 0, 10, columns="range as id")
    data = path.read_bytes()
    length = int.from_bytes(data[-8:-4], "little")
    footer = decode(data[-8 - length : -8])
    _, (_, [group]) = footer[4]
    _, (_, [chunk]) = group[1]
    chunk[3][1][9] = 6, len(data)
    spoiled = encode(footer)
    path.write_bytes(data[: -8 - length] + spoiled + len(spoiled).to_bytes(4, "little") + b"PAR1")
    with pytest.raises(PublishError, match=r"source.parquet cannot be read.*Remedy"):
        join([Piece(path, 0, 10)], tmp_path / "joined.parquet")


def test_every_kind_of_value_is_kept():
    struct = {
        1: (1, True),
        2: (2, False),
        3: (3, b"\x80"),
        4: (4, -3),
        5: (5, 2**31 - 1),
        25: (6, -(2**63)),  # further than a header reaches
        26: (7, b"\x00\x00\x00\x00\x00\x00\xf0?"),
        27: (8, "é".encode() * 100),
        28: (9, (5, list(range(-20, 20)))),
        29: (9, (12, [{1: (5, 1)}, {}])),
        30: (10, (1, [1, 2, 1])),
        31: (11, (8, 5, [(b"a", 1), (b"b", -1)])),
        32: (11, (0, 0, [])),
        33: (12, {1: (8, b"")}),
        34: (13, bytes(range(16))),
    }
    assert decode(encode(struct)) == struct


@pytest.mark.parametrize("data", [b"", b"\x15", b"\x18\x05ab", b"\x1e\x00", b"\x19\xfc"])
def test_a_struct_that_ends_too_early_or_has_no_known_type(data):
    with pytest.raises(ValueError, match=r"ends too early|No type"):
        decode(data)
