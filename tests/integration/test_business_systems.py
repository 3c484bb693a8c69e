"""Tables of Salesforce, HubSpot, Zendesk and surveys, by mappings that ship, in the marts beside what is said in public.

The tables are real, compared with reading them one by one. HubSpot's are the public CRM files written in the shape of its
connector. What the connectors' samples lack stands beside each scene.
"""

import csv
import shutil
import statistics
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingestion.landing.runner import land
from ingestion.listening import Listening
from tests.integration.modelled_road import ModelledRoad

pytestmark = pytest.mark.soak

SURVEY_CLOSED = "2016-06-30T12:00:00+02:00"
SURVEY_WEEK = date(2016, 6, 27)
SHIPPED: list[Any] = [
    {"use": "fivetran_salesforce", "folder": "salesforce"},
    {"use": "fivetran_salesforce", "folder": "living", "name": "living"},
    {"use": "fivetran_hubspot", "folder": "hubspot"},
    {"use": "fivetran_zendesk", "folder": "zendesk"},
    {"use": "fivetran_qualtrics", "folder": "qualtrics", "where": {"question_id": ["QID2"]}},
    {
        "use": "nps_csv",
        "folder": "survey",
        "name": "garden",
        "encoding": "latin-1",
        "absent": ["NA"],
        "constants": {"language": "fr", "responded_at": SURVEY_CLOSED},
        "columns": {"response_id": "id", "score": "nps", "comment": "explication", "responded_at": None},
    },
    {"use": "nps_csv", "folder": "clients", "name": "clients"},
]
CLIENTS = (
    {
        "response_id": "c1",
        "score": 9,
        "comment": "",
        "responded_at": "2019-03-01T10:00:00Z",
        "email": "HI@google.com",
    },
    {
        "response_id": "c2",
        "score": 3,
        "comment": "",
        "responded_at": "2019-03-01T10:00:00Z",
        "email": "who@google.com",
    },
)
"""Answers of the one contact of the sample that has an address, and of somebody whom the CRM does not know."""
SAID = (
    "bought my first tomato plants at invented garden today",
    "why is the queue at invented garden always out of the door",
    "the roses from invented garden survived a week of hail",
    "invented garden should open on sunday mornings, says my neighbour",
    "three bags of soil and a smile, thank you invented garden",
)
POSTS = {
    "name": "told",
    "pattern": "told.csv",
    "format": "csv",
    "constants": {"platform": "x"},
    "columns": {"post_id": "id", "text": "text", "created_at": "created"},
}


class Systems(ModelledRoad):
    """One company with a CRM, a support tool and surveys, of which a few invented posts speak."""

    def listening(self, **more: Any) -> Listening:
        return Listening.model_validate(
            {
                "version": 1,
                "reporting": {"time_zone": "Europe/Paris"},
                "languages": ["fr", "en"],
                "brands": [{"name": "Invented Garden", "id": "garden", "terms": ["invented garden"]}],
                "sources": {"files": {"enabled": True, "mappings": [POSTS], "shipped": SHIPPED}},
            }
        )


def rows_of(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def day(text: str) -> date | None:
    return datetime.strptime(text, "%m/%d/%Y").date() if text else None


def moment(text: str) -> str:
    return f"{day(text)} 12:00:00" if text else ""


def write_hubspot(crm: Path, folder: Path) -> None:
    """Write the CRM files as HubSpot's tables. They tell no lead source: here, one product was found in social media."""
    synced = {"is_deleted": "false", "_fivetran_synced": "2018-01-01 00:00:00"}
    accounts = {row["account"]: number for number, row in enumerate(rows_of(crm / "accounts.csv"), 1)}
    companies = [
        {
            "id": accounts[row["account"]],
            "property_name": row["account"],
            "property_industry": row["sector"],
            "property_country": row["office_location"],
            "property_annualrevenue": "",
            "property_numberofemployees": row["employees"],
            "property_createdate": "",
            **synced,
        }
        for row in rows_of(crm / "accounts.csv")
    ]
    deals, links = [], []
    for row in rows_of(crm / "sales_pipeline.csv"):
        deals.append(
            {
                "deal_id": row["opportunity_id"],
                "deal_pipeline_stage_id": row["deal_stage"].lower(),
                "property_amount": row["close_value"],
                "property_hs_analytics_source": "SOCIAL_MEDIA"
                if row["product"] == "MG Special"
                else "OFFLINE",
                "property_hs_is_closed_won": str(row["deal_stage"] == "Won").lower(),
                "property_hs_is_closed": str(row["deal_stage"] in ("Won", "Lost")).lower(),
                "property_createdate": moment(row["engage_date"]),
                "property_closedate": moment(row["close_date"]),
                "property_dealtype": "",
                **synced,
            }
        )
        if row["account"]:
            links.append({"deal_id": row["opportunity_id"], "company_id": accounts[row["account"]]})
    write(folder / "company.csv", companies)
    write(folder / "deal.csv", deals)
    write(folder / "deal_company.csv", links)


@pytest.fixture(scope="module")
def business(shared_data: Path) -> Path:
    return shared_data / "business"


@pytest.fixture(scope="module")
def road(business: Path, tmp_path_factory: pytest.TempPathFactory) -> Systems:
    """The tables landed and modelled."""
    made = Systems(tmp_path_factory.mktemp("systems"))
    drop, tables = made.home.drop, business / "connector_tables"
    for name in ("account", "opportunity"):
        rows = rows_of(tables / f"salesforce/sf_{name}_data.csv")
        write(drop / f"salesforce/{name}.csv", rows)
        # Nearly all that the sample holds was deleted in its org: here once more as if it had not been.
        write(drop / f"living/{name}.csv", [row | {"is_deleted": "false"} for row in rows])
    # Of the contact that has an address, the sample lacks the account: here it is at one that there is.
    (account, *_) = rows_of(tables / "salesforce/sf_account_data.csv")
    contacts = rows_of(tables / "salesforce/sf_contact_data.csv")
    write(drop / "salesforce/contact.csv", [row | {"is_deleted": "true"} for row in contacts])
    moved = [row | ({"account_id": account["id"]} if row["email"] else {}) for row in contacts]
    write(drop / "living/contact.csv", moved)
    write(drop / "clients/nps_clients.csv", list(CLIENTS))
    write_hubspot(business / "crm", drop / "hubspot")
    (drop / "zendesk").mkdir()
    for name in ("ticket", "ticket_field_history", "ticket_comment", "user"):
        shutil.copy(tables / f"zendesk/{name}_data.csv", drop / f"zendesk/{name}.csv")
    (drop / "qualtrics").mkdir()
    for name in ("question_response", "survey_response"):
        shutil.copy(tables / f"qualtrics/{name}.csv", drop / "qualtrics")
    (drop / "survey").mkdir()
    shutil.copy(business / "nps/nps_responses_fr_latin1.csv", drop / "survey/nps_garden.csv")
    posts = [
        {"id": n, "text": text, "created": f"2016-06-29T0{n}:00:00Z"} for n, text in enumerate(SAID, start=1)
    ]
    write(drop / "told.csv", posts)
    report = land("files", made.home, made.listening(), "run 1")
    assert report.loaded
    made.model()
    return made


def landed(road: Systems, unit: str) -> tuple[int, int, int, int]:
    """Return what of a file was received, accepted, set aside and deleted."""
    sql = f"select received, accepted, quarantined, deleted from raw_files.landings where unit = '{unit}'"
    (found,) = road.ask(sql)
    return found


def test_every_row_of_every_table_is_accounted_for(road, business):
    tables = business / "connector_tables"
    for name in ("account", "opportunity"):
        rows = rows_of(tables / f"salesforce/sf_{name}_data.csv")
        gone = sum(row["is_deleted"] == "true" for row in rows)
        assert landed(road, f"salesforce/{name}.csv") == (len(rows), len(rows) - gone, 0, gone)
        assert landed(road, f"living/{name}.csv") == (len(rows), len(rows), 0, 0)
    contacts = len(rows_of(tables / "salesforce/sf_contact_data.csv"))
    assert landed(road, "salesforce/contact.csv") == (contacts, 0, 0, contacts)
    assert landed(road, "living/contact.csv") == (contacts, contacts, 0, 0)
    tickets = rows_of(tables / "zendesk/ticket_data.csv")
    gone = sum(row["status"] == "deleted" for row in tickets)
    assert landed(road, "zendesk/ticket.csv") == (len(tickets), len(tickets) - gone, 0, gone)
    comments = rows_of(tables / "zendesk/ticket_comment_data.csv")
    people = {row["id"] for row in rows_of(tables / "zendesk/user_data.csv")}
    strangers = sum(row["user_id"] not in people for row in comments)
    assert landed(road, "zendesk/ticket_comment.csv") == (
        len(comments),
        len(comments) - strangers,
        strangers,
        0,
    )
    answers = [r for r in rows_of(tables / "qualtrics/question_response.csv") if r["question_id"] == "QID2"]
    assert landed(road, "qualtrics/question_response.csv") == (len(answers), len(answers), 0, 0)


def test_deleted_deals_of_salesforce_count_nowhere_and_living_ones_do(road, business):
    rows = rows_of(business / "connector_tables/salesforce/sf_opportunity_data.csv")
    deals = {
        key: rest
        for key, *rest in road.ask(
            "select opportunity_key, is_won, is_closed, amount_cents, closed_date from intermediate.int_opportunities_enriched"
            " where opportunity_key like 'living:%' or opportunity_key like 'fivetran_salesforce:%'"
        )
    }
    assert {key.partition(":")[0] for key in deals} == {"living"}, "the sample holds no living deal"
    assert len(deals) == len(rows)
    for row in rows:
        won, closed, cents, closed_on = deals[f"living:{row['id']}"]
        assert (won, closed) == (row["is_won"] == "true", row["is_closed"] == "true")
        assert cents == (int(float(row["amount"]) * 100) if row["amount"] else None)
        assert closed_on == (date.fromisoformat(row["close_date"][:10]) if closed else None)


def test_an_answer_has_the_account_of_the_contact_with_its_address(road, business):
    (account, *_) = rows_of(business / "connector_tables/salesforce/sf_account_data.csv")
    found = road.ask(
        "select response_key, account_source_name, account_id, segment from intermediate.int_nps_responses_enriched"
        " where source_name = 'clients' order by response_key"
    )
    assert found == [
        ("clients:c1", "living", account["id"], account["type"]),
        ("clients:c2", None, None, "unknown"),
    ]


def test_of_people_nothing_has_landed_but_ids_and_pseudonyms(road, business):
    tables = road.ask("select table_name from duckdb_tables() where schema_name = 'raw_files'")
    told = "\n".join(str(road.ask(f'select * from raw_files."{table}"')) for (table,) in tables).lower()
    contacts = rows_of(business / "connector_tables/salesforce/sf_contact_data.csv")
    people = rows_of(business / "connector_tables/zendesk/user_data.csv")
    private = {
        row[name].lower()
        for row in contacts
        for name in ("email", "name", "phone", "title")
        if len(row[name]) > 3
    }
    private |= {row["email"].lower() for row in (*people, *CLIENTS)} | {row["name"].lower() for row in people}
    assert len(private) > 8 and not [words for words in sorted(private) if words in told]


def test_hubspot_deals_stand_in_the_sales_mart_by_touch_and_segment(road, business):
    crm = business / "crm"
    sector = {row["account"]: row["sector"] for row in rows_of(crm / "accounts.csv")}
    expected: Counter = Counter()
    for row in rows_of(crm / "sales_pipeline.csv"):
        group = "touched" if row["product"] == "MG Special" else "not recorded"
        for segment in ("all", sector.get(row["account"], "unknown")):
            expected[segment, group, "opportunities"] += 1
            expected[segment, group, "closed"] += row["deal_stage"] in ("Won", "Lost")
            expected[segment, group, "won"] += row["deal_stage"] == "Won"
    found = road.ask(
        "select segment, touch_group, opportunities, closed, won, win_rate from marts.mart_sales_pipeline_social"
        " where segment not in ('all', 'unknown') or touch_group = 'touched'"
    )
    sectors = set(sector.values())
    compared = [row for row in found if row[0] in sectors or (row[0], row[1]) == ("all", "touched")]
    assert len(compared) == 2 * len(sectors) + 1
    for segment, group, opportunities, closed, won, rate in compared:
        figures = [expected[segment, group, name] for name in ("opportunities", "closed", "won")]
        assert [opportunities, closed, won] == figures, (segment, group)
        assert rate == pytest.approx(won / closed)


def test_tickets_have_their_times_in_the_care_mart(road, business):
    tables = business / "connector_tables/zendesk"
    tickets = {r["id"]: r for r in rows_of(tables / "ticket_data.csv") if r["status"] != "deleted"}
    solved: dict[str, str] = {}
    for row in rows_of(tables / "ticket_field_history_data.csv"):
        if (row["field_name"], row["value"]) == ("status", "solved"):
            solved[row["ticket_id"]] = max(solved.get(row["ticket_id"], ""), row["updated"])
    hours = [
        (datetime.fromisoformat(solved[i]) - datetime.fromisoformat(row["created_at"])).total_seconds() / 3600
        for i, row in tickets.items()
        if i in solved and row["status"] in ("solved", "closed")
    ]
    assert hours
    found = road.ask(
        "select channel, cases, resolved, median_resolution_hours from marts.mart_care_service_levels"
        " where period_kind = 'all' and clock = 'calendar'"
    )
    by_channel = {channel: rest for channel, *rest in found}
    channels = Counter(row["via_channel"] for row in tickets.values())
    strangers = {"unknown"}  # comments of tickets that the sample does not hold have no channel
    assert {c: by_channel[c][0] for c in by_channel if c not in {"all", *strangers}} == dict(channels)
    assert by_channel["email"][1] == len(hours)
    assert by_channel["email"][2] == pytest.approx(statistics.median(hours))


def test_the_voice_of_the_customer_shows_survey_sales_support_and_posts_side_by_side(road, business):
    scores = [
        int(row["nps"])
        for row in rows_of(business / "nps/nps_responses_fr_latin1.csv", "latin-1")
        if row["nps"] != "NA"
    ]
    promoters, detractors = sum(score >= 9 for score in scores), sum(score <= 6 for score in scores)
    (row,) = road.ask(
        "select nps_responses, nps, social_mentions from marts.mart_voice_of_customer"
        f" where week_start_date = date '{SURVEY_WEEK}' and segment = 'all' and topic = 'all'"
    )
    assert row[0] == len(scores) and row[2] == len(SAID)
    assert row[1] == pytest.approx(100 * (promoters - detractors) / len(scores))
    weeks: Counter = Counter()
    for deal in rows_of(business / "crm/sales_pipeline.csv"):
        if closed := day(deal["close_date"]):
            weeks[closed - timedelta(days=closed.weekday())] += 1
    told = dict(
        road.ask(
            "select week_start_date, closed_opportunities from marts.mart_voice_of_customer"
            " where segment = 'all' and topic = 'all' and closed_opportunities > 0 and week_start_date < date '2018-01-01'"
        )
    )
    assert told == dict(weeks)
    hidden = road.ask(
        "select count(*) from marts.mart_voice_of_customer where is_care_suppressed and week_start_date >= date '2020-01-01'"
    )
    assert hidden[0][0] > 0, "a few tickets in a week are people that could be told"


def test_answers_whose_time_nobody_tells_land_and_belong_to_no_week(road):
    """The sample's answers are not those of its responses."""
    found = road.ask(
        "select score, responded_at from intermediate.int_nps_responses_latest where source_name = 'fivetran_qualtrics'"
    )
    assert sorted(found) == [(1, None), (2, None), (2, None), (3, None)]
