"""A reader that polls while releases are published sees one release at a time and no error."""

import json
import subprocess
import sys

import duckdb

READER = """
import json, sys
from pathlib import Path
import duckdb

published, stop = Path(sys.argv[1]), Path(sys.argv[2])
polls, seen, mixes = 0, [], []
print("reading", flush=True)
while True:
    last = stop.exists()
    folder = (published / "current").resolve()
    with duckdb.connect(str(folder / "listenhouse.duckdb"), read_only=True) as release:
        (release_id,) = release.execute("select release_id from marts.release").fetchone()
        generations = set()
        for mart in ("fct_posts", "mart_daily"):
            generations |= set(release.execute(f"select generation from marts.{mart}").fetchall())
            parquet = f"from read_parquet('{folder}/parquet/{mart}.parquet') select generation"
            generations |= set(release.execute(parquet).fetchall())
        rows = release.execute("select count(*) from marts.fct_posts").fetchone()[0]
    with duckdb.connect(str(published / "current" / "listenhouse.duckdb"), read_only=True) as through_link:
        linked = set(through_link.execute("select generation from marts.fct_posts").fetchall())
        linked |= set(through_link.execute("select generation from marts.mart_daily").fetchall())
    if release_id != folder.name or len(generations) != 1 or len(linked) != 1 or rows == 0:
        mixes.append([release_id, folder.name, sorted(generations), sorted(linked), rows])
    polls += 1
    if release_id not in seen:
        seen.append(release_id)
    if last:
        break
print(json.dumps({"polls": polls, "seen": seen, "mixes": mixes}))
"""


def test_a_polling_reader_sees_each_release_whole_and_never_an_error(home, fill, publish, tmp_path):
    fill(0, rows=5_000)
    ids = [publish(run_id="r0").release_id]
    stop = tmp_path / "stop"
    command = [sys.executable, "-c", READER, str(home.published), str(stop)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as reader:
        assert reader.stdout.readline() == "reading\n"
        for generation in (1, 2, 3):
            fill(generation, rows=5_000)
            ids.append(publish(run_id=f"r{generation}").release_id)
        stop.touch()
        output, errors = reader.communicate(timeout=60)
    assert (reader.returncode, errors) == (0, "")
    told = json.loads(output)
    assert told["mixes"] == []
    assert told["polls"] > 3
    assert told["seen"][-1] == ids[-1]
    assert set(told["seen"]) <= set(ids)


def test_a_query_that_began_on_a_release_ends_on_it(home, fill, publish):
    fill(1, rows=20_000)
    publish(run_id="old")
    with duckdb.connect(str(home.published / "current" / "listenhouse.duckdb"), read_only=True) as reader:
        rows = reader.execute("select generation from marts.fct_posts")
        first = rows.fetchmany(10)
        fill(2, rows=20_000)
        publish(run_id="new", keep=1)
        rest = rows.fetchall()
    assert set(first) | set(rest) == {(1,)}
    assert len(first) + len(rest) == 20_000
