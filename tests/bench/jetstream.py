"""Does the Jetstream source hold a stream: thousands of events a second, for a minute, on this machine?

    python -m tests.bench.jetstream --seconds 60 --rate 5000

A server in a process of its own sends made-up events at a steady rate, in the mix that a subscription to posts
brings; the source reads them as it would any stream, through dlt into a warehouse. Afterwards the warehouse must
hold exactly what was sent: every post with a term, every deletion of one of them, every broken message.
"""

import argparse
import asyncio
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import duckdb
from rich.console import Console

from ingestion.home import PROJECT_ROOT, Home
from tests.bench.machine import machine_facts
from tests.bench.processes import CommandFailed, measure
from tests.bench.tables import MARK_EVENTS_PER_SECOND, show_jetstream

TICKS_PER_SECOND = 100
SPARE_SECONDS = 5
"""The server goes on for so long after the source has stopped to listen."""
TERM = "lumora"
POST = b'{"$type":"app.bsky.feed.post","createdAt":"2026-07-04T14:38:06.240Z","langs":["%s"],%s"text":%s}'
EXTRAS = (
    b"",
    b'"reply":{"parent":{"cid":"bafyreiainko5un5pbcdosvxpbisjnjzemojnry6nsgtdftdgslbu37kxai","uri":'
    b'"at://did:plc:j76trmiofvaxxpvx2vnb2vwf/app.bsky.feed.post/3mmojbrjwbs26"},"root":{"cid":'
    b'"bafyreiainko5un5pbcdosvxpbisjnjzemojnry6nsgtdftdgslbu37kxai","uri":'
    b'"at://did:plc:j76trmiofvaxxpvx2vnb2vwf/app.bsky.feed.post/3mmojbrjwbs26"}},',
    b'"embed":{"$type":"app.bsky.embed.external","external":{"description":"A page with a picture","thumb":{"$type":'
    b'"blob","ref":{"$link":"bafkreias7oxbr6swsuggccmtnqpoeami4jza5x4w3urltn6gzhqf4k6k2e"},"mimeType":"image/jpeg",'
    b'"size":119635},"title":"What it means","uri":"https://www.example.com/watch?v=V5lDo"}},',
)
COMMIT = (
    b'{"did":"did:plc:%024d","time_us":%d,"kind":"commit","commit":{"rev":"%013d","operation":"%s",'
    b'"collection":"app.bsky.feed.post","rkey":"%013d","record":%s,'
    b'"cid":"bafyreiapzyf65cmq55jklpnrihiygze2jmmdqvvkwqeiomd72pbp2iazuu"}}'
)
DELETION = (
    b'{"did":"did:plc:%024d","time_us":%d,"kind":"commit","commit":{"rev":"%013d","operation":"delete",'
    b'"collection":"app.bsky.feed.post","rkey":"%013d"}}'
)
IDENTITY = b'{"did":"did:plc:%024d","time_us":%d,"kind":"identity","identity":{"did":"did:plc:a","seq":%d}}'
ACCOUNT = b'{"did":"did:plc:%024d","time_us":%d,"kind":"account","account":{"active":%s,"status":"deleted","seq":%d}}'
AUTHORS = 20_000


def records() -> Iterator[bytes]:
    """Yield records of posts for ever: texts of the shipped samples in their languages, as short as posts are."""
    texts = []
    for path in sorted((PROJECT_ROOT / "ml/sentiment/data").glob("sample_*.csv")):
        language = path.stem.removeprefix("sample_")
        with path.open(encoding="utf-8") as file:
            texts += [(language, row["text"].replace(TERM, "it")) for row in csv.DictReader(file)]
    extras = cycle(EXTRAS)
    return cycle(
        POST % (language.encode(), next(extras), json.dumps(text, ensure_ascii=False).encode())
        for language, text in texts
    )


def event(number: int, record: bytes, now_us: int) -> bytes:
    """Return the event of that number: nine in ten are posts, one in fifty holds the term."""
    if number % 50 == 0:
        text = json.dumps(f"My {TERM} says {number}, and I like what it says").encode()
        return COMMIT % (number % AUTHORS, now_us, number, b"create", number, POST % (b"en", b"", text))
    if number % 500 == 1 and number > 500:  # a post with the term
        return DELETION % ((number - 501) % AUTHORS, now_us, number, number - 501)
    if number % 10 == 1:
        return DELETION % (number % AUTHORS, now_us, number, number)
    if number % 100 == 2:
        return IDENTITY % (number % AUTHORS, now_us, number)
    if number % 200 == 3:
        return ACCOUNT % (number % AUTHORS, now_us, b"true", number)
    if number % 2_000 == 7:  # authors of these numbers never hold the term
        return ACCOUNT % (number % AUTHORS, now_us, b"false", number)
    if number % 1_000 == 4:
        return COMMIT % (number % AUTHORS, now_us, number, b"update", number, record)
    if number % 5_000 == 8:
        return b'{"did":"did:plc:%024d","time_us":%d,"kind":"com' % (number % AUTHORS, now_us)
    return COMMIT % (number % AUTHORS, now_us, number, b"create", number, record)


def expected(events: int) -> dict[str, int]:
    """Return what the first so many events leave in the warehouse."""
    return {
        "posts": len(range(0, events, 50)),
        "deleted": len(range(501, events, 500)),
        "quarantined": len(range(8, events, 5_000)),
    }


def serve(rate: int, seconds: float, port_file: Path) -> None:
    """Send events to who comes, steadily, from the moment of the connection on; end after so many seconds."""
    from websockets.asyncio.server import ServerConnection
    from websockets.asyncio.server import serve as serve_sockets
    from websockets.exceptions import ConnectionClosed

    done = asyncio.Event()

    async def send_all(socket: ServerConnection) -> None:
        source, number, began = records(), 0, time.time()
        try:
            while (passed := time.time() - began) < seconds:
                while number < passed * rate:
                    await socket.send(event(number, next(source), time.time_ns() // 1_000), text=True)
                    number += 1
                await asyncio.sleep(1 / TICKS_PER_SECOND)
        except ConnectionClosed:
            pass
        print(json.dumps({"sent": number, "per_second": round(number / (time.time() - began))}))
        done.set()

    async def main() -> None:
        async with serve_sockets(send_all, "127.0.0.1", 0, compression=None) as server:
            aside = port_file.with_suffix(".tmp")
            aside.write_text(str(server.sockets[0].getsockname()[1]), encoding="utf-8")
            aside.replace(port_file)
            await done.wait()

    asyncio.run(main())


def land_stream(folder: Path, port: int, seconds: int) -> None:
    """Run the source once, as a run does, listening for so many seconds."""
    from ingestion.landing.runner import land
    from ingestion.listening import Listening

    source = {"enabled": True, "base_url": f"ws://127.0.0.1:{port}", "listen_seconds": seconds}
    listening = Listening.model_validate(
        {"version": 1, "brands": [{"name": "Lumora", "terms": [TERM]}], "sources": {"jetstream": source}}
    )
    land("jetstream", Home(root=folder, config=folder / "listening.yml"), listening, "bench")


def measure_jetstream(
    folder: Path, seconds: int, rate: int, tell: Callable[[str], None] = lambda step: None
) -> dict:
    """Return how the source fared, as JSON values. Raises CommandFailed, and AssertionError if anything is lost."""
    folder.mkdir(parents=True, exist_ok=True)
    tell(f"Listening to {rate:,} events a second for {seconds} s")
    port_file, sent_log = folder / "port", folder / "server.log"
    module = [sys.executable, "-m", "tests.bench.jetstream"]
    env = os.environ | {"LISTENHOUSE_PSEUDONYM_KEY": "benchmark benchmark benchmark", "no_proxy": "127.0.0.1"}
    with sent_log.open("w", encoding="utf-8") as log:
        serving = [*module, "serve", str(port_file), str(seconds + SPARE_SECONDS), str(rate)]
        server = subprocess.Popen(serving, stdout=log, stderr=subprocess.STDOUT, cwd=PROJECT_ROOT)
        try:
            while not port_file.exists():
                if server.poll() is not None:
                    raise CommandFailed(f"the server ended; see {sent_log}")
                time.sleep(0.05)
            landing = [*module, "land", str(folder), port_file.read_text(encoding="utf-8"), str(seconds)]
            cost = measure(landing, env=env, log=folder / "land.log", cwd=PROJECT_ROOT)
            server.wait(timeout=SPARE_SECONDS + 10)
        finally:
            server.kill()
            server.wait()
    status = json.loads((folder / "landing_status" / "jetstream.json").read_text(encoding="utf-8"))
    sent = json.loads(sent_log.read_text(encoding="utf-8"))
    events = status["quota"]["events_read"]
    return {
        "seconds": seconds,
        "rate": rate,
        "sent_per_second": sent["per_second"],
        "events": events,
        "events_per_second": round(events / seconds),
        "milliseconds_behind": status["quota"]["milliseconds_behind"],
        **_found(folder, events),
        **cost.as_json(),
    }


def _found(folder: Path, events: int) -> dict[str, int]:
    warehouse = Home(root=folder, config=folder / "listening.yml").warehouse
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        posts, distinct, deleted = connection.execute(
            "select count(*) filter (not is_deleted), count(distinct post_id) filter (not is_deleted), "
            "count(*) filter (is_deleted) from raw_jetstream.posts"
        ).fetchone()
        (quarantined,) = connection.execute("select count(*) from raw_jetstream.quarantine").fetchone()
    found = {"posts": posts, "deleted": deleted, "quarantined": quarantined}
    assert posts == distinct, f"{posts - distinct} posts landed twice"
    assert found == expected(events), f"{found} in the warehouse, {expected(events)} were sent"
    return found


def main() -> None:
    """Measure and print, or be one of the two processes that are measured."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.jetstream",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=int, default=MARK_EVENTS_PER_SECOND)
    if sys.argv[1:2] == ["serve"]:
        port_file, seconds, rate = sys.argv[2:]
        serve(int(rate), float(seconds), Path(port_file))
        return
    if sys.argv[1:2] == ["land"]:
        folder, port, seconds = sys.argv[2:]
        land_stream(Path(folder), int(port), int(seconds))
        return
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure_jetstream(Path(folder), given.seconds, given.rate)
    print(json.dumps({"machine": machine_facts(), "jetstream": figures}, indent=2))
    console = Console()
    show_jetstream(figures, Console(width=max(console.width, 110)))


if __name__ == "__main__":
    main()
