"""A bad batch is red and blocks: nothing is published, the previous release stays, and a second try is no way round."""

import json
import shutil

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ml.registry import SHIPPED
from tests.integration.demo_road import DemoRoad

GATE_FAILED = 3

BAD_LOAD = """
    insert into raw_demo.posts by name
    select * replace (
        'raw-handle' as author_key, timestamptz '2031-01-01' as created_at, '9999999999.9' as _dlt_load_id,
        md5(observation_id) as observation_id, 'planted-' || post_id as post_id
    )
    from raw_demo.posts where not is_deleted limit 20;
    insert into raw_demo.landings by name
    select * replace (
        20 as received, 20 as accepted, 0 as duplicate, 0 as quarantined, 0 as deleted,
        'posts' as resource, 'planted' as unit, '9999999999.9' as _dlt_load_id
    )
    from raw_demo.landings limit 1;
    insert into raw_demo._dlt_loads (load_id, schema_name, status, inserted_at)
    values ('9999999999.9', 'demo', 0, now());
"""
UNDO = """
    delete from raw_demo.posts where _dlt_load_id = '9999999999.9';
    delete from raw_demo.landings where _dlt_load_id = '9999999999.9';
    delete from raw_demo._dlt_loads where load_id = '9999999999.9';
"""


def plant_model_that_finds_everything_positive(road: DemoRoad) -> None:
    """Put a version of the sentiment model beside the shipped one and make it current."""
    version = "0123456789ab"
    folder = road.home / "models/sentiment" / version
    shutil.copytree(SHIPPED / "sentiment", folder)
    for name in ("weights", "labels", "sentiment_error"):
        path = folder / f"{name}.parquet"
        table = pq.read_table(path)
        place = table.schema.get_field_index("model_version")
        table = table.set_column(place, table.schema.field(place), pa.array([version] * table.num_rows))
        if name == "weights":
            intercepts = pc.and_(pc.equal(table["term"], ""), pc.equal(table["label"], "positive"))
            weights = pc.if_else(intercepts, 50_000_000_000, table["weight_nano"])
            place = table.schema.get_field_index("weight_nano")
            table = table.set_column(place, table.schema.field(place), weights.cast(pa.int64()))
        pq.write_table(table, path)
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    (folder / "card.json").write_text(json.dumps(card | {"model_version": version}), encoding="utf-8")
    (folder.parent / "current").write_text(version + "\n", encoding="utf-8")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("tries", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_a_bad_landed_batch_blocks_until_it_is_gone(walked_road: DemoRoad, tries: int):
    road = walked_road
    before = road.manifest
    road.change_warehouse(BAD_LOAD)

    for _ in range(tries):
        outcome = road.run()
        assert outcome.code == GATE_FAILED, outcome.output
        assert "raw_demo.posts: landed_batch" in outcome.output
        assert "author_key" in outcome.output
        assert before["release_id"] in outcome.output
        assert "Modelling" not in outcome.output, "dbt ran on a batch that had failed its check"
        assert road.manifest == before

    road.change_warehouse(UNDO)
    outcome = road.run()
    assert outcome.code == 0, outcome.output
    assert road.manifest["marts_sha256"] == before["marts_sha256"]


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("tries", [1, 2])
def test_a_broken_model_blocks_until_it_is_replaced(walked_road: DemoRoad, tries: int):
    road = walked_road
    before = road.manifest
    plant_model_that_finds_everything_positive(road)

    for _ in range(tries):  # trying again is no way round: what a failed check saw stays open
        outcome = road.run()
        assert outcome.code == GATE_FAILED, outcome.output
        assert "marts.fct_mention_sentiment: scored_batch" in outcome.output
        assert "is_positive" in outcome.output
        assert road.manifest == before

    (road.home / "models/sentiment/current").unlink()
    outcome = road.run()
    assert outcome.code == 0, outcome.output
    assert road.manifest["marts_sha256"] == before["marts_sha256"]
