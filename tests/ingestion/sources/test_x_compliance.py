"""X's batch compliance jobs: begun by one run, read by a later one, and tombstones of whatever they call gone."""

import json
from datetime import timedelta

import duckdb
import pytest

from ingestion.home import Home
from ingestion.http import HttpClient, HttpError
from ingestion.landing import Landing, Pseudonyms
from ingestion.landing.back_fill import BackFill
from ingestion.listening import Listening
from ingestion.registry import network_type
from ingestion.sources.x.compliance import JOBS, living_posts, told_by_compliance
from tests.ingestion.kit.bench import NOW, SECRET
from tests.replay_server import Reply

SIGNATURE = "X-Goog-Signature=signed-and-secret"


def entry(number, reason="deleted", action="delete"):
    return {"id": str(number), "action": action, "reason": reason, "created_at": "2026-01-01T00:00:00Z"}


class Office:
    """The compliance endpoint and its storage."""

    def __init__(self, server, clock):
        self.server, self.clock = server, clock
        self.state, self.runs, self.living, self.settings = {}, 0, ["1", "2", "3"], {}
        self.status, self.result, self.landed, self.messages = "in_progress", b"", [], ""
        server.serve(JOBS, lambda seen: {"data": self.job("created")}, etag=False)
        server.serve(f"{JOBS}/77", lambda seen: {"data": self.job(self.status)}, etag=False)
        server.serve("/upload/77", b"", etag=False)
        server.serve("/download/77", lambda seen: Reply(self.result), etag=False)

    def job(self, status):
        urls = {f"{way}_url": f"{self.server.url}/{way}/77?{SIGNATURE}" for way in ("upload", "download")}
        return {"id": "77", "type": "tweets", "resumable": False, "status": status} | urls

    def completes(self, *entries):
        self.status = "complete"
        self.result = b"\n".join(json.dumps(one).encode() for one in entries)

    def run(self, later=timedelta(hours=1), back_fill=None):
        self.clock.skip(later.total_seconds() if self.runs else 0)
        self.runs += 1
        settings = {"enabled": True, "base_url": self.server.url, **self.settings}
        listening = Listening.model_validate({"version": 1, "sources": {"x": settings}})
        landing = Landing(
            "x",
            f"run-{self.runs}",
            self.clock.now(),
            Pseudonyms(b"a key for tests only"),
            back_fill=back_fill,
        )
        kind = network_type("x")
        network = kind(listening.sources.x, {"bearer_token": SECRET})
        self.server.forget()
        with HttpClient(kind.politeness, clock=self.clock) as http:
            told = told_by_compliance(network, landing, self.state, http, lambda: self.living)
            tables = [*told, *landing.finish()]
        self.state = json.loads(json.dumps(self.state))  # as dlt keeps it
        rows = {"posts": [], "landings": []}
        for table in tables:
            rows[table.meta.table_name].extend(table.data.to_pylist())
        self.messages = " ".join(row["message"] or "" for row in rows["landings"])
        assert SECRET not in str(tables) and "signed-and-secret" not in str(rows) + str(self.state)
        self.landed += rows["posts"]
        return [row["post_id"] for row in rows["posts"]]

    def asked(self, path):
        return self.server.asked(path)


@pytest.fixture
def office(server, clock):
    return Office(server, clock)


def test_a_job_takes_the_ids_and_a_later_run_buries_what_is_gone(office):
    assert office.run() == []
    (upload,) = office.asked("/upload/77")
    assert upload.body == b"1\n2\n3"
    assert "authorization" not in upload.headers, "the token went to the storage"
    assert office.run() == [], "the job is still at work"
    assert not office.asked(JOBS), "a second job was begun beside the first"
    office.completes(entry(2), entry(3, reason="suspended"), entry(2), entry(1, reason="scrub_geo"))
    assert office.run() == ["2", "3"]
    assert all(row["is_deleted"] and row["text"] is None for row in office.landed)
    assert set(office.state["tombstones"]) == {"2", "3"}, "an old page could bring them back"


def test_the_next_job_begins_when_the_last_is_a_day_old(office):
    office.run()
    office.completes()
    office.run()
    office.run(later=timedelta(hours=22))
    assert not office.asked(JOBS)
    office.run(later=timedelta(hours=2))
    assert len(office.asked(JOBS)) == 1


def test_a_post_that_is_told_twice_lands_once(office):
    office.run()
    office.completes(entry(2))
    assert office.run() == ["2"]
    office.run(later=timedelta(hours=25))
    assert office.run() == []


@pytest.mark.parametrize("status", ["failed", "expired"])
def test_a_job_that_came_to_nothing_is_told_and_begun_again(office, status):
    office.run()
    office.status = status
    assert office.run() == []
    assert "came to nothing" in office.messages
    office.run()
    assert len(office.asked(JOBS)) == 1


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (JOBS, "HTTP 500"),
        ("/upload/77", "HTTP 500"),
        (f"{JOBS}/77", "HTTP 500"),
        ("/download/77", "HTTP 500"),
    ],
)
def test_an_error_at_any_step_is_told_and_the_next_run_makes_it_good(office, path, told):
    office.completes(entry(2))
    office.server.always(path, lambda handler, _: handler.answer(500, {}, b"down"))
    for _ in range(2):
        assert office.run() == []
    assert told in office.messages
    office.server.always(path, None)
    landed = [native_id for _ in range(2) for native_id in office.run(later=timedelta(hours=3))]
    assert landed == ["2"]


def test_access_without_compliance_jobs_is_told_with_what_to_do(office):
    office.server.serve(JOBS, Reply({"title": "Forbidden"}, status=403))
    office.run()
    assert "compliance_hours: 0" in office.messages


def test_torn_results_bury_nobody(office):
    office.run()
    office.completes(entry(2))
    office.result = office.result + b'\n{"id": "3", "act'
    assert office.run() == []
    assert "not as the API documents it" in office.messages
    office.completes(entry(2))
    assert office.run() == ["2"]


@pytest.mark.parametrize("why", ["off", "back-fill", "nothing landed"])
def test_nothing_is_asked_where_nothing_is_wanted(office, why):
    back_fill = BackFill(NOW - timedelta(days=2), NOW - timedelta(days=1)) if why == "back-fill" else None
    office.settings = {"compliance_hours": 0} if why == "off" else {}
    office.living = [] if why == "nothing landed" else office.living
    assert office.run(back_fill=back_fill) == []
    assert not office.asked(JOBS)


def test_a_put_hides_the_signature_in_its_errors(server, clock):
    server.serve("/upload/77", Reply({}, status=404))
    with HttpClient(clock=clock) as http, pytest.raises(HttpError) as failed:
        http.put(f"{server.url}/upload/77", b"1", {}, hidden={"X-Goog-Signature": "signed-and-secret"})
    assert "signed-and-secret" not in str(failed.value)


def test_the_living_are_the_landed_without_a_tombstone(tmp_path):
    home = Home(root=tmp_path, config=tmp_path / "listening.yml")
    assert living_posts(home) == []
    home.warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(
            """
            create schema raw_x;
            create table raw_x._dlt_loads as select '1' as load_id, 0 as status;
            create table raw_x.posts as
            select * from (values ('5', false, '1'), ('5', false, '1'), ('6', false, '1'), ('6', true, '1'), ('7', false, '2'))
                as landed(post_id, is_deleted, _dlt_load_id)
            """
        )
    assert living_posts(home) == ["5"], "a load that was not finished has not landed"
