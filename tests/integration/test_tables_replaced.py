"""How dbt puts a table or a view in the place of the one before: whole or not at all, with its descriptions."""

import duckdb
import pytest

from tests.integration.modelled_road import ModelledRoad

MART = "marts.dim_metric_definitions"
BUILD = ("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test", "--select")
BREAK = """
alter table intermediate.metric_definitions rename to metrics_before;
create view intermediate.metric_definitions as
select * replace (if(metric > '', error('broken on the way'), metric) as metric)
from intermediate.metrics_before
"""
"""What the mart reads fails, but only while it is read: its columns are as they were."""


@pytest.fixture
def road(tmp_path):
    road = ModelledRoad(tmp_path)
    road.dbt(*BUILD, "metric_definitions", "dim_metric_definitions", "stg_demo__landings")
    return road


def change(road: ModelledRoad, sql: str) -> None:
    with duckdb.connect(str(road.home.warehouse)) as connection:
        connection.execute(sql)


def rows_and_descriptions(road: ModelledRoad) -> tuple[list[tuple], list[tuple]]:
    described = road.ask(
        "select column_name, data_type, comment from duckdb_columns() where table_name = 'dim_metric_definitions'"
    )
    return road.ask(f"select * from {MART} order by all"), described


def test_a_table_that_cannot_be_built_stays_as_it_was(road):
    before = rows_and_descriptions(road)
    assert before[0] and all(comment for _, _, comment in before[1])
    change(road, BREAK)

    with pytest.raises(AssertionError, match="broken on the way"):
        road.dbt(*BUILD, "dim_metric_definitions")

    assert rows_and_descriptions(road) == before


def test_what_is_of_another_kind_stays_until_the_table_is_built(road):
    change(road, f"drop table {MART}; create view {MART} as select 1 as one; {BREAK}")

    with pytest.raises(AssertionError, match="broken on the way"):
        road.dbt(*BUILD, "dim_metric_definitions")

    assert road.ask(f"select * from {MART}") == [(1,)]


def test_what_is_of_another_kind_makes_room(road):
    before = rows_and_descriptions(road)
    change(road, f"drop table {MART}; create view {MART} as select 1 as one")
    change(
        road,
        "drop view staging.stg_demo__landings; create table staging.stg_demo__landings as select 1 as one",
    )

    road.dbt(*BUILD, "dim_metric_definitions", "stg_demo__landings")

    assert rows_and_descriptions(road) == before
    assert road.ask("select count(*) from staging.stg_demo__landings") == [(0,)]
    kinds = road.ask(
        "select table_name, table_type from information_schema.tables"
        " where table_name in ('dim_metric_definitions', 'stg_demo__landings') order by all"
    )
    assert kinds == [("dim_metric_definitions", "BASE TABLE"), ("stg_demo__landings", "VIEW")]
