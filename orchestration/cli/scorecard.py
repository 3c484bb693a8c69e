"""The scorecard of the current release on a terminal."""

import typer

from ingestion.home import Home
from orchestration.cli.tables import moment, show_table
from orchestration.publish import Release, run_query

_SCORECARD = """
    select
        scope_id as scope, kpi, unit, kpi_value as value, value_low as low, value_high as high,
        previous_value as before, change_verdict as change, sample_size as n
    from mart_exec_scorecard
    order by scope_id = 'company', scope_id, kpi
"""


def show_release(home: Home, release: Release) -> None:
    """Print the scorecard and where everything of a release lies."""
    rows = run_query(home, _SCORECARD)
    last_days = "the last 28 days against the 28 days before"
    show_table(
        rows.column_names, (tuple(row.values()) for row in rows.to_pylist()), title=f"Scorecard, {last_days}"
    )
    if release.manifest["is_synthetic"]:
        typer.echo("Synthetic: these figures rest on invented posts of the demo source.")
    through = moment(release.data_through) if release.data_through else "unknown"
    current = home.published / "current"
    typer.echo(f"Release  {release.release_id}, data through {through}")
    typer.echo(f"Folder   {current}")
    typer.echo(f"Tables   {current / release.database.name} (schema marts), {current / 'parquet'}/*.parquet")
    if release.report:
        typer.echo(f"Report   {current / release.report.name}")
    typer.echo('Ask      listenhouse query "show tables"')
    typer.echo("Look     listenhouse ui, then http://127.0.0.1:3000")
