"""`listenhouse backfill` and the jobs of the same name read the past into the warehouse, once."""

import json
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from ingestion.landing.runner import last_status
from tests.ingestion.kit.apis import BlueskyApi
from tests.ingestion.kit.bench import Post
from tests.replay_server import ReplayServer, status

CONFIG = """\
version: 1
brands: [{{name: Lumora, terms: [lumora]}}]
sources: {{bluesky: {{enabled: {enabled}, base_url: '{url}', {more}}}, reddit: {{enabled: true}}}}
"""
FIRST = datetime(2026, 1, 10, tzinfo=UTC)


@pytest.fixture
def bluesky(home, monkeypatch):
    """A made-up Bluesky with four posts a day for three days of January."""
    for name, secret in BlueskyApi.secrets.items():
        monkeypatch.setenv(f"SOURCES__BLUESKY__{name.upper()}", secret)
    for name in ("CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"SOURCES__REDDIT__{name}", "not-asked-for")
    api = BlueskyApi()
    api.posts = [Post(n, FIRST + timedelta(hours=6 * n, minutes=30)) for n in range(12)]
    with ReplayServer() as server:
        server.serve(api.path, api.answer, etag=False)
        api.serve_lookups(server)
        api.serve_more(server)
        api.server = server

        def configure(enabled="true", more=""):
            home.config.write_text(CONFIG.format(url=server.url, enabled=enabled, more=more))

        api.configure = configure
        yield api


@pytest.fixture
def backfill(listenhouse, bluesky):
    bluesky.configure()
    return lambda *arguments: listenhouse("backfill", *arguments)


def landed(home, what="count(*), count(distinct post_id)"):
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.execute(f"select {what} from raw_bluesky.posts").fetchone()


def test_days_are_read_once_and_the_same_command_reads_nothing_more(backfill, bluesky, home):
    done = backfill("bluesky", "--from", "2026-01-10", "--to", "2026-01-12")
    assert done.code == 0, done.err
    assert "2 of 2 days read; 8 posts came, 8 landed" in done.out and "listenhouse run" in done.out
    bluesky.server.forget()
    done = backfill("bluesky", "--from", "2026-01-10", "--to", "2026-01-13")
    assert "3 of 3 days read, 2 of them before; 4 posts came, 4 landed" in done.out
    assert {seen.query["since"][:10] for seen in bluesky.server.asked(bluesky.path)} == {"2026-01-12"}
    done = backfill("bluesky", "--from", "2026-01-10", "--to", "2026-01-13", "--again")
    assert "12 posts came, 0 landed, 12 were known" in done.out
    assert landed(home) == (12, 12)
    assert last_status("bluesky", home)["last_looked_at"] is None, "a back-fill is no look at the present"


def test_a_spent_quota_is_told_and_the_next_time_goes_on(backfill, bluesky, home):
    bluesky.configure(more="daily_units: 3")
    done = backfill("bluesky", "--from", "2026-01-10", "--to", "2026-01-13")
    assert done.code == 1
    assert "1 of 3 days read" in done.out
    assert "Stopped at 2026-01-11: the daily quota is spent" in done.err and "goes on from there" in done.err
    bluesky.configure()
    done = backfill("bluesky", "--from", "2026-01-10", "--to", "2026-01-13")
    assert done.code == 0 and landed(home) == (12, 12)


def test_an_error_of_the_network_stops_it_and_nothing_is_lost(backfill, bluesky, home):
    bluesky.server.always(bluesky.path, status(403))
    done = backfill("bluesky", "--from", "2026-01-10", "--to", "2026-01-13")
    assert done.code == 1 and "HTTP 403" in done.err and "0 of 3 days" in done.out
    bluesky.server.always(bluesky.path, None)
    done = backfill("bluesky", "--from", "2026-01-10", "--to", "2026-01-13")
    assert done.code == 0 and landed(home) == (12, 12)


def test_a_deleted_post_does_not_come_back_from_the_warehouses_own_memory(backfill, bluesky, home):
    backfill("bluesky", "--from", "2026-01-10", "--to", "2026-01-11")
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(
            "insert into raw_bluesky.posts (source_name, observation_id, content_hash, observed_at, landing_run_id,"
            " platform, post_id, is_deleted, _dlt_load_id) select source_name, observation_id || 'gone', 'gone',"
            " observed_at + interval 1 hour, landing_run_id, platform, post_id, true, _dlt_load_id"
            " from raw_bluesky.posts where post_id like '%001'"
        )
    bluesky.change(1, likes=77)
    bluesky.change(2, likes=77)
    done = backfill("bluesky", "--from", "2026-01-10", "--to", "2026-01-11", "--again")
    assert done.code == 0
    live = "list(like_count order by observed_at) filter (post_id like '%00{}')"
    assert landed(home, live.format(1)) == ([3, None, None],), "only another tombstone may have landed"
    assert landed(home, live.format(2)) == ([3, 77],)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (
            ["reddit", "--from", "2026-01-10", "--to", "2026-01-12"],
            "gives the newest 1,000 items.*first_days",
        ),
        (["demo", "--from", "2026-01-10"], "is no network.*bluesky"),
        (["bluesky"], "--from"),
        (["bluesky", "--gaps", "--from", "2026-01-10"], "one of the two"),
        (["bluesky", "--from", "2026-01-12", "--to", "2026-01-12"], "there is no day"),
        (["bluesky", "--from", "2026-01-12", "--to", "2100-01-01"], "is not over yet"),
    ],
)
def test_what_cannot_be_back_filled_is_refused_before_the_first_request(backfill, bluesky, arguments, why):
    import re

    done = backfill(*arguments)
    assert done.code == 2
    assert re.search(why, done.err, re.DOTALL)
    assert bluesky.server.requests == []


def test_a_source_that_is_switched_off_is_not_asked(backfill, bluesky):
    bluesky.configure(enabled="false")
    done = backfill("bluesky", "--from", "2026-01-10")
    assert done.code == 2 and "enabled: true" in done.err


def test_gaps_are_listed_and_read(backfill, bluesky, home):
    done = backfill("bluesky", "--gaps")
    assert (done.code, "left out nothing" in done.out) == (0, True)
    backfill("bluesky", "--from", "2026-01-10", "--to", "2026-01-11")
    path = home.root / "landing_status" / "bluesky.json"
    kept = json.loads(path.read_text())
    hole = {"since": "2026-01-11T00:00:00+00:00", "until": "2026-01-12T00:00:00+00:00", "stream": "lumora"}
    kept["missing"] = [hole | {"why": "its cursor led nowhere", "is_waiting": False}]
    path.write_text(json.dumps(kept))
    done = backfill("bluesky", "--gaps")
    assert done.code == 0
    assert "its cursor led nowhere" in done.out and "1 of 1 gaps read" in done.out
    assert landed(home) == (8, 8)
    assert "left out nothing" in backfill("bluesky", "--gaps").out


def test_the_job_reads_a_day_of_a_network_and_fails_where_that_stops(bluesky, home, listenhouse, monkeypatch):
    from dagster import AssetKey, DagsterInstance

    from orchestration.automation.back_fill import back_fill_jobs

    bluesky.configure(more="daily_units: 3")
    (job,) = (job for job in back_fill_jobs("UTC") if job.name == "backfill_bluesky")
    with DagsterInstance.ephemeral() as instance:
        days = [
            job.execute_in_process(partition_key=day, instance=instance, raise_on_error=False)
            for day in ("2026-01-10", "2026-01-11")
        ]
        told = instance.get_latest_materialization_event(AssetKey(["raw_bluesky", "posts"]))
    assert [day.success for day in days] == [True, False]
    assert told.asset_materialization.metadata["day"].value in ("2026-01-10", "2026-01-11")
    failed = days[1].failure_data_for_node("back_fill_bluesky")
    assert "the daily quota is spent" in failed.user_failure_data.description
    assert landed(home)[0] >= 4
