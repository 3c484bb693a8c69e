"""The Dagster instance: its folder, its configuration, and the environment that goes with it."""

import os
from pathlib import Path

from ingestion.home import Home

TEMPLATE = Path(__file__).with_name("dagster.yaml")
HISTORY = "<history>"
"""Stands in the template for the folder of the event log, which Dagster's default names, too."""

QUIET = {
    "DAGSTER_DISABLE_TELEMETRY": "yes",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
}
"""Nothing that runs here reports its use to anybody."""


def prepare_instance(home: Home) -> Path:
    """Lay out DAGSTER_HOME and set the environment of this process for it; return the folder."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    configuration = TEMPLATE.read_text(encoding="utf-8").replace(
        HISTORY, str(home.dagster / "history" / "runs")
    )
    (home.dagster / "dagster.yaml").write_text(configuration, encoding="utf-8")
    os.environ.update(QUIET)
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    return home.dagster
