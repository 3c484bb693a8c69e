"""The demo as it ships, landed and modelled once: what its marts say is compared with what was planted."""

from typing import Any

from ingestion.home import PROJECT_ROOT
from ingestion.landing.runner import land
from ingestion.listening import Listening, load_listening
from tests.integration.modelled_road import ModelledRoad


class WholeDemo(ModelledRoad):
    """The shipped listening.yml with all of its posts."""

    def walk(self) -> None:
        """Land and model all of it."""
        report = land("demo", self.home, self.listening(), "run 1")
        assert report.total.quarantined == 0, report.messages
        self.model()

    def listening(self, **more: Any) -> Listening:
        """The shipped settings; `more` is refused, since they are what is tested."""
        assert not more
        return load_listening(PROJECT_ROOT / "listening.yml")

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Ask the warehouse for rows by column name."""
        import duckdb

        with duckdb.connect(str(self.home.warehouse), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql).to_arrow_table().to_pylist()
