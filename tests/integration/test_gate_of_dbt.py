"""A failing dbt test blocks like any other check: no release, the former stays, and the message names it."""

import pytest

from tests.integration.demo_road import DemoRoad
from tests.integration.test_gate import GATE_FAILED

SECOND_CURRENT_MODEL = """
    insert into ml.model_registry by name
    select * replace ('ffffffffffff' as model_version) from ml.model_registry where model_name = 'sentiment'
"""


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_failing_dbt_test_blocks_until_its_cause_is_gone(walked_road: DemoRoad):
    road = walked_road
    before = road.manifest
    road.change_warehouse(SECOND_CURRENT_MODEL)
    # Something new, or there would be nothing to build.
    road.listen(more=lambda text: text.replace("terms: [caldrix]", "terms: [caldrix, kaldrix]"))

    outcome = road.run()
    assert outcome.code == GATE_FAILED, outcome.output
    assert "one_current_version_per_model" in outcome.output
    assert before["release_id"] in outcome.output
    assert "Remedy" in outcome.output
    assert road.manifest == before

    road.change_warehouse("delete from ml.fingerprint")  # the models are loaded anew
    outcome = road.run()
    assert outcome.code == 0, outcome.output
    assert road.manifest["release_id"] != before["release_id"]
    assert road.manifest["model_versions"] == before["model_versions"]
    assert road.manifest["marts"]["fct_posts"] == before["marts"]["fct_posts"]
    assert road.manifest["marts"]["fct_mentions"]["rows"] == before["marts"]["fct_mentions"]["rows"]
