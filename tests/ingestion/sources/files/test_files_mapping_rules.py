"""Rules of a mapping for files whose columns differ from export to export."""

MAPPING = {
    "name": "suite",
    "pattern": "*.csv",
    "format": "csv",
    "constants": {"created_at": "2026-03-01T00:00:00Z"},
    "columns": {"post_id": "id", "platform": "kind", "text": "text", "language": "lang"},
    "optional": ["language"],
    "values": {"platform": {"Twitter": "x"}},
    "derive": {"first_of": {"like_count": ["likes", "hearts"]}},
    "skip_lines": 2,
}


def test_a_file_may_lack_optional_columns_and_begin_with_other_lines(drop):
    drop.write("a.csv", "Report,Coffee\n\nid,kind,text,hearts\n1,TWITTER,a,3\n2,reddit,b,\n")
    drop.write("b.csv", "Report\nx\nid,kind,text,likes,hearts,lang\n3,x,c,5,9,de\n4,x,d,,9,en\n")
    drop.mappings = [MAPPING]
    drop.land()
    rows = drop.query("select post_id, platform, like_count, language from raw_files.posts order by post_id")
    assert rows == [
        ("1", "x", 3, None),
        ("2", "reddit", None, None),
        ("3", "x", 5, "de"),
        ("4", "x", 9, "en"),
    ]


def test_a_column_that_is_not_optional_is_still_asked_for(drop):
    drop.write("a.csv", "x\ny\nid,kind\n1,x\n")
    drop.mappings = [MAPPING]
    drop.land()
    ((reason, field),) = drop.query("select reason, field from raw_files.quarantine")
    assert (reason, field) == ("missing_column", "columns.text")


def test_a_bad_row_is_told_with_its_line_in_the_file(drop):
    drop.write("a.csv", "x\ny\nid,kind,text\n1,x,a\n,x,b\n3,x,c,too many\n")
    drop.mappings = [MAPPING]
    drop.land()
    rows = drop.query("select reason, line from raw_files.quarantine order by line")
    assert rows == [("missing_id", 5), ("malformed_row", 6)]
