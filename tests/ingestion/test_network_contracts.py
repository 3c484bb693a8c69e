"""One network, several contracts: each stream's items go where the stream says, and only posts are looked up again."""

import re
from datetime import timedelta

import pytest

from ingestion.home import PROJECT_ROOT
from ingestion.landing import ACCOUNT_METRICS, BUSINESS, CRM_ACCOUNTS, MARKETING, NPS_RESPONSES, POSTS
from ingestion.network import FOLLOW, MOMENT, Ask, Page, Stream
from ingestion.registry import NETWORKS, network_resources, source_module
from ingestion.sources.mastodon import Mastodon
from tests.ingestion.kit.apis import MastodonApi
from tests.ingestion.kit.bench import NOW, Bench
from tests.replay_server import ReplayServer, Reply, SkippingClock

TABLES = {"/metrics": ACCOUNT_METRICS, "/accounts": CRM_ACCOUNTS, "/nps": NPS_RESPONSES}


class Several(Mastodon):
    """Statuses with their answers, and tables as a business system would give them."""

    def streams(self, queries):
        tables = [Stream(p, p, contract, timedelta(days=28)) for p, contract in TABLES.items()]
        return [*super().streams(queries), *tables]

    def streams_about(self, native_id):
        return [Stream(f"answers to {native_id}", f"/answers/{native_id}")]

    def first(self, stream, since, until):
        return Ask(stream.what) if str(stream.what).startswith("/") else super().first(stream, since, until)

    def page(self, body, asked, answer):
        if isinstance(body, dict) and "rows" in body:
            return Page(body["rows"])
        return super().page(body, asked, answer)

    def row_for(self, contract, item):
        if contract is self.contract:
            row = super().row_for(contract, item)
            return row | {FOLLOW: not row["post_id"].startswith("900")}
        return {**item, MOMENT: NOW.isoformat()}


ROWS = {
    "/metrics": [
        {"measured_on": "2026-02-27", "account_id": "one", "follower_count": 10},
        {"measured_on": "2026-02-27", "account_id": "two", "follower_count": 20},
        {"measured_on": "2026-02-28", "account_id": "one", "follower_count": 11},
    ],
    "/accounts": [{"account_id": "a1", "account_name": "Ann's"}],
    "/nps": [
        {"response_id": "r1", "score": 9, "comment": "call me at +43 1 234 56 78", "respondent_id": "ann"}
    ],
}


@pytest.fixture
def bench(monkeypatch):
    clock = SkippingClock(NOW)
    monkeypatch.setattr("ingestion.http.SYSTEM_CLOCK", clock)
    with ReplayServer() as server:
        bench = Bench(MastodonApi(), Several, server, clock)
        bench.rows = {path: [dict(row) for row in rows] for path, rows in ROWS.items()}
        for path in TABLES:
            server.serve(path, lambda seen: {"rows": bench.rows[seen.path]}, etag=False)
        server.serve_below("/answers/", lambda seen: Reply([]))
        yield bench


def landed(bench, contract, *columns):
    return sorted(tuple(row[c] for c in columns) for row in bench.tables.get(contract.resource, []))


def test_each_stream_lands_under_its_own_contract_and_unit(bench):
    bench.run()
    assert bench.ids == bench.wanted
    assert landed(bench, ACCOUNT_METRICS, "follower_count") == [(10,), (11,), (20,)]
    assert landed(bench, CRM_ACCOUNTS, "account_id") == [("a1",)]
    units = {row["unit"]: (row["resource"], row["received"]) for row in bench.tables["landings"]}
    assert units["/metrics"] == ("account_metrics", 3) and units["/nps"] == ("nps_responses", 1)
    assert bench.messages == ""


def test_an_unchanged_record_is_a_duplicate_and_a_changed_one_an_observation(bench):
    bench.run()
    bench.run()
    assert len(bench.tables["account_metrics"]) == 3, "two accounts on one day are two records"
    bench.rows["/metrics"][1]["follower_count"] = 21
    bench.run()
    assert landed(bench, ACCOUNT_METRICS, "follower_count") == [(10,), (11,), (20,), (21,)]


def test_what_people_wrote_is_masked_in_every_contract(bench):
    bench.run()
    (row,) = bench.tables["nps_responses"]
    assert row["comment"] == "call me at [phone]" and "ann" not in str(row)


def test_a_record_that_does_not_fit_is_quarantined_under_its_resource(bench):
    bench.rows["/nps"][0]["score"] = 11
    bench.rows["/metrics"].append(["no", "object"])
    bench.run()
    reasons = {(row["resource"], row["field"], row["reason"]) for row in bench.tables["quarantine"]}
    assert {(resource, field) for resource, field, _ in reasons} == {
        ("nps_responses", "score"),
        ("account_metrics", None),
    }
    assert len(bench.tables["account_metrics"]) == 3


def test_what_there_is_about_young_posts_is_read_in_the_same_run(bench):
    answer = MastodonApi().item(bench.api.posts[-1]) | {"id": "900"}
    bench.server.serve("/answers/11", lambda seen: Reply([answer]), etag=False)
    bench.run()
    assert "900" in bench.ids
    asked = {seen.path for seen in bench.server.requests if seen.path.startswith("/answers/")}
    assert asked == {f"/answers/{number}" for number in range(1, 12)}
    bench.server.forget()
    bench.clock.skip(30 * 86_400)
    bench.run()
    assert not [seen for seen in bench.server.requests if seen.path == "/answers/1"], "it is no longer young"


def test_only_posts_are_looked_up_and_buried(bench):
    bench.run()
    bench.rows["/accounts"] = []
    bench.run()
    assert len(bench.tables["crm_accounts"]) == 1
    assert not any(row["is_deleted"] for row in bench.posts if row["post_id"] == "a1")


def test_records_not_shown_for_long_are_forgotten(bench):
    bench.run()
    assert set(bench.state["known"]["crm_accounts"]) == {"a1"}
    bench.rows["/accounts"] = []
    bench.clock.skip(40 * 86_400)
    bench.run()
    assert "crm_accounts" not in bench.state["known"]


def test_every_network_is_staged_and_told_with_all_that_it_lands():
    macro = (PROJECT_ROOT / "transform/macros/landing/network_sources.sql").read_text(encoding="utf-8")
    staged = {
        resource: re.findall(r"'(\w+)'", names)
        for resource, names in re.findall(r"'(\w+)': \[([^\]]*)\]", macro)
    }
    for name in NETWORKS:
        landed = tuple(contract.resource for contract in source_module(name).CONTRACTS)
        assert network_resources(name) == landed
        assert {resource for resource, names in staged.items() if name in names} == set(landed), name
    assert set(staged) == {contract.resource for contract in (POSTS, *BUSINESS, *MARKETING)}
