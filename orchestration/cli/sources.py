"""`listenhouse sources`: what each source has landed, whether it could run, and whether it is let in."""

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
"""

COUNTS = ("received", "accepted", "duplicate", "quarantined", "deleted")

app = typer.Typer(invoke_without_command=True, rich_markup_mode="markdown", epilog=EXAMPLES)


@app.callback()
@told
def sources(
    context: typer.Context,
    quarantine: Annotated[bool, typer.Option("--quarantine", help="Tell why items were set aside.")] = False,
    shipped: Annotated[bool, typer.Option("--shipped", help="Tell the file mappings that ship.")] = False,
) -> None:
    """Show each source of listening.yml, what it has landed so far, and whether it has its credentials.

    received = accepted + duplicate + quarantined + deleted: whatever arrived is accounted for. Rows are the
    observations in the warehouse; a post seen again with other numbers is another observation. Lag is from
    the newest post to the last look.
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
        _show_sources(home, listening)
        _show_readiness(home, listening)


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


def _show_readiness(home: "Home", listening: "Listening") -> None:
    from orchestration.cli.landings import readiness
    from orchestration.cli.tables import show_table

    show_table(
        ["source", "on", "configured", "last run", "lag", "quota", "deletes", "rate limit"],
        [
            (r.source, r.is_enabled, r.configured, r.last_looked_at, r.lag, r.quota, r.deletes, r.rate_limit)
            for r in readiness(home, listening)
        ],
        fold=False,
    )


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
