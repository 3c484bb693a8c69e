"""The contract that every business system keeps: that of the networks, but for what only posts have."""

import json
import re
from datetime import datetime, timedelta

import duckdb
import pytest

from ingestion.home import PROJECT_ROOT, Home
from ingestion.landing import Counts, Pseudonyms
from ingestion.landing.pseudonyms import EMAIL
from ingestion.landing.runner import land
from ingestion.registry import network_resources, network_type, source_module
from tests.ingestion.kit import test_networks as networks
from tests.ingestion.kit.bench import NOW, PRIVATE, SECRET
from tests.ingestion.kit.business_apis import (
    ADDRESS,
    BUSINESS_APIS,
    DelightedApi,
    HubspotApi,
    RecordsBench,
    SalesforceApi,
    ZendeskApi,
)
from tests.replay_server import Reply, status, truncated

SHARED = (
    "test_a_429_is_obeyed_in_every_form",
    "test_a_fault_costs_no_post",
    "test_a_long_retry_after_is_obeyed_across_runs",
    "test_a_page_that_comes_twice_doubles_nothing",
    "test_a_retired_field_is_asked_for_no_more",
    "test_a_run_that_breaks_off_at_any_page_is_made_good_by_the_next",
    "test_a_second_run_adds_nothing",
    "test_an_expired_cursor_is_told_as_a_gap_and_filled",
    "test_an_item_of_another_shape_is_quarantined_alone",
    "test_missing_credentials_are_told_before_the_first_request",
    "test_pages_that_go_round_are_noticed_and_do_not_hold_up_a_run",
    "test_reading_in_pieces_equals_one_full_read",
    "test_refused_credentials_end_the_run_and_say_what_to_do",
    "test_secrets_are_sent_and_stand_nowhere_else",
)
"""Tests of the networks that hold for records as for posts; here they run with the fixtures below."""
globals().update({name: getattr(networks, name) for name in SHARED})


@pytest.fixture(params=BUSINESS_APIS, ids=lambda api: api.name)
def api(request):
    return request.param()


@pytest.fixture
def bench(api, server, clock, monkeypatch):
    if api.ends_short:
        monkeypatch.setattr(f"ingestion.sources.{api.name}.PAGE_SIZE", api.page_size)
    return RecordsBench(api, network_type(api.name), server, clock)


def test_a_source_declares_what_a_reader_asks(api):
    declaration = network_type(api.name).declaration
    assert declaration.name == api.name and declaration.api.startswith("https://")
    for told in (declaration.data_flow, declaration.rate_limit, declaration.terms, declaration.personal_data):
        assert len(told) > 20
    for resource in network_resources(api.name):
        assert f"raw_{api.name}.{resource}" in declaration.data_flow
    assert declaration.delete_capture == ("stream" if api.deletes_with else "none")
    assert declaration.credentials and all(credential.get_it_at for credential in declaration.credentials)
    docstring = source_module(api.name).__doc__
    for line in ("API:", "Paging:", "Data flow:", "Deletes:", "Rate limit:", "Terms:"):
        assert line in docstring, f"the docstring of {api.name} does not say {line}"


def test_the_readme_says_how_to_get_access_what_to_write_and_what_lands(api):
    readme = (PROJECT_ROOT / "ingestion/sources" / api.name / "README.md").read_text()
    assert "```yaml\nsources:\n  " + api.name in readme
    for resource in network_resources(api.name):
        assert f"raw_{api.name}.{resource}" in readme
    for credential in network_type(api.name).declaration.credentials:
        assert f"SOURCES__{api.name.upper()}__{credential.name.upper()}" in readme


def test_the_first_run_lands_every_record_once(bench):
    assert bench.run() == Counts(received=11, accepted=11)
    assert bench.ids == bench.wanted and bench.messages == ""
    assert {row["observed_at"] for row in bench.observations(1)} == {NOW - timedelta(hours=29)}


def test_a_record_that_changes_late_is_caught_within_the_overlap(bench):
    bench.run()
    moment = (bench.clock.now() - timedelta(minutes=30)).replace(
        microsecond=0
    )  # written there, but not yet shown by the last answer
    bench.api.change(3, edited=moment, likes=9)
    bench.run()
    assert [row["observed_at"] for row in bench.observations(3)][-1] == moment
    assert len(bench.observations(3)) == 2 and len(bench.posts) == 12


def test_only_what_changed_is_read_again(bench):
    bench.run()
    bench.clock.skip(5 * 86_400)
    bench.api.change(2, edited=bench.clock.now() - timedelta(hours=1), likes=9)
    bench.server.forget()
    bench.run()
    assert len(bench.observations(2)) == 2
    asked = [
        seen for seen in bench.server.asked(bench.api.path) if " FROM Contact " not in seen.query.get("q", "")
    ]
    assert len(asked) <= 3


def test_an_empty_page_with_a_next_one_does_not_end_the_reading(bench):
    if bench.api.ends_short:
        pytest.skip(f"{bench.api.name} has no page after one that is not full")
    networks.test_an_empty_page_with_a_next_one_does_not_end_the_reading(bench)


@pytest.mark.parametrize("number", [1, 11])
def test_a_deletion_lands_as_a_tombstone_and_may_be_taken_back(bench, number):
    if not bench.api.deletes_with:
        pytest.skip(f"{bench.api.name} does not tell deletions, and says so")
    bench.run()
    bench.api.gone = frozenset({number})
    bench.clock.skip(600)
    bench.api.change(number, edited=bench.clock.now())
    bench.run()
    *_, last = bench.observations(number)
    assert last["is_deleted"] is True and last["extra"] is None
    assert bench.api.written is None or last[bench.api.written] is None
    assert sum(row["is_deleted"] for row in bench.posts) == 1
    bench.api.gone = frozenset()
    bench.clock.skip(600)
    bench.api.change(number, edited=bench.clock.now())
    bench.run()
    told = [
        row["is_deleted"] for row in sorted(bench.observations(number), key=lambda row: row["observed_at"])
    ]
    assert told == [False, True, False]


def test_nothing_private_lands(bench):
    bench.api.change(3, text="write to ann.smith@mail.example or call +43 1 234 56 78")
    bench.server.plan(bench.api.path, truncated(0.9))
    bench.run()
    bench.run_until_read()
    landed = "\n".join(bench.everything())
    for what, words in PRIVATE.items():
        assert words not in landed, f"the {what} of somebody has landed"
    assert "ann.smith@mail.example" not in landed.lower() and "234 56 78" not in landed
    if bench.api.written:
        (row,) = bench.observations(3)
        assert json.loads(row["extra"])["masked"] == {"email": 1, "phone": 1}


def test_two_runs_through_dlt_land_every_record_once(bench, monkeypatch, tmp_path):
    for name, secret in bench.api.secrets.items():
        monkeypatch.setenv(f"SOURCES__{bench.api.name.upper()}__{name.upper()}", secret)
    home = Home(root=tmp_path, config=tmp_path / "listening.yml")
    for number in (1, 2):
        report = land(bench.api.name, home, bench.listening(), f"run-{number}", started_at=bench.clock.now())
        assert report.messages == []
        bench.clock.skip(60)
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        found = connection.execute(
            f"select {bench.api.key} from raw_{bench.api.name}.{bench.api.resource}"
        ).fetchall()
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
        landed = [str(connection.execute(f'select * from "{s}"."{t}"').fetchall()) for s, t in tables]
    assert sorted(i for (i,) in found) == sorted(bench.wanted)
    assert {table for _, table in tables} >= set(network_resources(bench.api.name))
    assert SECRET not in "\n".join(landed)


def test_an_own_system_needs_its_address(api):
    from pydantic import ValidationError

    from ingestion.listening import Listening

    if Listening.model_validate({"version": 1}).sources.model_dump()[api.name]["base_url"]:
        pytest.skip(f"{api.name} has one address for all")
    with pytest.raises(ValidationError, match="has no base_url"):
        Listening.model_validate({"version": 1, "sources": {api.name: {"enabled": True}}})


# -- what only one of them has --------------------------------------------------------------------


@pytest.fixture
def salesforce(server, clock):
    return RecordsBench(SalesforceApi(), network_type("salesforce"), server, clock)


@pytest.fixture
def zendesk(server, clock):
    return RecordsBench(ZendeskApi(), network_type("zendesk"), server, clock)


def test_salesforce_asks_for_changes_newest_first_and_lands_both_objects(salesforce):
    account = {
        "Id": "001kit", "Name": "Kit Company", "Industry": "Retail", "Type": "Customer", "BillingCountry": "DE",
        "AnnualRevenue": 1e6, "NumberOfEmployees": 12, "CreatedDate": "2025-01-01T00:00:00.000+0000",
        "SystemModstamp": "2026-02-28T00:00:00.000+0000", "IsDeleted": False,
    }  # fmt: skip
    salesforce.api.others = {"crm_accounts": [account]}
    salesforce.run()
    (row,) = salesforce.tables["crm_accounts"]
    assert (row["account_id"], row["segment"], row["employees"]) == ("001kit", "Customer", 12)
    (deal, *_) = salesforce.observations(1)
    assert (deal["amount"], deal["lead_source"], deal["social_touches"]) == (300.0, "social", 2)
    assert (deal["is_new_customer"], deal["is_renewal"]) == (True, False)
    assert deal["closed_at"].isoformat() == "2026-02-20T12:00:00+00:00"
    first = salesforce.server.asked(salesforce.api.path)[0].query["q"]
    assert re.search(
        r"FROM Opportunity WHERE SystemModstamp >= \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ AND SystemModstamp <= "
        r"2026-03-01T12:00:01Z ORDER BY SystemModstamp DESC$",
        first,
    )
    assert "Amount" in first and "Touches__c" in first and "*" not in first


PERSON = Pseudonyms(b"a key for tests only").one(EMAIL, ADDRESS)
NAMES = ("Annabella", "Smithson", "+43 1 234 56 78", "Head of Kits")


def test_salesforce_contacts_land_as_ids_and_pseudonyms(salesforce):
    contact = {
        "Id": "003kit", "AccountId": "001kit", "Email": ADDRESS, "CreatedDate": "2025-01-01T00:00:00.000+0000",
        "SystemModstamp": "2026-02-28T00:00:00.000+0000", "IsDeleted": False,
        "FirstName": NAMES[0], "LastName": NAMES[1], "Phone": NAMES[2], "Title": NAMES[3],
    }  # fmt: skip
    gone = contact | {"Id": "003gone", "IsDeleted": True}
    salesforce.api.others = {
        "crm_contacts": [contact, gone, {"Id": "003odd", "Email": ADDRESS, "LastName": NAMES[1]}]
    }
    salesforce.run()
    told = [
        (row["contact_id"], row["account_id"], row["email_key"]) for row in salesforce.tables["crm_contacts"]
    ]
    assert told == [("003kit", "001kit", PERSON), ("003gone", "001kit", None)]
    landed = "\n".join(salesforce.everything())
    assert not any(word in landed for word in (ADDRESS, ADDRESS.lower(), *NAMES))
    asked = [seen.query.get("q", "") for seen in salesforce.server.asked(salesforce.api.path)]
    (query,) = [query for query in asked if " FROM Contact " in query]
    assert query.startswith(
        "SELECT Id, AccountId, Email, CreatedDate, SystemModstamp, IsDeleted FROM Contact WHERE"
    )


@pytest.mark.parametrize("name", ["salesforce", "hubspot"])
def test_contacts_that_nobody_wants_are_not_asked_for(name, request):
    bench = request.getfixturevalue(name)
    bench.run(contacts=False)
    assert bench.ids == bench.wanted and "crm_contacts" not in bench.tables
    assert not [seen for seen in bench.server.requests if "ontact" in seen.path + str(seen.query)]


def test_salesforce_without_contacts_is_told_and_all_else_is_read(salesforce):
    body = json.dumps(
        [{"errorCode": "INVALID_TYPE", "message": "sObject type 'Contact' is not supported."}]
    ).encode()

    def without_contacts(seen):
        is_refused = " FROM Contact " in seen.query.get("q", "")
        return Reply(body, status=400) if is_refused else salesforce.api.answer(seen)

    salesforce.server.serve(salesforce.api.path, without_contacts, etag=False)
    salesforce.run()
    assert salesforce.ids == salesforce.wanted and "400" in salesforce.messages


def test_salesforce_open_deals_have_no_closing(salesforce):
    item = salesforce.api.item
    salesforce.api.item = lambda post: item(post) | {"IsClosed": False, "IsWon": False, "Type": None}
    salesforce.run()
    assert {(row["closed_at"], row["is_new_customer"], row["is_renewal"]) for row in salesforce.posts} == {
        (None,) * 3
    }


def test_salesforce_sends_its_token_nowhere_else(salesforce):
    listed = salesforce.api.listed

    def elsewhere(items, cursor, seen):
        return listed(items, cursor, seen) | {
            "nextRecordsUrl": "https://elsewhere.example/services/x",
            "done": False,
        }

    salesforce.api.listed = elsewhere
    salesforce.run()
    assert "leads away from the org" in salesforce.messages and salesforce.posts == []


def test_salesforce_is_left_alone_when_its_requests_are_used_up(salesforce):
    spent = json.dumps(
        [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}]
    ).encode()
    salesforce.server.plan(salesforce.api.path, status(403, body=spent))
    salesforce.run()
    assert "asks to wait 3600 s" in salesforce.messages and "credentials" not in salesforce.messages
    salesforce.server.forget()
    salesforce.run()
    assert salesforce.server.requests == []
    salesforce.clock.skip(3700)
    salesforce.run()
    assert salesforce.ids == salesforce.wanted


def test_zendesk_goes_on_after_a_page_of_the_second_in_which_it_began(zendesk):
    zendesk.run()
    since = datetime.fromisoformat(zendesk.state["streams"]["tickets"]["newest"]) - timedelta(hours=1)
    for number in (1, 2, 3):  # one page of them
        zendesk.api.change(number, edited=since.replace(microsecond=0), likes=9)
    zendesk.api.change(4, edited=since + timedelta(minutes=5), likes=9)
    zendesk.run()
    assert len(zendesk.observations(4)) == 2


def test_zendesk_cases_have_their_times_and_satisfaction(zendesk):
    zendesk.run()
    row = zendesk.observations(1)[0]
    assert row["first_response_at"].isoformat() == "2026-02-01T11:30:00+00:00"
    assert row["resolved_at"].isoformat() == "2026-02-02T10:00:00+00:00"
    assert (row["csat_score"], row["channel"], row["account_id"]) == (5, "email", "77")
    assert row["customer_key"] not in (None, "501")


def test_zendesk_cases_have_the_pseudonym_of_their_requesters_address(zendesk):
    zendesk.run()
    assert {row["email_key"] for row in zendesk.posts} == {PERSON}
    asked = zendesk.server.asked(zendesk.api.path)[0].query
    assert asked["include"] == "metric_sets,users"


def test_zendesk_comments_have_their_direction(zendesk):
    def event(number: int, author: int, public: bool, kind: str = "Comment"):
        moment = int((NOW - timedelta(hours=20 - number)).timestamp())
        child = {
            "id": 7000 + number,
            "event_type": kind,
            "public": public,
            "author_id": author,
            "body": PRIVATE["bio"][:3],
        }
        return {
            "id": number,
            "ticket_id": 1,
            "timestamp": moment,
            "child_events": [child, {"id": 1, "event_type": "Change"}],
        }

    zendesk.api.others = {
        "events": [event(1, 501, True), event(2, 900, False), event(3, 901, True), event(4, 501, True), event(5, 501, True, "Audit")]
    }  # fmt: skip
    zendesk.run()
    told = [
        (row["message_id"], row["is_inbound"], row["message_kind"]) for row in zendesk.tables["case_messages"]
    ]
    assert told == [
        ("7001", True, "message"),
        ("7002", False, "note"),
        ("7003", False, "message"),
        ("7004", True, "message"),
    ]
    assert zendesk.tables["case_messages"][0]["author_key"] == zendesk.observations(1)[0]["customer_key"]
    zendesk.run()
    assert len(zendesk.tables["case_messages"]) == 4


def test_zendesk_without_comments_asks_for_no_agents(zendesk):
    zendesk.run(comments=False)
    assert zendesk.ids == zendesk.wanted
    assert {seen.path for seen in zendesk.server.requests} == {zendesk.api.path}


def test_delighted_lands_answers_to_the_question_of_recommendation_only(server, clock, monkeypatch):
    monkeypatch.setattr("ingestion.sources.delighted.PAGE_SIZE", 3)
    delighted = RecordsBench(DelightedApi(), network_type("delighted"), server, clock)
    item = delighted.api.item
    delighted.api.item = lambda post: item(post) | ({"survey_type": "csat"} if post.number == 4 else {})
    delighted.run()
    assert delighted.ids == delighted.wanted - {"4"} and delighted.messages == ""
    (row,) = delighted.observations(1)
    assert (row["score"], row["segment"], row["responded_at"]) == (3, "gold", NOW - timedelta(hours=29))
    assert row["respondent_key"] not in (None, PRIVATE["handle"])
    assert row["email_key"] == PERSON
    asked = delighted.server.asked(delighted.api.path)[0].query
    assert (asked["order"], asked["expand[]"]) == ("desc:updated_at", "person")
    assert int(asked["updated_until"]) > int(NOW.timestamp())


def test_delighted_people_who_are_only_a_number_have_no_address(server, clock, monkeypatch):
    monkeypatch.setattr("ingestion.sources.delighted.PAGE_SIZE", 3)
    delighted = RecordsBench(DelightedApi(), network_type("delighted"), server, clock)
    item = delighted.api.item
    expanded = delighted.observations
    delighted.api.item = lambda post: item(post) | ({"person": PRIVATE["handle"]} if post.number == 4 else {})
    delighted.run()
    (plain,), (whole,) = expanded(4), expanded(1)
    assert plain["email_key"] is None and plain["respondent_key"] == whole["respondent_key"] is not None


@pytest.fixture
def hubspot(server, clock):
    return RecordsBench(HubspotApi(), network_type("hubspot"), server, clock)


def test_hubspot_searches_for_changes_newest_first_and_lands_both_kinds(hubspot):
    company = {
        "id": 77, "archived": False,
        "properties": {
            "name": "Kit Company", "industry": "RETAIL", "country": "DE", "numberofemployees": "12", "annualrevenue": None,
            "createdate": "2025-01-01T00:00:00Z", "hs_lastmodifieddate": "2026-02-28T00:00:00Z",
        },
    }  # fmt: skip
    hubspot.api.others = {"crm_accounts": [company]}
    hubspot.run()
    (row,) = hubspot.tables["crm_accounts"]
    assert (row["account_id"], row["segment"], row["employees"], row["annual_revenue"]) == (
        "77",
        "RETAIL",
        12,
        None,
    )
    (deal,) = hubspot.observations(1)
    assert (deal["amount"], deal["lead_source"], deal["social_touches"], deal["account_id"]) == (
        300.0,
        "social",
        2,
        "77",
    )
    search = json.loads(hubspot.server.asked(hubspot.api.path)[0].body)
    ((only,),) = (group["filters"] for group in search["filterGroups"])
    assert (only["propertyName"], only["operator"]) == ("hs_lastmodifieddate", "BETWEEN")
    assert only["highValue"] == int(NOW.timestamp() + 1) * 1000 > only["value"]
    assert search["sorts"] == [{"propertyName": "hs_lastmodifieddate", "direction": "DESCENDING"}]
    assert "dealname" not in search["properties"] and "social_touches" in search["properties"]


def test_hubspot_contacts_land_as_ids_and_pseudonyms(hubspot):
    known = {
        "email": ADDRESS, "associatedcompanyid": "77", "createdate": "2025-01-01T00:00:00Z",
        "lastmodifieddate": "2026-02-28T00:00:00Z", "firstname": NAMES[0], "lastname": NAMES[1], "phone": NAMES[2],
        "jobtitle": NAMES[3],
    }  # fmt: skip
    contact = {"id": 5, "archived": False, "properties": known}
    gone = {"id": 6, "archived": True, "archivedAt": "2026-02-28T00:00:00Z", "properties": known}
    odd = {"id": 7, "archived": False, "properties": {"email": ADDRESS, "lastname": NAMES[1]}}
    hubspot.api.others = {"crm_contacts": [contact, odd], "deleted crm_contacts": [gone]}
    hubspot.run()
    told = [
        (row["contact_id"], row["account_id"], row["email_key"]) for row in hubspot.tables["crm_contacts"]
    ]
    assert told == [("5", "77", PERSON), ("6", "77", None)]
    landed = "\n".join(hubspot.everything())
    assert not any(word in landed for word in (ADDRESS, ADDRESS.lower(), *NAMES))
    search = json.loads(hubspot.server.asked("/crm/v3/objects/contacts/search")[0].body)
    assert search["properties"] == ["email", "associatedcompanyid", "createdate", "lastmodifieddate"]
    assert search["sorts"] == [{"propertyName": "lastmodifieddate", "direction": "DESCENDING"}]
    assert hubspot.server.asked("/crm/v3/objects/contacts")[0].query["properties"] == "createdate"


def test_hubspot_without_the_scope_for_contacts_reads_all_else(hubspot):
    for path in ("/crm/v3/objects/contacts/search", "/crm/v3/objects/contacts"):
        hubspot.server.plan(path, status(403), status(403))
    hubspot.run()
    assert hubspot.ids == hubspot.wanted
    assert "403" in hubspot.messages and "refuses the credentials" not in hubspot.messages
    assert hubspot.server.asked("/crm/v3/objects/companies")


def test_hubspot_reads_more_than_one_search_gives(hubspot, monkeypatch):
    """The made-up search, too, refuses what is beyond the limit; each search honours its window."""
    monkeypatch.setattr("ingestion.sources.hubspot.MOST_RESULTS", 6)
    monkeypatch.setattr("ingestion.sources.hubspot.PAGE_SIZE", 3)
    deals = sorted(hubspot.api.posts, key=lambda post: post.created, reverse=True)

    def search(seen):
        asked = json.loads(seen.body)
        after = int(asked.get("after", 0))
        if after + asked["limit"] > 6:
            return Reply({"message": "The offset is beyond 10,000"}, status=400)
        ((window,),) = (group["filters"] for group in asked["filterGroups"])
        found = [d for d in deals if window["value"] <= d.created.timestamp() * 1000 <= window["highValue"]]
        more = {"paging": {"next": {"after": str(after + 3)}}} if len(found) > after + 3 else {}
        return {
            "total": len(found),
            "results": [hubspot.api.item(d) for d in found[after : after + 3]],
            **more,
        }

    hubspot.server.serve(hubspot.api.path, search, etag=False)
    hubspot.run()
    assert hubspot.ids == hubspot.wanted and len(hubspot.posts) == 11 and hubspot.messages == ""
    windows = {
        json.loads(seen.body)["filterGroups"][0]["filters"][0]["highValue"]
        for seen in hubspot.server.asked(hubspot.api.path)
    }
    assert len(windows) == 2


def test_hubspot_says_where_too_many_changed_in_one_moment(hubspot, monkeypatch):
    monkeypatch.setattr("ingestion.sources.hubspot.MOST_RESULTS", 6)
    monkeypatch.setattr("ingestion.sources.hubspot.PAGE_SIZE", 3)
    same = hubspot.api.item(hubspot.api.posts[0])

    def search(seen):
        return {
            "results": [same] * 3,
            "paging": {"next": {"after": str(int(json.loads(seen.body).get("after", 0)) + 3)}},
        }

    hubspot.server.serve(hubspot.api.path, search, etag=False)
    hubspot.run()
    assert "records changed in one moment" in hubspot.messages


def test_secrets_are_what_the_kit_looks_for():
    assert all(SECRET in api.secrets.values() for api in BUSINESS_APIS)
