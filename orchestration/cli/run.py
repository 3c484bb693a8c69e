"""`listenhouse run`: the whole road, once."""

from typing import Annotated

import typer

from orchestration.cli.exits import told

EXAMPLES = """Examples:

- `listenhouse run`
- `listenhouse run --full-refresh` rebuilds every mart from all that was ever landed
"""


@told
def run(
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Rebuild every mart from scratch; the result is the same.")
    ] = False,
) -> None:
    """Land, model, classify, check and publish; then show the scorecard.

    Only what is new is landed, and only what it changes is rebuilt. If a check fails, nothing is published
    and the previous release stays in place (exit code 3). A run that was killed is made good by the next one.
    """
    from ingestion.home import Home
    from ingestion.listening import load_listening
    from orchestration.cli.progress import shown_progress

    home = Home.find()
    listening = load_listening(home.config)  # before anything heavy: a typing mistake is told at once
    from orchestration.run import run_everything

    with shown_progress() as progress:
        release = run_everything(home, listening, full_refresh=full_refresh, progress=progress)
    from orchestration.cli.scorecard import show_release

    show_release(home, release)
