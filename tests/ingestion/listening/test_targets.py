"""Targets and business hours of listening.yml: each mistake with its line, and the rows they become."""

from datetime import date

import pytest

from ingestion.home import PROJECT_ROOT
from ingestion.listening import ListeningError, compile_listening, load_listening
from ingestion.listening.targets import BRAND_KPIS, COMPANY_KPIS, PANEL_KPI

HEAD = """\
version: 1
brands:
  - {name: Lumora, terms: [lumora]}
rivals:
  - {name: Vento, terms: [vento]}
"""


def problems(tmp_path, text):
    path = tmp_path / "listening.yml"
    path.write_text(HEAD + text)
    with pytest.raises(ListeningError) as caught:
        load_listening(path)
    return [(problem.line, problem.field, str(problem)) for problem in caught.value.problems]


def compiled(tmp_path, text):
    path = tmp_path / "listening.yml"
    path.write_text(HEAD + text)
    return {name: table.to_pylist() for name, table in compile_listening(load_listening(path)).items()}


@pytest.mark.parametrize(
    ("target", "field", "said"),
    [
        ("{kpi: net_sentimant, entity: lumora, value: 1, from: 2026-01-01}", "kpi", "net_sentiment"),
        (
            "{kpi: share_of_voice_other, entity: lumora, value: 1, from: 2026-01-01}",
            "kpi",
            "share_of_voice_all",
        ),
        ("{kpi: mentions, entity: vento, value: 1, from: 2026-01-01}", "entity", "no brand of your own"),
        ("{kpi: mentions, value: 1, from: 2026-01-01}", "kpi", "add entity: lumora"),
        ("{kpi: nps, entity: lumora, value: 1, from: 2026-01-01}", "entity", "remove entity"),
        ("{kpi: nps, value: much, from: 2026-01-01}", "value", "number"),
        ("{kpi: nps, value: .nan, from: 2026-01-01}", "value", "finite"),
        ("{kpi: nps, value: 1}", "from", "missing"),
        ("{kpi: nps, value: 1, from: 2026-02-01, to: 2026-01-01}", "", "before it starts"),
        ("{kpi: nps, value: 1, from: 2026-01-01, untill: 2026-02-01}", "untill", "untill"),
    ],
)
def test_a_mistake_in_a_target_is_told_with_line_field_and_remedy(tmp_path, target, field, said):
    found = problems(tmp_path, f"targets:\n  - {target}\n")
    assert [line for line, *_ in found] == [7]
    assert found[0][1] == (f"targets[0].{field}" if field else "targets[0]")
    assert said in found[0][2] and "Remedy: " in found[0][2]


def test_two_targets_of_a_kpi_never_hold_on_one_day(tmp_path):
    first = "targets:\n  - {kpi: nps, value: 1, from: 2026-01-01, to: 2026-06-30}\n"
    assert compiled(tmp_path, first + "  - {kpi: nps, value: 2, from: 2026-07-01}\n")["targets"]
    [(line, field, told)] = problems(tmp_path, first + "  - {kpi: nps, value: 2, from: 2026-06-30}\n")
    assert (line, field) == (8, "targets[1]") and "line 7" in told


def test_targets_become_rows_with_the_side_that_is_good(tmp_path):
    rows = compiled(
        tmp_path,
        "targets:\n"
        "  - {kpi: median_first_response, value: 2, from: 2026-01-01}\n"
        "  - {kpi: share_of_voice_all, entity: lumora, value: 0.5, from: 2026-01-01, to: 2026-12-31}\n",
    )["targets"]
    assert rows == [
        {
            "scope_id": "company",
            "kpi": "median_first_response",
            "target_value": 2.0,
            "direction": "at_most",
            "valid_from": date(2026, 1, 1),
            "valid_to": None,
        },
        {
            "scope_id": "lumora",
            "kpi": "share_of_voice_all",
            "target_value": 0.5,
            "direction": "at_least",
            "valid_from": date(2026, 1, 1),
            "valid_to": date(2026, 12, 31),
        },
    ]


def test_every_kpi_of_the_scorecard_can_have_a_target():
    sql = (PROJECT_ROOT / "transform/models/marts/enterprise/mart_exec_scorecard.sql").read_text()
    for kpi in (*BRAND_KPIS, *COMPANY_KPIS, PANEL_KPI):
        assert f"'{kpi}'" in sql


def test_business_hours_become_settings(tmp_path):
    hours = "{days: [sat, mon], opens: 9:30, closes: '24:00', holidays: [2026-12-25, 2026-01-01]}"
    [settings] = compiled(tmp_path, f"reporting: {{business_hours: {hours}}}\n")["settings"]
    assert settings["business_days"] == "1 6"
    assert (settings["business_opens_minute"], settings["business_closes_minute"]) == (570, 1440)
    assert settings["holidays"] == "2026-01-01 2026-12-25"
    [settings] = compiled(tmp_path, "")["settings"]
    assert settings["business_days"] is None and settings["business_opens_minute"] is None


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ("{opens: '18:00', closes: '09:00'}", "swap"),
        ("{opens: morning}", "no time of day"),
        ("{opens: '25:00'}", "no time of day"),
        ("{days: [monday]}", "mon"),
        ("{days: []}", "empty"),
        ("{holidays: [christmas]}", "must be a day"),
    ],
)
def test_a_mistake_in_business_hours_is_told_with_its_line(tmp_path, hours, said):
    [(line, field, told)] = problems(tmp_path, f"reporting:\n  business_hours: {hours}\n")
    assert line == 7 and field.startswith("reporting.business_hours")
    assert said in told
