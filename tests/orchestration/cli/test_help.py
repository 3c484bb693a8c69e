"""Help that teaches, and fast."""

import subprocess
import sys

import pytest

COMMANDS = [
    "run",
    "check",
    "sources",
    "query",
    "dictionary",
    "match",
    "backtest",
    "explain",
    "flag",
    "flags",
    "label",
    "challenge",
    "promote",
    "detect",
    "score",
    "train",
    "alerts",
    "rescore",
    "ui",
]


def test_help_lists_every_command_and_every_exit_code(listenhouse):
    done = listenhouse("--help")
    assert done.code == 0
    for word in [
        *COMMANDS,
        "0: done",
        "1: ",
        "2: bad input",
        "3: a check failed",
        "4: nothing has been published",
    ]:
        assert word in done.out


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_with_examples(listenhouse, command):
    done = listenhouse(command, "--help")
    assert done.code == 0
    assert f"Usage: listenhouse {command}" in done.out
    assert "Examples:" in done.out
    assert f"listenhouse {command}" in done.out.split("Examples:")[1]


def test_help_loads_no_heavy_library():
    heavy = (
        "{'dagster', 'dbt', 'dlt', 'duckdb', 'eldc', 'great_expectations', 'pandas', 'pyarrow', 'sklearn'}"
    )
    code = f"import orchestration.cli.main, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_version_is_told(listenhouse):
    done = listenhouse("--version")
    assert (done.code, done.out.split()[0]) == (0, "listenhouse")


@pytest.mark.parametrize(
    "arguments", [["sing"], ["query"], ["query", "select 1", "--limit", "-1"], ["run", "--fast"]]
)
def test_a_wrong_command_line_is_bad_input(listenhouse, arguments):
    done = listenhouse(*arguments)
    assert done.code == 2
    assert "Usage: " in done.err
