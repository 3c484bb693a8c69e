"""The mappings that ship: each set lands rows as its system writes them, by one line of listening.yml."""

import pytest
from pydantic import ValidationError

from ingestion.landing import Pseudonyms
from ingestion.landing.pseudonyms import EMAIL
from ingestion.listening import Listening
from ingestion.listening.mappings import CONTRACTS, check_mapping
from ingestion.listening.models import FileMapping, Shipped
from ingestion.listening.shipped import FOLDER, shipped_names, shipped_set
from tests.ingestion.sources.files.drop_folder import Drop, Read

TICKETS = """\
id,_fivetran_synced,organization_id,requester_id,via_channel,description,status,created_at
1,2026-03-01 10:00:00,o1,c1,email,write to mira@example.com,solved,2026-02-28 08:00:00
2,2026-03-01 10:00:00,o1,c2,web,it works again,open,2026-02-28 09:00:00
3,2026-03-01 10:00:00,,c3,web,nothing,deleted,2026-02-28 09:00:00
"""
CHANGES = """\
field_name,ticket_id,updated,_fivetran_synced,user_id,value
status,1,2026-02-28 10:00:00,2026-03-01 10:00:00,a1,solved
status,1,2026-02-28 11:00:00,2026-03-01 10:00:00,c1,open
status,1,2026-02-28 12:00:00,2026-03-01 10:00:00,a1,solved
status,2,2026-02-28 12:00:00,2026-03-01 10:00:00,a1,solved
satisfaction_score,1,2026-02-28 12:30:00,2026-03-01 10:00:00,c1,offered
satisfaction_score,1,2026-02-28 13:30:00,2026-03-01 10:00:00,c1,good
satisfaction_score,2,2026-02-28 13:30:00,2026-03-01 10:00:00,c1,offered
"""
COMMENTS = """\
id,_fivetran_synced,body,created,public,ticket_id,user_id
11,2026-03-01 10:00:00,call +49 30 1234567,2026-02-28 08:00:00,TRUE,1,c1
12,2026-03-01 10:00:00,we look,2026-02-28 08:30:00,false,1,a1
13,2026-03-01 10:00:00,who is this,2026-02-28 08:31:00,TRUE,1,unknown
"""
PEOPLE = "id,role,name\nc1,end-user,Invented Person\na1,agent,Another One\n"
ADDRESSES = "id,role,name,email\nc1,end-user,Invented Person,Mira@Example.com\nc2,end-user,Nobody,none\n"
CONTACTS = """\
id,account_id,email,first_name,last_name,phone,title,is_deleted,created_date,_fivetran_synced
k1,a1, mira@example.com ,Mira,Invented,+49 30 1234567,Head of Tests,,2025-01-01 10:00:00,2026-03-01 10:00:00
k2,a1,,Nobody,Invented,,,false,2025-01-01 10:00:00,2026-03-01 10:00:00
k3,a2,mira@example.com,Mira,Invented,,,true,2025-01-01 10:00:00,2026-03-01 10:00:00
k4,a1,Mira <mira@example.com>,Mira,Invented,,,false,some day,2026-03-01 10:00:00
"""
MIRA = Pseudonyms(b"a key for tests only").one(EMAIL, "mira@example.com")
QUALTRICS = """\
StartDate,Status,RecordedDate,ResponseId,RecipientEmail,UserLanguage,Q1_NPS_GROUP,Q1,Q2
Start Date,Response Type,Recorded Date,Response ID,Recipient Email,User Language,"How likely is it that
you recommend us? - Group",How likely is it?,Why?
"{""ImportId"":""startDate""}","{""ImportId"":""status""}","{""ImportId"":""recordedDate""}","{""ImportId"":""_recordId""}","{""ImportId"":""recipientEmail""}","{""ImportId"":""userLanguage""}","{""ImportId"":""QID1_NPS_GROUP""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2_TEXT""}"
2026-03-01 10:00:00,0,2026-03-01 10:02:00,R_1,who@example.com,EN,3,9,"quick,
and kind"
2026-03-01 10:00:00,1,2026-03-01 10:02:00,R_2,,EN,3,10,a preview
2026-03-01 10:00:00,0,2026-03-02 10:02:00,R_3,,DE,1,2,
"""
GOOGLE = """\
Campaign report
"March 1, 2026 - March 2, 2026"
Campaign,Day,Currency code,Cost,Impr.,Clicks
morning_light,2026-03-01,EUR,"1,234.50","12,345",67
morning_light,2026-03-02,EUR,0.00,0,0
Total: Account, --, --,"1,234.50","12,345",67
"""
ACCOUNTS = """\
id,name,industry,type,billing_country,annual_revenue,number_of_employees,is_deleted,_fivetran_synced
a1,Acme (invented),retail,Customer,DE,1000000.0,12,false,2026-03-01 10:00:00
a2,Gone (invented),,,,,,true,2026-03-01 10:00:00
"""
DEALS = """\
id,account_id,stage_name,amount,lead_source,is_won,is_closed,created_date,close_date,type,is_deleted,_fivetran_synced
d1,a1,Closed Won,500,Social Media,true,true,2026-01-01 10:00:00,2026-02-01 00:00:00,New Business,false,2026-03-01 10:00:00
d2,a1,Proposal,700,Web,false,false,2026-01-01 10:00:00,2026-12-01 00:00:00,Renewal,false,2026-03-01 10:00:00
"""


@pytest.fixture
def land(tmp_path):
    """Land files, given as name=content, by shipped sets."""

    def landed(*shipped: object, **files: str) -> Read:
        drop = Drop(tmp_path)
        drop.mappings = []
        for name, content in files.items():
            drop.write(f"{name}.csv", content)
        drop.shipped = list(shipped)
        return drop.read()

    return landed


def rows(read: Read, resource: str, *columns: str) -> list[tuple]:
    return [
        tuple(str(row[column]) if row[column] is not None else None for column in columns)
        for row in read.rows[resource]
    ]


@pytest.mark.parametrize("name", shipped_names())
def test_every_set_fills_its_contracts_and_says_where_the_files_come_from(name):
    shipped = shipped_set(name)
    assert shipped.about.strip().endswith(".") and shipped.get_it_at
    for mapping in shipped.mappings:
        columns = {**mapping["columns"]}
        for asked in shipped.asks:
            if asked.startswith("columns."):
                columns[asked.removeprefix("columns.")] = "told"
        constants = {**mapping.get("constants", {})}
        if "constants.currency" in shipped.asks:
            constants["currency"] = "EUR"
        known = {key: value for key, value in mapping.items() if key not in ("table", "files", "schema")}
        whole = FileMapping.model_validate(
            {"name": name, "pattern": "*", **known, "columns": columns, "constants": constants}
        )
        assert list(check_mapping((), whole)) == []


def test_the_folder_of_sets_holds_nothing_else():
    assert {path.suffix for path in FOLDER.iterdir()} == {".yml"}
    assert len(shipped_names()) >= 12


def test_tickets_take_their_resolution_and_satisfaction_from_their_changes(land):
    read = land(
        {"use": "fivetran_zendesk", "only": ["support_cases"]}, ticket=TICKETS, ticket_field_history=CHANGES
    )
    assert not read.quarantine
    told = rows(
        read,
        "support_cases",
        "case_id",
        "account_id",
        "text",
        "status",
        "csat_score",
        "is_deleted",
        "resolved_at",
    )
    assert told == [
        ("1", "o1", "write to [email]", "solved", "5", "False", "2026-02-28 12:00:00+00:00"),
        ("2", "o1", "it works again", "open", None, "False", None),
        ("3", None, None, "deleted", None, "True", None),
    ]
    assert rows(read, "support_cases", "extra")[0] == ('{"masked": {"email": 1}}',)
    assert read.counts.deleted == 1


def test_comments_take_their_direction_from_the_people(land):
    read = land(
        "fivetran_zendesk", ticket=TICKETS, ticket_field_history=CHANGES, ticket_comment=COMMENTS, user=PEOPLE
    )
    told = rows(read, "case_messages", "message_id", "is_inbound", "message_kind", "text")
    assert told == [
        ("11", "True", "message", "call [phone]"),
        ("12", "False", "note", "we look"),
    ]
    assert read.reasons == [("missing_value", 4)]
    assert (
        read.rows["case_messages"][0]["author_key"] == read.rows["support_cases"][0]["customer_key"] != "c1"
    )


def test_a_file_waits_for_what_it_is_looked_up_in(land):
    read = land({"use": "fivetran_zendesk", "only": ["support_cases"]}, ticket=TICKETS)
    assert read.rows == {}
    assert any(
        "ticket.csv waits for" in message and "ticket_field_history.*" in message for message in read.messages
    )


def test_another_file_that_lacks_a_column_is_named(land):
    read = land("fivetran_zendesk", ticket_comment=COMMENTS, user="id,name\nc1,x\n")
    assert read.reasons == [("missing_column", None)]
    assert "user.csv, which is looked into" in read.quarantine[0]["detail"]


def test_the_same_file_lands_again_when_what_it_looks_up_has_changed(tmp_path):
    drop = Drop(tmp_path)
    drop.mappings, drop.shipped = [], [{"use": "fivetran_zendesk", "only": ["support_cases"]}]
    drop.write("ticket.csv", TICKETS)
    drop.write("ticket_field_history.csv", CHANGES)
    first = {one.unit_hash for one in drop.arrivals()}
    assert {one.unit_hash for one in drop.arrivals()} == first
    drop.write("ticket_field_history.csv", CHANGES + "status,2,2026-02-28 14:00:00,,a1,solved\n")
    assert not {one.unit_hash for one in drop.arrivals()} & first


def test_a_qualtrics_download_is_read_below_its_three_headings(land):
    said = {
        "use": "qualtrics_export",
        "time_zone": "Europe/Berlin",
        "columns": {"score": "Q1", "comment": "Q2"},
    }
    read = land(said, qualtrics_march=QUALTRICS)
    assert not read.quarantine
    assert rows(read, "nps_responses", "response_id", "score", "language", "comment") == [
        ("R_1", "9", "en", "quick,\nand kind"),
        ("R_3", "2", "de", None),
    ]
    assert str(read.rows["nps_responses"][0]["responded_at"]) == "2026-03-01 09:02:00+00:00"
    assert [row["email_key"] is None for row in read.rows["nps_responses"]] == [False, True]
    assert "who@example.com" not in str(read.rows)


def test_a_google_ads_report_is_read_between_its_title_and_its_sum(land):
    read = land("google_ads_export", google_ads_march=GOOGLE)
    assert not read.quarantine
    assert rows(
        read, "ad_costs", "campaign", "cost_date", "cost", "currency", "impression_count", "platform"
    ) == [
        ("morning_light", "2026-03-01", "1234.5", "EUR", "12345", "google"),
        ("morning_light", "2026-03-02", "0.0", "EUR", "0", "google"),
    ]


def test_a_meta_export_is_told_its_currency(land):
    said = {
        "use": "meta_ads_export",
        "columns": {"cost": "Amount spent (EUR)"},
        "constants": {"currency": "EUR"},
    }
    content = "Campaign name,Ad set name,Day,Amount spent (EUR),Impressions,Link clicks\nspring,all,2026-03-01,12.5,1000,9\n"
    read = land(said, meta_ads=content)
    assert rows(read, "ad_costs", "campaign", "ad_group", "cost", "currency", "click_count") == [
        ("spring", "all", "12.5", "EUR", "9")
    ]


def test_salesforce_tables_bring_tombstones_and_no_hoped_for_closing(land):
    read = land("fivetran_salesforce", account=ACCOUNTS, opportunity=DEALS)
    assert not read.quarantine
    assert rows(read, "crm_accounts", "account_id", "account_name", "segment", "is_deleted") == [
        ("a1", "Acme (invented)", "Customer", "False"),
        ("a2", "Gone (invented)", None, "True"),
    ]
    assert rows(
        read,
        "crm_opportunities",
        "opportunity_id",
        "lead_source",
        "is_new_customer",
        "is_renewal",
        "closed_at",
    ) == [
        ("d1", "social", "True", "False", "2026-02-01 00:00:00+00:00"),
        ("d2", "Web", "False", "True", None),
    ]


def test_contacts_land_as_ids_and_pseudonyms(land):
    read = land("fivetran_salesforce", contact=CONTACTS)
    assert rows(read, "crm_contacts", "contact_id", "account_id", "email_key", "is_deleted") == [
        ("k1", "a1", MIRA, "False"),
        ("k2", "a1", None, "False"),
        ("k3", "a2", None, "True"),
    ]
    assert read.reasons == [("not_a_timestamp", 5)]
    assert "mira" not in str(read.rows).lower() and "Invented" not in str(read.rows)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("airbyte_salesforce", "Id,AccountId,Email,Name,CreatedDate,IsDeleted,SystemModstamp"),
        (
            "fivetran_hubspot",
            "id,property_associatedcompanyid,property_email,property_firstname,property_createdate,_fivetran_deleted,_fivetran_synced",
        ),
    ],
)
def test_contacts_of_other_connectors_are_the_same_people(land, name, header):
    contact = "7,9,MIRA@example.com,Mira Invented,2025-01-01 10:00:00,false,2026-03-01 10:00:00"
    read = land(name, contact=f"{header}\n{contact}\n")
    assert not read.quarantine
    assert rows(read, "crm_contacts", "contact_id", "account_id", "email_key") == [("7", "9", MIRA)]


def test_tickets_have_the_pseudonym_of_their_requesters_address_where_it_is_told(land):
    read = land(
        {"use": "fivetran_zendesk", "only": ["support_cases"]},
        ticket=TICKETS,
        ticket_field_history=CHANGES,
        user=ADDRESSES,
    )
    assert not read.quarantine
    told = rows(read, "support_cases", "case_id", "email_key")
    assert told == [("1", MIRA), ("2", None), ("3", None)]
    assert "mira@example.com" not in str(read.rows).lower()


def test_tickets_land_without_addresses_where_the_people_have_none(land):
    read = land(
        {"use": "fivetran_zendesk", "only": ["support_cases"]},
        ticket=TICKETS,
        ticket_field_history=CHANGES,
        user=PEOPLE,
    )
    assert not read.quarantine and len(read.rows["support_cases"]) == 3
    assert any("user.csv, which is looked into" in message for message in read.messages)


def test_answers_of_fivetran_qualtrics_have_the_pseudonym_of_their_recipient(land):
    answers = "_fivetran_id,_fivetran_synced,question_id,response_id,text,value\nx,2026-03-01 10:00:00,QID2,R_1,fine,9\ny,2026-03-01 10:00:00,QID2,R_2,fine,9\n"
    responses = "id,recorded_date,user_language,recipient_email\nR_1,2026-03-01 09:00:00,EN,mira@example.com\nR_2,2026-03-01 09:00:00,EN,\n"
    said = {"use": "fivetran_qualtrics", "where": {"question_id": ["QID2"]}}
    read = land(said, question_response=answers, survey_response=responses)
    assert not read.quarantine
    assert rows(read, "nps_responses", "response_id", "email_key") == [("R_1", MIRA), ("R_2", None)]


def test_plain_surveys_and_cases_may_have_a_column_of_addresses(land):
    answers = "response_id,score,comment,responded_at,email\n1,9,,2026-03-01T10:00:00Z,mira@example.com\n"
    cases = "case_id,channel,topic,opened_at,first_response_at,resolved_at,score,email\nc1,email,delivery,2026-03-01T10:00:00Z,,,4,mira@example.com\n"
    read = land("nps_csv", "csat_csv", nps=answers, csat=cases)
    assert not read.quarantine
    assert rows(read, "nps_responses", "email_key") == rows(read, "support_cases", "email_key") == [(MIRA,)]


def test_a_column_that_may_be_there_can_be_taken_away(land):
    answers = "response_id,score,comment,responded_at,email\n1,9,,2026-03-01T10:00:00Z,mira@example.com\n"
    read = land({"use": "nps_csv", "columns": {"email": None}}, nps=answers)
    assert rows(read, "nps_responses", "response_id", "email_key") == [("1", None)]


def test_a_hubspot_deal_finds_its_company(land):
    company = "id,property_name,property_industry,property_country,property_annualrevenue,property_numberofemployees,property_createdate,is_deleted,_fivetran_synced\n9,Acme (invented),RETAIL,DE,,5,2025-01-01 00:00:00,false,2026-03-01 10:00:00\n"
    deal = (
        "deal_id,deal_pipeline_stage_id,property_amount,property_hs_analytics_source,property_hs_is_closed_won,property_hs_is_closed,"
        "property_createdate,property_closedate,property_dealtype,is_deleted,_fivetran_synced\n"
        "1,closedwon,100,PAID_SOCIAL,true,true,2026-01-01 10:00:00,2026-01-05 10:00:00,newbusiness,false,2026-03-01 10:00:00\n"
    )
    read = land("fivetran_hubspot", company=company, deal=deal, deal_company="deal_id,company_id\n1,9\n")
    assert not read.quarantine
    assert rows(read, "crm_opportunities", "opportunity_id", "account_id", "lead_source", "is_won") == [
        ("1", "9", "social", "True")
    ]


def test_delighted_answers_are_those_to_the_question_of_recommendation(land):
    content = "id,person,survey_type,score,comment,created_at\n1,10,nps,0,,1713418460\n2,11,csat,5,fine,1713418460\n"
    read = land("delighted_export", delighted=content)
    assert read.rows["nps_responses"][0]["email_key"] is None
    assert rows(read, "nps_responses", "response_id", "score", "responded_at") == [
        ("1", "0", "2024-04-18 05:34:20+00:00")
    ]
    assert read.rows["nps_responses"][0]["respondent_key"] not in (None, "10")


def test_a_plain_survey_says_what_differs(land):
    said = {
        "use": "nps_csv", "encoding": "latin-1", "absent": ["NA"], "constants": {"language": "fr"}, "name": "garden",
        "columns": {"response_id": "id", "score": "nps", "comment": "explication", "responded_at": None},
    }  # fmt: skip
    read = land(said, nps_shop="id,nps,explication\n1,10,NA\n2,NA,rien\n")
    assert rows(read, "nps_responses", "source_name", "response_id", "score", "comment", "language") == [
        ("garden", "1", "10", None, "fr")
    ]
    assert read.reasons == [("missing_value", 3)]


def test_visits_and_cases_in_plain_csv(land):
    visits = "session_id,visitor_id,started_at,utm_source,utm_medium,utm_campaign,is_conversion,revenue,currency\ns1,v1,2026-03-01T10:00:00Z,x,social,spring,true,9.5,EUR\n"
    cases = "case_id,channel,topic,opened_at,first_response_at,resolved_at,score\nc1,email,delivery,2026-03-01T10:00:00Z,2026-03-01T11:00:00Z,,4\n"
    read = land("utm_csv", "csat_csv", utm=visits, csat=cases)
    assert not read.quarantine
    assert rows(read, "web_sessions", "session_id", "utm_campaign", "revenue") == [("s1", "spring", "9.5")]
    assert rows(read, "support_cases", "case_id", "csat_score") == [("c1", "4")]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("salesforce", "there are no mappings 'salesforce'"),
        ("qualtrics_export", "has to be told the column of the question of recommendation"),
        ({"use": "fivetran_zendesk", "only": ["posts"]}, "fivetran_zendesk has no posts"),
        ({"use": "fivetran_zendesk", "pattern": "x.csv"}, "has pattern or columns for 2 resources"),
        ({"use": "nps_csv", "folder": "../elsewhere"}, "leaves the drop folder"),
    ],
)
def test_each_mistake_in_naming_a_set_is_told(said, words):
    with pytest.raises(ValidationError, match=words):
        Shipped.model_validate(said)


def test_a_set_lies_in_a_folder_of_its_own(tmp_path):
    files = {"enabled": True, "shipped": [{"use": "fivetran_zendesk", "folder": "zendesk/"}]}
    listening = Listening.model_validate({"version": 1, "sources": {"files": files}})
    cases, messages = listening.sources.files.every_mapping()
    assert (cases.pattern, cases.lookups[0].pattern) == ("zendesk/ticket.*", "zendesk/ticket_field_history.*")
    assert messages.name == "fivetran_zendesk" and CONTRACTS[messages.resource].key == "message_id"


def test_numbers_are_read_as_the_mapping_says_that_they_are_written(tmp_path):
    drop = Drop(tmp_path)
    drop.write(
        "a.csv",
        "id;day;cost;clicks\na;2026-03-01;1.234,50;1.000\nb;2026-03-01;1.5;7\nc;2026-03-01;12,5;12.34\n",
    )
    drop.mappings = [
        {"name": "ads", "pattern": "*.csv", "format": "csv", "resource": "ad_costs", "thousands": ".", "decimal": ",",
         "constants": {"platform": "x", "currency": "EUR"},
         "columns": {"campaign": "id", "cost_date": "day", "cost": "cost", "click_count": "clicks"}},
    ]  # fmt: skip
    read = drop.read()
    assert rows(read, "ad_costs", "campaign", "cost", "click_count") == [("a", "1234.5", "1000")]
    assert {reason for reason, _ in read.reasons} == {"not_a_number", "not_an_integer"}
