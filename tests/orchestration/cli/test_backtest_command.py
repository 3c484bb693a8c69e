"""`listenhouse backtest`: what a changed query gains and loses, and what it does to everybody's share."""

import pytest

from tests.orchestration.cli.spoken_posts import POSTS, write_posts

CURRENT = """\
version: 1
brands: [{name: Lumora, query: 'lumora NOT {Robert}'}]
rivals: [{name: Brevanta, terms: [brevanta]}]
"""


@pytest.fixture
def backtest(home, listenhouse, publish):
    write_posts(home)
    publish()

    def run(*arguments: str):
        home.config.write_text(CURRENT)
        return listenhouse("backtest", *arguments)

    return run


def numbers(out: str, first: str) -> list[str]:
    """Return the cells of the row that begins with a word."""
    table = (line.split() for line in out.splitlines() if line.startswith(" "))
    (row,) = (cells for cells in table if cells[:1] == [first])
    return row


def test_gained_and_lost_are_counted_and_shown(backtest):
    done = backtest("--entity", "lumora", "--query", 'lumora NOT "lumora borealis"')
    assert done.code == 0, done.err
    lumora = len(POSTS) - 1
    now, then = lumora - 1 - 1, lumora - 1 - 1  # of all, one is a reshare and one excluded by the query
    assert numbers(done.out, "lumora") == ["lumora", str(now), str(then), "1", "1"]
    assert "lumora gained  h:1" in done.out
    assert "lumora lost  d:3\n«Lumora» Borealis, die Trilogie" in done.out


def test_every_share_of_voice_moves(backtest):
    out = backtest("--entity", "lumora", "--query", '"lumora brew"').out
    rows = [line.split() for line in out.splitlines() if line.split()[:1] == ["all"]]
    lumora = len(POSTS) - 3
    assert [row[1] for row in rows] == ["lumora", "brevanta"]
    assert rows[0][2:4] == [f"{lumora / (lumora + 1):.1%}", "50.0%"]
    assert rows[1][2:4] == [f"{1 / (lumora + 1):.1%}", "50.0%"]


def test_a_changed_file_is_compared_entity_by_entity(backtest, tmp_path):
    changed = tmp_path / "changed.yml"
    changed.write_text(
        CURRENT.replace("terms: [brevanta]", "terms: [brevanta, caldrix]")
        + "people: [{name: Ada, terms: [trilogie]}]\n"
    )
    out = backtest(str(changed)).out
    assert numbers(out, "ada") == ["ada", "0", "1", "1", "0"]
    assert numbers(out, "brevanta") == ["brevanta", "1", "1", "0", "0"]
    assert "lumora gained" not in out


def test_labels_give_precision_and_recall(backtest, tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text(
        "entity_id,post_key,is_relevant\nlumora,d:1,1\nlumora,d:2,yes\nlumora,d:3,0\nlumora,gone,1\nbrevanta,d:5,1\n"
    )
    out = backtest("--entity", "lumora", "--query", "lumora leak*", "--labels", str(labels)).out
    judged = out[out.index("Judged by labels") :]
    assert numbers(judged[: judged.index("lumora lost")], "lumora") == [
        "lumora",
        "3",
        "66.7%",
        "100.0%",
        "100.0%",
        "100.0%",
    ]


def test_the_same_queries_are_told_to_be_the_same(backtest, tmp_path):
    changed = tmp_path / "changed.yml"
    changed.write_text("# another comment\n" + CURRENT)
    assert "no query differs" in backtest(str(changed)).out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Say what changes"),
        (["--entity", "lumora"], "Say what changes"),
        (["--entity", "lumroa", "--query", "a"], "did you mean lumora?"),
        (["--entity", "lumora", "--query", "a or b"], "--query: column 3"),
        (["absent.yml"], "there is no such file"),
        (["--entity", "lumora", "--query", "a", "--labels", "absent.csv"], "cannot be read"),
    ],
)
def test_a_wrong_command_is_bad_input(backtest, arguments, told):
    done = backtest(*arguments)
    assert done.code == 2
    assert told in done.err and "Remedy: " in done.err


def test_a_label_that_is_neither_yes_nor_no_is_told_with_its_line(backtest, tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text("entity_id,post_key,is_relevant\nlumora,d:1,maybe\n")
    done = backtest("--entity", "lumora", "--query", "a", "--labels", str(labels))
    assert done.code == 2
    assert "labels.csv:2: is_relevant: 'maybe'" in done.err
