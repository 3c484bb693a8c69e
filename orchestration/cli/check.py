"""`listenhouse check`: is listening.yml right?"""

from collections import Counter
from typing import TYPE_CHECKING

import typer

from orchestration.cli.exits import told

if TYPE_CHECKING:
    from ingestion.listening import Listening

EXAMPLES = """Examples:

- `listenhouse check`
- `LISTENHOUSE_CONFIG=my/listening.yml listenhouse check`
"""


@told
def check() -> None:
    """Check listening.yml and say what it listens for.

    Every mistake is told at once, each with file, line, field and remedy (exit code 2). Nothing is landed
    or changed. The data are checked in every `listenhouse run`, before anything is published.
    """
    from ingestion.home import Home
    from ingestion.listening import load_listening

    home = Home.find()
    for line in _summary(load_listening(home.config)):
        typer.echo(line)
    typer.echo(f"{home.config} is fine.")


def _summary(listening: "Listening") -> list[str]:
    kinds = Counter(kind for kind, _ in listening.entities())
    plural = {
        "brand": "brands",
        "rival": "rivals",
        "product": "products",
        "person": "people",
        "campaign": "campaigns",
    }
    counts = [f"{kinds[kind]} {plural[kind] if kinds[kind] != 1 else kind}" for kind in plural if kinds[kind]]
    enabled = [
        name for name in type(listening.sources).model_fields if getattr(listening.sources, name).enabled
    ]
    reporting = listening.reporting
    return [
        f"Listens for {', '.join(counts) or 'nothing yet: add a brand'}.",
        f"Sources: {', '.join(enabled) or 'none is enabled: set enabled: true on one'}.",
        f"Languages: {', '.join(listening.languages)}. Days follow {reporting.time_zone}; "
        f"late changes count for {reporting.look_back_days} days.",
    ]
