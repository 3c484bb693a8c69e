"""JSON Feed 1.0 and 1.1, read into the same rows as RSS and Atom. Fixtures follow the examples of jsonfeed.org."""

import json
from datetime import UTC, datetime

import pytest

from ingestion.sources.feeds.document import read_feed, without_authors

FEED_URL = "https://news.example.org/feed.json"
ITEM = {
    "id": "https://example.org/2",
    "url": "https://example.org/second",
    "title": "Lumora & Co",
    "content_html": "<p>The machine.</p><script>x()</script><p>Good!</p>",
    "summary": "short",
    "date_published": "2026-02-27T09:00:00+01:00",
    "date_modified": "2026-02-28T10:00:00Z",
    "authors": [{"name": "Ann Example", "url": "https://example.org/ann"}],
    "tags": ["Coffee", "test", "test", 7],
    "language": "en",
}


def read(*items, **feed):
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": list(items)} | feed
    return read_feed(json.dumps(document).encode(), FEED_URL, "application/feed+json")


def only(item, **feed):
    [row] = read(item, **feed).rows
    return row


def test_an_item_becomes_a_row():
    assert only(ITEM) == {
        "entry_id": "https://example.org/2",
        "platform": "web",
        "feed_url": FEED_URL,
        "title": "Lumora & Co",
        "text": "The machine.\nGood!",
        "url": "https://example.org/second",
        "author_id": "news.example.org/Ann Example",
        "language": "en",
        "categories": ["Coffee", "test"],
        "_published": datetime(2026, 2, 27, 8, tzinfo=UTC),
        "_updated": datetime(2026, 2, 28, 10, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    ("item", "identity"),
    [
        ({"id": "17"}, f"{FEED_URL}#17"),
        ({"id": 17}, f"{FEED_URL}#17"),
        ({"id": True, "url": "https://a.example/1"}, "https://a.example/1"),
        ({"id": "tag:a.example,2026:1"}, "tag:a.example,2026:1"),
    ],
)
def test_ids_are_those_of_other_feeds(item, identity):
    assert only(item)["entry_id"] == identity


def test_texts_come_from_content_else_summary_and_only_html_is_markup():
    assert only({"id": "1", "content_text": "5 < 6 & <b>", "summary": "s"})["text"] == "5 < 6 & <b>"
    assert only({"id": "1", "summary": "in short"})["text"] == "in short"
    assert only({"id": "1"})["text"] is None


def test_the_feed_speaks_for_items_that_do_not():
    plain = {"id": "1"}
    assert only(plain, authors=[{"name": "Desk"}], language="de")["author_id"] == "news.example.org/Desk"
    assert only(plain, author={"name": "Desk 1.0"}, language="de")["author_id"] == "news.example.org/Desk 1.0"
    assert only(plain, language="de")["language"] == "de"
    assert only(ITEM, author={"name": "Desk"}, language="de")["language"] == "en"
    assert only(plain)["author_id"] is None


def test_only_web_addresses_are_kept_and_attachments_stand_in():
    attachment = {"url": "https://a.example/1.mp3", "mime_type": "audio/mpeg"}
    assert only({"id": "1", "url": "javascript:x()", "attachments": [attachment]})["url"] == attachment["url"]
    assert only({"id": "1", "external_url": "https://b.example/"})["url"] == "https://b.example/"


def test_odd_values_cost_no_item():
    odd = {"id": "1", "title": 5, "tags": "coffee", "attachments": {}, "authors": {"name": "Ann"}}
    row = only(
        odd | {"date_published": "yesterday", "date_modified": "2026-02-28T10:00:00", "content_html": []}
    )
    assert (row["title"], row["text"], row["categories"], row["_published"], row["_updated"]) == (None,) * 5


def test_items_that_are_no_objects_are_told_and_the_others_land():
    feed = read(ITEM, "odd", None)
    assert len(feed.rows) == 1 and feed.fault == "2 of its items are no objects"


def test_an_empty_feed_and_one_with_a_byte_order_mark_are_feeds():
    assert read().rows == []
    body = (
        b"\xef\xbb\xbf" + json.dumps({"version": "https://jsonfeed.org/version/1", "items": [ITEM]}).encode()
    )
    assert len(read_feed(body, FEED_URL, "").rows) == 1


def test_no_bytes_of_json_are_kept():
    assert without_authors(b'{"authors": [{"name": "Ann"') == b""
