"""`listenhouse releases`: what is published, what is kept beside it, and the way back to an older one."""

from typing import Annotated

import typer

from orchestration.cli.exits import BAD_INPUT, NO_RELEASE, fail, told

EXAMPLES = """Examples:

- `listenhouse releases` lists the releases that are kept, the newest first
- `listenhouse releases --activate 20261122T095708339Z-be6e19550122` goes back to that one
"""
SHOWN_HASH = 12


@told
def releases(
    activate: Annotated[
        str | None, typer.Option("--activate", help="A release that is kept: readers get it from now on.")
    ] = None,
) -> None:
    """List the kept releases, or go back to one of them. Equal marts have an equal hash.

    Going back is one rename: whoever reads sees the one or the other. It lasts until the next run publishes.
    """
    from ingestion.home import Home
    from orchestration.cli.tables import show_table
    from orchestration.publish import activate as make_current
    from orchestration.publish import current_release, list_releases

    home = Home.find()
    kept = list_releases(home)
    if not kept:
        fail(f"Nothing is published in {home.published} yet. Remedy: listenhouse run.", NO_RELEASE)
    if activate is not None:
        if activate not in {release.release_id for release in kept}:
            ids = ", ".join(release.release_id for release in kept)
            fail(f"There is no release {activate!r}. Remedy: choose one of those kept: {ids}.", BAD_INPUT)
        make_current(home, activate)
        typer.echo(f"{activate} is current, until the next run publishes.")
        return
    current = current_release(home).release_id
    show_table(
        ["release", "current", "built at", "data through", "posts", "marts hash", "code"],
        (
            (
                release.release_id,
                release.release_id == current,
                release.built_at,
                release.data_through,
                release.rows.get("fct_posts"),
                release.marts_sha256[:SHOWN_HASH],
                release.manifest["code_version"],
            )
            for release in kept
        ),
    )
