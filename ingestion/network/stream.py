"""Networks that send what happens by themselves: one connection, opened again as often as it drops.

`follow` reads messages in batches until the reader has caught up with the present (and listened for as long
as it was asked to), or a limit is reached. It knows nothing of what a message says: the reader does, keeps
the position, and drops what it has had before where a new connection begins a little earlier than the last
one ended.
"""

import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from ingestion.http import Clock, retry_after_seconds, user_agent, without_login
from ingestion.landing import POSTS, Contract
from ingestion.network.declaration import Declaration

BATCH_EVENTS = 5_000
BATCH_SECONDS = 0.25
"""A batch is handed over when either is reached."""
MAX_FAILURES = 5
"""Connections in a row that bring nothing new, after which a run stops to try."""
FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 0.5, 30.0
LONGEST_WAIT_S = 60.0
"""A Retry-After beyond it is left to a later run."""
CONNECT_TIMEOUT_S = 10.0
PING_S = 20.0
"""A server that answers no ping for so long is gone, even where the connection still stands."""
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
QUEUE = 1_024
"""Messages read ahead; beyond it the server has to wait, so that memory stays bounded."""
REFUSED = frozenset({401, 403})


class Dropped(Exception):
    """A connection that ended, or could not be made; `wait_s` is what the server asked to wait."""

    def __init__(self, detail: str, *, status: int | None = None, wait_s: float | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.wait_s = wait_s


class Refused(Exception):
    """The server lets us in neither now nor later in this run; `wait_s` is what it asked to wait."""

    def __init__(self, detail: str, *, wait_s: float | None = None) -> None:
        super().__init__(detail)
        self.wait_s = wait_s


class Wire(Protocol):
    """An open connection."""

    def receive(self, timeout_s: float) -> bytes | None:
        """Return the next message, None where none came in time. Raises Dropped."""


class StreamedNetwork(ABC):
    """A network that is only listened to. `settings` are its part of listening.yml, `secrets` its credentials."""

    declaration: ClassVar[Declaration]
    contract: ClassVar[Contract] = POSTS

    def __init__(self, settings: Any, secrets: Mapping[str, str]) -> None:
        self.settings = settings
        self.secrets = secrets

    @abstractmethod
    def wire(self, cursor: int | None) -> AbstractContextManager[Wire]:
        """Return a connection that begins after the cursor, or at the present. Raises Dropped, Refused."""


@dataclass(frozen=True)
class Limits:
    """How long a run reads. `silence_s`: without a message for so long, a connection counts as dropped."""

    max_seconds: float
    max_events: int
    listen_seconds: float
    silence_s: float


def follow(
    connect: Callable[[], AbstractContextManager[Wire]],
    limits: Limits,
    clock: Clock,
    *,
    position: Callable[[], int],
    is_current: Callable[[], bool],
    tell: Callable[[str], None],
) -> Iterator[list[bytes]]:
    """Yield batches of messages in order, none of them empty, over as many connections as it takes.

    `connect` opens a connection where the reader stands. `position` only ever grows; a connection that drops
    before it has grown is one of MAX_FAILURES. From the moment `is_current`, it listens on for
    `listen_seconds`. `tell` gets what a person should know. Raises Refused.
    """
    end, left = clock.monotonic() + limits.max_seconds, limits.max_events
    failures, caught_up = 0, False
    jitter = random.Random()
    while left > 0 and clock.monotonic() < end:
        before = position()
        try:
            with connect() as wire:
                while left > 0 and (now := clock.monotonic()) < end:
                    batch, dropped = _batch(wire, min(left, BATCH_EVENTS), end, limits.silence_s, clock)
                    left -= len(batch)
                    if batch:
                        yield batch
                    if is_current() and not caught_up:
                        caught_up, end = True, min(end, now + limits.listen_seconds)
                    if dropped is not None and clock.monotonic() < end:
                        raise dropped
        except Dropped as problem:
            failures = 1 if position() > before else failures + 1
            if failures >= MAX_FAILURES:
                tell(f"{problem}, {failures} times in a row; the next run goes on from where this one got to")
                return
            backoff = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2 ** (failures - 1)) * jitter.uniform(0.5, 1.0)
            clock.sleep(max(backoff, problem.wait_s or 0.0))
    if not caught_up:
        tell("a limit of the run was reached before the present: the next run goes on from there")


def _batch(
    wire: Wire, most: int, end: float, silence_s: float, clock: Clock
) -> tuple[list[bytes], Dropped | None]:
    """Return what came within BATCH_SECONDS or until the batch is full, and how the connection ended, if it did."""
    batch: list[bytes] = []
    until = min(end, clock.monotonic() + silence_s)
    try:
        while len(batch) < most:
            message = wire.receive(max(0.0, until - clock.monotonic()))
            if message is None:
                break
            if not batch:
                until = min(end, clock.monotonic() + BATCH_SECONDS)
            batch.append(message)
    except Dropped as problem:
        return batch, problem
    silent = not batch and until < end
    return batch, Dropped(f"nothing came for {silence_s:g} s") if silent else None


@contextmanager
def web_socket(
    url: str, *, headers: Mapping[str, str] | None = None, hello: tuple[str, ...] = ()
) -> Iterator[Wire]:
    """Open a web socket and say `hello` on it. `headers` carry credentials: they stand in no message.

    Raises Refused where the server does not let us in, Dropped for whatever may pass.
    """
    from websockets.exceptions import InvalidHandshake, InvalidStatus
    from websockets.sync.client import connect

    shown = without_login(url).partition("?")[0]
    try:
        socket = connect(
            url,
            additional_headers=dict(headers or {}),
            user_agent_header=user_agent(),
            compression=None,  # costs more time than it saves on streams of small messages
            open_timeout=CONNECT_TIMEOUT_S,
            close_timeout=1.0,
            ping_interval=PING_S,
            ping_timeout=PING_S,
            max_size=MAX_MESSAGE_BYTES,
            max_queue=QUEUE,
        )
    except InvalidStatus as error:
        raise _refusal(shown, error.response) from error
    except (OSError, InvalidHandshake, TimeoutError, EOFError) as error:
        raise Dropped(f"{shown}: no connection ({type(error).__name__})") from error
    with socket:
        wire = _WebSocket(shown, socket)
        for words in hello:
            wire.say(words)
        yield wire


def _refusal(shown: str, response: Any) -> Exception:
    status = response.status_code
    wait_s = retry_after_seconds(response.headers.get("Retry-After"), Clock().now())
    if status in REFUSED or (wait_s is not None and wait_s > LONGEST_WAIT_S):
        return Refused(f"{shown}: HTTP {status}", wait_s=wait_s)
    return Dropped(f"{shown}: HTTP {status}", status=status, wait_s=wait_s)


class _WebSocket:
    def __init__(self, shown: str, socket: Any) -> None:
        from websockets.exceptions import ConnectionClosed

        self._shown, self._socket, self._closed = shown, socket, ConnectionClosed

    def say(self, words: str) -> None:
        """Send a message."""
        try:
            self._socket.send(words)
        except self._closed as error:
            raise self._dropped(error) from error

    def receive(self, timeout_s: float) -> bytes | None:
        """Return the next whole message; one that was cut off by the end of the connection never comes."""
        try:
            return self._socket.recv(timeout_s, decode=False)
        except TimeoutError:
            return None
        except self._closed as error:
            raise self._dropped(error) from error

    def _dropped(self, error: Any) -> Dropped:
        code = error.rcvd.code if error.rcvd else "none"
        return Dropped(f"{self._shown}: the connection ended (close code {code})")
