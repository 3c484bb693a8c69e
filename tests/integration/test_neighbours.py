"""One bad source does not hold up the others: it is set aside, counted, and the message says what to do."""

import socket
import subprocess

import duckdb
import pytest

from tests.integration.demo_road import LISTENHOUSE, DemoRoad
from tests.replay_server import HTML_PAGE, ReplayServer

MAPPINGS = """  files:
    enabled: true
    mappings:
      - name: dropped
        pattern: "*.csv"
        format: csv
        constants: {platform: forum, language: en}
        columns: {post_id: id, text: text, created_at: written, like_count: likes}
      - name: lines
        pattern: "*.jsonl"
        format: jsonl
        constants: {platform: forum, language: en}
        columns: {post_id: $.id, text: $.text, created_at: $.written}
"""
DROPPED = """id,text,written,likes
good1,Lumora is fine,2026-08-03T10:00:00Z,1
bad1,Lumora is fine,2026-08-03T10:00:00Z,-4
bad2,Lumora is fine,when I woke up,2
,Lumora is fine,2026-08-03T10:00:00Z,3
good2,Lumora is good,2026-08-03T11:00:00Z,5
"""
LINES = """{"id": "good3", "text": "Lumora again", "written": "2026-08-04T10:00:00Z"}
{"id": "broken", "text": "Lumora aga
{"id": "good4", "text": "and Lumora again", "written": "2026-08-04T11:00:00Z"}
"""


def closed_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_bad_sources_do_not_hold_up_their_neighbours(walked_road: DemoRoad):
    road = walked_road
    demo_before = road.published("select count(*) from marts.fct_posts where source_name = 'demo'")
    (road.home / "drop").mkdir(exist_ok=True)
    (road.home / "drop/dropped.csv").write_text(DROPPED, encoding="utf-8")
    (road.home / "drop/broken.jsonl").write_text(LINES, encoding="utf-8")
    (road.home / "drop/empty.csv").write_bytes(b"")
    with ReplayServer() as server:
        feeds = [server.serve("/login", HTML_PAGE), f"http://127.0.0.1:{closed_port()}/refused.xml"]

        def with_bad_sources(text: str) -> str:
            text = text.replace(
                "  feeds: {enabled: false, urls: []}", f"  feeds: {{enabled: true, urls: {feeds}}}"
            )
            start = text.index("  files:")
            return text[:start] + MAPPINGS + text[text.index("\n", start) + 1 :]

        road.listen(more=with_bad_sources)
        outcome = road.run()
        assert outcome.code == 0, outcome.output
        release = road.manifest
        assert road.run().code == 0
        assert road.manifest == release, "a source that is still bad is no reason for another release"

    assert road.published("select count(*) from marts.fct_posts where source_name = 'demo'") == demo_before
    landed = road.published(
        "select native_post_id from marts.fct_posts where source_name in ('dropped', 'lines') order by all"
    )
    assert landed == [("good1",), ("good2",), ("good3",), ("good4",)]
    counts = road.published(
        "select source_name, received, accepted, duplicate, quarantined, deleted"
        " from marts.mart_landing_counts where source_name <> 'demo' and received > 0 order by all"
    )
    assert counts == [("dropped", 5, 2, 0, 3, 0), ("feeds", 1, 0, 0, 1, 0), ("lines", 3, 2, 0, 1, 0)]
    reasons = road.published(
        "select source_name, reason, items, length(remedy) > 10"
        " from marts.mart_quarantine_reasons order by all"
    )
    assert reasons == [
        ("dropped", "missing_id", 1, True),
        ("dropped", "negative_count", 1, True),
        ("dropped", "not_a_timestamp", 1, True),
        ("feeds", "html_instead_of_feed", 1, True),
        ("lines", "invalid_json", 1, True),
    ]
    told = subprocess.run(
        [str(LISTENHOUSE), "sources", "--quarantine"],
        env=road.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert "html_instead_of_feed" in told.stdout
    with duckdb.connect(str(road.home / "warehouse/listenhouse.duckdb"), read_only=True) as warehouse:
        messages = warehouse.execute("select unit, message from raw_feeds.landings").fetchall()
    assert any("refused.xml" in unit and message for unit, message in messages), messages
