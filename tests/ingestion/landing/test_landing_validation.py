"""Each reason for quarantine, with a good neighbour that lands."""

import pyarrow as pa
import pytest

from ingestion.landing import CRM_OPPORTUNITIES, NPS_RESPONSES, POSTS, SUPPORT_CASES

GOOD = {
    "post_id": "good",
    "platform": "x",
    "text": "Lumora is fine",
    "created_at": "2026-08-01T10:00:00Z",
    "like_count": "3",
}


def judged(landing, tables, bad, contract=POSTS, good=GOOD, **options):
    """Land a good row and a bad one; return the landed rows, the only quarantined one, and the counts."""
    batch = pa.Table.from_pylist([{name: {**good, **bad}.get(name) for name in {**good, **bad}}, good])
    rows = tables(landing.land(contract, batch, unit="batch", **options))
    counts = landing.units[0].counts
    assert counts.balanced
    return rows.get(contract.resource, []), rows.get("quarantine", []), counts


@pytest.mark.parametrize(
    ("bad", "reason", "says", "remedy"),
    [
        ({"post_id": None}, "missing_id", "post_id is empty", "map a column that is filled in"),
        ({"post_id": "  "}, "missing_id", "post_id is empty", "map a column that is filled in"),
        ({"platform": None}, "missing_value", "platform is empty", "under constants"),
        ({"created_at": None}, "missing_value", "created_at is empty", "fill created_at at the source"),
        ({"text": "a\0b"}, "nul_byte", "NUL byte", "remove the NUL bytes"),
        ({"text": "x" * 8_000_000}, "text_too_long", "8000000 characters, more than 100000", "shorten"),
        ({"like_count": "1.2K"}, "not_an_integer", "'1.2K', not a whole number", "no 1.2K"),
        ({"like_count": "3.7"}, "not_an_integer", "'3.7', not a whole number", "plain digits"),
        ({"like_count": "1_000"}, "not_an_integer", "'1_000'", "plain digits"),
        ({"like_count": "0x1F"}, "not_an_integer", "'0x1F'", "plain digits"),
        ({"like_count": str(2**70)}, "integer_out_of_range", "more than 64 bits", "correct the number"),
        ({"like_count": "-4"}, "negative_count", "cannot be negative", "leave it empty if unknown"),
        ({"created_at": "yesterday"}, "not_a_timestamp", "'yesterday'", "ISO 8601 with an offset"),
        ({"created_at": "2026-13-01T00:00:00Z"}, "not_a_timestamp", "2026-13-01", "ISO 8601"),
        ({"created_at": "2026-08-01 10:00:00"}, "naive_timestamp", "no offset to UTC", "add time_zone:"),
        ({"post_type": "story"}, "value_not_allowed", "'story'; choose one of original", "correct the value"),
        ({"platform": "My Site"}, "value_not_allowed", "'My Site'", "correct the value"),
        ({"country": "Germany"}, "value_not_allowed", "'Germany'", "correct the value"),
        ({"is_deleted": "perhaps"}, "not_a_boolean", "'perhaps'", "true/false"),
        ({"extra": "{"}, "invalid_json", "no JSON", "correct the line"),
    ],
)
def test_a_bad_row_is_quarantined_and_its_neighbour_lands(landing, tables, bad, reason, says, remedy):
    landed, quarantined, counts = judged(landing, tables, bad)
    assert [row["post_id"] for row in landed] == ["good"]
    (row,) = quarantined
    assert (row["reason"], row["field"]) == (reason, next(iter(bad)))
    assert says in row["detail"]
    assert remedy in row["remedy"]
    assert row["unit"] == "batch"
    assert row["payload"]
    assert (counts.received, counts.accepted, counts.quarantined) == (2, 1, 1)


@pytest.mark.parametrize(
    ("score", "reason"), [("11", "value_not_allowed"), ("-1", "value_not_allowed"), ("NA", "missing_value")]
)
def test_a_score_outside_its_scale_is_quarantined(landing, tables, score, reason):
    good = {"response_id": "good", "score": "10"}
    bad = {"response_id": "bad", "score": score}
    landed, quarantined, _ = judged(landing, tables, bad, NPS_RESPONSES, good)
    assert [row["response_id"] for row in landed] == ["good"]
    assert quarantined[0]["reason"] == reason


@pytest.mark.parametrize("absent", ["", "NA", "NaN", "null", None])
def test_an_absent_number_is_null_and_not_zero(landing, tables, absent):
    landed, quarantined, _ = judged(landing, tables, {"post_id": "bare", "like_count": absent})
    assert not quarantined
    assert {row["post_id"]: row["like_count"] for row in landed} == {"bare": None, "good": 3}


def test_a_text_may_really_be_the_letters_na(landing, tables):
    landed, _, _ = judged(landing, tables, {"post_id": "na", "text": "NA"})
    assert landed[0]["text"] == "NA"


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en-US", "en"), ("DE", "de"), ("in", "id"), ("iw", "he"), ("und", None), ("qme", None), (None, None)],
)
def test_language_tags_become_iso_639_codes(landing, tables, tag, language):
    landed, quarantined, _ = judged(landing, tables, {"post_id": "tagged", "language": tag})
    assert not quarantined
    assert landed[0]["language"] == language


def test_typed_columns_are_judged_like_text(landing, tables):
    batch = pa.table(
        {
            "post_id": pa.array([1, 2, 3], pa.int64()),
            "platform": pa.array(["x", "x", "x"]).dictionary_encode(),
            "created_at": pa.array([1_770_000_000, 1_770_000_000_000, None], pa.int64()),
            "like_count": pa.array([1.0, 2.5, float("nan")]),
            "share_count": pa.array([2**63, 1, 1], pa.uint64()),
            "is_deleted": pa.array([False, False, True]),
        }
    )
    rows = tables(landing.land(POSTS, batch, unit="typed"))
    assert [row["reason"] for row in rows["quarantine"]] == ["integer_out_of_range", "not_an_integer"]
    (tombstone,) = rows["posts"]
    assert (tombstone["post_id"], tombstone["like_count"], tombstone["is_deleted"]) == ("3", None, True)


def test_a_batch_in_which_nothing_is_filled_in_is_all_quarantined(landing, tables):
    batch = pa.table({"post_id": pa.nulls(3), "text": pa.nulls(3, pa.string())})
    rows = tables(landing.land(POSTS, batch, unit="hollow"))
    assert [row["reason"] for row in rows["quarantine"]] == ["missing_id"] * 3


def test_a_satisfaction_above_its_scale_is_quarantined(landing, tables):
    good = {"case_id": "good", "csat_score": "5"}
    landed, quarantined, _ = judged(landing, tables, {"case_id": "b", "csat_score": "6"}, SUPPORT_CASES, good)
    assert len(landed) == 1
    assert "the most is 5" in quarantined[0]["detail"]


@pytest.mark.parametrize("amount", ["inf", "nan?", "1,5", "1_000"])
def test_an_amount_must_be_a_finite_number(landing, tables, amount):
    good = {"opportunity_id": "good", "amount": "1.5e3"}
    landed, quarantined, _ = judged(
        landing, tables, {"opportunity_id": "bad", "amount": amount}, CRM_OPPORTUNITIES, good
    )
    assert [row["amount"] for row in landed] == [1500.0]
    assert quarantined[0]["reason"] == "not_a_number"
