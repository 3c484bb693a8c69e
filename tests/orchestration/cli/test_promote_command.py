"""`listenhouse challenge` and `promote`: what they tell, whom they refuse, what they record.

What a challenger does to every mart is tried on a real warehouse in tests/integration/test_challengers.py.
"""

import json

import pytest

from ml.promotions import promotions
from ml.registry import current_model
from orchestration.promotion.effect import Effect, Kpi, Mart
from tests.ml.versions import as_good, bad, write_version
from tests.orchestration.cli.scored_posts import write_scored_posts

SHIPPED = current_model("sentiment").version


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Folders of a bad and of an equally good version."""
    made = {name: tmp_path_factory.mktemp(name) for name in ("bad", "good")}
    for name, change in (("bad", bad), ("good", as_good)):
        write_version(made[name], change)
    return {name: str(folder) for name, folder in made.items()}


@pytest.fixture
def versions(home, publish, folders, monkeypatch):
    """The same folders, beside a history on which each version would change the same."""
    write_scored_posts(home)
    publish()
    kpis = [
        Kpi("net_sentiment", "lumora", 0.2, 0.3, 2624, True),
        Kpi("mentions", "lumora", 5.0, 5.0, 5, False),
        Kpi("negative_share", "\x1b[31mevil", None, 0.5, None, False),
    ]
    effect = Effect(SHIPPED, 100, 7, kpis, [Mart("mart_sentiment_daily", 10, 4)])
    monkeypatch.setattr("orchestration.promotion.challenge.effect_of", lambda home, challenger: effect)
    return folders


def cells(out: str, first: str) -> list[str]:
    (row,) = [
        line.split() for line in out.splitlines() if line.startswith(" ") and line.split()[:1] == [first]
    ]
    return row


def test_a_challenge_tells_labels_figures_and_marts_and_changes_nothing(listenhouse, home, versions):
    done = listenhouse("challenge", versions["good"], "--marts")
    assert done.code == 0, done.err
    assert "7 of 100 scored posts are labelled otherwise (7.0%)" in done.out
    assert cells(done.out, "net_sentiment") == [
        "net_sentiment",
        "lumora",
        "0.2",
        "0.3",
        "0.1",
        "yes",
        "2,624",
    ]
    assert "mentions " not in done.out.split("Published figures")[1].split("1 of 3 published figures")[0]
    assert cells(done.out, "mart_sentiment_daily") == ["mart_sentiment_daily", "10", "4"]
    assert "It may take over: listenhouse promote" in done.out
    assert "\x1b" not in done.out
    assert not home.models.exists()


def test_a_worse_challenger_is_refused_and_nothing_is_recorded(listenhouse, home, versions):
    assert "It would be refused" in listenhouse("challenge", versions["bad"]).out
    done = listenhouse("promote", versions["bad"])
    assert done.code == 3
    assert "Refused: on the project's own sample" in done.err and "Remedy: " in done.err
    assert not home.models.exists()


def test_a_promotion_and_going_back_are_recorded_with_who_and_which_figures(listenhouse, home, versions):
    done = listenhouse("promote", versions["good"], "--by", "ada")
    assert done.code == 0, done.err
    new = current_model("sentiment", home.models).version
    assert f"sentiment {new} took over from {SHIPPED}, promoted by ada" in done.out
    (record,) = promotions(home.models, "sentiment")
    assert record.figures["relabelled"] == 7
    assert [kpi["kpi"] for kpi in record.figures["kpis"]] == ["net_sentiment", "negative_share"]
    assert record.figures["gold"][-1]["decides"] and json.dumps(record.figures)
    assert "is current already" in listenhouse("promote", new).err

    done = listenhouse("promote", "--back", "--by", "bo")
    assert done.code == 0 and current_model("sentiment", home.models).version == SHIPPED
    told = listenhouse("promote", "--history").out
    rows = [line.split() for line in told.splitlines() if {"ada", "bo"} & set(line.split())]
    assert [row[1:3] for row in rows] == [["ada", "promote"], ["bo", "go"]]
    assert rows[0][3:5] == [new, SHIPPED] and rows[1][4:6] == [SHIPPED, new]


def test_further_labels_are_judged_by_and_decide(listenhouse, versions, tmp_path):
    gold = tmp_path / "gold.csv"
    turned = "".join(f"love it {n},negative,en\nbroken {n},positive,en\n" for n in range(60))
    gold.write_text("text,label,language\n" + turned)
    done = listenhouse("promote", versions["bad"], "--gold", str(gold))
    assert done.code == 0, "only the file decides, and by its labels the challenger is better"
    gold.write_text("text,label,language\nlove it,positive,en\nlove it,great,en\n")
    done = listenhouse("challenge", versions["bad"], "--gold", str(gold))
    assert done.code == 2
    assert "gold.csv:3: label: 'great'" in done.err and "Remedy: " in done.err


def test_a_wrong_command_is_bad_input(listenhouse, versions):
    for arguments, told in (
        (["promote"], "Say which version"),
        (["promote", "--back", "--history"], "Say which version"),
        (["promote", "--back"], "took over from no other version"),
        (["promote", "zzz"], "names no version of sentiment"),
        (["challenge", SHIPPED, "--model", "mood"], "There is no model 'mood'"),
        (["challenge", SHIPPED, "--gold", "absent.csv"], "cannot be read"),
        (["promote", "--history", "--model", "mood"], "There is no model 'mood'"),
    ):
        done = listenhouse(*arguments)
        assert done.code == 2, arguments
        assert told in done.err and "Remedy: " in done.err


def test_a_model_without_gold_labels_is_only_promoted_unjudged(
    listenhouse, home, versions, tmp_path, monkeypatch
):
    import shutil

    shipped = current_model("topics")
    folder = home.models / "topics" / "other"
    shutil.copytree(shipped.folder, folder)
    for name in ("weights", "labels"):
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pq.read_table(folder / f"{name}.parquet")
        place = table.schema.get_field_index("model_version")
        pq.write_table(
            table.set_column(place, "model_version", pa.array(["other"] * len(table), pa.string())),
            folder / f"{name}.parquet",
        )
    card = json.loads((folder / "card.json").read_text()) | {"model_version": "other"}
    (folder / "card.json").write_text(json.dumps(card))
    effect = Effect(shipped.version, 10, 1, [], [])
    monkeypatch.setattr("orchestration.promotion.challenge.effect_of", lambda home, challenger: effect)
    done = listenhouse("promote", "other", "--model", "topics")
    assert done.code == 3 and "add --unjudged" in done.err
    assert listenhouse("promote", "other", "--model", "topics", "--unjudged").code == 0
    assert current_model("topics", home.models).version == "other"


def test_without_a_warehouse_there_is_no_history_to_try_on(listenhouse, home):
    done = listenhouse("challenge", SHIPPED)
    assert done.code == 4 and "Remedy: " in done.err
