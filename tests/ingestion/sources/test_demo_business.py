"""CRM, NPS and support records of the demo: they join, move forward, and tell the planted story."""

from datetime import date, timedelta

import pytest

from ingestion.landing.business import (
    CASE_MESSAGES,
    CRM_ACCOUNTS,
    CRM_OPPORTUNITIES,
    NPS_RESPONSES,
    SUPPORT_CASES,
    SURVEY_INVITATIONS,
)
from ingestion.sources.demo import truth
from ingestion.sources.demo.business import build_business
from ingestion.sources.demo.settings import CRISIS

BUSINESS = build_business()
TABLES = {
    CRM_ACCOUNTS: BUSINESS.accounts,
    CRM_OPPORTUNITIES: BUSINESS.opportunities,
    NPS_RESPONSES: BUSINESS.responses,
    SURVEY_INVITATIONS: BUSINESS.invitations,
    SUPPORT_CASES: BUSINESS.cases,
    CASE_MESSAGES: BUSINESS.messages,
}


def last(contract):
    return TABLES[contract].to_pandas().drop_duplicates(contract.key, keep="last")


def test_the_same_arguments_give_the_same_records():
    again = build_business()
    assert BUSINESS.cases.equals(again.cases) and BUSINESS.responses.equals(again.responses)
    assert BUSINESS.messages.equals(again.messages) and BUSINESS.invitations.equals(again.invitations)
    assert BUSINESS.accounts.equals(again.accounts) and BUSINESS.opportunities.equals(again.opportunities)


@pytest.mark.parametrize("contract", TABLES, ids=lambda contract: contract.resource)
def test_records_have_the_columns_of_their_contract_in_the_order_of_observation(contract):
    table = TABLES[contract]
    absent = {"is_deleted", "email"}  # nothing is deleted in the demo's systems, and they know their accounts
    absent |= {"in_reply_to_message_id"} if contract is CASE_MESSAGES else set()  # its cases have ids
    assert set(table.column_names) == {*contract.names, "observed_at"} - absent
    assert table["observed_at"].to_pandas().is_monotonic_increasing
    assert not table.to_pandas().duplicated([contract.key, "observed_at"]).any()


def test_there_are_as_many_records_as_described():
    counts = {contract.resource: len(last(contract)) for contract in TABLES}
    assert counts == {
        "crm_accounts": 300,
        "crm_opportunities": 900,
        "nps_responses": 1_500,
        "survey_invitations": 42,
        "support_cases": 1_200,
        "case_messages": 3_921,
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
    unrated = ~resolved & (cases.status != "reopened")  # who rated the first resolution keeps the rating
    assert cases.csat_score.dropna().between(1, 5).all() and cases.csat_score[unrated].isna().all()


def test_the_crisis_fills_support_with_safety_cases_and_slows_it():
    cases = last(SUPPORT_CASES)
    wait = cases.first_response_at - cases.opened_at
    hot = cases.opened_at.between(CRISIS.starts_at, CRISIS.starts_at + timedelta(days=6))
    assert (cases.topic[hot] == "safety").mean() > 0.5 > 10 * (cases.topic[~hot] == "safety").mean()
    assert wait[hot].median() > 2 * wait[~hot].median()
    assert cases.csat_score[hot].mean() < cases.csat_score[~hot].mean() - 0.7


def test_accounts_say_that_they_are_synthetic():
    assert last(CRM_ACCOUNTS).account_name.str.endswith("(synthetic)").all()


def test_messages_tell_what_the_cases_tell():
    cases = last(SUPPORT_CASES).set_index("case_id")
    messages = BUSINESS.messages.to_pandas()
    first = messages.groupby("case_id").sent_at.min()
    assert (first[cases.index] == cases.opened_at).all()
    answers = messages[~messages.is_inbound & (messages.message_kind == "message")]
    first_answers = answers.groupby("case_id").sent_at.min().reindex(cases.index)
    assert first_answers.equals(cases.first_response_at.rename("sent_at"))
    receipts = messages[messages.message_kind == "automatic"].groupby("case_id").sent_at.min()
    assert (receipts < first_answers[receipts.index].fillna(receipts.max())).mean() > 0.95, (
        "robots are quicker"
    )


def test_some_cases_are_opened_again_and_most_of_them_resolved_again():
    planted = BUSINESS.planted_cases.to_pandas()
    seen = BUSINESS.cases.to_pandas()
    assert set(seen[seen.status == "reopened"].case_id) == set(planted[planted.reopened_at.notna()].case_id)
    assert 60 < planted.reopened_at.notna().sum() < 120
    assert 0.6 < planted.resolved_again_at.notna().sum() / planted.reopened_at.notna().sum() < 0.95
    final = last(SUPPORT_CASES).set_index("case_id").resolved_at[planted.case_id]
    expected = planted.resolved_at.where(planted.reopened_at.isna(), planted.resolved_again_at)
    assert final.reset_index(drop=True).equals(expected.rename("resolved_at"))


def test_care_figures_count_what_was_seen_by_a_day():
    whole = truth.care_figures(BUSINESS, date(2026, 12, 31))
    assert sum(figures.cases for figures in whole.values()) == 1_200
    assert sum(figures.reopened for figures in whole.values()) == 85
    half = truth.care_figures(BUSINESS, date(2026, 8, 15))
    assert 0 < sum(figures.cases for figures in half.values()) < 600
    for figures in (*whole.values(), *half.values()):
        assert figures.replied + len(figures.waiting) == figures.needed_reply <= figures.cases


def test_leads_that_social_media_touched_are_won_more_often_and_sooner():
    figures = truth.sales_figures(BUSINESS, date(2026, 12, 31))
    assert sum(one.closed for one in figures.values()) == 900
    touched, untouched = figures[True], figures[False]
    assert touched.won / touched.closed > untouched.won / untouched.closed + 0.08
    assert touched.cycle_days < untouched.cycle_days
    opportunities = BUSINESS.opportunities.to_pandas()
    assert (
        opportunities.first_contact_at.dropna()
        <= opportunities.observed_at[opportunities.first_contact_at.notna()]
    ).all()
    firsts = last(CRM_OPPORTUNITIES).sort_values("created_at").drop_duplicates("account_id")
    assert firsts.is_new_customer.all() and not firsts.is_renewal.any()


def test_a_planted_share_of_each_segment_answers_the_survey():
    invited = last(SURVEY_INVITATIONS).groupby("segment").invitations.sum()
    answered = last(NPS_RESPONSES).groupby("segment").size()
    rates = answered / invited
    assert rates["enterprise"] == pytest.approx(0.38, abs=0.02)
    assert rates["smb"] == pytest.approx(0.24, abs=0.02)
    assert rates["consumer"] == pytest.approx(0.15, abs=0.02)
