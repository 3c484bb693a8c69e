"""Facebook and Instagram beyond the kit: comments, figures of posts and accounts, metrics that Meta retires."""

import json
from datetime import timedelta

import pytest

from ingestion.listening import Listening
from ingestion.network.source import settings_of
from ingestion.registry import network_type
from tests.ingestion.kit.apis import FacebookApi, InstagramApi
from tests.ingestion.kit.bench import NOW, PRIVATE, SECRET, Bench
from tests.replay_server import ReplayServer, Reply, SkippingClock

RETIRED = {"facebook": "post_impressions", "instagram": "impressions"}
METRICS = {
    metric for name in RETIRED for metrics in network_type(name).post_figures.values() for metric in metrics
}
LIMIT = {"error": {"message": "(#4) Application request limit reached", "code": 4}}


def when(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%S+0000}"


def insights(**told):
    return {"data": [{"name": name, "values": [{"value": value}]} for name, value in told.items()]}


class Owned:
    """A made-up page or account with posts, comments and figures; metrics in `retired` fail their request."""

    def __init__(self, bench):
        self.bench, self.api = bench, bench.api
        self.retired = set()
        self.is_limited = lambda names: False
        self.account = bench.api.settings["accounts"][0]
        bench.server.serve(self.api.path, self.posts, etag=False)
        bench.server.serve(f"/{self.account}/insights", self.days, etag=False)
        bench.server.serve(f"/{self.account}/stories", {"data": []}, etag=False)
        for post in self.api.posts:
            name = self.api.native_id(post.number)
            bench.server.serve(f"/{name}/comments", self.comments, etag=False)

    def refused(self, asked):
        names = set(asked.replace("(", ",").replace(")", ",").split(","))
        if self.is_limited(names):
            return Reply(LIMIT, status=400)
        if names & self.retired:
            message = "(#100) The value must be a valid insights metric"
            return Reply({"error": {"message": message, "code": 100}}, status=400)
        return None

    def posts(self, seen):
        if "insights" not in seen.query["fields"]:
            return self.api.answer(seen)
        if refusal := self.refused(seen.query["fields"]):
            return refusal
        told = insights(
            post_impressions_unique=40, post_media_view=90, post_clicks=5, reach=40, views=90, saved=2
        )
        time = "created_time" if self.api.name == "facebook" else "timestamp"
        items = [
            {"id": self.api.native_id(p.number), time: when(p.created)}
            | ({"insights": told} if p.number != 3 else {})
            for p in sorted(self.api.posts, key=lambda p: p.created, reverse=True)
        ]
        return {"data": items}

    def days(self, seen):
        if refusal := self.refused(seen.query["metric"]):
            return refusal
        ends = [{"value": n, "end_time": f"2026-02-{n}T08:00:00+0000"} for n in (26, 27, 28)]
        known = {"page_follows", "page_impressions_unique", "reach"}
        return {
            "data": [{"name": name, "period": "day", "values": ends} for name in known]
            if self.api.name == "facebook"
            else [{"name": "reach", "period": "day", "values": ends}]
        }

    def comments(self, seen):
        post = seen.path.split("/")[1]
        if not post.endswith("11"):
            return {"data": []}
        person = {"from": {"id": PRIVATE["handle"], "name": PRIVATE["name"], "username": PRIVATE["handle"]}}
        if self.api.name == "facebook":
            base = {"created_time": when(NOW), "like_count": 2, "comment_count": 0, **person}
            return {
                "data": [
                    {"id": "11_901", "message": "where is my lumora?", **base},
                    {"id": "11_902", "message": "mail ann@x.example", "parent": {"id": "11_901"}, **base},
                ]
            }
        base = {"timestamp": when(NOW), "like_count": 2, **person}
        reply = {"id": "902", "text": "mail ann@x.example", **base}
        return {"data": [{"id": "901", "text": "where is my lumora?", "replies": {"data": [reply]}, **base}]}


@pytest.fixture(params=[FacebookApi, InstagramApi], ids=lambda api: api.name)
def owned(request, monkeypatch):
    clock = SkippingClock(NOW)
    monkeypatch.setattr("ingestion.http.SYSTEM_CLOCK", clock)
    with ReplayServer() as server:
        api = request.param()
        bench = Bench(api, network_type(api.name), server, clock)
        bench.settings = {"comments": True, "insights": True}
        if api.name == "instagram":
            bench.settings["stories"] = True
            server.serve("/888", {"id": "888", "followers_count": 39}, etag=False)
        yield Owned(bench)


def rows(owned, table, *columns):
    return sorted(
        (tuple(str(row[c]) for c in columns) for row in owned.bench.tables.get(table, [])),
    )


def test_posts_comments_and_figures_land_in_one_run_and_once(owned):
    bench = owned.bench
    bench.run()
    assert bench.messages == ""
    comments = {row["post_id"]: row for row in bench.posts if row["post_type"] == "comment"}
    assert len(comments) == 2 and bench.ids == bench.wanted | set(comments)
    first, answer = (comments[i] for i in sorted(comments))
    assert (first["parent_post_id"], answer["parent_post_id"]) == (
        bench.api.native_id(11),
        first["post_id"],
    )
    assert answer["text"] == "mail [email]" and first["author_key"] == answer["author_key"] is not None
    figures = {row["post_id"]: row for row in bench.tables["post_insights"]}
    assert set(figures) == bench.wanted
    told = figures[bench.api.native_id(5)]
    assert (told["reach_count"], told["impression_count"], told["unavailable_reason"]) == (40, 90, None)
    assert told["account_key"] == bench.observations(5)[0]["author_key"]
    assert figures[bench.api.native_id(3)]["unavailable_reason"] == "suppressed"
    before = {name: len(found) for name, found in bench.tables.items() if name not in ("landings", "reads")}
    bench.run()
    assert before == {
        name: len(found) for name, found in bench.tables.items() if name not in ("landings", "reads")
    }
    landed = "\n".join(bench.everything())
    assert SECRET not in landed and not [words for words in PRIVATE.values() if words in landed]


def test_a_day_is_the_one_that_ended(owned):
    owned.bench.run()
    found = {str(row["measured_on"]): row for row in owned.bench.tables["account_metrics"]}
    assert found["2026-02-25"]["reach_count"] == 26
    if owned.api.name == "facebook":
        assert (found["2026-02-27"]["follower_count"], found["2026-02-27"]["audience_kind"]) == (
            28,
            "followers",
        )
    else:
        assert found["2026-03-01"]["follower_count"] == 39 and found["2026-02-27"]["follower_count"] is None


def test_a_retired_metric_that_the_error_does_not_name_is_found_and_left_out(owned):
    owned.retired = {RETIRED[owned.api.name]}
    owned.bench.run()
    (name,) = owned.retired
    assert f"field {name} is deprecated" in owned.bench.messages
    assert {row["post_id"] for row in owned.bench.tables["post_insights"]} == owned.bench.wanted
    owned.bench.server.forget()
    owned.bench.run()
    asked = [json.dumps(seen.all_values) for seen in owned.bench.server.asked(owned.api.path)]
    assert not [text for text in asked if f",{name}," in text or f"({name}," in text or f",{name})" in text]


def test_a_limit_reached_while_a_retired_metric_is_looked_for_says_nothing_of_the_metrics(owned):
    owned.retired = {RETIRED[owned.api.name]}
    owned.is_limited = lambda names: len(names & METRICS) == 1
    owned.bench.run()
    assert "asks to wait 3600 s" in owned.bench.messages
    assert "deprecated" not in owned.bench.messages
    owned.is_limited = lambda names: False
    owned.bench.clock.skip(3700)
    owned.bench.run()
    assert owned.bench.messages.count("is deprecated") == 1
    assert {row["post_id"] for row in owned.bench.tables["post_insights"]} == owned.bench.wanted


def test_a_limit_is_obeyed_and_a_bad_token_told(owned):
    bench, limit = owned.bench, LIMIT
    bench.server.serve(bench.api.path, Reply(limit, status=403), etag=False)
    bench.run()
    assert "asks to wait 3600 s" in bench.messages
    bench.clock.skip(3700)
    expired = {"error": {"message": "Error validating access token", "code": 190}}
    bench.server.serve(bench.api.path, Reply(expired, status=400), etag=False)
    bench.run()
    assert f"sources test {bench.api.name}" in bench.messages


def test_stories_land_and_are_not_taken_for_deleted_when_they_end(owned):
    if owned.api.name == "facebook":
        pytest.skip("pages have no stories here")
    bench = owned.bench
    story = {
        "id": "555",
        "media_type": "IMAGE",
        "timestamp": when(NOW - timedelta(hours=2)),
        "owner": {"id": "888"},
    }
    bench.server.serve("/888/stories", {"data": [story]}, etag=False)
    bench.run()
    assert "555" in bench.ids
    bench.server.serve("/888/stories", {"data": []}, etag=False)
    bench.clock.skip(86_400)
    bench.run()
    bench.run()
    assert not [row for row in bench.posts if row["is_deleted"]]


def test_an_account_that_is_no_id_is_refused_with_its_name(owned):
    with pytest.raises(ValueError, match="'lumora' is no id"):
        owned.bench.run(accounts=["lumora"])


def test_accounts_that_are_not_named_are_those_of_our_entities_not_of_rivals():
    brands = [{"name": "Lumora", "terms": ["lumora"], "owned": {"facebook": ["777"], "x": ["lumora"]}}]
    rivals = [{"name": "Bravo", "terms": ["bravo"], "owned": {"facebook": ["666"]}}]
    listening = Listening.model_validate({"version": 1, "brands": brands, "rivals": rivals})
    declaration = network_type("facebook").declaration
    assert settings_of(declaration, listening).accounts == ("777",)
    named = listening.model_dump() | {"sources": {"facebook": {"accounts": ["778"]}}}
    assert settings_of(declaration, Listening.model_validate(named)).accounts == ("778",)
