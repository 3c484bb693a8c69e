"""`listenhouse label`: what it asks, what it keeps, what it refuses, and that samples of two purposes never mix."""

import csv

import pytest

from tests.orchestration.cli.scored_posts import FORMULA, write_scored_posts


@pytest.fixture
def truth(home, publish):
    truth = write_scored_posts(home, more=[FORMULA, "-2+3 \x1b[31mred", "@SUM(1)"])
    publish()
    return truth


def rows(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def fill_in(path, labels: dict[str, str], *, delimiter: str = ",") -> None:
    """Write labels into a sheet, as a spreadsheet saves it."""
    filled = [row | {"label": labels.get(row["post_key"], "")} for row in rows(path)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(filled[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(filled)


def test_a_sheet_asks_of_every_group_in_turn_and_is_the_same_each_time(listenhouse, truth, tmp_path):
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    done = listenhouse("label", "--posts", "60", "--out", str(one))
    assert done.code == 0, done.err
    assert "60 posts, 30 to train with and 30 at random" in done.out
    listenhouse("label", "--posts", "60", "--out", str(other))
    assert one.read_bytes() == other.read_bytes()
    asked = rows(one)
    assert len({row["post_key"] for row in asked}) == 60
    train = [row for row in asked if row["purpose"] == "train"]
    # Two platforms by three topics (none is one): five posts of each.
    assert sum(row["platform"] == "reddit" for row in train) == 15
    assert {row["label"] for row in asked} == {""} and "sentiment" not in asked[0]


def test_what_a_spreadsheet_would_run_is_disarmed(listenhouse, truth, tmp_path):
    sheet = tmp_path / "sheet.csv"
    listenhouse("label", "--posts", str(2 * len(truth)), "--out", str(sheet))
    texts = [row["text"] for row in rows(sheet)]
    assert len(texts) == len(truth) and "'" + FORMULA in texts
    assert not [text for text in texts if text[:1] in "=+-@"]


def test_labels_of_two_coders_are_kept_compared_and_measured(listenhouse, home, truth, tmp_path):
    from ml.promotions import own_error_path
    from ml.registry import current_model

    sheet = tmp_path / "sheet.csv"
    listenhouse("label", "--posts", "300", "--out", str(sheet))
    asked = {row["post_key"]: row["purpose"] for row in rows(sheet)}
    fill_in(sheet, {key: truth[key] for key in asked})
    done = listenhouse("label", "--read", str(sheet), "--coder", "ada")
    assert done.code == 0, done.err
    assert "300 labels by ada, 0 of them in place" in done.out
    assert "is measured on 150 random posts" in done.out
    assert own_error_path(home.models, current_model("sentiment")).exists()
    assert "nothing is known of how far they agree" in done.out

    other = {key: "negative" if number % 5 == 0 else truth[key] for number, key in enumerate(sorted(asked))}
    fill_in(sheet, other, delimiter=";")
    done = listenhouse("label", "--read", str(sheet), "--coder", "bo")
    assert done.code == 0, done.err
    alike = sum(other[key] == truth[key] for key in asked) / len(asked)
    (told,) = [line.split() for line in done.out.splitlines() if line.split()[:2] == ["ada", "bo"]]
    assert told[2] == "300" and float(told[3]) == pytest.approx(alike, abs=1e-3)
    assert float(told[5]) < float(told[4]) < float(told[6])

    training = tmp_path / "training.csv"
    assert listenhouse("label", "--export", str(training)).code == 0
    exported = rows(training)
    texts_of = {row["text"] for row in exported}
    agreed = [key for key in asked if asked[key] == "train" and other[key] == truth[key]]
    assert len(exported) == len(agreed), "posts for checking, or in dispute, train nothing"
    assert list(exported[0]) == ["text", "label", "language"] and len(texts_of) == len(exported)

    listenhouse("label", "--posts", "20", "--out", str(tmp_path / "next.csv"))
    assert not asked.keys() & {row["post_key"] for row in rows(tmp_path / "next.csv")}


def test_too_few_random_labels_measure_nothing(listenhouse, home, truth, tmp_path):
    sheet = tmp_path / "sheet.csv"
    listenhouse("label", "--posts", "40", "--out", str(sheet))
    fill_in(sheet, {row["post_key"]: truth[row["post_key"]] for row in rows(sheet)})
    done = listenhouse("label", "--read", str(sheet), "--coder", "ada")
    assert done.code == 0 and "20 random posts are labelled" in done.out
    assert not list(home.models.rglob("*.parquet"))


BAD_SHEETS = [
    ("post_key,purpose\nd:1,train\n", "sheet.csv:1: there is no column label"),
    ("post_key,purpose,label\nd:1,train,meh\n", "sheet.csv:2: label: 'meh' is no label"),
    ("post_key,purpose,label\nd:1,fun,neutral\n", "sheet.csv:2: purpose: 'fun'"),
    (
        "post_key,purpose,label\nd:1,train,\nd:none,train,neg\n",
        "sheet.csv:3: post_key: 'd:none' is no post",
    ),
    (
        "post_key,purpose,label\nd:1,train,neg\nd:1,train,pos\n",
        "sheet.csv:3: post_key: d:1 stands here twice",
    ),
    ("post_key,purpose,label\nd:1,train,\n", "no row has a label"),
    (None, "cannot be read"),
]
"""A sheet (None: there is none) and what is told of it."""


def test_a_bad_sheet_is_told_by_line_and_field_and_keeps_nothing(listenhouse, home, truth, tmp_path):
    for sheet, told in BAD_SHEETS:
        path = tmp_path / "sheet.csv"
        path.unlink(missing_ok=True)
        if sheet is not None:
            path.write_text(sheet)
        done = listenhouse("label", "--read", str(path), "--coder", "ada")
        assert done.code == 2
        assert told in done.err and "Remedy: " in done.err
    assert not (home.root / "labels").exists()


def test_a_command_that_cannot_be_done_says_what_would_help(listenhouse, truth):
    for arguments in (
        ["--read", "a.csv"],
        ["--coder", "ada"],
        ["--read", "a.csv", "--coder", "a", "--agreement"],
        ["--export", "x.csv"],
    ):
        done = listenhouse("label", *arguments)
        assert done.code == 2 and "Remedy: " in done.err


def test_a_sheet_that_is_there_is_not_written_over(listenhouse, truth, tmp_path):
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("my labels")
    done = listenhouse("label", "--out", str(sheet))
    assert done.code == 2 and "is there already" in done.err
    assert sheet.read_text() == "my labels"
