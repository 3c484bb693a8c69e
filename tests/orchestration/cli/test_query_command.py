"""`listenhouse query` on the terminal, into files, and when it cannot."""

import csv
import io
import json

import duckdb
import pyarrow.parquet as pq
import pytest


@pytest.fixture
def published(fill, publish):
    fill(rows=30)
    return publish()


def test_without_a_release_the_exit_code_says_so(listenhouse):
    done = listenhouse("query", "select 1")
    assert done.code == 4
    assert "Remedy: listenhouse run" in done.err


def test_an_answer_is_a_table_by_default(listenhouse, published):
    done = listenhouse("query", "select count(*) as posts, null as nothing, 0.25 as share from fct_posts")
    assert done.code == 0
    assert done.out.split() == ["posts", "nothing", "share", "─" * 25, "30", "-", "0.25"]


def test_a_wrong_or_forbidden_query_is_bad_input(listenhouse, published):
    for sql in ("selekt 1", "select * from read_csv('/etc/passwd')", "drop table fct_posts"):
        done = listenhouse("query", sql)
        assert done.code == 2
        assert "Remedy: " in done.err
        assert "Traceback" not in done.err
        assert done.out == ""


def test_a_limit_is_told_where_it_cuts(listenhouse, published):
    assert "The first 10 rows" in listenhouse("query", "from fct_posts", "--limit", "10").err
    assert listenhouse("query", "from fct_posts", "--limit", "0").err == ""


def test_the_query_may_come_from_stdin(listenhouse, published, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("select 40 + 2 as answer"))
    assert "42" in listenhouse("query", "-").out


def test_csv_json_and_parquet_hold_the_same_rows(listenhouse, published, tmp_path):
    sql = "select post_key, text, tokens, last_observed_at from fct_posts order by post_key"
    assert listenhouse("query", sql, "--output", str(tmp_path / "a.parquet")).code == 0
    assert listenhouse("query", sql, "--output", str(tmp_path / "a.csv")).code == 0
    assert listenhouse("query", sql, "--output", str(tmp_path / "a.json")).code == 0
    expected = pq.read_table(tmp_path / "a.parquet").to_pylist()
    assert len(expected) == 30
    texts = [row["text"] for row in expected]
    with duckdb.connect() as reader:
        csv = reader.read_csv(str(tmp_path / "a.csv"), header=True, null_padding=False)
        assert csv.select("post_key, text, tokens").fetchall() == [
            (row["post_key"], row["text"], json.dumps(row["tokens"])) for row in expected
        ]
    lines = [json.loads(line) for line in (tmp_path / "a.json").read_text().splitlines()]
    assert [line["text"] for line in lines] == texts
    assert [line["tokens"] for line in lines] == [row["tokens"] for row in expected]


def test_csv_and_json_go_to_stdout_without_a_file(listenhouse, published):
    assert listenhouse("query", "select 1 as a", "--format", "csv").out == '"a"\n1\n'
    assert listenhouse("query", "select 1 as a", "--format", "json").out == '{"a": 1}\n'


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        (["--format", "parquet"], "--output FILE.parquet"),
        (["--output", "x.xlsx"], ".csv, .json or .parquet"),
        (["--format", "table", "--output", "x.txt"], "--format csv, json or parquet"),
    ],
)
def test_a_format_that_does_not_fit_is_told(listenhouse, published, options, remedy):
    done = listenhouse("query", "select 1", *options)
    assert done.code == 2
    assert remedy in done.err


def test_text_from_posts_is_shown_and_not_obeyed(listenhouse, published):
    done = listenhouse(
        "query", "select '[bold red]hi[/] ' || chr(27) || '[2J' || chr(7) || ':smile:' as text"
    )
    assert "[bold red]hi[/]" in done.out
    assert ":smile:" in done.out
    assert "\x1b" not in done.out
    assert "\x07" not in done.out


def test_no_text_of_a_csv_file_is_a_formula(listenhouse, published):
    formulas = ["=1+1", "+1", "-1", "@SUM(1)", "\tx", "\rx", "plain", "a=1", ""]
    values = ", ".join("('" + text.replace("'", "''") + "')" for text in formulas)
    out = listenhouse(
        "query", f'select t as "=t", -1 as n from (values {values}, (null)) as v(t)', "--format", "csv"
    ).out
    rows = list(csv.reader(io.StringIO(out, newline="")))
    assert rows[0] == ["'=t", "n"]
    assert [row[0] for row in rows[1:]] == [
        *("'" + text for text in formulas[:6]),
        "plain",
        "a=1",
        "",
        "",
    ]
    assert {row[1] for row in rows[1:]} == {"-1"}
    assert '{"t": "=1+1"}' in listenhouse("query", "select '=1+1' as t", "--format", "json").out
