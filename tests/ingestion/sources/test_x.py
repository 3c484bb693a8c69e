"""What is special about X: kinds of posts, edits, errors beside the data, own posts, its rate limit."""

from dataclasses import replace

import pytest

from ingestion.listening import Listening
from ingestion.network.source import settings_of
from ingestion.network.terms import packed
from ingestion.registry import network_type
from ingestion.sources.x.contract import to_row
from ingestion.sources.x.settings import DECLARATION, POLITENESS
from tests.ingestion.kit.apis import XApi
from tests.ingestion.kit.bench import NOW, Bench
from tests.replay_server import Reply

OWN = "/2/users/42/tweets"


@pytest.fixture
def bench(server, clock):
    return Bench(XApi(), network_type("x"), server, clock)


def post(number="5", **more):
    return {
        "id": number,
        "text": f"Post {number}",
        "author_id": "7",
        "created_at": "2026-03-01T10:00:00Z",
    } | more


def included(*tweets):
    return {("tweets", tweet["id"]): tweet for tweet in tweets}


def refers(kind, number):
    return {"type": kind, "id": number}


# -- mapping --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("references", "kind", "parent", "reshared"),
    [
        ([], "original", None, None),
        ([refers("replied_to", "1")], "reply", "1", None),
        ([refers("quoted", "2")], "quote", None, "2"),
        ([refers("replied_to", "1"), refers("quoted", "2")], "quote", "1", "2"),
        ([refers("retweeted", "3")], "reshare", None, "3"),
    ],
)
def test_what_a_post_refers_to_makes_its_kind(references, kind, parent, reshared):
    row = to_row(post(referenced_tweets=references), {})
    assert (row["post_type"], row["parent_post_id"], row["reshared_post_id"]) == (kind, parent, reshared)


def test_a_repost_has_the_whole_text_of_the_original_and_none_of_its_counts():
    counts = {"public_metrics": {"retweet_count": 49, "like_count": 0}}
    repost = post(text="RT @a: Long te…", referenced_tweets=[refers("retweeted", "3")], **counts)
    row = to_row(repost, included(post("3", text="Long te", note_tweet={"text": "Long text, in full"})))
    assert row["text"] == "Long text, in full"
    assert "share_count" not in row and "like_count" not in row


def test_texts_are_whole_and_plain():
    assert to_row(post(text="A &amp; B &lt;3"), {})["text"] == "A & B <3"
    assert to_row(post(note_tweet={"text": "the whole &gt; text"}), {})["text"] == "the whole > text"


def test_an_edited_post_keeps_its_first_id_and_shows_its_latest_version():
    history = {"edit_history_tweet_ids": ["5", "6"]}
    old, new = post("5", **history), post("6", text="Better", created_at="2026-03-01T10:20:00Z", **history)
    rows = [to_row(new, included(old, new)), to_row(old, included(old, new))]
    for row in rows:
        assert (row["post_id"], row["text"]) == ("5", "Better")
        assert (row["created_at"], row["edited_at"]) == ("2026-03-01T10:00:00Z", "2026-03-01T10:20:00Z")
    answer = post("8", referenced_tweets=[refers("replied_to", "6")])
    assert to_row(answer, included(new))["parent_post_id"] == "5"


def test_what_x_does_not_say_is_absent():
    row = to_row(post(), {})
    absent = ("language", "author_followers", "author_is_verified", "edited_at", "like_count", "click_count")
    assert [row[name] for name in absent] == [None] * len(absent)


def test_queries_fit_the_limit_and_signs_are_no_operators():
    terms = [f"very long brand name number {number}" for number in range(40)] + ["c&a", "#lumora", "$MA"]
    queries = packed(terms, DECLARATION.query_limits)
    assert max(map(len, queries)) <= 512 and len(queries) == 3
    assert queries[-1].endswith('"c&a" OR #lumora OR $MA')


# -- errors beside the data -----------------------------------------------------------------------


def test_errors_beside_the_data_are_told_and_cost_no_post(bench, monkeypatch):
    listed = bench.api.listed
    errors = [
        {"title": "Not Found Error", "parameter": "referenced_tweets.id", "detail": "of @ann", "value": "1"},
        {"title": "Service Error", "parameter": "query", "detail": "quotes @ann"},
    ]
    monkeypatch.setattr(bench.api, "listed", lambda *a: listed(*a) | {"errors": errors})
    bench.run()
    assert bench.ids == bench.wanted
    assert "1 errors: Service Error (query)" in bench.messages and "@ann" not in bench.messages


def test_an_answer_of_errors_only_is_quarantined_and_asked_for_again(bench, server):
    errors = {"errors": [{"title": "Service Error", "parameter": "query", "detail": "quotes @ann"}]}
    server.serve(bench.api.path, errors)
    counts = bench.run()
    assert counts.quarantined == 1 and "Service Error (query)" in bench.messages
    server.serve(bench.api.path, bench.api.answer, etag=False)
    bench.run()
    assert bench.ids == bench.wanted


def test_only_what_x_calls_gone_becomes_a_tombstone(bench, server):
    bench.run()
    bench.api.deleted = {1, 2, 3}
    titles = {"1": "Not Found Error", "2": "Authorization Error", "3": "Service Error"}
    errors = [{"title": title, "value": number} for number, title in titles.items()]
    others = [bench.api.item(p) for p in bench.api.posts if p.number not in bench.api.deleted]
    server.serve("/2/tweets", {"data": others, "errors": errors})
    bench.run()
    assert {row["post_id"] for row in bench.posts if row["is_deleted"]} == {"1", "2"}


# -- own posts ------------------------------------------------------------------------------------

PRIVATE_COUNTS = {
    "public_metrics": {"like_count": 1, "impression_count": 90},
    "non_public_metrics": {"impression_count": 90, "url_link_clicks": 4, "user_profile_clicks": 2},
}


def own_post(**more):
    return post("5001", created_at=(NOW.replace(day=1)).isoformat(), **more)


def test_own_posts_land_with_what_only_their_owner_is_told(bench, server):
    bench.settings["revisit_days"] = 5
    server.serve(OWN, {"data": [own_post(**PRIVATE_COUNTS)], "meta": {}})
    bench.run()
    (row,) = bench.observations(5001)
    assert (row["like_count"], row["impression_count"], row["click_count"]) == (1, 90, 4)
    (asked,) = server.asked(OWN)
    assert asked.query["tweet.fields"].endswith("non_public_metrics,organic_metrics")
    assert all("non_public" not in seen.query["tweet.fields"] for seen in server.asked(bench.api.path))
    server.forget()
    bench.run()
    (again,) = server.asked(OWN)
    assert again.query["start_time"] == "2026-02-24T12:00:00Z"


def test_an_own_post_that_a_search_finds_too_is_one_observation(bench, server):
    bench.settings["revisit_days"] = 5
    own = own_post(**PRIVATE_COUNTS) | {"author_id": "42"}
    repost = post("5002", referenced_tweets=[refers("retweeted", "3")]) | {"author_id": "42"}
    public = {name: value for name, value in own.items() if name != "non_public_metrics"}
    server.serve(OWN, {"data": [own], "meta": {}})
    server.serve(bench.api.path, {"data": [public, repost], "meta": {}}, etag=False)
    server.serve("/2/tweets", {"errors": []})
    for _ in range(2):
        bench.run()
    assert sorted((row["post_id"], row["click_count"]) for row in bench.posts) == [
        ("5001", 4),
        ("5002", None),
    ]


def test_private_counts_that_a_token_may_not_see_are_done_without(bench, server):
    """An application's token gets status 200 with nothing but errors."""

    def timeline(seen):
        asked = [
            name for name in ("non_public_metrics", "organic_metrics") if name in seen.query["tweet.fields"]
        ]
        errors = [{"title": "Field Authorization Error", "field": name, "value": "5001"} for name in asked]
        return {"errors": errors} if errors else {"data": [own_post()], "meta": {}}

    server.serve(OWN, timeline, etag=False)
    bench.run()
    (row,) = bench.observations(5001)
    assert row["click_count"] is None
    assert "field non_public_metrics is deprecated" in bench.messages
    assert "field organic_metrics is deprecated" in bench.messages
    assert not bench.tables.get("quarantine")
    server.forget()
    bench.run()
    assert "metrics,o" not in server.asked(OWN)[0].query["tweet.fields"]


def test_an_own_account_that_is_no_id_is_told(bench):
    bench.run(accounts=["lumora_coffee"])
    assert "lumora_coffee is no account id" in bench.messages


def test_own_accounts_are_those_of_the_entities_but_not_of_rivals():
    brand, rival = (
        {"name": name, "terms": [name], "owned": {"x": [account]}}
        for name, account in (("lumora", "1"), ("caldrix", "2"))
    )
    listening = Listening.model_validate({"version": 1, "brands": [brand], "rivals": [rival]})
    assert settings_of(DECLARATION, listening).accounts == ("1",)


# -- its rate limit -------------------------------------------------------------------------------


def test_a_429_without_retry_after_is_obeyed_by_the_reset_header(bench, server):
    bench.politeness = replace(bench.politeness, reset_header=POLITENESS.reset_header)
    reset = str(int(NOW.timestamp()) + 900)
    server.plan(bench.api.path, lambda handler, _: handler.answer(429, {"x-rate-limit-reset": reset}, b""))
    bench.run()
    assert bench.posts == [] and len(server.asked(bench.api.path)) == 1
    bench.run()
    assert "no request before 2026-03-01 12:15" in bench.messages
    bench.clock.skip(900)
    bench.run()
    assert bench.ids == bench.wanted


def test_the_last_request_of_a_window_ends_the_run(bench, server):
    answer = bench.api.answer
    headers = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": str(int(NOW.timestamp()) + 900)}
    server.serve(bench.api.path, lambda seen: Reply(answer(seen), headers), etag=False)
    bench.run()
    assert len(bench.posts) == 3 and "asks to wait 900 s" in bench.messages
    server.serve(bench.api.path, answer, etag=False)
    bench.clock.skip(900)
    bench.run()
    assert bench.ids == bench.wanted
