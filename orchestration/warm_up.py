"""What the later steps of a run need and the first ones leave a core idle for: parsed models, heavy imports.

Landing spends most of its time outside Python, on one core. Started with it, these two are ready when they
are needed. Nothing here decides anything: what fails or is not asked for here happens in its own step,
with that step's error.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

from ingestion.home import Home
from orchestration.dbt import PROJECT_DIR, TARGET_NAME, dbt_environment

_started: set[Path] = set()
_parsing: dict[Path, subprocess.Popen] = {}


def warm_up(home: Home) -> None:
    """Start getting ready for checks and models of `home`, once a process; return at once."""
    if home.root in _started:
        return
    _started.add(home.root)
    threading.Thread(target=_import_great_expectations, name="warm-up", daemon=True).start()
    if not (home.dbt / "partial_parse.msgpack").exists():
        _parsing[home.root] = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("dbt")),
                "parse",
                "--project-dir",
                str(PROJECT_DIR),
                "--profiles-dir",
                str(PROJECT_DIR),
                "--target",
                TARGET_NAME,  # named as dagster-dbt names it: otherwise dbt parses again
                "--target-path",
                str(home.dbt),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | dbt_environment(home) | {"DO_NOT_TRACK": "1"},
        )


def wait_until_parsed(home: Home) -> None:
    """Return when no parsing of `home`'s models is under way, so that dbt finds its result or starts afresh."""
    parsing = _parsing.pop(home.root, None)
    if parsing is not None:
        parsing.wait()


def _import_great_expectations() -> None:
    import great_expectations.expectations  # noqa: F401
