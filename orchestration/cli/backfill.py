"""`listenhouse backfill`: read the past of a network, by days, or what runs have left out."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.exits import BAD_INPUT, UNEXPECTED, fail, told

if TYPE_CHECKING:
    from ingestion.network.gaps import Missing
    from orchestration.back_fill import BackFilled

EXAMPLES = """Examples:

- `listenhouse backfill bluesky --from 2026-01-01 --to 2026-02-01` reads January
- `listenhouse backfill bluesky --gaps` lists what runs have left out, and reads it
- `listenhouse run` then brings it into the marts
"""
DAYS = ["%Y-%m-%d"]


@told
def backfill(
    source: Annotated[str, typer.Argument(help="A network, such as bluesky.")],
    since: Annotated[
        datetime | None, typer.Option("--from", formats=DAYS, help="The first day, such as 2026-01-01.")
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=DAYS, help="The day after the last one; today unless given."),
    ] = None,
    gaps: Annotated[
        bool, typer.Option("--gaps", help="List what runs have left out, and read that.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also days that a back-fill has read before.")
    ] = False,
) -> None:
    """Read days of the past, in the reporting time zone. What has landed before does not land again.

    Where the network lets us read no more (its quota, an error), it stops and says so, with exit code 1; the
    same command goes on there. Deleted posts stay deleted. `listenhouse ui` has a job for each network with the same.
    """
    from ingestion.home import Home
    from ingestion.listening import load_listening
    from ingestion.network.back_fill import BackFillRefused, days_between, missing_of
    from ingestion.network.credentials import CredentialsMissing
    from orchestration.back_fill import back_fill_days, back_fill_gaps
    from orchestration.cli.progress import shown_progress

    if gaps == (since is not None) or (gaps and (until is not None or again)):
        fail("Say which days (--from, and --to) or --gaps, one of the two.", BAD_INPUT)
    home = Home.find()
    listening = load_listening(home.config)
    try:
        _check_name(source)
        if gaps:
            found = missing_of(source, home)
            _show_gaps(source, found)
            if not found:
                return
            with shown_progress() as progress:
                outcome = back_fill_gaps(home, listening, source, found, progress=progress)
        else:
            days = days_between(
                listening, since.date(), until.date() if until is not None else None, datetime.now(UTC)
            )
            with shown_progress() as progress:
                outcome = back_fill_days(home, listening, source, days, again=again, progress=progress)
    except (BackFillRefused, CredentialsMissing) as error:
        fail(str(error), BAD_INPUT)
    _tell(source, outcome, "gaps" if gaps else "days")


def _check_name(source: str) -> None:
    from ingestion.network.back_fill import BackFillRefused
    from ingestion.registry import NETWORKS

    if source not in NETWORKS:
        raise BackFillRefused(
            f"{source!r} is no network that could be back-filled; there are {', '.join(NETWORKS)}"
        )


def _show_gaps(source: str, gaps: "list[Missing]") -> None:
    from orchestration.cli.tables import show_table

    if not gaps:
        typer.echo(f"The last run of {source} has left out nothing.")
        return
    show_table(
        ["stream", "from", "to", "why", "the next run reads it"],
        [(gap.stream, gap.since, gap.until, gap.why, gap.is_waiting) for gap in gaps],
    )


def _tell(source: str, outcome: "BackFilled", what: str) -> None:
    counts = outcome.counts
    before = f", {outcome.read_before:,} of them before" if outcome.read_before else ""
    typer.echo(
        f"{source}: {outcome.done:,} of {outcome.stretches:,} {what} read{before}; {counts.received:,} posts came, "
        f"{counts.accepted:,} landed, {counts.duplicate:,} were known, {counts.quarantined:,} set aside, "
        f"{counts.deleted:,} deleted."
    )
    if outcome.stopped is not None:
        fail(
            f"Stopped at {outcome.stopped_at}: {outcome.stopped}\nThe same command goes on from there.",
            UNEXPECTED,
        )
    if counts.landed:
        typer.echo("listenhouse run brings them into the marts.")
