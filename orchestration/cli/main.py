"""Composes the `listenhouse` command."""

import sys
import traceback
from typing import Annotated

import typer

from orchestration.cli import (
    alerts,
    backfill,
    backtest,
    challenge,
    check,
    detect,
    dictionary,
    explain,
    flag,
    label,
    match,
    promote,
    query,
    releases,
    rescore,
    retain,
    run,
    score,
    sources,
    train,
    ui,
)
from orchestration.cli.exits import MEANINGS, UNEXPECTED

app = typer.Typer(
    name="listenhouse",
    help=(
        "Listen to what people say about your brands: land, model, classify, check, publish.\n\n"
        "What to listen for stands in listening.yml. Everything on this machine lies in data/ "
        "(or LISTENHOUSE_HOME).\n\n"
        "A first time: `listenhouse run`, then `listenhouse query 'from mart_exec_scorecard'`."
    ),
    epilog=MEANINGS,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(epilog=run.EXAMPLES)(run.run)
app.command(epilog=check.EXAMPLES)(check.check)
app.add_typer(sources.app, name="sources")
app.command(epilog=backfill.EXAMPLES)(backfill.backfill)
app.command(epilog=query.EXAMPLES)(query.query)
app.command(epilog=dictionary.EXAMPLES)(dictionary.dictionary)
app.command(epilog=releases.EXAMPLES)(releases.releases)
app.command(epilog=match.EXAMPLES)(match.match)
app.command(epilog=explain.EXAMPLES)(explain.explain)
app.command(epilog=flag.EXAMPLES)(flag.flag)
app.command(epilog=flag.RECEIVER_EXAMPLES)(flag.flags)
app.command(epilog=backtest.EXAMPLES)(backtest.backtest)
app.command(epilog=label.EXAMPLES)(label.label)
app.command(epilog=challenge.EXAMPLES)(challenge.challenge)
app.command(epilog=promote.EXAMPLES)(promote.promote)
app.command(epilog=detect.EXAMPLES)(detect.detect)
app.command(epilog=score.EXAMPLES)(score.score)
app.command(epilog=train.EXAMPLES)(train.train)
app.command(epilog=rescore.EXAMPLES)(rescore.rescore)
app.command(epilog=retain.EXAMPLES)(retain.retain)
app.add_typer(alerts.app, name="alerts")
app.command(epilog=ui.EXAMPLES)(ui.ui)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"listenhouse {version('listenhouse')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and leave.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Take what stands before the command."""


def main() -> None:
    """Run the command line; the entry point of `listenhouse`."""
    try:
        app(prog_name="listenhouse")
    except KeyboardInterrupt:
        typer.echo("Stopped. Run the command again: it goes on where it was.", err=True)
        sys.exit(130)
    except Exception as error:
        # The boundary of the program: what nothing foresaw is shown whole, for whoever has to mend it.
        traceback.print_exc()
        typer.echo(
            f"Unexpected {type(error).__name__}, see above. The previous release is untouched.", err=True
        )
        sys.exit(UNEXPECTED)
