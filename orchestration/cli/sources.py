"""`listenhouse sources`: what each source has landed."""

from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.exits import told

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.listening import Listening

EXAMPLES = """Examples:

- `listenhouse sources`
- `listenhouse sources --quarantine` tells why items were set aside, and what to do
"""

COUNTS = ("received", "accepted", "duplicate", "quarantined", "deleted")


@told
def sources(
    quarantine: Annotated[bool, typer.Option("--quarantine", help="Tell why items were set aside.")] = False,
) -> None:
    """Show each source of listening.yml and what it has landed so far.

    received = accepted + duplicate + quarantined + deleted: whatever arrived is accounted for. Rows are the
    observations in the warehouse; a post seen again with other numbers is another observation.
    """
    from ingestion.home import Home
    from ingestion.listening import load_listening

    home = Home.find()
    listening = load_listening(home.config)
    if quarantine:
        _show_quarantine(home, listening)
    else:
        _show_sources(home, listening)


def _show_sources(home: "Home", listening: "Listening") -> None:
    from orchestration.cli.landings import source_statuses
    from orchestration.cli.tables import show_table

    statuses = source_statuses(home, listening)
    show_table(
        ["source", "resource", "on", "last looked", "last landed", "rows", *COUNTS],
        [
            (
                *(s.source_name, s.resource, s.is_enabled, s.last_looked_at, s.last_landed_at, s.rows),
                *(getattr(s, count) for count in COUNTS),
            )
            for s in statuses
        ],
        fold=False,
    )
    if not any(s.received for s in statuses):
        typer.echo("Nothing has landed yet: listenhouse run.")
    elif any(s.quarantined for s in statuses):
        typer.echo("Some items were set aside; listenhouse sources --quarantine tells why.")


def _show_quarantine(home: "Home", listening: "Listening") -> None:
    from orchestration.cli.landings import quarantine_reasons
    from orchestration.cli.tables import show_table

    reasons = quarantine_reasons(home, listening)
    if not reasons:
        typer.echo("Nothing was set aside.")
        return
    show_table(
        ["source", "resource", "reason", "items", "last", "latest", "remedy"],
        [(r.source_name, r.resource, r.reason, r.items, r.last_at, r.detail, r.remedy) for r in reasons],
    )
