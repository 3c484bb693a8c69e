"""`listenhouse sources`: what each source has landed, whether it could run, and whether it is let in."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.exits import BAD_INPUT, UNEXPECTED, fail, told

if TYPE_CHECKING:
    from ingestion.home import Home
    from ingestion.listening import Listening

EXAMPLES = """Examples:

- `listenhouse sources`
- `listenhouse sources --quarantine` tells why items were set aside, and what to do
- `listenhouse sources --shipped` tells the file mappings that ship, for `sources.files.shipped`
- `listenhouse sources test mastodon` makes one cheap request with its credentials
- `listenhouse sources limits` tells rate limits, how far back each network goes, and how long posts are kept
"""

COUNTS = {
    "received": "received",
    "accepted": "accepted",
    "duplicate": "duplicate",
    "quarantined": "set aside",
    "deleted": "deleted",
}
"""Counts of a landing, and how the table calls them."""

app = typer.Typer(invoke_without_command=True, rich_markup_mode="markdown", epilog=EXAMPLES)


@app.callback()
@told
def sources(
    context: typer.Context,
    quarantine: Annotated[bool, typer.Option("--quarantine", help="Tell why items were set aside.")] = False,
    shipped: Annotated[bool, typer.Option("--shipped", help="Tell the file mappings that ship.")] = False,
) -> None:
    """Show each source of listening.yml, what it has landed so far, and whether it has its credentials.

    received = accepted + duplicate + set aside + deleted: whatever arrived is accounted for. Rows are the
    observations in the warehouse; a post seen again with other numbers is another observation. Lag is from
    the newest post to the last run. Deletes are told by the source, looked for in a sweep, or not noticed
    (none). Gaps are stretches that have not come; listenhouse backfill NAME --gaps lists them.
    """
    if context.invoked_subcommand is not None:
        return
    if shipped:
        _show_shipped()
        return
    from ingestion.home import Home
    from ingestion.listening import load_listening

    home = Home.find()
    listening = load_listening(home.config)
    if quarantine:
        _show_quarantine(home, listening)
    else:
        _show_readiness(home, listening)
        _show_sources(home, listening)


@app.command(epilog=EXAMPLES)
@told
def test(name: Annotated[str, typer.Argument(help="A network, such as mastodon.")]) -> None:
    """Make one cheap request with a network's credentials, and tell what came of it. Nothing is landed."""
    from ingestion.home import Home
    from ingestion.listening import load_listening
    from ingestion.network.credentials import CredentialsMissing
    from ingestion.network.probe import probe

    listening = load_listening(Home.find().config)
    try:
        found = probe(name, listening)
    except (CredentialsMissing, ValueError) as error:
        fail(str(error), BAD_INPUT)
    if not found.is_good:
        fail(f"{name}: {found.detail}", UNEXPECTED)
    typer.echo(f"{name}: {found.detail} in {found.seconds:.1f} s")


@app.command(name="limits", epilog=EXAMPLES)
@told
def show_limits() -> None:
    """Show what each network allows: how fast, how far back, how long posts may be kept, under which terms."""
    from orchestration.cli.landings import limits
    from orchestration.cli.tables import show_table

    show_table(
        ["source", "rate limit", "goes back", "days kept", "terms"],
        [(one.source, one.rate_limit, one.reach, one.retention_days, one.terms) for one in limits()],
        full=True,
    )


def _show_shipped() -> None:
    from ingestion.listening.shipped import shipped_names, shipped_set
    from orchestration.cli.tables import show_table

    sets = [shipped_set(name) for name in shipped_names()]
    show_table(
        ["set", "lands", "has to be told", "the files"],
        [
            (
                one.name,
                ", ".join(dict.fromkeys(mapping["resource"] for mapping in one.mappings)),
                ", ".join(one.asks) or None,
                one.get_it_at,
            )
            for one in sets
        ],
    )


def _show_sources(home: "Home", listening: "Listening") -> None:
    from orchestration.cli.landings import source_statuses
    from orchestration.cli.tables import show_table

    statuses = source_statuses(home, listening)
    show_table(
        ["source", "resource", "rows", *COUNTS.values()],
        [(s.source_name, s.resource, s.rows, *(getattr(s, count) for count in COUNTS)) for s in statuses],
        tight=True,
    )
    if not any(s.received for s in statuses):
        typer.echo("Nothing has landed yet: listenhouse run.")
    elif any(s.quarantined for s in statuses):
        typer.echo("Some items were set aside; listenhouse sources --quarantine tells why.")


def _show_readiness(home: "Home", listening: "Listening") -> None:
    from orchestration.cli.landings import readiness
    from orchestration.cli.tables import show_table

    show_table(
        ["source", "on", "configured", "last run", "lag", "rows", "quota", "deletes", "gaps"],
        [
            (
                *(r.source, r.is_enabled, r.configured, minute(r.last_looked_at), lag(r.lag)),
                *(r.rows, r.quota, r.deletes, r.gaps),
            )
            for r in readiness(home, listening)
        ],
        tight=True,
    )


def minute(moment: datetime | None) -> str | None:
    """Return an instant to the minute, in UTC: a table of many columns has no room for seconds."""
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M}Z"


def lag(length: timedelta | None) -> str | None:
    """Return a length of time in its two largest units, such as 54 d 8 h."""
    if length is None:
        return None
    minutes = int(length.total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    return f"{days} d {hours} h" if days else f"{hours} h {minutes % 60} min"


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
