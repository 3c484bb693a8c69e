"""Runs the `listenhouse` command in this process, in a home and with a configuration of the test's own."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ingestion.home import Home


@dataclass
class Done:
    """What a command ended with."""

    code: int
    out: str
    err: str


@pytest.fixture
def listenhouse(home: Home, monkeypatch, capfd) -> Callable[..., Done]:
    """Run `listenhouse` with arguments; `home.config` is its listening.yml (a small one unless written)."""
    home.config.write_text("version: 1\nbrands: [{name: Lumora, terms: [lumora]}]\n")
    monkeypatch.setenv("LISTENHOUSE_HOME", str(home.root))
    monkeypatch.setenv("LISTENHOUSE_CONFIG", str(home.config))
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments: str) -> Done:
        from orchestration.cli.main import main

        monkeypatch.setattr(sys, "argv", ["listenhouse", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capfd.readouterr()
        code = ended.value.code
        return Done(0 if code is None else code, captured.out, captured.err)

    return command
