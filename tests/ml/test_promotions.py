"""Versions take over and go back, every change is recorded, and what must not take over is told why."""

import json

import numpy as np
import pyarrow.compute as pc
import pytest

from ml.prevalence import ALL, error_table
from ml.promotions import (
    BACK,
    PROMOTE,
    PromotionError,
    error_of,
    error_version,
    find_version,
    previous_version,
    promotions,
    take_over,
    write_own_error,
)
from ml.registry import current_model, warehouse_tables
from tests.ml.versions import as_good, write_version


@pytest.fixture
def challenger(tmp_path):
    (tmp_path / "new").mkdir()
    write_version(tmp_path / "new", as_good)
    return find_version("sentiment", str(tmp_path / "new"), tmp_path / "models")


def test_a_version_takes_over_is_recorded_and_goes_back(tmp_path, challenger):
    models = tmp_path / "models"
    shipped = current_model("sentiment").version
    take_over(models, challenger, action=PROMOTE, by="ada", figures={"relabelled": 3})
    assert current_model("sentiment", models).version == challenger.version
    assert previous_version(models, "sentiment") == shipped

    tables = warehouse_tables(models)
    rows = {
        row["model_version"]: row
        for row in tables["model_registry"].to_pylist()
        if row["model_name"] == "sentiment"
    }
    assert {version: row["is_current"] for version, row in rows.items()} == {
        shipped: False,
        challenger.version: True,
    }
    assert (
        rows[challenger.version]["promoted_by"] == "ada"
        and rows[challenger.version]["promoted_at"].tzinfo is not None
    )
    (recorded,) = json.loads(rows[challenger.version]["promotions"])
    assert (recorded["previous_version"], recorded["figures"]) == (shipped, {"relabelled": 3})
    assert rows[shipped]["promoted_at"] is None and rows[shipped]["promotions"] == "[]"
    weighted = set(tables["model_weights"]["model_version"].to_pylist())
    assert {shipped, challenger.version} <= weighted, "versions stand side by side"

    take_over(models, find_version("sentiment", shipped[:6], models), action=BACK, by="bo", figures={})
    assert current_model("sentiment", models).version == shipped
    assert [(done.action, done.promoted_by) for done in promotions(models, "sentiment")] == [
        (PROMOTE, "ada"),
        (BACK, "bo"),
    ]
    assert (
        find_version("sentiment", challenger.version, models).folder
        == models / "sentiment" / challenger.version
    )


def test_nothing_to_go_back_to_is_told(tmp_path):
    with pytest.raises(PromotionError, match=r"took over from no other version here\. Remedy"):
        previous_version(tmp_path, "sentiment")


def test_an_error_measured_on_own_labels_is_used_and_has_a_version_of_its_own(tmp_path):
    model = current_model("sentiment")
    before = warehouse_tables(tmp_path)
    labels = np.arange(300) % 3
    own = error_table("sentiment", model.version, {ALL: [(labels, labels)]}, seed=1)
    write_own_error(tmp_path, model, own)
    after = warehouse_tables(tmp_path)
    used = after["sentiment_error"]
    assert used.filter(pc.equal(used["model_name"], "sentiment")).equals(own)
    assert error_of(model, tmp_path).equals(own)
    versions = [
        [row["error_version"] for row in tables["model_registry"].to_pylist()] for tables in (before, after)
    ]
    assert versions[0] != versions[1] and error_version(own) in versions[1]
    assert None in versions[1], "topics have no such error"


def test_what_is_no_version_is_told_with_a_remedy(tmp_path, challenger):
    shipped = current_model("sentiment").version
    with pytest.raises(PromotionError, match=f"names no version of sentiment.*{shipped}"):
        find_version("sentiment", "zzz", tmp_path / "models")
    with pytest.raises(PromotionError, match="There is no model 'mood'"):
        find_version("mood", shipped, tmp_path)
    with pytest.raises(PromotionError, match="topics is asked for"):
        find_version("topics", str(challenger.folder), tmp_path)
    (challenger.folder / "labels.parquet").unlink()
    with pytest.raises(PromotionError, match=r"has no labels\.parquet"):
        find_version("sentiment", str(challenger.folder), tmp_path)
