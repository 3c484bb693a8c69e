"""RSS and Atom, from bytes to the landed tables. Fixtures are written for these tests in the formats' own shapes."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from ingestion.landing import Counts
from ingestion.sources.feeds.dates import settle_dates
from ingestion.sources.feeds.document import read_feed, without_authors
from ingestion.sources.feeds.memory import FeedMemory
from ingestion.sources.feeds.problems import NoFeed
from ingestion.sources.feeds.settings import MAX_REMEMBERED
from tests.ingestion.kit.bench import NOW
from tests.ingestion.sources.live import LiveSource, prepared_home
from tests.replay_server import HTML_PAGE, drop, html, redirect, status

FEED_URL = "https://news.example.org/feed.xml"

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de">
  <title>Kaffee heute</title><id>tag:example.org,2026:blog</id><updated>2026-02-28T10:00:00Z</updated>
  <author><name>Redaktion</name></author>
  <entry>
    <title type="html">Lumora &amp;amp; Co: &lt;b&gt;neu&lt;/b&gt;</title>
    <id>tag:example.org,2026:1</id><link href="https://example.org/1"/>
    <published>2026-02-27T09:00:00+01:00</published><updated>2026-02-28T10:00:00Z</updated>
    <summary>kurz</summary>
    <content type="html">&lt;p&gt;Die Maschine.&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;&lt;p&gt;Gut!&lt;/p&gt;</content>
    <category term="kaffee" label="Kaffee"/><category term="test"/><category term="test"/>
  </entry>
  <entry xml:lang="en">
    <title>Plain 5 &lt; 6</title><id>17</id><link href="/relative"/>
    <updated>2026-02-26T08:00:00Z</updated><author><name>Ann Example</name><email>ann@example.org</email></author>
  </entry>
</feed>"""


def rss(*items, head=""):
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{head}{"".join(items)}</channel></rss>'


def item(number, text="Text", date="Sun, 01 Mar 2026 10:00:00 GMT", **more):
    extra = "".join(f"<{name}>{value}</{name}>" for name, value in more.items())
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return (
        f"<item><title>Title {number}</title><link>https://example.org/{number}</link>"
        f"<guid>https://example.org/?p={number}</guid><description>{text}</description>{dated}{extra}</item>"
    )


def read(document, content_type="application/xml"):
    body = document if isinstance(document, bytes) else document.encode()
    return read_feed(body, FEED_URL, content_type)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return prepared_home("feeds", tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def source(prepared, tmp_path, server, clock):
    return LiveSource(
        "feeds", prepared, tmp_path / "home", server, clock, {"urls": [server.url + "/feed.xml"]}
    )


# -- parse ----------------------------------------------------------------------------------------


def test_an_atom_entry_becomes_a_row():
    first, second = read(ATOM).rows
    assert first == {
        "entry_id": "tag:example.org,2026:1",
        "platform": "web",
        "feed_url": FEED_URL,
        "title": "Lumora & Co: neu",
        "text": "Die Maschine.\nGut!",
        "url": "https://example.org/1",
        "author_id": "news.example.org/Redaktion",
        "language": "de",
        "categories": ["Kaffee", "test"],
        "_published": datetime(2026, 2, 27, 8, tzinfo=UTC),
        "_updated": datetime(2026, 2, 28, 10, tzinfo=UTC),
    }
    assert (second["title"], second["language"], second["text"]) == ("Plain 5 < 6", "en", None)
    assert (second["entry_id"], second["url"]) == (f"{FEED_URL}#17", "https://news.example.org/relative")
    assert second["author_id"] == "news.example.org/Ann Example"


@pytest.mark.parametrize(
    ("document", "identity"),
    [
        (rss("<item><guid> https://a.org/1 </guid><link>https://a.org/x</link></item>"), "https://a.org/1"),
        (rss("<item><guid isPermaLink='false'>4711</guid></item>"), f"{FEED_URL}#4711"),
        (rss("<item><guid isPermaLink='false'>urn:uuid:1</guid></item>"), "urn:uuid:1"),
        (rss("<item><link>https://a.org/x</link><title>T</title></item>"), "https://a.org/x"),
        (rss("<item><title>T</title></item>"), re.compile("[0-9a-f]{64}")),
        (rss("<item><description>D</description></item>"), re.compile("[0-9a-f]{64}")),
        (rss("<item/>"), re.compile("[0-9a-f]{64}")),
    ],
)
def test_every_entry_has_an_identity(document, identity):
    [row] = read(document).rows
    assert re.fullmatch(
        identity if isinstance(identity, re.Pattern) else re.escape(identity), row["entry_id"]
    )


def test_a_hashed_identity_depends_on_feed_title_and_date_only():
    def identity(title, date, text):
        [row] = read(
            rss(
                f"<item><title>{title}</title><pubDate>{date}</pubDate><description>{text}</description></item>"
            )
        ).rows
        return row["entry_id"]

    assert identity("T", "1", "a") == identity("T", "1", "b")
    assert len({identity("T", "1", "a"), identity("U", "1", "a"), identity("T", "2", "a")}) == 3


def test_entries_that_share_an_id_are_told_apart():
    same = "<guid isPermaLink='false'>0</guid>"
    document = rss(*(f"<item>{same}<title>T{number}</title></item>" for number in (1, 2, 2)))
    first, second, third = (row["entry_id"] for row in read(document).rows)
    assert first != second == third
    assert [row["entry_id"] for row in read(document).rows] == [first, second, third]


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("a &#55357;&#56832; b", "a \U0001f600 b"),
        ("a &#xD83D;&#xDE00; b", "a \U0001f600 b"),
        ("a &#65;&#55357;&#56832;&#66; b", "a A\U0001f600B b"),
        ("a &#xD83D; b", "a \ufffd b"),
        ("a &#xDE00;&#65; b", "a \ufffdA b"),
        ("a &#99999999999; b", "a \ufffd b"),
        ("a &#" + "9" * 5000 + "; b", "a \ufffd b"),
        ("a &#x0041;&#0066; b", "a AB b"),
    ],
)
def test_an_impossible_character_costs_no_feed(reference, text):
    feed = read(rss(item(1, text=reference), item(2)))
    assert [row["text"] for row in feed.rows] == [text, "Text"]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"])
def test_only_web_addresses_are_kept(link):
    [row] = read(rss(f"<item><guid isPermaLink='false'>1</guid><link>{link}</link></item>")).rows
    assert row["url"] is None


def test_an_enclosure_stands_in_for_a_missing_link():
    document = rss(
        "<item><title>T</title><enclosure url='https://a.org/1.mp3' type='audio/mpeg' length='1'/></item>"
    )
    assert read(document).rows[0]["url"] == "https://a.org/1.mp3"


@pytest.mark.parametrize(
    ("tag", "language"), [("en-US", "en-US"), ("id", "id"), ("english", None), ("", None)]
)
def test_a_language_that_is_no_tag_is_left_out(tag, language):
    assert read(rss(item(1), head=f"<language>{tag}</language>")).rows[0]["language"] == language


def test_encodings_are_taken_from_header_or_document():
    document = rss(item(1, text="caf\u00e9 \u0141"))
    for encoding in ("utf-8", "utf-16", "iso-8859-2"):
        declared = document.replace('version="1.0"', f'version="1.0" encoding="{encoding}"', 1)
        [row] = read(declared.encode(encoding)).rows
        assert row["text"] == "caf\u00e9 \u0141"
    assert (
        read(document.encode("iso-8859-2"), "application/rss+xml; charset=iso-8859-2").rows[0]["text"]
        == "caf\u00e9 \u0141"
    )


def test_a_wrong_media_type_is_no_fault():
    feed = read(rss(item(1)), "text/plain")
    assert (len(feed.rows), feed.fault) == (1, None)


def test_a_broken_feed_yields_what_can_be_salvaged():
    feed = read(rss(item(1), item(2, text="a & b &nbsp; <br> c")))
    assert len(feed.rows) == 2
    assert feed.fault.startswith("line 1: ")


def test_the_torn_last_entry_of_a_truncated_feed_is_left_out():
    document = rss(item(1), item(2), item(3, text="Text that will be cut in the middle"))
    feed = read(document[: document.index("the middle")])
    assert [row["title"] for row in feed.rows] == ["Title 1", "Title 2"]
    assert feed.fault


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (HTML_PAGE, "html_instead_of_feed"),
        (
            b"\xef\xbb\xbf <?xml version='1.0'?><!-- a --><!-- b --><html xmlns='x'><body/></html>",
            "html_instead_of_feed",
        ),
        (b"", "empty_answer"),
        (b" \n", "empty_answer"),
        (b'{"version": "2.0", "items": []}', "not_a_feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": {}}', "not_a_feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id"', "unreadable_feed"),
        (b'{"a":' * 100_000, "unreadable_feed"),
        (b'{"version": "\xff"}', "unreadable_feed"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not_a_feed"),
        (b"/etc/passwd", "not_a_feed"),
        (b"<opml version='2.0'><body/></opml>", "not_a_feed"),
        (b"<?xml version='1.0'?><rss version='2.0'><channel><item><title>T", "unreadable_feed"),
    ],
)
def test_what_is_no_feed_is_told_apart(body, reason):
    with pytest.raises(NoFeed) as problem:
        read(body)
    assert problem.value.reason == reason
    assert problem.value.remedy


def test_an_empty_feed_is_a_feed():
    assert read(rss()).rows == []


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "piece", [b"<!---->", b"<item>", b"<a ", b"<![CDATA[", b"&amp;lt;a ", b"<author>", b"<author "]
)
def test_a_hostile_document_takes_no_longer_than_its_length(piece):
    body = b"<rss version='2.0'><channel><item><description>" + piece * (300_000 // len(piece))
    without_authors(body)
    try:
        read(body)
        read(piece * (300_000 // len(piece)))
    except NoFeed:
        pass


def test_an_entity_bomb_does_not_go_off():
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "lol">{levels}]>' + rss(item(1, text="&a9;"))[21:]
    )
    try:
        rows = read(bomb).rows
    except NoFeed:
        return
    assert all(len(row["text"] or "") < 10_000 for row in rows)


def test_an_external_entity_is_not_opened(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words")
    document = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        + rss(item(1, text="&x;"))[21:]
    )
    with suppress(NoFeed):
        assert "secret words" not in str(read(document).rows)


def test_kept_bytes_do_not_name_authors():
    named = rss(
        item(1, **{"author": "Ann", "dc:creator": "<![CDATA[Ann]]>"}),
        head="<managingEditor>Ann</managingEditor>",
    )
    atom = "<entry><author><name>Ann</name><email>Ann@example.org</email></author>"
    assert b"Ann" not in without_authors(named.encode() + atom.encode())
    assert b"Ann" not in without_authors(b"<item><author>Ann Exa")
    assert b"Title 1" in without_authors(named.encode())


# -- dates ----------------------------------------------------------------------------------------


def settled(published, updated, first_seen, at=NOW):
    row = {"entry_id": "1", "_published": published, "_updated": updated}
    settle_dates(row, first_seen, at)
    return row["created_at"], row["created_at_source"], row["edited_at"]


def test_a_published_entry_keeps_its_dates():
    published, updated = NOW - timedelta(days=2), NOW - timedelta(days=1)
    first_seen = {}
    assert settled(published, updated, first_seen) == (published, "published", updated)
    assert settled(published, published, first_seen) == (published, "published", None)
    assert first_seen == {}


def test_an_entry_with_updates_only_keeps_the_first_one_as_its_creation():
    first_seen = {}
    one, two = NOW - timedelta(days=2), NOW - timedelta(days=1)
    assert settled(None, one, first_seen) == (one, "updated", None)
    assert settled(None, two, first_seen) == (one, "updated", two)


def test_an_undated_entry_was_created_when_first_seen():
    first_seen = {}
    assert settled(None, None, first_seen) == (NOW, "first_seen", None)
    later = NOW + timedelta(days=1)
    assert settled(None, None, first_seen, later) == (NOW, "first_seen", None)
    assert settled(None, later, first_seen, later) == (NOW, "first_seen", later)


def test_a_date_in_the_future_is_no_date():
    assert settled(NOW + timedelta(days=30), None, {}) == (NOW, "first_seen", None)
    soon = NOW + timedelta(hours=2)
    assert settled(soon, None, {}) == (soon, "published", None)


# -- memory ---------------------------------------------------------------------------------------


def test_a_feed_is_remembered_within_bounds():
    memory = FeedMemory({})
    for number in range(MAX_REMEMBERED + 50):
        memory.seen[str(number)] = "hash"
    memory.tidy(["0", "7"])
    assert len(memory.seen) == MAX_REMEMBERED
    assert "0" in memory.seen and "7" in memory.seen and "1" not in memory.seen


# -- landing --------------------------------------------------------------------------------------


def test_entries_land_typed_and_counted(source, server):
    server.serve("/feed.xml", ATOM, headers={"Content-Type": "application/atom+xml"})
    report = source.run()
    assert report.counts["entries"] == Counts(received=2, accepted=2)
    assert report.messages == []
    rows = source.query(
        "select entry_id, feed_url, title, text, url, language, categories, created_at, created_at_source, edited_at,"
        " length(author_key), source_name, platform from entries order by created_at desc"
    )
    url = server.url + "/feed.xml"
    assert rows == [
        (
            "tag:example.org,2026:1", url, "Lumora & Co: neu", "Die Maschine.\nGut!", "https://example.org/1", "de",
            '["Kaffee", "test"]', datetime(2026, 2, 27, 8, tzinfo=UTC), "published",
            datetime(2026, 2, 28, 10, tzinfo=UTC), 32, "feeds", "web",
        ),
        (
            f"{url}#17", url, "Plain 5 < 6", None, f"{server.url}/relative", "en", None,
            datetime(2026, 2, 26, 8, tzinfo=UTC), "updated", None, 32, "feeds", "web",
        ),
    ]  # fmt: skip


def test_no_raw_author_and_no_login_lands_anywhere(source, server):
    document = rss(
        item(1, author="secret@example.org (Secret Name)"), item(2, author="Secret Name", text="a\ud83d"[:1])
    )
    server.serve("/feed.xml", document)
    server.serve("/torn.xml", document[: document.index("<pubDate")])
    host = server.url.partition("://")[2]
    source.run(urls=[f"http://ann:geheim@{host}/feed.xml", f"http://ann:geheim@{host}/torn.xml"])
    assert source.query("select count(*) from quarantine") == [(1,)]
    everything = source.everything()
    assert "Title 1" in everything
    for word in ("secret@example.org", "Secret Name", "geheim"):
        assert word not in everything


def test_an_unchanged_feed_costs_a_304_and_adds_nothing(source, server):
    server.serve("/feed.xml", rss(item(1)), last_modified=NOW)
    source.run()
    server.forget()
    report = source.run()
    assert [set(seen.headers) >= {"if-none-match", "if-modified-since"} for seen in server.requests] == [True]
    assert (report.counts, report.messages, report.loaded) == ({}, [], False)
    assert source.query("select (select count(*) from entries), (select count(*) from landings)") == [(1, 1)]


def test_an_unchanged_entry_adds_nothing_without_validators_or_dates(source, server, clock):
    server.serve("/feed.xml", rss(item(1), item(2, date=None)), etag=False)
    source.run()
    clock.skip(3600)
    assert source.run().counts["entries"] == Counts(received=2, duplicate=2)
    assert source.query("select count(*) from entries") == [(2,)]
    assert source.query("select created_at_source from entries order by entry_id") == [
        ("published",),
        ("first_seen",),
    ]


def test_new_and_edited_entries_land_and_those_that_left_stay(source, server, clock):
    server.serve("/feed.xml", rss(item(2), item(1)))
    source.run()
    clock.skip(3600)
    server.serve("/feed.xml", rss(item(3), item(2, text="Edited")))
    report = source.run()
    assert report.counts["entries"] == Counts(received=2, accepted=2)
    texts = source.query("select title, list(text order by observed_at) from entries group by 1 order by 1")
    assert texts == [("Title 1", ["Text"]), ("Title 2", ["Text", "Edited"]), ("Title 3", ["Text"])]


def test_one_entry_in_two_feeds_settles_down(source, server):
    urls = [
        server.serve("/a.xml", rss(item(1)), etag=False),
        server.serve("/b.xml", rss(item(1)), etag=False),
    ]
    assert source.run(urls=urls).counts["entries"] == Counts(received=2, accepted=2)
    assert source.run().counts["entries"] == Counts(received=2, duplicate=2)


def test_a_moved_feed_is_read_and_its_new_address_told(source, server):
    server.always("/feed.xml", redirect("/new.xml"))
    server.serve("/new.xml", rss(item(1)))
    report = source.run()
    assert report.counts["entries"].accepted == 1
    assert f"put {server.url}/new.xml into listening.yml" in report.messages[0]
    assert source.query("select feed_url from entries") == [(server.url + "/feed.xml",)]


# -- faults ---------------------------------------------------------------------------------------


def test_one_bad_feed_stops_no_other(source, server):
    faults = {"/gone.xml": status(410), "/broken.xml": status(500), "/page.xml": html(), "/lost.xml": drop()}
    for path, fault in faults.items():
        server.always(path, fault)
    server.serve("/a.xml", rss(item(1)))
    server.serve("/z.xml", rss(item(2)))
    report = source.run(urls=[server.url + path for path in ("/a.xml", *faults, "/z.xml")])
    assert report.counts["entries"] == Counts(received=3, accepted=2, quarantined=1)
    told = dict(source.query("select parse_filename(unit), message from landings"))
    assert "HTTP 410" in told["gone.xml"] and "remove the address" in told["gone.xml"]
    assert "HTTP 500" in told["broken.xml"] and "after 4 attempts" in told["broken.xml"]
    assert "web page" in told["page.xml"]
    assert "connection failed" in told["lost.xml"]
    assert told["a.xml"] is told["z.xml"] is None


def test_a_web_page_is_quarantined_once_with_bytes_and_remedy(source, server):
    server.always("/feed.xml", html())
    source.run()
    report = source.run()
    assert "web page, not a feed" in report.messages[0]
    rows = source.query("select reason, remedy, payload, payload_bytes, unit from quarantine")
    assert len(rows) == 1
    reason, remedy, payload, size, unit = rows[0]
    assert (reason, payload, size, unit) == (
        "html_instead_of_feed",
        HTML_PAGE,
        len(HTML_PAGE),
        server.url + "/feed.xml",
    )
    assert "listening.yml" in remedy
    server.always("/feed.xml", None)
    server.serve("/feed.xml", rss(item(1)))
    assert source.run().counts["entries"] == Counts(received=1, accepted=1)


def test_a_broken_feed_lands_what_is_salvaged_and_is_read_again_until_whole(source, server):
    whole = rss(item(1), item(2))
    server.serve("/feed.xml", whole[: whole.index("<pubDate", whole.index("Title 2"))])
    report = source.run()
    assert report.counts["entries"] == Counts(received=1, accepted=1)
    assert (
        "the feed is broken (line 1: " in report.messages[0]
        and "1 entries were salvaged" in report.messages[0]
    )
    server.forget()
    server.serve("/feed.xml", whole)
    assert source.run().counts["entries"] == Counts(received=2, accepted=1, duplicate=1)
    assert "if-none-match" not in server.requests[0].headers


def test_bad_entries_are_quarantined_alone(source, server):
    long_text = "x" * 100_001
    server.serve("/feed.xml", rss(item(1), item(2, text=long_text), item(3, text="a &#0; b"), item(4)))
    report = source.run()
    counts = report.counts["entries"]
    assert counts.balanced and counts.received == 4
    assert ("text", "text_too_long") in source.query(
        "select field, reason from quarantine where remedy <> ''"
    )
    assert source.query("select count(*) from entries where title in ('Title 1', 'Title 4')") == [(2,)]
