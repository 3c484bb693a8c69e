"""A local web socket server that replays events by cursor, drops connections on request, and remembers who came.

    with StreamServer(messages) as server:
        server.drop_after(3, 10)          # the first connection sends 3 messages, the second 10
        server.refuse(503, "5")           # the next one is answered with a status and Retry-After
        ...
        assert [seen.query for seen in server.connections] == [...]

A message is (time in microseconds, bytes). A connection gets those after its cursor, or none of the past, and
then what `send` adds.
"""

import random
import socket
import struct
import threading
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Response
from websockets.sync.server import ServerConnection, serve

from tests.no_proxy import NoProxy

Message = tuple[int, bytes]


@dataclass(frozen=True)
class Came:
    """One connection as the server saw it."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    said: list[str] = field(default_factory=list)


class StreamServer:
    """Serves on a free port of 127.0.0.1 from creation until `close`."""

    def __init__(self, messages: list[Message] | None = None, *, ends: bool = False) -> None:
        self.messages: list[Message] = list(messages or [])
        self.connections: list[Came] = []
        self.keeps_from_us = 0
        """Events before this moment are kept no longer."""
        self.ends = ends
        """Whether the server hangs up after the last message, as one that is restarted."""
        self.greets = 0
        """Messages that a client says before anything is sent to it."""
        self._drops: list[int] = []
        self._half: list[bool] = []
        self._refusals: list[tuple[int, str | None]] = []
        self._closing = threading.Event()
        self._more = threading.Condition()
        self._no_proxy = NoProxy()
        self._server = serve(self._serve, "127.0.0.1", 0, compression=None, process_request=self._judge)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving."""
        self._closing.set()
        with self._more:
            self._more.notify_all()
        self._server.shutdown()
        self._thread.join()
        self._no_proxy.close()

    @property
    def url(self) -> str:
        """The server's address without a path."""
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def drop_after(self, *counts: int, half: bool = False) -> None:
        """Let the next connections end after so many messages; `half`: in the middle of a further one."""
        self._drops += counts
        self._half += [half] * len(counts)

    def refuse(self, status: int, retry_after: str | None = None, times: int = 1) -> None:
        """Answer the next attempts to connect with a status."""
        self._refusals += [(status, retry_after)] * times

    def send(self, *messages: Message) -> None:
        """Add what happens now; open connections get it, too."""
        with self._more:
            self.messages += messages
            self._more.notify_all()

    def _judge(self, connection: ServerConnection, request: Any) -> Response | None:
        parts = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in request.headers.raw_items()}
        came = Came(parts.path, query, headers)
        self.connections.append(came)
        connection.came = came
        if not self._refusals:
            return None
        status, retry_after = self._refusals.pop(0)
        answer = connection.respond(status, "planned")
        if retry_after is not None:
            answer.headers["Retry-After"] = retry_after
        return answer

    def _serve(self, connection: ServerConnection) -> None:
        came = connection.came
        most = self._drops.pop(0) if self._drops else None
        half = self._half.pop(0) if self._half else False
        try:
            for _ in range(self.greets):
                came.said.append(connection.recv())
            self._replay(connection, came, most, half)
        except (ConnectionClosed, OSError):
            return

    def _replay(self, connection: ServerConnection, came: Came, most: int | None, half: bool) -> None:
        cursor = int(came.query["cursor"]) if "cursor" in came.query else None
        at = len(self.messages) if cursor is None and not self.greets else 0
        sent = 0
        while not self._closing.is_set():
            with self._more:
                waiting = self.messages[at:]
                if not waiting and not self.ends:
                    self._more.wait(0.2)
                    continue
            at += len(waiting)
            for at_us, raw in waiting:
                if at_us <= (cursor or 0) or at_us < self.keeps_from_us:
                    continue
                if sent == most:
                    _hang_up(connection, raw if half else None)
                    return
                connection.send(raw, text=True)
                sent += 1
            if self.ends or sent == most:
                _hang_up(connection, None)
                return


def _hang_up(connection: ServerConnection, half_of: bytes | None) -> None:
    """End the TCP connection without a goodbye, after half of a frame where there is one."""
    if half_of is not None:
        length = len(half_of)
        head = bytes([0x81, 126]) + struct.pack(">H", length) if length > 125 else bytes([0x81, length])
        connection.socket.sendall(head + half_of[: length // 2])
    connection.socket.shutdown(socket.SHUT_RDWR)


def random_drops(seed: int, most: int, times: int) -> list[int]:
    """Return after how many messages connections end, drawn with a seed."""
    drawn = random.Random(seed)
    return [drawn.randint(0, most) for _ in range(times)]
