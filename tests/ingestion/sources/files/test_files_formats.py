"""Each format and compression gives the same posts; mappings say what becomes of what."""

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from drop_folder import COLUMNS, mapping

from ingestion.landing import POSTS as POSTS_CONTRACT
from ingestion.listening import FileMapping
from ingestion.sources.files import json_lines, streams
from ingestion.sources.files.plan import Plan

POSTS = [
    {
        "id": "1",
        "text": 'Two\nlines, "quoted"',
        "author": "Ann",
        "created": "2026-08-01T10:00:00Z",
        "likes": 3,
        "lang": "en",
    },
    {
        "id": "2",
        "text": "schön 😀",
        "author": "Bob",
        "created": "2026-08-01 12:00:00 +0200",
        "likes": None,
        "lang": "de",
    },
]
CSV = '''id,text,author,created,likes,lang,secret
1,"Two
lines, ""quoted""",Ann,2026-08-01T10:00:00Z,3,en,s
2,schön 😀,Bob,2026-08-01 12:00:00 +0200,,de,s
'''
JSONL = "".join(json.dumps(post) + "\n" for post in POSTS)


def compressed(kind, content):
    if kind == "gz":
        return gzip.compress(content)
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    return sink.getvalue().to_pybytes()


def assert_both(read):
    assert read.ids == ["1", "2"]
    assert [row["text"] for row in read.posts] == [post["text"] for post in POSTS]
    assert [row["like_count"] for row in read.posts] == [3, None]
    assert [row["created_at"].isoformat() for row in read.posts] == ["2026-08-01T10:00:00+00:00"] * 2
    assert (read.counts.received, read.counts.accepted) == (2, 2)


@pytest.mark.parametrize("kind", ["plain", "gz", "zst"])
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_text_formats_land_plain_and_compressed(drop, form, kind):
    content = (CSV if form == "csv" else JSONL).encode()
    drop.mappings = [mapping(format=form, pattern="posts*")]
    drop.write(
        f"posts.{form}" if kind == "plain" else f"posts.{form}.{kind}",
        content if kind == "plain" else compressed(kind, content),
    )
    assert_both(drop.read())


def test_parquet_lands_with_its_types(drop):
    table = pa.Table.from_pylist(POSTS)
    drop.mappings = [mapping(format="parquet", pattern="*.parquet")]
    pq.write_table(table.append_column("tags", pa.array([["a"], []])), drop.home.drop / "posts.parquet")
    assert_both(drop.read())


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_declared_encoding_is_read_well(drop, encoding, form):
    plain = CSV if form == "csv" else "".join(json.dumps(post, ensure_ascii=False) + "\n" for post in POSTS)
    drop.mappings = [mapping(format=form, pattern="posts*", encoding=encoding)]
    drop.write(f"posts.{form}", plain.replace(" 😀", "").encode(encoding))
    assert [row["text"] for row in drop.read().posts] == [POSTS[0]["text"], "schön"]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_byte_order_mark_is_no_part_of_the_first_name(drop, form):
    drop.mappings = [mapping(format=form, pattern="posts*")]
    drop.write(f"posts.{form}", b"\xef\xbb\xbf" + (CSV if form == "csv" else JSONL).encode())
    assert_both(drop.read())


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_delimiter_is_told_by_the_header(drop, delimiter):
    drop.write(
        "posts.csv",
        delimiter.join(COLUMNS.values())
        + "\n"
        + delimiter.join(["1", "a,b", "Ann", "2026-08-01T10:00:00Z", "3", "en"]),
    )
    assert [row["text"] for row in drop.read().posts] == ["a,b"]


def test_windows_line_ends_and_blank_lines_are_no_rows(drop):
    drop.mappings = [mapping(format="jsonl", pattern="posts*")]
    drop.write("posts.jsonl", JSONL.replace("\n", "\r\n\r\n  \n"))
    read = drop.read()
    assert read.ids == ["1", "2"]
    assert read.counts.received == 2


def test_json_paths_reach_into_objects_and_odd_names(drop):
    tweet = {"tweet": {"id_str": "9", "full text": "hi", "user": {"ids": ["Ann"]}}, "at": 1_770_000_000}
    columns = {
        "post_id": "$.tweet.id_str",
        "text": '$.tweet."full text"',
        "author_id": "$.tweet.user.ids[0]",
        "created_at": "at",
    }
    drop.mappings = [mapping(format="jsonl", pattern="*.jsonl", columns=columns)]
    drop.write("tweets.jsonl", json.dumps(tweet))
    (row,) = drop.read().posts
    assert (row["post_id"], row["text"], len(row["author_key"])) == ("9", "hi", 32)


def test_names_of_a_file_are_never_read_as_sql(drop):
    odd = "id'); drop table x; --"
    columns = {**COLUMNS, "post_id": odd}
    drop.mappings = [
        mapping(columns=columns, extra=[odd]),
        mapping(name="lines", format="jsonl", pattern="*.jsonl", columns=columns, extra=[odd]),
    ]
    drop.write("posts.csv", f'"{odd}",text,author,created,likes,lang\n1,t,a,2026-08-01T10:00:00Z,1,en\n')
    drop.write("posts.jsonl", json.dumps({odd: "2", "created": "2026-08-01T10:00:00Z"}))
    read = drop.read()
    assert read.ids == ["1", "2"]
    assert [json.loads(row["extra"]) for row in read.posts] == [{odd: "1"}, {odd: "2"}]


def test_only_mapped_columns_and_extra_are_kept(drop):
    drop.mappings = [mapping(extra=["likes", "lang"])]
    drop.write("posts.csv", CSV)
    read = drop.read()
    assert [json.loads(row["extra"]) for row in read.posts] == [{"likes": "3", "lang": "en"}, {"lang": "de"}]
    assert "secret" not in repr(read.rows)


def test_a_post_type_is_derived_from_what_is_present(drop):
    rule = {"reshare_when_present": "$.rt.id", "quote_when_present": "$.qt", "reply_when_present": "$.re"}
    columns = {**COLUMNS, "reshared_post_id": "$.rt.id"}
    drop.mappings = [mapping(format="jsonl", pattern="*.jsonl", columns=columns, derive={"post_type": rule})]
    extra = [{}, {"rt": {"id": "5"}, "re": 1}, {"qt": "6", "re": None}, {"re": 7}, {"rt": None}]
    lines = [json.dumps({**POSTS[0], "id": str(number), **more}) for number, more in enumerate(extra)]
    drop.write("posts.jsonl", "\n".join(lines))
    read = drop.read()
    assert [row["post_type"] for row in read.posts] == ["original", "reshare", "quote", "reply", "original"]
    assert [row["reshared_post_id"] for row in read.posts] == [None, "5", None, None, None]


def test_a_yes_or_no_is_derived_from_a_stage(drop):
    drop.mappings = [
        {
            "name": "deals",
            "pattern": "*.csv",
            "resource": "crm_opportunities",
            "format": "csv",
            "columns": {"opportunity_id": "id", "stage": "stage"},
            "derive": {"is_won": {"column": "stage", "values": ["Won"]}},
        }
    ]
    drop.write("deals.csv", "id,stage\n1,Won\n2,Lost\n3,\n")
    deals = drop.read().rows["crm_opportunities"]
    assert [(deal["opportunity_id"], deal["is_won"]) for deal in deals] == [
        ("1", True),
        ("2", False),
        ("3", None),
    ]


def test_escaped_texts_are_put_back_once_where_the_mapping_says_so(drop):
    drop.mappings = [mapping(unescape="html")]
    drop.write(
        "posts.csv",
        "id,text,author,created,likes,lang\n1,a &amp;lt; b &gt; c,a&amp;,2026-08-01T10:00:00Z,1,en\n",
    )
    assert drop.read().posts[0]["text"] == "a &lt; b > c"


def test_times_in_a_format_of_their_own_are_read(drop):
    drop.mappings = [mapping(time_format="%m/%d/%Y %H:%M", time_zone="Europe/Berlin")]
    header = "id,text,author,created,likes,lang\n"
    drop.write("posts.csv", header + "1,a,b,8/1/2026 12:00,1,en\n2,a,b,31/12/2026 12:00,1,en\n3,a,b,,1,en\n")
    read = drop.read()
    assert [row["created_at"].isoformat() for row in read.posts] == ["2026-08-01T10:00:00+00:00"]
    assert read.reasons == [("not_a_timestamp", 3), ("missing_value", 4)]


def test_values_that_stand_for_nothing_are_absent(drop):
    drop.mappings = [mapping(absent=["NA", "-"])]
    header = "id,text,author,created,likes,lang\n"
    drop.write("posts.csv", header + "1,NA,b,2026-08-01T10:00:00Z,-,en\n2,NAND,b,2026-08-01T10:00:00Z,1,en\n")
    assert [(row["text"], row["like_count"]) for row in drop.read().posts] == [(None, None), ("NAND", 1)]


def test_only_what_a_mapping_says_makes_it_another_mapping():
    def fingerprint(**changes):
        return Plan(FileMapping.model_validate(mapping(**changes)), POSTS_CONTRACT).fingerprint

    assert fingerprint() == fingerprint(pattern="elsewhere/*.csv", time_zone=None, derive={}, extra=[])
    assert len({fingerprint(), fingerprint(time_zone="UTC"), fingerprint(extra=["likes"])}) == 3


def test_an_observed_at_column_is_the_time_of_observation(drop):
    drop.mappings = [mapping(columns={**COLUMNS, "observed_at": "seen"}, time_zone="Europe/Berlin")]
    drop.write(
        "posts.csv",
        "id,text,author,created,likes,lang,seen\n1,t,a,2026-08-01T10:00:00Z,1,en,2026-08-02 12:00:00\n",
    )
    assert drop.read().posts[0]["observed_at"].isoformat() == "2026-08-02T10:00:00+00:00"


def test_small_chunks_give_the_same_rows_and_line_numbers(drop, monkeypatch):
    monkeypatch.setattr(streams, "BLOCK", 64)
    monkeypatch.setattr(streams.Stream.chunks, "__defaults__", (1_500,))
    drop.mappings = [mapping(format="jsonl", pattern="*.jsonl")]
    lines = [json.dumps({**POSTS[1], "id": str(number)}, ensure_ascii=False) for number in range(200)]
    lines[150] = "{broken"
    drop.write("posts.jsonl", "\n".join(lines))
    read = drop.read()
    assert read.ids == [str(number) for number in range(200) if number != 150]
    assert read.reasons == [("invalid_json", 151)]


def test_a_line_without_end_is_skipped_in_bounded_memory(drop, monkeypatch):
    monkeypatch.setattr(json_lines, "MAX_LINE_BYTES", 1_000)
    monkeypatch.setattr(streams, "BLOCK", 100)
    monkeypatch.setattr(streams.Stream.chunks, "__defaults__", (100,))
    drop.mappings = [mapping(format="jsonl", pattern="*.jsonl")]
    drop.write(
        "posts.jsonl",
        JSONL + json.dumps({"id": "3", "text": "x" * 5_000}) + "\n" + JSONL.replace('"1"', '"4"'),
    )
    read = drop.read()
    assert read.ids == ["1", "2", "4"]
    assert read.reasons == [("line_too_long", 3)]
    assert read.counts.duplicate == 1
