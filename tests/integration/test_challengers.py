"""A challenger on a whole warehouse: what it would do to every mart is what it does once it is promoted."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingestion.home import Home
from ml.registry import current_model
from orchestration.promotion.effect import effect_of
from tests.integration.demo_road import DemoRoad
from tests.ml.versions import as_good, bad, write_version

LISTENHOUSE = Path(sys.executable).with_name("listenhouse")


def command(road: DemoRoad, *arguments: str) -> subprocess.CompletedProcess:
    environment = road.environment | {"COLUMNS": "200"}
    return subprocess.run(
        [str(LISTENHOUSE), *arguments], env=environment, capture_output=True, text=True, check=False
    )


def test_the_champion_as_its_own_challenger_changes_nothing(never_killed: DemoRoad):
    home = Home(root=never_killed.home, config=never_killed.config)
    for name in ("sentiment", "topics"):
        effect = effect_of(home, current_model(name))
        assert effect.champion == current_model(name).version
        assert effect.posts > 100 and effect.relabelled == 0
        assert {mart.name: mart.changed for mart in effect.marts} == {mart.name: 0 for mart in effect.marts}
        assert all(kpi.champion == kpi.challenger for kpi in effect.kpis) and effect.kpis
        assert {"mart_exec_scorecard", "fct_mention_topics"} <= {mart.name for mart in effect.marts}


FIGURES = (
    "select kpi || ' ' || scope_id, kpi_value from marts.mart_exec_scorecard"
    " where kpi in ('net_sentiment', 'negative_share') order by all"
)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_what_was_shown_before_a_promotion_is_what_comes_after_it(walked_road: DemoRoad, tmp_path):
    for name, change in (("bad", bad), ("good", as_good)):
        (tmp_path / name).mkdir()
        write_version(tmp_path / name, change)
    before = walked_road.published(FIGURES)
    refused = command(walked_road, "promote", str(tmp_path / "bad"))
    assert refused.returncode == 3, refused.stderr
    assert not (walked_road.home / "models/sentiment/current").exists()

    # Turned upside down, and told by a file's labels that this is right: the effect cannot be overlooked.
    gold = tmp_path / "gold.csv"
    gold.write_text(
        "text,label,language\n"
        + "".join(f"love it {n},negative,en\nbroken {n},positive,en\n" for n in range(60))
    )
    promoted = command(walked_road, "promote", str(tmp_path / "bad"), "--gold", str(gold), "--by", "ada")
    assert promoted.returncode == 0, promoted.stdout + promoted.stderr
    (record,) = [
        json.loads(line)
        for line in (walked_road.home / "models/sentiment/promotions.jsonl").read_text().splitlines()
    ]
    promised = {f"{kpi['kpi']} {kpi['entity_id']}": kpi["challenger"] for kpi in record["figures"]["kpis"]}
    ran = walked_road.run()
    assert ran.code == 0, ran.output
    after = dict(walked_road.published(FIGURES))
    assert after != dict(before)
    assert after == {name: pytest.approx(promised[name], abs=1e-12) for name in after}
    assert os.path.exists(walked_road.home / "models/sentiment" / record["model_version"] / "weights.parquet")
