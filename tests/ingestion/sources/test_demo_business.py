"""CRM, NPS and support records of the demo: they join, move forward, and tell the planted story."""

from datetime import timedelta

import pytest

from ingestion.landing.business import CRM_ACCOUNTS, CRM_OPPORTUNITIES, NPS_RESPONSES, SUPPORT_CASES
from ingestion.sources.demo import truth
from ingestion.sources.demo.business import build_business
from ingestion.sources.demo.settings import CRISIS

BUSINESS = build_business()
TABLES = {
    CRM_ACCOUNTS: BUSINESS.accounts,
    CRM_OPPORTUNITIES: BUSINESS.opportunities,
    NPS_RESPONSES: BUSINESS.responses,
    SUPPORT_CASES: BUSINESS.cases,
}


def last(contract):
    return TABLES[contract].to_pandas().drop_duplicates(contract.key, keep="last")


def test_the_same_arguments_give_the_same_records():
    again = build_business()
    assert BUSINESS.cases.equals(again.cases) and BUSINESS.responses.equals(again.responses)
    assert BUSINESS.accounts.equals(again.accounts) and BUSINESS.opportunities.equals(again.opportunities)


@pytest.mark.parametrize("contract", TABLES, ids=lambda contract: contract.resource)
def test_records_have_the_columns_of_their_contract_in_the_order_of_observation(contract):
    table = TABLES[contract]
    assert set(table.column_names) == {*contract.names, "observed_at"}
    assert table["observed_at"].to_pandas().is_monotonic_increasing
    assert not table.to_pandas().duplicated([contract.key, "observed_at"]).any()


def test_there_are_as_many_records_as_described():
    counts = {contract.resource: len(last(contract)) for contract in TABLES}
    assert counts == {
        "crm_accounts": 300,
        "crm_opportunities": 900,
        "nps_responses": 1_500,
        "support_cases": 1_200,
    }


def test_every_record_belongs_to_an_account_that_was_open():
    opened = last(CRM_ACCOUNTS).set_index("account_id").created_at
    for contract, moment in (
        (CRM_OPPORTUNITIES, "created_at"), (NPS_RESPONSES, "responded_at"), (SUPPORT_CASES, "opened_at"),
    ):  # fmt: skip
        records = last(contract)
        assert (opened[records.account_id].to_numpy() <= records[moment].to_numpy()).all()


def test_answers_have_the_segment_and_country_of_their_account():
    accounts = last(CRM_ACCOUNTS).set_index("account_id")
    answers = last(NPS_RESPONSES)
    assert (accounts.segment[answers.account_id].to_numpy() == answers.segment.to_numpy()).all()
    assert (accounts.country[answers.account_id].to_numpy() == answers.country.to_numpy()).all()


def test_small_businesses_recommend_less_after_the_crisis_and_others_hardly():
    planted = truth.nps_figures(BUSINESS)
    answers = last(NPS_RESPONSES)
    after = answers.responded_at >= truth.nps_breaks_at()
    for (segment, late), figures in planted.items():
        scores = answers[(answers.segment == segment) & (after == late)].score
        counted = 100 * ((scores >= 9).mean() - (scores <= 6).mean())
        assert figures.responses == len(scores) >= 150
        assert figures.nps == pytest.approx(counted)
    assert planted["smb", False].nps - planted["smb", True].nps > 40
    for segment in ("enterprise", "consumer"):
        assert abs(planted[segment, False].nps - planted[segment, True].nps) < 8


def test_opportunities_move_forward_and_close_once():
    seen = BUSINESS.opportunities.to_pandas()
    stage = seen.stage.map({"qualification": 0, "proposal": 1, "closed_won": 2, "closed_lost": 2})
    assert (stage.groupby(seen.opportunity_id).diff().dropna() > 0).all()
    assert (seen.is_closed == seen.closed_at.notna()).all()
    assert (seen.is_won == (seen.stage == "closed_won")).all()
    assert (seen.closed_at.dropna() > seen.created_at[seen.closed_at.notna()]).all()


def test_cases_are_answered_before_they_are_resolved_and_some_never():
    cases = last(SUPPORT_CASES)
    answered, resolved = cases.first_response_at.notna(), cases.resolved_at.notna()
    assert (resolved <= answered).all()
    assert (cases.first_response_at[answered] > cases.opened_at[answered]).all()
    assert (cases.resolved_at[resolved] > cases.first_response_at[resolved]).all()
    assert 0.02 < (~answered).mean() < 0.08 and 0.05 < (~resolved).mean() < 0.18
    assert cases.csat_score.dropna().between(1, 5).all() and cases.csat_score[~resolved].isna().all()


def test_the_crisis_fills_support_with_safety_cases_and_slows_it():
    cases = last(SUPPORT_CASES)
    wait = cases.first_response_at - cases.opened_at
    hot = cases.opened_at.between(CRISIS.starts_at, CRISIS.starts_at + timedelta(days=6))
    assert (cases.topic[hot] == "safety").mean() > 0.5 > 10 * (cases.topic[~hot] == "safety").mean()
    assert wait[hot].median() > 2 * wait[~hot].median()
    assert cases.csat_score[hot].mean() < cases.csat_score[~hot].mean() - 0.7


def test_accounts_say_that_they_are_synthetic():
    assert last(CRM_ACCOUNTS).account_name.str.endswith("(synthetic)").all()
