"""Where everything lives on this machine: one root folder, every path below it named once."""

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Home:
    """The folder that holds all local state: warehouse, dlt's working files, releases, secrets.

    Nothing below it is needed to rebuild the project; everything below it is needed to go on where
    the last run stopped.
    """

    root: Path
    config: Path

    @classmethod
    def find(cls) -> "Home":
        """Return the home named by LISTENHOUSE_HOME and LISTENHOUSE_CONFIG, else the checkout's own."""
        root = Path(os.environ.get("LISTENHOUSE_HOME") or PROJECT_ROOT / "data").expanduser().resolve()
        config = Path(os.environ.get("LISTENHOUSE_CONFIG") or PROJECT_ROOT / "listening.yml")
        return cls(root=root, config=config.expanduser().resolve())

    @property
    def warehouse(self) -> Path:
        """The one DuckDB file that runs write and BI never opens."""
        return self.root / "warehouse" / "listenhouse.duckdb"

    @property
    def dlt(self) -> Path:
        """Working folders of the dlt pipelines (cursors, pending load packages)."""
        return self.root / "dlt"

    @property
    def dbt(self) -> Path:
        """Working folder of dbt: its log, the parsed project, the results of the last build."""
        return self.root / "dbt"

    @property
    def published(self) -> Path:
        """Releases, and the `current` link that readers follow."""
        return self.root / "published"

    @property
    def drop(self) -> Path:
        """The default drop folder of the `files` source."""
        return self.root / "drop"

    @property
    def models(self) -> Path:
        """Weights retrained here; without any, those shipped with the project are used."""
        return self.root / "models"

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME: run history, event log and the instance configuration."""
        return self.root / "dagster"

    @property
    def secrets(self) -> Path:
        """Keys generated on this machine (mode 0600), never in the warehouse."""
        return self.root / "secrets"
