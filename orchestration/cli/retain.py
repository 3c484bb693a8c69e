"""`listenhouse retain`: keep nothing longer than the terms of its network allow, nor any post that has to go."""

from typing import Annotated

import typer

from orchestration.cli.exits import BAD_INPUT, fail, told

EXAMPLES = """Examples:

- `listenhouse retain`
- `listenhouse retain --erase youtube:dQw4w9WgXcQ` also takes out this post, on its author's request
"""


@told
def retain(
    erase: Annotated[
        list[str] | None,
        typer.Option("--erase", help="A post that has to go, as network:id; may be repeated."),
    ] = None,
) -> None:
    """Erase what may be kept no longer, publish a release without it, and remove the traces on disk.

    Every `listenhouse run` hides and erases what is past the retention of its network. DuckDB leaves what it
    deletes in the file for a while: this also runs and writes the warehouse into a fresh file. The release of
    a run that erased a post is made from nothing older, and older ones are removed. Copies that readers have
    made of releases are theirs to remove.
    """
    from datetime import UTC, datetime
    from uuid import uuid4

    from ingestion.home import Home
    from ingestion.listening import load_listening
    from orchestration.cli.progress import shown_progress
    from orchestration.one_run import run_lock
    from orchestration.retention import compact, erase_named, keep_to_retention
    from orchestration.run import run_everything

    home = Home.find()
    listening = load_listening(home.config)
    run_id, now = f"retain-{uuid4()}", datetime.now(UTC)
    with run_lock(home):
        if not home.warehouse.exists():
            typer.echo("Nothing has landed yet: there is nothing to erase.")
            return
        try:
            erased = erase_named(home, erase or [], run_id, now)
        except ValueError as error:
            fail(str(error), BAD_INPUT)
        erased += keep_to_retention(home, run_id, now)
    for one in erased:
        typer.echo(
            f"{one.source}: {len(one.post_ids):,} posts and {one.payloads:,} payloads in quarantine erased."
        )
    if not erased:
        typer.echo("No post is past the retention of its network.")
    with shown_progress() as progress:
        release = run_everything(home, listening, progress=progress)
        progress("Writing the warehouse anew", 0, None)
        with run_lock(home):
            before, after = compact(home)
    typer.echo(f"Release {release.release_id}; the warehouse has {after:,} bytes (before: {before:,}).")
