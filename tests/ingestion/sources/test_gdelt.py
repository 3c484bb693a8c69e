"""What is special about GDELT: windows instead of pages, errors in plain text, JSON that is not quite."""

from datetime import timedelta

import pytest

from ingestion.network import BadAnswer
from ingestion.registry import network_type
from ingestion.sources.gdelt.contract import to_row
from tests.ingestion.kit.apis import GdeltApi
from tests.ingestion.kit.bench import NOW, Bench, Post


@pytest.fixture
def bench(server, clock):
    return Bench(GdeltApi(), network_type("gdelt"), server, clock)


@pytest.fixture
def gdelt(bench):
    return bench.network(bench.listening().sources.gdelt, {})


def test_an_article_becomes_a_row_of_its_headline():
    article = {
        "url": "https://www.elsiglo.example/nota/1",
        "title": "Lumora abre una fábrica",
        "seendate": "20260228T031500Z",
        "domain": "elsiglo.example",
        "language": "Spanish",
        "sourcecountry": "Mexico",
    }
    row = to_row(article)
    assert (row["post_id"], row["text"]) == (article["url"], article["title"])
    assert (row["language"], row["author_id"]) == ("es", "elsiglo.example")
    assert row["created_at"].isoformat() == "2026-02-28T03:15:00+00:00"
    assert row["extra"] == {"created_at_source": "seen", "source_country": "Mexico"}
    odd = to_row(
        article | {"seendate": "yesterday", "language": "Klingon", "url": "https://a.example/" + "x" * 600}
    )
    assert (odd["created_at"], odd["language"], len(odd["post_id"])) == ("yesterday", None, 64)


def test_full_answers_split_the_window_until_every_article_has_come(bench, server):
    bench.run(max_records=4)
    assert bench.ids == bench.wanted
    ends = [seen.query["enddatetime"] for seen in server.asked(bench.api.path)]
    assert ends == sorted(ends, reverse=True) and len(ends) == 4


def test_more_articles_of_one_moment_than_an_answer_holds_are_told(bench):
    moment = NOW - timedelta(hours=5)
    bench.api.posts = [Post(n, moment) for n in range(1, 6)] + [Post(6, moment - timedelta(hours=1))]
    bench.run()
    assert len(bench.ids) == 4 and bench.api.native_id(6) in bench.ids
    assert "more than 3 articles of 2026-03-01 07:00 UTC: the others are not read" in bench.messages


def test_a_window_is_never_too_short_to_be_answered(gdelt):
    stream = gdelt.streams(["lumora"])[0]
    asked = gdelt.first(stream, NOW - timedelta(minutes=3), NOW)
    assert (asked.params["startdatetime"], asked.params["enddatetime"]) == (
        "20260301110000",
        "20260301120000",
    )


@pytest.mark.parametrize(
    "said", ["The specified phrase is too short.\n", "Your query was too short or too long."]
)
def test_an_error_in_plain_text_is_told_and_asked_for_again(bench, server, said):
    server.serve(bench.api.path, said)
    counts = bench.run()
    assert counts.quarantined == 1
    assert f"GDELT answers: {said.strip()}; the next run asks again" in bench.messages
    server.serve(bench.api.path, bench.api.answer, etag=False)
    bench.run()
    assert bench.ids == bench.wanted


def test_an_empty_object_is_an_answer_without_articles(bench, server):
    server.serve(bench.api.path, b"{}")
    assert bench.run().received == 0 and bench.messages == ""


def test_backslashes_and_control_characters_in_headlines_are_read(gdelt):
    body = rb'{"articles": [{"title": "C:\Lumora \"new\" \\d \u00e9 ' + b'\ttab"}]}'
    assert gdelt.decode(body)["articles"][0]["title"] == 'C:\\Lumora "new" \\d é \ttab'
    for broken in (b'{"articles": [', b"<html></html>", b""):
        with pytest.raises(BadAnswer):
            gdelt.decode(broken)


def test_queries_are_written_as_gdelt_wants_them(gdelt):
    queries = ['lumora OR "lumora brew" OR #lumora', "lumora", "@lumora_de", "(a OR b) sourcelang:german"]
    assert [stream.what for stream in gdelt.streams(queries)] == [
        '(lumora OR "lumora brew" OR lumora)',
        "lumora",
        "lumora_de",
        "(a OR b) sourcelang:german",
    ]
