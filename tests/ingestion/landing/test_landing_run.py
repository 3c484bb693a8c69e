"""A landing run: what it yields, counts and keeps to itself."""

import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from ingestion.landing import CRM_ACCOUNTS, CRM_CONTACTS, NPS_RESPONSES, POSTS, SUPPORT_CASES
from ingestion.landing.contract import LANDINGS_SCHEMA, QUARANTINE_SCHEMA


def post(post_id, **values):
    return {"post_id": post_id, "platform": "x", "text": "t", "created_at": "2026-08-01T10:00:00Z", **values}


def test_landed_tables_have_the_schemas_of_their_contracts(landing):
    yielded = list(landing.land(POSTS, pa.Table.from_pylist([post("1"), post(None)]), unit="u"))
    yielded += list(landing.finish())
    schemas = {item.meta.table_name: item.data.schema for item in yielded}
    assert schemas == {
        "posts": POSTS.arrow_schema,
        "quarantine": QUARANTINE_SCHEMA,
        "landings": LANDINGS_SCHEMA,
    }


def test_a_post_lands_whole(landing, tables):
    item = post(
        "1",
        author_id="Ann",
        like_count="3",
        observed_at="2026-08-02T00:00:00Z",
        extra='{"mood": "good"}',
        post_type="REPLY",
    )
    (row,) = tables(landing.land(POSTS, pa.Table.from_pylist([item]), unit="u"))["posts"]
    assert row["source_name"] == "test"
    assert row["landing_run_id"] == "run-1"
    assert row["observed_at"] == datetime(2026, 8, 2, tzinfo=UTC)
    assert row["post_type"] == "reply"
    assert row["like_count"] == 3
    assert row["share_count"] is None
    assert row["is_deleted"] is False
    assert len(row["author_key"]) == 32
    assert json.loads(row["extra"]) == {"mood": "good"}


def test_an_observation_without_a_time_has_that_of_the_run(landing, tables):
    (row,) = tables(landing.land(POSTS, pa.Table.from_pylist([post("1")]), unit="u"))["posts"]
    assert row["observed_at"] == landing.started_at


def test_the_same_observation_has_the_same_id_whatever_the_run(landing, tables):
    first = tables(landing.land(POSTS, pa.Table.from_pylist([post("1")]), unit="a"))["posts"][0]
    again = tables(landing.land(POSTS, pa.Table.from_pylist([post("1")]), unit="b"))["posts"][0]
    other = tables(landing.land(POSTS, pa.Table.from_pylist([post("1", like_count="1")]), unit="c"))["posts"][
        0
    ]
    assert first["observation_id"] == again["observation_id"]
    assert other["observation_id"] != first["observation_id"]
    assert other["content_hash"] != first["content_hash"]


def test_exact_repeats_in_a_unit_are_duplicates_also_across_batches(landing, tables):
    rows = [post("1"), post("2"), post("1"), post("1", text="edited")]
    landed = tables(landing.land(POSTS, pa.Table.from_pylist(rows), unit="u"))["posts"]
    assert [(row["post_id"], row["text"]) for row in landed] == [("1", "t"), ("2", "t"), ("1", "edited")]
    assert not tables(landing.land(POSTS, pa.Table.from_pylist(rows[:2]), unit="u"))
    counts = landing.units[0].counts
    assert (counts.received, counts.accepted, counts.duplicate) == (6, 3, 3)
    assert counts.balanced


def test_the_same_content_at_another_time_is_another_observation(landing, tables):
    times = ["2026-08-02T00:00:00Z", "2026-08-03T00:00:00Z"]
    rows = [post("1", observed_at=time) for time in times]
    assert len(tables(landing.land(POSTS, pa.Table.from_pylist(rows), unit="u"))["posts"]) == 2


def test_with_a_memory_only_changed_items_land(landing, tables):
    seen: dict[str, str] = {}
    first = tables(landing.land_items(POSTS, [post("1", like_count=1), post("2")], unit="a", seen=seen))
    assert len(first["posts"]) == 2
    second = tables(landing.land_items(POSTS, [post("1", like_count=2), post("2")], unit="b", seen=seen))
    assert [row["post_id"] for row in second["posts"]] == ["1"]
    # Back to the first content: a change too.
    third = tables(landing.land_items(POSTS, [post("1", like_count=1)], unit="c", seen=seen))
    assert len(third["posts"]) == 1
    assert [unit.counts.duplicate for unit in landing.units] == [0, 1, 0]


def test_a_tombstone_lands_without_content_and_counts_as_deleted(landing, tables):
    gone = {
        "post_id": "1",
        "platform": "x",
        "is_deleted": "true",
        "text": "[removed]",
        "author_id": "ann",
        "extra": '{"a": 1}',
    }
    (row,) = tables(landing.land(POSTS, pa.Table.from_pylist([gone]), unit="u"))["posts"]
    assert row["is_deleted"] is True
    assert [row[name] for name in ("text", "title", "url", "author_key", "extra", "created_at")] == [None] * 6
    counts = landing.units[0].counts
    assert (counts.received, counts.accepted, counts.deleted) == (1, 0, 1)


def test_bytes_that_are_no_utf8_cost_only_their_row(landing, tables):
    texts = [b"good", "schön".encode(), "schön".encode("latin-1"), b"also good"]
    batch = pa.table(
        {
            "post_id": pa.array([b"1", b"2", b"3", b"4"]),
            "platform": ["x"] * 4,
            "created_at": ["2026-08-01T10:00:00Z"] * 4,
            "text": pa.array(texts, pa.binary()),
            "_line": [2, 3, 4, 5],
        }
    )
    rows = tables(landing.land(POSTS, batch, unit="u"))
    assert [row["text"] for row in rows["posts"]] == ["good", "schön", "also good"]
    (bad,) = rows["quarantine"]
    assert (bad["reason"], bad["line"], bad["native_id"], bad["field"]) == ("invalid_utf8", 4, "3", "text")
    assert "byte 0xf6" in bad["detail"]
    assert "encoding: latin-1" in bad["remedy"]


def test_items_that_no_column_can_hold_are_quarantined_one_by_one(landing, tables):
    items = [
        post("surrogate", text="half \ud83d of a pair"),
        post("huge", like_count=2**70),
        post("nested", text={"de": "hallo"}),
        post("naive", created_at=datetime(2026, 8, 1)),
        post("good", like_count=2**40),
        post(7, created_at=datetime(2026, 8, 1, tzinfo=UTC)),
    ]
    rows = tables(landing.land_items(POSTS, items, unit="page 1"))
    assert [row["post_id"] for row in rows["posts"]] == ["good", "7"]
    assert {row["native_id"]: row["reason"] for row in rows["quarantine"]} == {
        "surrogate": "lone_surrogate",
        "nested": "value_not_allowed",
        "huge": "integer_out_of_range",
        "naive": "naive_timestamp",
    }
    counts = landing.units[0].counts
    assert (counts.received, counts.accepted, counts.quarantined) == (6, 2, 4)


def test_the_platform_given_fills_in_where_items_name_none(landing, tables):
    items = [{**post("1"), "platform": None}, post("2")]
    rows = tables(landing.land_items(POSTS, items, unit="u", platform="reddit"))["posts"]
    assert [row["platform"] for row in rows] == ["reddit", "x"]


def test_no_raw_author_is_yielded_anywhere(landing):
    handle = "RealHandle4711"
    items = [
        post("1", author_id=handle),
        post("2", author_id=handle, like_count="-1"),
        post("3", author_id=handle, text="\ud800"),
        post("4", author_id=handle + "x" * 600),
    ]
    yielded = [*landing.land_items(POSTS, items, unit="u"), *landing.finish()]
    assert handle.lower() not in repr([item.data.to_pylist() for item in yielded]).lower()
    assert landing.units[0].counts.quarantined == 2


def test_people_of_business_records_join_each_other(landing, tables):
    answers = [{"response_id": "1", "respondent_id": "ann@example.org", "score": 9}]
    cases = [{"case_id": "1", "customer_id": "Ann@Example.org"}]
    answer = tables(landing.land_items(NPS_RESPONSES, answers, unit="u"))["nps_responses"][0]
    case = tables(landing.land_items(SUPPORT_CASES, cases, unit="u"))["support_cases"][0]
    assert answer["respondent_key"] == case["customer_key"] is not None


def test_an_address_is_the_same_person_in_every_contract_and_what_is_none_is_nobody(landing, tables):
    contacts = [
        {"contact_id": "1", "account_id": "a1", "email": " Ann@Example.org "},
        {"contact_id": "2", "account_id": "a1", "email": "none"},
        {"contact_id": "3", "account_id": "a1", "email": "Ann <ann@example.org>"},
        {"contact_id": "4", "account_id": "a1", "email": ""},
        {"contact_id": "5", "account_id": "a1", "email": "ann@example.org", "is_deleted": True},
    ]
    answer = {"response_id": "1", "email": "ann@example.org", "respondent_id": "ann@example.org", "score": 9}
    case = {"case_id": "1", "email": "ANN@EXAMPLE.ORG"}
    landed = tables(landing.land_items(CRM_CONTACTS, contacts, unit="u"))["crm_contacts"]
    (answer,) = tables(landing.land_items(NPS_RESPONSES, [answer], unit="u"))["nps_responses"]
    (case,) = tables(landing.land_items(SUPPORT_CASES, [case], unit="u"))["support_cases"]
    key = landed[0]["email_key"]
    assert len(key) == 32 and answer["email_key"] == case["email_key"] == key != answer["respondent_key"]
    assert [row["email_key"] for row in landed] == [key, None, None, None, None]


def test_no_raw_address_is_yielded_anywhere(landing):
    items = [
        {"contact_id": "1", "email": "ann.smith@example.org"},
        {"contact_id": "2", "email": "ann.smith@example.org", "created_at": "some day"},
        {"contact_id": "3", "email": "ann.smith@example.org", "account_id": "\ud800"},
        {"contact_id": "4", "email": "Ann Smith <ann.smith@example.org>", "created_at": "some day"},
    ]
    yielded = [*landing.land_items(CRM_CONTACTS, items, unit="u"), *landing.finish()]
    assert "smith" not in repr([item.data.to_pylist() for item in yielded]).lower()
    assert landing.units[0].counts.quarantined == 3


def test_long_payloads_are_cut_and_their_true_size_kept(landing, tables):
    items = [post("1", text="x" * 8_000_000)]
    (bad,) = tables(landing.land_items(POSTS, items, unit="u"))["quarantine"]
    assert len(bad["payload"]) == 65_536
    assert bad["payload_bytes"] > 8_000_000


def test_what_is_no_row_can_be_rejected_and_counts(landing, tables):
    rejected = landing.reject(
        POSTS,
        unit="https://example.org",
        reason="html_instead_of_feed",
        detail="d",
        remedy="r",
        payload=b"<html>",
    )
    (row,) = tables(rejected)["quarantine"]
    assert (row["payload"], row["payload_bytes"], row["native_id"]) == (b"<html>", 6, None)
    assert landing.units[0].counts.quarantined == landing.units[0].counts.received == 1


def test_only_units_with_something_to_tell_are_recorded(landing, tables):
    list(landing.land(POSTS, pa.Table.from_pylist([post("1")]), unit="full", source_name="mine"))
    landing.note(POSTS, unit="silent")
    landing.note(CRM_ACCOUNTS, unit="empty", message="the file is empty", unit_hash="abc")
    rows = tables(landing.finish())["landings"]
    assert [(row["source_name"], row["resource"], row["unit"], row["received"]) for row in rows] == [
        ("mine", "posts", "full", 1),
        ("test", "crm_accounts", "empty", 0),
    ]
    assert (rows[1]["message"], rows[1]["unit_hash"]) == ("the file is empty", "abc")


def test_a_run_that_received_nothing_yields_nothing(landing):
    assert list(landing.finish()) == []


def test_a_column_outside_the_contract_is_an_error_that_names_it(landing):
    with pytest.raises(ValueError, match=r"columns \['likes'\] are not in the contract posts"):
        list(landing.land(POSTS, pa.table({"post_id": ["1"], "likes": [1]}), unit="u"))


def test_large_batches_are_judged_in_slices_with_the_same_result(landing, tables, monkeypatch):
    monkeypatch.setattr("ingestion.landing.landing.BATCH_ROWS", 7)
    rows = [
        post(str(number % 40), like_count=str(-1 if number % 40 == 5 else number % 40))
        for number in range(100)
    ]
    landed = tables(landing.land(POSTS, pa.Table.from_pylist(rows), unit="u"))
    counts = landing.units[0].counts
    assert len(landed["posts"]) == counts.accepted == 39
    assert (counts.received, counts.duplicate, counts.quarantined) == (100, 58, 3)
