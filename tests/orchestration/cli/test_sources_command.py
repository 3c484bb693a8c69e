"""`listenhouse sources` tells what became of everything that arrived."""

import re

from ingestion.landing.runner import land
from ingestion.listening import load_listening
from tests.replay_server import ReplayServer, status
from tests.stream_server import StreamServer

FILES = """\
version: 1
brands: [{name: Lumora, terms: [lumora]}]
sources:
  files:
    enabled: true
    folder: inbox
    mappings:
      - name: exports
        pattern: "*.csv"
        format: csv
        constants: {platform: x}
        columns: {post_id: id, text: text, created_at: at, like_count: likes}
"""


def _line(out: str, source: str, resource: str) -> list[str]:
    (line,) = (line for line in out.splitlines() if re.match(rf"\s*{source}\s+{resource}\s", line))
    return line.split()


def test_before_anything_landed_every_source_is_listed_with_zeros(listenhouse, home):
    home.config.write_text(FILES)
    done = listenhouse("sources")
    assert done.code == 0
    assert _line(done.out, "exports", "posts")[2:] == ["0", "0", "0", "0", "0", "0"]
    assert _line(done.out, "hackernews", "no")[2:] == ["yes", "-", "-", "0", "-", "sweep", "-"]
    assert "listenhouse run" in done.out
    assert not home.warehouse.exists()


def test_each_source_says_whether_it_could_run_and_how_deletions_are_noticed(listenhouse, home):
    done = listenhouse("sources")
    assert _line(done.out, "mastodon", "no")[2:] == ["yes", "-", "-", "0", "-", "sweep", "0"]
    assert "no: client_id, client_secret" in done.out
    assert re.search(r"jetstream\s.*\sstream\s", done.out)
    assert re.search(r"feeds\s.*\snone\s", done.out)
    assert re.search(r"hackernews\s.*\ssweep\s", done.out)


def test_each_network_says_what_it_allows(listenhouse, home):
    done = listenhouse("sources", "limits")
    assert done.code == 0
    assert re.search(r"bluesky\s+3,000 requests.*any day, by date\s+-\s", done.out)
    assert re.search(r"reddit\s.*no back-fill: its API gives the newest 1,000 items", done.out)
    assert re.search(r"youtube\s.*\s30\s+YouTube API Services terms", done.out)


def test_the_tables_fit_a_hundred_columns(home, monkeypatch):
    """Also with large numbers and a network that has everything to tell."""
    from datetime import UTC, datetime, timedelta
    from io import StringIO

    from rich.console import Console

    from orchestration.cli import landings, sources, tables

    now = datetime(2026, 3, 1, tzinfo=UTC)
    ready = landings.Readiness(
        "stackexchange", True, "no: client_id", now, 1_234_567, timedelta(days=400), "290 left", "sweep", 12
    )
    counts = (1_234_567, 1_234_567, 345_678, 45_678, 45_678)
    landed = landings.SourceStatus("stackexchange", "survey_invitations", 1_234_567, *counts)
    monkeypatch.setattr(landings, "readiness", lambda *_: [ready])
    monkeypatch.setattr(landings, "source_statuses", lambda *_: [landed])
    shown = StringIO()
    terminal = Console(file=shown, width=100, force_terminal=True, color_system=None, highlight=False)
    monkeypatch.setattr(tables, "Console", lambda **_: terminal)
    sources._show_readiness(home, None)
    sources._show_sources(home, None)
    lines = shown.getvalue().splitlines()
    assert max(map(len, lines)) <= 100
    assert sum("stackexchange" in line for line in lines) == 2
    assert sum("1,234,567" in line for line in lines) == 2, "no row is broken into several lines"


def test_a_length_of_time_is_told_in_two_units():
    from datetime import timedelta

    from orchestration.cli.sources import lag

    assert lag(timedelta(days=54, hours=8, minutes=29)) == "54 d 8 h"
    assert lag(timedelta(hours=3, minutes=5, seconds=50)) == "3 h 5 min"
    assert lag(None) is None


def test_one_request_tells_whether_a_network_lets_us_in(listenhouse, home, monkeypatch):
    secret = "kit-secret-5f2d9c1b7a"
    monkeypatch.setenv("SOURCES__MASTODON__ACCESS_TOKEN", secret)
    with ReplayServer() as server:
        home.config.write_text(f"version: 1\nsources: {{mastodon: {{base_url: '{server.url}'}}}}\n")
        server.serve("/api/v1/apps/verify_credentials", {"name": "listenhouse"})
        done = listenhouse("sources", "test", "mastodon")
        assert (done.code, done.out.split(",")[0]) == (0, "mastodon: HTTP 200")
        assert server.requests[0].headers["authorization"] == f"Bearer {secret}"
        server.always("/api/v1/apps/verify_credentials", status(401, body=f"bad {secret}".encode()))
        refused = listenhouse("sources", "test", "mastodon")
    assert refused.code == 1
    assert "HTTP 401" in refused.err and "it says: bad (secret)" in refused.err
    assert secret not in refused.err + refused.out


def test_one_event_of_a_stream_tells_whether_it_lets_us_in(listenhouse, home):
    with StreamServer() as server:
        home.config.write_text(f"version: 1\nsources: {{jetstream: {{base_url: '{server.url}'}}}}\n")
        server.refuse(403)
        refused = listenhouse("sources", "test", "jetstream")
        done = listenhouse("sources", "test", "jetstream")
    assert refused.code == 1 and "HTTP 403" in refused.err
    assert (done.code, done.out.split(",")[0]) == (0, "jetstream: connected")


def test_what_is_no_network_cannot_be_tested(listenhouse):
    done = listenhouse("sources", "test", "demo")
    assert done.code == 2
    assert "mastodon" in done.err


def test_after_a_landing_the_counts_and_the_reasons_are_told(listenhouse, home):
    home.config.write_text(FILES)
    inbox = home.config.parent / "inbox"
    inbox.mkdir()
    (inbox / "a.csv").write_text(
        "id,text,at,likes\n"
        "1,good,2026-08-01T10:00:00Z,3\n"
        "2,bad count,2026-08-01T10:00:00Z,-3\n"
        "3,no day,yesterday,1\n"
        "1,good,2026-08-01T10:00:00Z,3\n"
    )
    land("files", home, load_listening(home.config), "run-1")
    done = listenhouse("sources")
    assert done.code == 0
    assert _line(done.out, "exports", "posts")[-6:] == ["1", "4", "1", "1", "2", "0"]
    assert re.search(r"files\s+yes\s+yes\s+20\d\d-\d\d-\d\d \d\d:\d\dZ\s", done.out)
    assert "--quarantine" in done.out
    reasons = listenhouse("sources", "--quarantine")
    assert reasons.code == 0
    assert _line(reasons.out, "exports", r"posts\s+negative_count")[:4] == [
        "exports",
        "posts",
        "negative_count",
        "1",
    ]
    assert _line(reasons.out, "exports", r"posts\s+not_a_timestamp")[3] == "1"


def test_while_a_run_writes_the_warehouse_the_message_says_what_works(
    listenhouse, home, fill, busy_warehouse
):
    fill()
    with busy_warehouse():
        done = listenhouse("sources")
    assert done.code == 1
    assert "Remedy: wait until it has ended; `listenhouse query` works meanwhile." in done.err
    assert "Traceback" not in done.err


def test_the_mappings_that_ship_are_told(listenhouse):
    done = listenhouse("sources", "--shipped")
    assert done.code == 0
    for word in ("fivetran_zendesk", "support_cases, case_messages", "qualtrics_export", "columns.score"):
        assert word in done.out
