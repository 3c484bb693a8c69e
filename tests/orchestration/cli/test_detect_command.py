"""`listenhouse detect`: what it writes, what it refuses, and that later rows change nothing."""

import csv
from datetime import datetime, timedelta

import pytest


def series_text(rows: int, *, extra: str = "") -> str:
    """Hours of a slow wave with one spike, a day before the end of 500 rows."""
    start = datetime(2026, 3, 1)
    lines = [f"timestamp,value{',note' if extra else ''}"]
    for row in range(rows):
        value = 20 + row % 24 + (400 if row == 476 else 0)
        lines.append(f"{start + timedelta(hours=row)},{value}{extra}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def mentions(tmp_path):
    path = tmp_path / "mentions.csv"
    path.write_text(series_text(500))
    return path


def written(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_gets_a_score_and_everything_else_stays(listenhouse, tmp_path):
    path, output = tmp_path / "a.csv", tmp_path / "scored.csv"
    path.write_text(series_text(500, extra=',"two, words"'))
    done = listenhouse("detect", str(path), "--output", str(output))
    assert (done.code, done.out) == (0, "")
    before, after = written(path), written(output)
    assert list(after[0]) == ["timestamp", "value", "note", "anomaly_score"]
    assert [{key: row[key] for key in before[0]} for row in after] == before
    scores = [float(row["anomaly_score"]) for row in after]
    assert all(0 <= score <= 1 for score in scores)
    assert max(scores) == scores[476] > 0.5
    assert "500 rows, 3600 s apart, 0 bad; 1 reach 0.5 with detector peaks." in done.err


@pytest.mark.parametrize("detector", ["peaks", "robust", "sd", "window", "seasonal"])
def test_rows_that_come_later_change_no_score(listenhouse, tmp_path, mentions, detector):
    output = tmp_path / "scored.csv"
    assert listenhouse("detect", str(mentions), "--detector", detector, "--output", str(output)).code == 0
    whole = output.read_text().splitlines()
    for rows in (0, 1, 5, 13, 200, 477, 499):
        mentions.write_text(series_text(rows))
        done = listenhouse("detect", str(mentions), "--detector", detector, "--output", str(output))
        assert done.code == (0 if rows else 2)
        if rows:
            assert output.read_text().splitlines() == whole[: rows + 1]


def test_without_output_the_scores_go_to_the_terminal(listenhouse, mentions):
    done = listenhouse("detect", str(mentions))
    assert done.out.splitlines()[0] == "timestamp,value,anomaly_score"
    assert len(done.out.splitlines()) == 501


def test_columns_may_have_other_names_places_and_separators(listenhouse, tmp_path):
    path = tmp_path / "orders.csv"
    lines = [line.split(",") for line in series_text(60).splitlines()[1:]]
    path.write_text("orders;shop;day\n" + "".join(f"{value};a;{time}Z\n" for time, value in lines))
    done = listenhouse("detect", str(path), "--timestamp-column", "day", "--value-column", "orders")
    assert done.code == 0
    assert done.out.splitlines()[0] == "orders;shop;day;anomaly_score"
    told = listenhouse("detect", str(path))
    assert told.code == 2
    assert "orders, shop, day" in told.err and "--timestamp-column" in told.err


def test_bad_rows_are_named_and_keep_their_place(listenhouse, tmp_path):
    path, output = tmp_path / "bad.csv", tmp_path / "scored.csv"
    lines = series_text(500).splitlines()
    lines[3] = "yesterday,5"
    lines[5] = lines[5].split(",")[0] + ",many"
    lines[7] = lines[7].split(",")[0] + ",nan"
    lines[9] += ",1"
    path.write_text("\n".join(lines))
    done = listenhouse("detect", str(path), "--output", str(output))
    assert done.code == 0
    for line, said in [
        (4, "timestamp: 'yesterday'"),
        (6, "value: 'many'"),
        (8, "value: 'nan'"),
        (10, "3 fields"),
    ]:
        (message,) = [told for told in done.err.splitlines() if f"line {line}," in told]
        assert said in message and "Remedy: " in message
    rows = output.read_text().splitlines()
    assert len(rows) == 501
    assert [index for index, row in enumerate(rows) if row.endswith(",")] == [3, 5, 7, 9]


def test_rows_out_of_order_and_gaps_are_told(listenhouse, tmp_path):
    path = tmp_path / "holes.csv"
    lines = series_text(60).splitlines()
    lines[20], lines[21] = lines[21], lines[20]
    del lines[40:45]
    path.write_text("\n".join(lines))
    done = listenhouse("detect", str(path))
    assert done.code == 0
    assert "1 rows go back in time" in done.err and "Remedy: sort" in done.err
    assert "line 41, timestamp" in done.err.split("go back")[1] or "Remedy: fill the gaps" in done.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column"),
        (b"timestamp,value\n", "no row with a readable timestamp and value"),
        (b"timestamp,value\nx,y\n", "'x' is no timestamp"),
        (b"timestamp,value\n2026-01-01,\xff\n", "is not UTF-8 at byte"),
        (b"timestamp,value,anomaly_score\n2026-01-01,1,0\n", "has this column already"),
        (b'timestamp,value\n2026-01-01,"1\n' + b"x" * 140_000, "field larger than field limit"),
    ],
)
def test_a_file_that_is_no_series_is_bad_input(listenhouse, tmp_path, content, said):
    path = tmp_path / "broken.csv"
    path.write_bytes(content)
    done = listenhouse("detect", str(path))
    assert (done.code, done.out) == (2, "")
    assert said in done.err and "Remedy: " in done.err and str(path) in done.err
    assert "Traceback" not in done.err


def test_a_file_that_is_not_there_and_a_spacing_that_is_none(listenhouse, tmp_path, mentions):
    assert "cannot be read" in listenhouse("detect", str(tmp_path / "none.csv")).err
    told = listenhouse("detect", str(mentions), "--every", "soon")
    assert told.code == 2 and "Remedy: write a number" in told.err
    told = listenhouse("detect", str(mentions), "--output", str(tmp_path / "no" / "folder.csv"))
    assert told.code == 2 and "cannot be written" in told.err
