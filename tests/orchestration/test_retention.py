"""What a network may keep no longer leaves raw tables, what the marts are made from, releases and files."""

from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from ingestion.landing.runner import land
from ingestion.listening import Listening
from ingestion.network.retention import MARGIN, erase_expired
from orchestration.publish.release import list_releases
from orchestration.retention import compact, erase_named, keep_to_retention
from tests.ingestion.kit.apis import YouTubeApi
from tests.ingestion.kit.bench import NOW
from tests.replay_server import ReplayServer, SkippingClock

SECRET_WORDS = "lumora words that have to go"
KEPT_DAYS = 30
"""What YouTube's terms allow, see its declaration."""


@pytest.fixture
def clock(monkeypatch):
    clock = SkippingClock(NOW)
    monkeypatch.setattr("ingestion.http.SYSTEM_CLOCK", clock)
    return clock


@pytest.fixture
def youtube(home, clock, monkeypatch):
    """Eleven videos that have landed; `run` lands again."""
    monkeypatch.setenv("SOURCES__YOUTUBE__API_KEY", "a-key")
    api = YouTubeApi()
    api.change(5, text=SECRET_WORDS)
    with ReplayServer() as server:
        server.serve(api.path, api.answer, etag=False)
        api.serve_lookups(server)
        listening = Listening.model_validate(
            {
                "version": 1,
                "brands": [{"name": "Lumora", "terms": ["lumora"]}],
                "sources": {"youtube": {"enabled": True, "base_url": server.url}},
            }
        )
        api.run = lambda number: land("youtube", home, listening, f"run-{number}", started_at=clock.now())
        api.run(1)
        with duckdb.connect(str(home.warehouse)) as connection:
            connection.execute("create schema intermediate")
            connection.execute(
                "create table intermediate.int_posts_unioned as select source_name, post_id as native_post_id,"
                " title, text, url, author_key, like_count from raw_youtube.posts"
            )
        yield api


def table(home, sql):
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def contents(home):
    return table(
        home,
        "select count(text), count(title), count(url), count(author_key), count(extra), count(like_count),"
        " count(distinct post_id) filter (is_deleted) from raw_youtube.posts",
    )[0]


def last_day(days=KEPT_DAYS):
    return NOW + timedelta(days=days) - MARGIN


def test_within_the_retention_nothing_goes(youtube, home):
    before = contents(home)
    assert keep_to_retention(home, "run-2", last_day() - timedelta(minutes=5)) == []
    assert contents(home) == before
    assert not (home.published / ".erased").exists()


def test_past_the_retention_contents_go_and_a_tombstone_hides_the_post(youtube, home):
    (erased,) = keep_to_retention(home, "run-2", last_day() + timedelta(minutes=5))
    assert (erased.source, len(erased.post_ids)) == ("youtube", 11)
    assert contents(home) == (0, 0, 0, 0, 0, 11, 11), (
        "counts and tombstones stay, contents and authors do not"
    )
    kept = "select count(title), count(text), count(url), count(author_key), count(like_count)"
    assert table(home, f"{kept} from intermediate.int_posts_unioned") == [(0, 0, 0, 0, 11)]
    assert (home.published / ".erased").exists()
    told = "select received, deleted from raw_youtube.landings where unit = 'retention'"
    assert table(home, told) == [(11, 11)]
    assert keep_to_retention(home, "run-3", last_day() + timedelta(days=1)) == [], "nothing is erased twice"
    assert contents(home)[-1] == 11


def test_a_post_that_was_looked_up_again_is_kept_as_long_from_then(youtube, home, clock):
    clock.skip(5 * 86_400)
    youtube.change(11, likes=99)
    youtube.run(2)
    (erased,) = keep_to_retention(home, "run-3", last_day() + timedelta(minutes=5))
    assert len(erased.post_ids) == 10
    left = table(home, "select post_id, count(*) from raw_youtube.posts where text is not null group by all")
    assert left == [(youtube.native_id(11), 2)]
    assert len(erase_expired(home, "run-4", last_day(KEPT_DAYS + 5) + timedelta(minutes=5))) == 1


def test_what_was_erased_does_not_come_back(youtube, home, clock):
    keep_to_retention(home, "run-2", last_day() + timedelta(minutes=5))
    clock.skip(60)
    youtube.run(3)  # the network still shows all of it
    assert contents(home)[:5] == (0, 0, 0, 0, 0)


def test_payloads_in_quarantine_go_after_as_long(youtube, home):
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(
            "insert into raw_youtube.quarantine (source_name, resource, landing_run_id, quarantined_at, unit, reason,"
            " payload, payload_bytes, _dlt_load_id) values ('youtube', 'posts', 'run-1', $at, 'u', 'invalid_json',"
            " 'some words', 10, 'l')",
            {"at": NOW},
        )
    first = keep_to_retention(home, "run-2", last_day() + timedelta(minutes=5))
    assert [one.payloads for one in first] == [1]
    assert table(home, "select payload, payload_bytes, reason from raw_youtube.quarantine") == [
        (None, 10, "invalid_json")
    ]


def test_one_post_goes_on_request_and_does_not_come_back(youtube, home, clock):
    erase_named(home, [f"youtube:{youtube.native_id(5)}"], "run-2", clock.now())
    assert contents(home)[0] == 10 and contents(home)[-1] == 1
    clock.skip(60)
    youtube.change(5, likes=1_000)
    youtube.run(3)
    assert table(home, f"select count(*) from raw_youtube.posts where text = '{SECRET_WORDS}'") == [(0,)]


@pytest.mark.parametrize("name", ["youtube:nothing0000", "youtube", "demo:1"])
def test_a_post_that_is_not_there_is_told_and_nothing_else_goes(youtube, home, name):
    with pytest.raises(ValueError, match="no post"):
        erase_named(home, [f"youtube:{youtube.native_id(5)}", name], "run-2", datetime.now(UTC))
    assert contents(home)[0] == 11


def test_the_file_holds_no_word_of_it_after_it_is_written_anew(youtube, home):
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("checkpoint")
    words = SECRET_WORDS.encode()
    assert words in home.warehouse.read_bytes(), (
        "without this the test proves nothing: DuckDB keeps texts as bytes"
    )
    keep_to_retention(home, "run-2", last_day() + timedelta(minutes=5))
    rows = table(home, "select count(*) from raw_youtube.posts")
    compact(home)
    assert words not in home.warehouse.read_bytes()
    assert table(home, "select count(*) from raw_youtube.posts") == rows
    assert not [path for path in home.warehouse.parent.iterdir() if path != home.warehouse]
    left = [path for path in home.dlt.rglob("*") if path.is_file() and words in path.read_bytes()]
    assert left == []


def test_the_next_release_is_written_anew_and_older_ones_go(youtube, home, fill, publish):
    fill(generation=1)
    publish("run-1")
    fill(generation=2)
    publish("run-2")
    assert len(list_releases(home)) == 2
    keep_to_retention(home, "run-3", last_day() + timedelta(minutes=5))
    fill(generation=3)
    release = publish("run-3")
    assert [one.release_id for one in list_releases(home)] == [release.release_id]
    fill(generation=4)
    publish("run-4")
    assert len(list_releases(home)) == 2, "from then on releases are kept as before"
