"""A local HTTP server that replays recorded answers, misbehaves on request, and remembers who asked what.

    with ReplayServer() as server:
        server.serve("/feed.xml", FEED)                    # 200 with an ETag, 304 to who holds it
        server.plan("/feed.xml", status(429, retry_after="7"), drop())   # the next two requests only
        ...
        assert [seen.path for seen in server.requests] == [...]

`plan` puts faults in front of the recorded answer, one a request; `always` puts one there for good. An
answer is bytes, text, something JSON, a `Reply` with status and headers of its own, or a callable that takes
the `Seen` request and returns one of these.
"""

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.no_proxy import NoProxy

HTML_PAGE = b"<!DOCTYPE html>\n<html><head><title>Log in</title></head><body><h1>Log in</h1></body></html>"


@dataclass(frozen=True)
class Seen:
    """One request as the server saw it: `query` keeps the first value of each name, header names are lower case."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    all_values: dict[str, list[str]] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Recorded:
    """An answer kept for a path."""

    body: Any
    status: int
    headers: dict[str, str]
    etag: bool
    last_modified: datetime | None


@dataclass(frozen=True)
class Reply:
    """What a callable may return to choose status and headers, too."""

    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200


# A fault gets the handler and the answer's body, and writes what it likes to the wire.
Fault = Callable[["_Handler", bytes], None]


def status(code: int, *, retry_after: str | None = None, body: bytes = b"planned") -> Fault:
    """Answer with this status, and with Retry-After where given."""
    headers = {"Retry-After": retry_after} if retry_after is not None else {}
    return lambda handler, _: handler.answer(code, headers, body)


def html() -> Fault:
    """Answer 200 with a log-in page, as captive portals and expired feeds do."""
    return lambda handler, _: handler.answer(200, {"Content-Type": "text/html; charset=utf-8"}, HTML_PAGE)


def truncated(keep: float = 0.5) -> Fault:
    """Answer 200 with the first part of the body and a Content-Length that agrees with it."""
    return lambda handler, body: handler.answer(200, {}, body[: int(len(body) * keep)])


def short(keep: float = 0.5) -> Fault:
    """Promise the whole body, send the first part, and hang up."""

    def write(handler: "_Handler", body: bytes) -> None:
        handler.head(200, {"Content-Length": str(len(body))})
        handler.wfile.write(body[: int(len(body) * keep)])
        handler.close_connection = True

    return write


def drop() -> Fault:
    """Hang up without an answer."""

    def write(handler: "_Handler", _: bytes) -> None:
        handler.close_connection = True

    return write


def hang() -> Fault:
    """Say nothing until the server closes."""

    def write(handler: "_Handler", _: bytes) -> None:
        handler.server.closing.wait()
        handler.close_connection = True

    return write


def drip(every_s: float = 0.02) -> Fault:
    """Send the body a byte at a time: no read ever times out, the answer never ends."""

    def write(handler: "_Handler", body: bytes) -> None:
        handler.head(200, {"Content-Length": str(len(body) + 1_000_000)})
        handler.wfile.flush()
        handler.close_connection = True
        while not handler.server.closing.wait(every_s):
            try:
                handler.wfile.write(b" ")
                handler.wfile.flush()
            except OSError:
                return

    return write


def redirect(location: str, code: int = 301) -> Fault:
    """Send the client elsewhere."""
    return lambda handler, _: handler.answer(code, {"Location": location}, b"")


class ReplayServer:
    """Serves recorded answers on a free port of 127.0.0.1 from creation until `close`."""

    def __init__(self) -> None:
        self._recorded: dict[str, Recorded] = {}
        self._below: dict[str, Recorded] = {}
        self._planned: dict[str, list[Fault]] = {}
        self._always: dict[str, Fault] = {}
        self._lock = threading.Lock()
        self._no_proxy = NoProxy()
        self.requests: list[Seen] = []
        self.refuse: Callable[[Seen], Reply | None] = lambda seen: None
        """What is answered to some requests whatever their path, before anything recorded."""
        self.in_path: re.Pattern | None = None
        """Its named groups are taken out of a path and into the query, such as page numbers that stand there."""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.replay = self
        self._server.closing = threading.Event()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving and let hanging answers go."""
        self._server.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._no_proxy.close()

    @property
    def url(self) -> str:
        """The server's address without a closing slash."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def serve(
        self,
        path: str,
        body: Any,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        etag: bool = True,
        last_modified: datetime | None = None,
    ) -> str:
        """Answer `path` with `body` from now on; return the full address.

        A 200 carries an ETag of the body (unless `etag` is false) and Last-Modified where given, and is
        a 304 for a request that names either.
        """
        self._recorded[path] = Recorded(body, status, headers or {}, etag, last_modified)
        return self.url + path

    def serve_below(self, prefix: str, body: Any) -> None:
        """Answer every path that begins with `prefix`, and has no answer of its own, with `body`."""
        self._below[prefix] = Recorded(body, 200, {}, False, None)

    def pages(self, path: str, pages: list[Any], parameter: str = "page") -> str:
        """Answer `path?page=1`, `?page=2` ... with the pages, and with an empty list beyond the last."""

        def page(seen: Seen) -> Any:
            number = int(seen.query.get(parameter, "1"))
            return pages[number - 1] if 1 <= number <= len(pages) else []

        return self.serve(path, page)

    def plan(self, path: str, *faults: Fault) -> None:
        """Let the next requests to `path` meet these faults, one each, before the recorded answer comes back."""
        with self._lock:
            self._planned.setdefault(path, []).extend(faults)

    def always(self, path: str, fault: Fault | None) -> None:
        """Let every request to `path` meet this fault; None heals it."""
        with self._lock:
            if fault is None:
                self._always.pop(path, None)
            else:
                self._always[path] = fault

    def forget(self) -> None:
        """Clear the log of requests."""
        with self._lock:
            self.requests.clear()

    def asked(self, path: str) -> list[Seen]:
        """Return the requests to one path, in order of arrival."""
        with self._lock:
            return [seen for seen in self.requests if seen.path == path]

    def note(self, seen: Seen) -> tuple[Recorded | None, Fault | None]:
        """Log a request; return what is recorded for its path and the fault it is to meet."""
        with self._lock:
            self.requests.append(seen)
            planned = self._planned.get(seen.path)
            fault = planned.pop(0) if planned else self._always.get(seen.path)
            below = (kept for prefix, kept in self._below.items() if seen.path.startswith(prefix))
            return self._recorded.get(seen.path) or next(below, None), fault


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    replay: ReplayServer
    closing: threading.Event

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: a client that hangs up is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together
    server: _Server

    def do_GET(self, sent: bytes = b"") -> None:
        parts = urlsplit(self.path)
        values = parse_qs(parts.query)
        query = {name: found[0] for name, found in values.items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        path, in_path = parts.path, self.server.replay.in_path
        if in_path and (found := in_path.search(path)):
            path, query = in_path.sub("", path, count=1), query | found.groupdict()
        seen = Seen(path, query, headers, values, sent)
        recorded, fault = self.server.replay.note(seen)
        refused = self.server.replay.refuse(seen)
        if refused is not None:
            self.answer(refused.status, refused.headers, _as_bytes(refused.body))
            return
        said = (recorded.body(seen) if callable(recorded.body) else recorded.body) if recorded else b""
        if isinstance(said, Reply):
            recorded = replace(recorded, status=said.status, headers={**recorded.headers, **said.headers})
            said = said.body
        body = _as_bytes(said)
        if fault is not None:
            fault(self, body)
        elif recorded is None:
            self.answer(404, {}, b"nothing recorded for this path")
        else:
            self._replay(seen, recorded, body)

    def do_POST(self) -> None:
        self.do_GET(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    do_PUT = do_POST

    def _replay(self, seen: Seen, recorded: Recorded, body: bytes) -> None:
        headers = dict(recorded.headers)
        if recorded.status == 200 and recorded.etag:
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if recorded.status == 200 and recorded.last_modified:
            headers["Last-Modified"] = format_datetime(recorded.last_modified.astimezone(UTC), usegmt=True)
        held = {
            "ETag": seen.headers.get("if-none-match"),
            "Last-Modified": seen.headers.get("if-modified-since"),
        }
        # RFC 9110 section 13.2.2: where both come, the ETag alone decides.
        decisive = "ETag" if held["ETag"] else "Last-Modified"
        if held[decisive] and held[decisive] == headers.get(decisive):
            self.head(304, headers)
        else:
            self.answer(recorded.status, headers, body)

    def head(self, code: int, headers: dict[str, str]) -> None:
        """Write status line and headers."""
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def answer(self, code: int, headers: dict[str, str], body: bytes) -> None:
        """Write a complete answer."""
        self.head(code, {"Content-Length": str(len(body)), **headers})
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: the log of interest is `ReplayServer.requests`."""


class SkippingClock:
    """A clock for `ingestion.http`: sleeping moves it on at once and is written down in `sleeps`."""

    def __init__(self, start: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._start = start or datetime.now(UTC)
        self._skipped = 0.0
        self.sleeps: list[float] = []

    def monotonic(self) -> float:
        """Return real seconds plus those skipped, so that slow answers still take their time."""
        with self._lock:
            return time.monotonic() - self._started + self._skipped

    def now(self) -> datetime:
        """Return the start plus what passed."""
        return self._start + timedelta(seconds=self.monotonic())

    def sleep(self, seconds: float) -> None:
        """Skip that time."""
        with self._lock:
            self.sleeps.append(seconds)
            self._skipped += seconds

    def skip(self, seconds: float) -> None:
        """Let time pass that nobody slept through."""
        with self._lock:
            self._skipped += seconds


def _as_bytes(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    return json.dumps(body).encode()
