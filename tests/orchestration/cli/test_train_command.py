"""`listenhouse train`: own labels become the model that scores from now on."""

import csv
import re

import pytest

from ml.promotions import PROMOTE, find_version, take_over
from ml.registry import SHIPPED, current_model, version_in

GOOD = ["the queue was short", "queue moved fast", "no queue at all", "queue was fine", "short queue today"]
BAD = ["my seat was torn", "seat did not recline", "broken seat again", "a dirty seat", "seat too narrow"]


@pytest.fixture
def labels(tmp_path):
    path = tmp_path / "labels.csv"
    rows = [
        f'"{text} number {chr(97 + turn)}",{label}'
        for turn in range(2)
        for texts, label in ((GOOD, "queue"), (BAD, "seat"))
        for text in texts
    ]
    path.write_text("\n".join(["text,label", *rows, '"not labelled",']) + "\n")
    return path


def test_a_task_of_ones_own_is_trained_and_scores(listenhouse, home, labels, tmp_path):
    done = listenhouse("train", str(labels), "--task", "complaint")
    assert done.code == 0
    assert "1 rows have no label and are left out" in done.err
    assert "complaint" in done.err and "is current now" in done.err
    version = current_model("complaint", home.models).version
    again = listenhouse("train", str(labels), "--task", "complaint")
    assert f"complaint {version} was current already" in again.err
    new, out = tmp_path / "new.csv", tmp_path / "out.csv"
    new.write_text("text\na seat\nthe queue\n")
    assert listenhouse("score", str(new), "--task", "complaint", "--out", str(out)).code == 0
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["text", "label", "p_queue", "p_seat"]
    assert [row["label"] for row in rows] == ["seat", "queue"]


def test_a_shipped_model_is_built_upon_and_keeps_its_other_languages(listenhouse, home, tmp_path):
    path, out = tmp_path / "judged.csv", tmp_path / "out.csv"
    frames = {
        "negative": ["flobbed {}", "it flobbed {}", "totally flobbed {}", "so flobbed {}"],
        "neutral": ["arrives at nine {}", "which gate is it {}", "flight to Rome {}", "row twelve {}"],
        "positive": ["quimmy {}", "so quimmy {}", "really quimmy {}", "quimmy lounge {}"],
    }
    words = "monday tuesday wednesday thursday friday".split()
    rows = [f"{frame.format(word)},{label}" for label in frames for frame in frames[label] for word in words]
    path.write_text("\n".join(["text,label", *rows]) + "\n")
    done = listenhouse("train", str(path), "--task", "sentiment", "--lang", "en")
    assert done.code == 0
    assert version_in(SHIPPED / "sentiment") in done.out
    # Our own sample, which the shipped model knows by heart, speaks against the newcomer; a person decides.
    assert "it is kept, not used" in done.err
    (kept,) = re.findall(r"sentiment ([0-9a-f]{12}): It is worse", done.err)
    take_over(home.models, find_version("sentiment", kept, home.models), action=PROMOTE, by="ada", figures={})
    assert set(current_model("sentiment", home.models).card["languages"]) == set(
        current_model("sentiment").card["languages"]
    )
    new = tmp_path / "new.csv"
    new.write_text("text,language\nawful,en\nflobbed,en\nquimmy,en\nfurchtbar,de\nqwxyz,en\n")
    assert listenhouse("score", str(new), "--task", "sentiment", "--out", str(out)).code == 0
    with out.open(newline="") as file:
        found = [row["label"] for row in csv.DictReader(file)]
    assert found == ["negative", "negative", "positive", "negative", "neutral"]


@pytest.mark.parametrize(
    ("content", "arguments", "said"),
    [
        (
            "text,label\nok,mixed\n\n,neutral\n",
            ["--task", "sentiment"],
            "line 2, label: 'mixed' is no label here",
        ),
        (
            "text,label\nok,neutral\n,neutral\n",
            ["--task", "sentiment"],
            "line 3, text: there is a label but no text",
        ),
        ('text,label\n"a\nb",neutral\nc,x\n', ["--task", "sentiment"], "line 4, label: 'x'"),
        ("text,label\nok,neutral\n", ["--task", "sentiment", "--lang", "en"], "negative: 0 labelled texts"),
        ("text,label\nok,\n", ["--task", "mine"], "no row has a label"),
        ("text,kind\nok,a\n", ["--task", "mine"], "no column label; there is text, kind"),
        ("text,label\nok,a|b\n", ["--task", "mine"], "'a|b' is no label here"),
        ("text,label\nok,1\n", ["--task", "spam", "--map", "1"], "write OLD=NEW"),
        ("text,label\nok,1\n", ["--task", "language"], "cannot be trained"),
        ("text,label\nok,1\n", ["--task", "../x"], "cannot be trained"),
        ("text,label\nok,1\n", ["--task", "mine", "--taxonomy", "t.yml"], "--taxonomy says nothing"),
    ],
)
def test_what_cannot_be_learnt_is_told_with_place_and_remedy(
    listenhouse, home, tmp_path, content, arguments, said
):
    path = tmp_path / "labels.csv"
    path.write_text(content)
    done = listenhouse("train", str(path), *arguments)
    assert done.code == 2
    assert said in done.err and "Remedy: " in done.err
    assert "Traceback" not in done.err
    assert not list(home.models.glob("*/current"))


def test_labels_may_be_renamed_and_columns_named(listenhouse, tmp_path):
    path = tmp_path / "comments.csv"
    spam = [f"please subscribe to channel {word}" for word in "alpha beta gamma delta epsilon".split()]
    ham = [f"lovely song {word}" for word in "alpha beta gamma delta epsilon".split()]
    rows = [*(f"{text},1" for text in spam), *(f"{text},0" for text in ham)]
    path.write_text("\n".join(["CONTENT,CLASS", *rows]) + "\n")
    done = listenhouse(
        "train",
        str(path),
        "--task",
        "spam",
        "--text-column",
        "CONTENT",
        "--label-column",
        "CLASS",
        "--map",
        "1=spam",
        "--map",
        "0=ham",
    )
    assert done.code == 0 and "spam" in done.err
