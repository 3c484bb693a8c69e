"""`listenhouse sources` tells what became of everything that arrived."""

import re

from ingestion.landing.runner import land
from ingestion.listening import load_listening

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
    assert _line(done.out, "exports", "posts")[2:] == ["yes", "-", "-", "0", "0", "0", "0", "0", "0"]
    assert _line(done.out, "hackernews", "items")[2] == "no"
    assert "listenhouse run" in done.out
    assert not home.warehouse.exists()


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
    assert re.search(r"exports\s+posts\s+yes\s+20\d\d-\d\d-\d\d \d\d:\d\d:\d\dZ\s+20\d\d-", done.out)
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
