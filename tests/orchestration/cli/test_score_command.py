"""`listenhouse score`: any file in, the same rows out with a label and probabilities."""

import csv

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

SENTIMENT = ["label", "p_negative", "p_neutral", "p_positive"]


def written(path, delimiter=","):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, delimiter=delimiter))


@pytest.fixture
def score(listenhouse, tmp_path):
    """Score bytes under a file name; gives what the command ended with and the rows written."""

    def score(content: bytes, *arguments: str, name: str = "in.csv", task: str = "sentiment"):
        path, out = tmp_path / name, tmp_path / "out.csv"
        path.write_bytes(content)
        done = listenhouse("score", str(path), "--task", task, "--out", str(out), *arguments)
        return done, written(out) if done.code == 0 else []

    return score


def test_rows_and_columns_stay_and_scores_come_behind(score):
    done, rows = score(
        b'id,text,note\n1,"I love it, ""really"",\nso much",a\n2,,\n3,awful and broken,"x,y"\n',
        "--lang",
        "en",
    )
    assert rows[0] == ["id", "text", "note", *SENTIMENT]
    assert [row[:3] for row in rows[1:]] == [
        ["1", 'I love it, "really",\nso much', "a"],
        ["2", "", ""],
        ["3", "awful and broken", "x,y"],
    ]
    assert [row[3] for row in rows[1:]] == ["positive", "unscored", "negative"]
    assert rows[2][4:] == ["", "", ""]
    for row in (rows[1], rows[3]):
        assert sum(map(float, row[4:])) == pytest.approx(1)
    assert "3 rows scored for sentiment" in done.err


def test_a_column_with_our_name_is_kept_under_another(score):
    done, rows = score(b"label,text,p_neutral,label\nneg,bad,0.5,x\n", "--lang", "en")
    assert rows[0] == ["input_label", "text", "input_p_neutral", "input_input_label", *SENTIMENT]
    assert rows[1][:4] == ["neg", "bad", "0.5", "x"]
    assert "column label is now called input_label" in done.err


@pytest.mark.parametrize(
    ("content", "name", "text"),
    [
        (b"\xef\xbb\xbftext,n\nsch\xc3\xb6n,1\n", "bom.csv", "schön"),
        ("text,n\nschön,1\n".encode("utf-16"), "utf16.csv", "schön"),
        ("text,n\nschön,1\n".encode("latin-1"), "latin.csv", "schön"),
        (b"text;n\na, b;1\n", "semicolon.csv", "a, b"),
        (b'n\ttext\n1\t"so\n2\tgood "yes"\n', "published.tsv", '"so'),
        (b'n\ttext\n1\t"so\ngood ""yes"""\n', "quoted.tsv", 'so\ngood "yes"'),
        (b"\n\ntext,n\r\nfine,1\r\n\r\n", "blank.csv", "fine"),
        (b"text,n\nx\x00y,1", "nul.csv", "x\x00y"),
    ],
)
def test_odd_files_are_read_as_they_were_meant(listenhouse, tmp_path, content, name, text):
    path, out = tmp_path / name, tmp_path / "out.parquet"
    path.write_bytes(content)
    done = listenhouse("score", str(path), "--task", "sentiment", "--lang", "en", "--out", str(out))
    assert done.code == 0
    assert pq.read_table(out)["text"][0].as_py() == text
    assert ("not UTF-8" in done.err) == (name == "latin.csv")


def test_one_column_keeps_its_empty_rows(score):
    _, rows = score(b'text\ngood\n\n""\nbad\n', "--lang", "en")
    assert [row[0] for row in rows[1:]] == ["good", "", "", "bad"]


def test_the_language_is_that_of_the_row_or_of_the_option(score):
    _, rows = score(b"text,language\nlove it,en-GB\nlove it,xx\nlove it,\n", "--text-column", "text")
    assert [row[2] for row in rows[1:]] == ["positive", "unscored", "positive"]
    _, rows = score(b"text,language\nlove it,xx\n", "--lang", "en")
    assert rows[1][2] == "positive"
    _, rows = score(b"text\nThis coffee machine is really wonderful\nDas ist leider furchtbar schlecht\n")
    assert [row[1] for row in rows[1:]] == ["positive", "negative"]


def test_topics_are_joined_and_those_in_between_are_told(score):
    _, rows = score(
        b"text\nThe parcel never arrived and customer service is rude\nhello there\n",
        "--lang",
        "en",
        task="topic",
    )
    head, parcel, hello = rows
    assert {"delivery", "customer_service"} <= set(parcel[1].split("|"))
    assert hello[1] == "none"
    assert head[1] == "label" and head[-1] == "unsure" and "p_delivery" in head
    assert all(0 < float(value) < 1 for value in hello[2:-1])


@pytest.mark.parametrize(
    ("task", "text", "label"),
    [
        ("emotion", "this makes me so happy and excited", "joy"),
        ("emotion", "furious and outraged about this", "anger"),
        ("spam", "check out my channel and subscribe http://example.com", "spam"),
        ("spam", "love this song so much", "ham"),
        ("language", "Das ist ein wirklich schöner Tag heute", "de"),
    ],
)
def test_each_task_has_its_labels(score, task, text, label):
    _, rows = score(f"text\n{text}\n".encode(), task=task)
    assert rows[1][1] == label


def test_parquet_keeps_its_types(listenhouse, tmp_path):
    path, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.table({"n": [1, 2], "tags": [["a"], []], "text": ["good", None]}), path)
    assert listenhouse("score", str(path), "--task", "sentiment", "--lang", "en", "--out", str(out)).code == 0
    scored = pq.read_table(out)
    assert scored.schema.field("n").type == pa.int64()
    assert scored["tags"].to_pylist() == [["a"], []]
    assert scored["label"].to_pylist() == ["positive", "unscored"]
    told = listenhouse("score", str(path), "--task", "sentiment", "--out", str(tmp_path / "out.csv"))
    assert told.code == 2 and "column tags" in told.err and "Remedy: " in told.err


@pytest.mark.parametrize(
    ("content", "arguments", "said"),
    [
        (b"a,b\n1,2\n", (), "no column text; there is a, b"),
        (b"", (), "no column text; there is nothing"),
        (b"text,text\na,b\n", (), "2 columns are called text"),
        (b"text,n\na,1\nb,2,3\n", (), "line 3: 3 fields where the header has 2"),
        (b'text,n\n"a\nb",1\nc\n', (), "line 4: 1 fields where the header has 2"),
        (b'n,text\n1,a\n2,"b\n3,c\n', (), "line 3: a quote is not closed"),
        (b"text\na\n", ("--lang", "english!"), "no language code"),
        (b"text\na\n", ("--task", "mood"), "there is no such model"),
        (b"text\na\n", ("--task", "target_sentiment"), "there is no such model"),
    ],
)
def test_what_cannot_be_scored_is_told_with_place_and_remedy(score, content, arguments, said):
    done, _ = score(content, *arguments)
    assert done.code == 2
    assert said in done.err and "Remedy: " in done.err
    assert "Traceback" not in done.err


def test_places_that_cannot_be_are_refused(listenhouse, tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("text\ngood\n")
    for out, said in [
        (path, "is the file to be scored"),
        (tmp_path / "no" / "o.csv", "cannot be written"),
        (tmp_path / "o.xlsx", "ends in no known format"),
    ]:
        told = listenhouse("score", str(path), "--task", "spam", "--out", str(out))
        assert told.code == 2 and said in told.err and "Remedy: " in told.err
    told = listenhouse(
        "score", str(tmp_path / "none.csv"), "--task", "spam", "--out", str(tmp_path / "o.csv")
    )
    assert told.code == 2 and "cannot be read" in told.err
