"""Bad input costs only itself: good neighbours land, the bad is quarantined with its reason and remedy."""

import gzip
import json

import pytest
from drop_folder import COLUMNS, mapping

HEADER = ",".join(COLUMNS.values()) + "\n"
GOOD_ROW = "good,fine,Ann,2026-08-01T10:00:00Z,3,en\n"
GOOD = {
    "id": "good",
    "text": "fine",
    "author": "Ann",
    "created": "2026-08-01T10:00:00Z",
    "likes": 3,
    "lang": "en",
}


def row(**changes):
    return ",".join(str({**GOOD, "id": "bad", **changes}[name]) for name in COLUMNS.values()) + "\n"


def line(**changes):
    return json.dumps({**GOOD, "id": "bad", **changes}) + "\n"


def assert_one_bad(read, reason, says, remedy):
    """The good neighbour landed, and exactly one item is quarantined, counted and explained."""
    assert read.ids == ["good"]
    (bad,) = read.quarantine
    assert bad["reason"] == reason
    assert says in bad["detail"]
    assert remedy in bad["remedy"]
    counts = read.counts
    assert (counts.received, counts.accepted, counts.quarantined) == (2, 1, 1)
    return bad


@pytest.fixture
def lines(drop):
    drop.mappings = [mapping(format="jsonl", pattern="*.jsonl")]
    return drop


def test_latin1_bytes_in_a_csv_file_declared_utf8(drop):
    drop.write("a.csv", HEADER.encode() + row(text="schön").encode("latin-1") + GOOD_ROW.encode())
    bad = assert_one_bad(drop.read(), "invalid_utf8", "byte 0xf6", "encoding: latin-1")
    assert (bad["unit"], bad["line"], bad["field"], bad["native_id"]) == ("a.csv", 2, "text", "bad")


def test_latin1_bytes_in_json_lines_declared_utf8(lines):
    broken = json.dumps({**GOOD, "text": "schön"}, ensure_ascii=False).encode("latin-1") + b"\n"
    lines.write("a.jsonl", broken + line(id="good").encode())
    bad = assert_one_bad(lines.read(), "invalid_utf8", "byte 0xf6", "encoding: latin-1")
    assert bad["line"] == 1


def test_a_byte_that_the_declared_encoding_does_not_know(drop):
    drop.mappings = [mapping(encoding="ascii")]
    drop.write("a.csv", HEADER + row(text="schön") + GOOD_ROW)
    assert_one_bad(drop.read(), "invalid_utf8", "byte 0xff", "declare the file's real encoding")


def test_a_broken_json_line(lines):
    lines.write("a.jsonl", line(id="good") + '{"id": "bad", "author": "Handle4711", "text": "half a li')
    bad = assert_one_bad(lines.read(), "invalid_json", "no JSON", "correct the line")
    assert bad["line"] == 2
    assert b"Handle4711" not in bad["payload"]
    assert b'"id": "bad"' in bad["payload"]


def test_a_json_line_that_is_no_object(lines):
    lines.write("a.jsonl", line(id="good") + "[1, 2]\n")
    assert_one_bad(lines.read(), "missing_id", "has no identity", "map a column")


@pytest.mark.parametrize("escaped", [False, True])
def test_a_nul_byte_in_json_lines(lines, escaped):
    bad = line(text="a\0b") if escaped else line(text="aXb").replace("X", "\0")
    lines.write("a.jsonl", bad + line(id="good"))
    assert_one_bad(lines.read(), "nul_byte", "NUL byte", "remove the NUL bytes")


def test_a_nul_byte_in_csv(drop):
    drop.write("a.csv", HEADER + row(text="a\0b") + GOOD_ROW)
    assert_one_bad(drop.read(), "nul_byte", "text holds a NUL byte", "remove the NUL bytes")


def test_a_lone_surrogate(lines):
    lines.write("a.jsonl", line(text="half \ud83d of a pair") + line(id="good"))
    bad = assert_one_bad(lines.read(), "lone_surrogate", "half of a UTF-16 pair", "complete characters")
    assert b"\\ud83d" in bad["payload"]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize(
    ("likes", "reason", "says", "remedy"),
    [
        (2**70, "integer_out_of_range", "1180591620717411303424, more than 64 bits", "correct the number"),
        ("1.2K", "not_an_integer", "'1.2K', not a whole number", "no 1.2K"),
        (-1, "negative_count", "a count cannot be negative", "leave it empty if unknown"),
    ],
)
def test_a_count_that_is_none(drop, form, likes, reason, says, remedy):
    drop.mappings = [mapping(format=form, pattern="a.*")]
    drop.write(
        f"a.{form}",
        HEADER + row(likes=likes) + GOOD_ROW if form == "csv" else line(likes=likes) + line(id="good"),
    )
    bad = assert_one_bad(
        drop.read(), reason, says.replace("1180591620717411303424,", "'1180591620717411303424',"), remedy
    )
    assert bad["field"] == "like_count"


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_missing_id(drop, form):
    drop.mappings = [mapping(format=form, pattern="a.*")]
    drop.write(
        f"a.{form}", HEADER + row(id="") + GOOD_ROW if form == "csv" else line(id=None) + line(id="good")
    )
    assert_one_bad(drop.read(), "missing_id", "post_id is empty", "map a column that is filled in every row")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_naive_timestamp(drop, form):
    drop.mappings = [mapping(format=form, pattern="a.*")]
    when = "2026-08-01 10:00:00"
    drop.write(
        f"a.{form}",
        HEADER + row(created=when) + GOOD_ROW if form == "csv" else line(created=when) + line(id="good"),
    )
    assert_one_bad(drop.read(), "naive_timestamp", "has no offset to UTC", "add time_zone: Europe/Berlin")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_text_of_eight_megabytes(drop, form):
    drop.mappings = [mapping(format=form, pattern="a.*")]
    text = "x" * 8_000_000
    drop.write(
        f"a.{form}",
        HEADER + row(text=text) + GOOD_ROW if form == "csv" else line(text=text) + line(id="good"),
    )
    bad = assert_one_bad(
        drop.read(), "text_too_long", "8000000 characters, more than 100000", "missing quote"
    )
    assert len(bad["payload"]) == 65_536
    assert bad["payload_bytes"] > 8_000_000


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("bad,fine,Handle4711\n", "3 values where the header has 6"),
        (row(text="a,Handle4711"), "7 values where the header has 6"),
    ],
)
def test_a_malformed_csv_row(drop, broken, says):
    drop.write("a.csv", HEADER + broken + GOOD_ROW)
    read = drop.read()
    bad = assert_one_bad(read, "malformed_row", says, "quote values that hold the separator")
    assert bad["line"] == 2
    assert b"Handle4711" not in bad["payload"]


def test_a_quote_that_is_never_closed_costs_the_rest_of_the_file(drop):
    drop.write("a.csv", HEADER + GOOD_ROW + 'bad,"open' + row() * 10)
    read = drop.read()
    assert read.ids == ["good"]
    assert read.reasons[0][0] == "malformed_row"


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_mapped_column_that_the_file_does_not_have(drop, form):
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {**COLUMNS, "created_at": "posted"}
    drop.mappings = [
        mapping(format=form, pattern="wrong.*", columns=columns),
        mapping(name="other", pattern="right.csv"),
    ]
    if form == "parquet":
        pq.write_table(pa.Table.from_pylist([GOOD]), drop.home.drop / "wrong.parquet")
    else:
        drop.write(f"wrong.{form}", HEADER + GOOD_ROW if form == "csv" else line())
    drop.write("right.csv", HEADER + GOOD_ROW)
    read = drop.read()
    bad = assert_one_bad(
        read, "missing_column", "mapping drop, columns.created_at", "correct the column's name"
    )
    assert bad["unit"] == f"wrong.{form}"
    assert "'posted'" in bad["detail"]
    assert "id, text, author, created, likes, lang" in bad["detail"]
    assert any("Remedy: correct the column's name in listening.yml" in message for message in read.messages)


def test_a_json_path_that_only_some_lines_have_is_no_mistake(lines):
    lines.write("a.jsonl", line(id="good", likes=None) + json.dumps({**GOOD, "id": "other"}))
    assert lines.read().ids == ["good", "other"]


def test_a_json_path_in_no_line_is_told_and_the_file_lands(drop):
    drop.mappings = [
        mapping(format="jsonl", pattern="*.jsonl", columns={**COLUMNS, "share_count": "$.shares"})
    ]
    drop.write("a.jsonl", line(id="good"))
    read = drop.read()
    assert read.ids == ["good"]
    assert "columns.share_count: no line has '$.shares'" in read.messages[0]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.csv.gz", "a.jsonl.zst"])
@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_file_is_no_failure(drop, name, content):
    form = name.split(".")[1]
    drop.mappings = [mapping(format=form, pattern="a.*"), mapping(name="other", pattern="good.csv")]
    drop.write(
        name,
        gzip.compress(content.encode()) if name.endswith(".gz") else content if "zst" not in name else "",
    )
    drop.write("good.csv", HEADER + GOOD_ROW)
    read = drop.read()
    assert read.ids == ["good"]
    assert not read.quarantine
    assert read.messages == ["the file is empty: nothing to land"]
    assert read.units[name].counts.received == 0


def test_a_csv_file_with_a_header_alone_is_empty(drop):
    drop.write("a.csv", HEADER)
    read = drop.read()
    assert read.messages == ["the file is empty: nothing to land"]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_truncated_gz_file_lands_what_is_whole(drop, form):
    drop.mappings = [mapping(format=form, pattern="*.gz")]
    one = row if form == "csv" else line
    many = "".join(one(id=str(number), text=f"{number * 7919 % 104729}") for number in range(5_000))
    whole = gzip.compress(((HEADER if form == "csv" else "") + many).encode())
    drop.write(f"a.{form}.gz", whole[: len(whole) // 2])
    read = drop.read()
    assert 1_000 < read.counts.accepted < 4_000
    assert read.ids == [str(number) for number in range(read.counts.accepted)]
    bad = read.quarantine[-1]
    assert bad["reason"] == "truncated"
    assert "stops before its end mark" in bad["detail"]
    assert "copy the file into the drop folder again" in bad["remedy"]
    assert read.counts.quarantined <= 2


def test_a_truncated_zst_file_is_told(drop):
    import pyarrow as pa

    drop.mappings = [mapping(format="jsonl", pattern="*.zst")]
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write("".join(line(id=str(n), text=str(n * 7919 % 104729)) for n in range(50_000)).encode())
    whole = sink.getvalue().to_pybytes()
    drop.write("a.jsonl.zst", whole[: len(whole) // 2])
    read = drop.read()
    assert read.counts.accepted > 1_000
    assert read.reasons[-1][0] == "truncated"


def test_a_file_that_is_not_what_its_name_says(drop):
    drop.mappings = [
        mapping(format="parquet", pattern="*.parquet"),
        mapping(name="z", format="jsonl", pattern="*.gz"),
        mapping(name="o"),
    ]
    drop.write("a.parquet", "no parquet")
    drop.write("b.jsonl.gz", "no gzip")
    drop.write("good.csv", HEADER + GOOD_ROW)
    read = drop.read()
    assert read.ids == ["good"]
    assert [bad["reason"] for bad in read.quarantine] == ["unreadable_file", "truncated"]


def test_a_file_without_mapping_is_told_with_its_remedy(drop):
    drop.write("other.txt", "x")
    read = drop.read()
    assert read.messages == [
        "other.txt fits the pattern of no mapping: add one under sources.files.mappings in listening.yml, "
        "or remove the file"
    ]


def test_a_missing_drop_folder_is_told_with_its_remedy(drop, tmp_path):
    landing_messages: list[str] = []
    from ingestion.listening import FilesSource
    from ingestion.sources.files.discovery import find_arrivals

    source = FilesSource.model_validate({"enabled": True, "folder": "nowhere"})
    assert find_arrivals(source, drop.home, {}, landing_messages.append) == []
    assert "create it, or correct sources.files.folder" in landing_messages[0]
