"""`listenhouse dictionary`: what the published tables and their columns mean."""

from typing import Annotated

import typer

from orchestration.cli.exits import BAD_INPUT, fail, told

EXAMPLES = """Examples:

- `listenhouse dictionary` lists the marts by department
- `listenhouse dictionary mart_share_of_voice_daily` tells each of its columns
- `listenhouse query "from data_dictionary" --limit 0 --format csv > dictionary.csv`
"""
MARTS = """
select department, mart, any_value(owner) as owner, any_value(impact_area) as impact_area,
    any_value(mart_description) as description
from data_dictionary group by department, mart order by department, mart
"""


@told
def dictionary(
    mart: Annotated[str | None, typer.Argument(help="A mart; without one, all marts are listed.")] = None,
) -> None:
    """Tell what the tables of the published release mean, and who answers for them."""
    from ingestion.home import Home
    from orchestration.cli.tables import show_table
    from orchestration.publish import run_query

    home = Home.find()
    if mart is None:
        marts = run_query(home, MARTS)
        show_table(marts.column_names, (tuple(row.values()) for row in marts.to_pylist()))
        return
    everything = run_query(home, "select * from data_dictionary order by mart, position").to_pylist()
    columns = [row for row in everything if row["mart"] == mart]
    if not columns:
        from ingestion.listening.explain import did_you_mean

        remedy = did_you_mean(mart, sorted({row["mart"] for row in everything}))
        fail(f"There is no mart {mart!r}. Remedy: {remedy}", BAD_INPUT)
    first = columns[0]
    typer.echo(f"{mart} ({first['department']}, {first['owner']})\n{first['mart_description']}")
    show_table(
        ["column", "type", "description"],
        ((row["column_name"], row["data_type"], row["description"]) for row in columns),
        full=True,
    )
