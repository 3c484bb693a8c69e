"""A polite HTTP client for sources that read the open web.

It waits its turn (a pause per host, shared by all threads), asks only for what changed (ETag and
Last-Modified), obeys Retry-After, backs off exponentially with jitter, and gives up instead of
hammering: attempts per request, time spent waiting per client, bytes and seconds per answer all have
a ceiling. A host that keeps failing is left alone for the rest of the client's life.

dlt's own request helper is not used: it shortens a long Retry-After to its cap and so asks again too
early, has no ceiling over all requests, and reads answers of any size.
"""

import logging
import os
import random
import re
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import PackageNotFoundError, version
from typing import Self
from urllib.parse import quote, urlencode, urljoin, urlsplit

import requests
import urllib3

RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
# Only with these does Retry-After speak for the whole host; elsewhere it concerns one resource.
HOST_WIDE_STATUSES = frozenset({429, 503})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT_REDIRECTS = frozenset({301, 308})
MAX_REDIRECTS = 5
MAX_ERROR_BYTES = 65_536
CONTACT_VARIABLE = "LISTENHOUSE_CONTACT"

# requests and urllib3 share no base class, and reading a body raises the latter's.
_TRANSPORT_ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)
_LOGIN = re.compile(r"^([A-Za-z]+://)[^/?#]*@")
_TIMEOUTS = (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError)

_REMEDIES = {
    401: "the address wants a login, which this source does not have: remove it from listening.yml",
    403: "the server refuses us: check the address in a browser, ask its owner, or remove it from listening.yml",
    404: "nothing is there: correct the address in listening.yml",
    410: "it is gone for good: remove the address from listening.yml",
    429: "the server asks for fewer requests: nothing to do, the next run tries again",
}


class Clock:
    """The wall clock, a clock that never jumps, and sleep: one object, so that tests can skip time."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds on a clock that only goes forward."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for that many seconds."""
        time.sleep(seconds)


SYSTEM_CLOCK = Clock()


@dataclass(frozen=True)
class Politeness:
    """The client's ceilings. Times in seconds, sizes in bytes after decompression."""

    connect_timeout_s: float = 10.0
    read_timeout_s: float = 30.0  # between two pieces of an answer
    answer_timeout_s: float = 60.0  # for one whole answer, however steadily it drips
    max_bytes: int = 16 * 1024 * 1024
    max_attempts: int = 4
    first_backoff_s: float = 1.0
    longest_wait_s: float = 60.0  # a Retry-After beyond it is left to a later run
    retry_budget_s: float = 240.0  # all waits for retries of one client together
    pause_per_host_s: float = 1.0  # between the starts of two requests to one host
    failures_per_host: int = 3  # requests given up in a row, after which a host is left alone
    reset_header: str | None = None  # where servers without Retry-After say from when on (seconds since 1970)


@dataclass(frozen=True)
class Request:
    """One GET: the address, and the validators of the answer we already hold (see `Answer.validators`)."""

    url: str
    validators: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A complete answer of status 200, or 304 with an empty body where validators were sent."""

    url: str
    final_url: str
    moved_to: str | None  # where every redirect on the way was a permanent one
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    received_at: datetime

    @property
    def not_modified(self) -> bool:
        """Whether the server says that nothing changed since the validators were given."""
        return self.status == 304

    @property
    def content_type(self) -> str:
        """The media type without parameters, lower case; empty if the server named none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def validators(self) -> dict[str, str]:
        """Return what the next request sends to ask for changes only; empty if the server offers nothing."""
        offered = {"etag": self.headers.get("etag"), "last_modified": self.headers.get("last-modified")}
        return {name: value for name, value in offered.items() if value}


class HttpError(Exception):
    """A request given up. `reason` is one of http_status, timeout, connection, too_large, too_slow,
    bad_redirect, bad_address, host_closed; `retry_at` is set where the server named a time, `body` holds
    the answer of a status that is not tried again."""

    def __init__(
        self,
        url: str,
        reason: str,
        detail: str,
        remedy: str,
        *,
        status: int | None = None,
        attempts: int = 1,
        retry_at: datetime | None = None,
        body: bytes = b"",
    ) -> None:
        tried = f" after {attempts} attempts" if attempts > 1 else ""
        super().__init__(f"{without_login(url)}: {detail}{tried}; {remedy}")
        self.url = url
        self.reason = reason
        self.detail = detail
        self.remedy = remedy
        self.status = status
        self.attempts = attempts
        self.retry_at = retry_at
        self.body = body


def user_agent() -> str:
    """Return who we say we are; LISTENHOUSE_CONTACT (a mail address or a page) is added when set."""
    contact = os.environ.get(CONTACT_VARIABLE, "").strip()
    # A header takes latin-1 without line breaks; anything else would fail every request.
    contact = "".join(letter for letter in contact if " " <= letter <= "~")
    return f"Listenhouse/{_release()} (social listening" + (f"; +{contact})" if contact else ")")


@cache
def _release() -> str:
    """Return our version; asking for it takes milliseconds, which every request would pay."""
    try:
        return version("listenhouse")
    except PackageNotFoundError:
        return "dev"


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks to wait, never negative; None where absent or unreadable.

    Both forms of RFC 9110 section 10.2.3 are read: seconds and an HTTP date.
    """
    if value is None or not value.strip():
        return None
    value = value.strip()
    # 9 digits are 31 years: more is no number a server means, and would overflow a date.
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def without_login(url: str) -> str:
    """Return the address without a user name and password in front of the host, fit for tables and messages."""
    return _LOGIN.sub(r"\1", url)


class _Temporary(Exception):
    """An attempt that failed in a way that may pass."""

    def __init__(
        self, reason: str, detail: str, status: int | None = None, retry_after: str | None = None
    ) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True)
class _Sending:
    """What goes with a request besides its address; never part of an address, a message or an answer."""

    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    method: str = "GET"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The words that no message may hold."""
        words = [word for value in self.headers.values() for word in value.split()]
        return tuple(word for word in (*words, *self.params.values()) if len(word) >= 8)

    def hidden(self, text: str) -> str:
        """Return the text without the secrets, also as they are written in an address."""
        for secret in self.secrets:
            text = text.replace(secret, "(secret)").replace(quote(secret, safe=""), "(secret)")
        return text


class _Session(requests.Session):
    """A session that leaves redirects to the client: requests would read the whole body of each, of any size."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Name no target."""


class _WithoutQueries(logging.Filter):
    """Takes the query out of the addresses that urllib3 logs in debug mode: it may hold a key."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record, and let it pass."""
        if isinstance(record.args, tuple):
            record.args = tuple(a.partition("?")[0] if isinstance(a, str) else a for a in record.args)
        return True


_WITHOUT_QUERIES = _WithoutQueries()


class HttpClient:
    """GETs with the manners of `Politeness`. Safe to use from several threads."""

    def __init__(
        self,
        politeness: Politeness | None = None,
        *,
        clock: Clock | None = None,
        jitter: random.Random | None = None,
    ) -> None:
        logging.getLogger("urllib3.connectionpool").addFilter(_WITHOUT_QUERIES)
        self.politeness = politeness or Politeness()
        self.clock = clock or SYSTEM_CLOCK
        self._jitter = jitter or random.Random()
        self._lock = threading.Lock()
        self._threads = threading.local()
        self._sessions: list[requests.Session] = []
        self._next_turn: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._closed: dict[str, HttpError] = {}
        self._budget_s = self.politeness.retry_budget_s

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            sessions, self._sessions = self._sessions, []
        for session in sessions:
            session.close()

    def get(
        self,
        url: str,
        validators: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        hidden: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return the answer to a GET, after as many attempts as manners allow.

        `validators` come from `Answer.validators()` of an earlier answer; with them the answer may be
        a 304. `headers` and the query parameters `hidden` carry credentials: they go to the host of `url`
        alone, and stand in no message. Raises HttpError for everything else than 200 and 304.
        """
        return self._ask(url, validators, _Sending(dict(headers or {}), dict(hidden or {})))

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Return the answer to a POST, as `get` does; for asking for a token. A redirect is an error."""
        return self._ask(url, None, _Sending(dict(headers), body=body, method="POST"))

    def put(
        self, url: str, body: bytes, headers: Mapping[str, str], *, hidden: Mapping[str, str] | None = None
    ) -> Answer:
        """Return the answer to a PUT, as `get` does; for handing over a file. A redirect is an error."""
        return self._ask(url, None, _Sending(dict(headers), dict(hidden or {}), body, "PUT"))

    def _ask(self, url: str, validators: Mapping[str, str] | None, sending: _Sending) -> Answer:
        host = _web_host(url)
        if host is None:
            raise HttpError(url, "bad_address", "not an http(s) address", "correct it in listening.yml")
        attempt = 0
        while True:
            attempt += 1
            self._refuse_closed(url, host)
            try:
                answer = self._attempt(url, dict(validators or {}), sending)
            except _Temporary as failure:
                wait_s = self._wait_before_retry(url, host, failure, attempt)
                self.clock.sleep(wait_s)
            except HttpError as failure:
                # Unless it crawls, the server is well and means it: its other addresses may still be asked.
                failure.attempts = attempt
                if failure.reason == "too_slow":
                    self._note_failure(host, failure)
                else:
                    self._note_success(host)
                raise
            else:
                self._note_success(host)
                return answer

    def get_many(
        self, wanted: Iterable[Request], threads: int = 8
    ) -> Iterator[tuple[Request, Answer | HttpError]]:
        """Yield each request with its answer or error, in the order asked, `threads` at a time.

        At most 4 x threads answers wait for the consumer, so memory stays bounded.
        """
        with ThreadPoolExecutor(threads, thread_name_prefix="http") as pool:
            window: deque = deque()
            try:
                for request in wanted:
                    window.append((request, pool.submit(self._get_or_error, request)))
                    if len(window) >= 4 * threads:
                        asked, future = window.popleft()
                        yield asked, future.result()
                while window:
                    asked, future = window.popleft()
                    yield asked, future.result()
            finally:
                for _, future in window:
                    future.cancel()

    def _get_or_error(self, request: Request) -> Answer | HttpError:
        try:
            return self.get(request.url, request.validators)
        except HttpError as error:
            return error

    # -- one attempt ------------------------------------------------------------------------------

    def _attempt(self, url: str, validators: dict[str, str], sending: _Sending) -> Answer:
        headers = {"User-Agent": user_agent(), "Accept-Encoding": "gzip, deflate"}
        if "etag" in validators:
            headers["If-None-Match"] = validators["etag"]
        if "last_modified" in validators:
            headers["If-Modified-Since"] = validators["last_modified"]
        here, permanent = url, True
        deadline = None
        for _ in range(MAX_REDIRECTS + 1):
            self._wait_for_turn(_web_host(here) or "")
            deadline = deadline or self.clock.monotonic() + self.politeness.answer_timeout_s
            try:
                # Credentials are for the host that they were given for, wherever it sends us.
                own = _web_host(here) == _web_host(url) and (here[:6] == "https:" or url[:6] != "https:")
                with self._session().request(
                    sending.method,
                    _with_params(here, sending.params) if own else here,
                    data=sending.body,
                    headers={**headers, **sending.headers} if own else headers,
                    timeout=(self.politeness.connect_timeout_s, self.politeness.read_timeout_s),
                    allow_redirects=False,  # followed here, so that the next host gets its pause too
                    stream=True,
                ) as response:
                    if response.status_code in REDIRECTS and "Location" in response.headers:
                        permanent = permanent and response.status_code in PERMANENT_REDIRECTS
                        location = response.headers["Location"]
                        here = self._redirect(url, here, location, sending)
                        continue
                    return self._read_answer(url, here, permanent, response, deadline, bool(validators))
            except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, UnicodeError) as error:
                raise HttpError(
                    url,
                    "bad_address",
                    sending.hidden(f"not an address: {error}"),
                    "correct it in listening.yml",
                ) from error
            except _TIMEOUTS as error:
                raise _Temporary("timeout", f"no answer in time ({type(error).__name__})") from error
            except _TRANSPORT_ERRORS as error:
                cause = sending.hidden(_root_cause(error))
                raise _Temporary("connection", f"connection failed ({cause})") from error
        raise HttpError(
            url,
            "bad_redirect",
            f"more than {MAX_REDIRECTS} redirects",
            "open the address in a browser and put the one where it ends into listening.yml",
        )

    def _redirect(self, url: str, here: str, location: str, sending: _Sending) -> str:
        if sending.body is not None:
            raise HttpError(
                url, "bad_redirect", "a POST was redirected", "correct the address in listening.yml"
            )
        try:
            target = urljoin(here, location)
        except ValueError:
            target = location
        if _web_host(target) is None:
            raise HttpError(
                url,
                "bad_redirect",
                sending.hidden(f"redirected to {location!r}"),
                "correct the address in listening.yml",
            )
        return target

    def _read_answer(
        self,
        url: str,
        here: str,
        permanent: bool,
        response: requests.Response,
        deadline: float,
        conditional: bool,
    ) -> Answer:
        status = response.status_code
        if status in RETRIED_STATUSES:
            raise _Temporary("http_status", _named(response), status, self._retry_after(response))
        if status != 200 and not (status == 304 and conditional):
            remedy = _REMEDIES.get(status, "check the address in listening.yml in a browser")
            told = self._read_body(url, response, deadline)[:MAX_ERROR_BYTES]
            raise HttpError(url, "http_status", _named(response), remedy, status=status, body=told)
        return Answer(
            url=url,
            final_url=here,
            moved_to=here if permanent and here != url else None,
            status=status,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=b"" if status == 304 else self._read_body(url, response, deadline),
            received_at=self.clock.now(),
        )

    def _retry_after(self, response: requests.Response) -> str | None:
        reset = response.headers.get(self.politeness.reset_header or "", "").strip()
        if "Retry-After" in response.headers or not (reset.isascii() and reset.isdigit()):
            return response.headers.get("Retry-After")
        return str(max(0, int(reset[:12]) - int(self.clock.now().timestamp())))

    def _read_body(self, url: str, response: requests.Response, deadline: float) -> bytes:
        limit = self.politeness.max_bytes
        pieces, size = [], 0
        # read1 returns what has arrived; read would sit through a drip without ever looking at the clock.
        while piece := response.raw.read1(65536, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                raise HttpError(
                    url, "too_large", f"the answer is larger than {limit:,} bytes", "check the address"
                )
            if self.clock.monotonic() > deadline:
                raise HttpError(
                    url,
                    "too_slow",
                    f"no complete answer within {self.politeness.answer_timeout_s:g} s ({size:,} bytes came)",
                    "nothing to do, the next run tries again",
                )
        return b"".join(pieces)

    def _session(self) -> requests.Session:
        session = getattr(self._threads, "session", None)
        if session is None:
            session = _Session()
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            self._threads.session = session
            with self._lock:
                self._sessions.append(session)
        return session

    # -- manners ----------------------------------------------------------------------------------

    def _wait_for_turn(self, host: str) -> None:
        """Sleep until this host may be asked again, and reserve the slot."""
        with self._lock:
            now = self.clock.monotonic()
            turn = max(now, self._next_turn.get(host, now))
            self._next_turn[host] = turn + self.politeness.pause_per_host_s
        if turn > now:
            self.clock.sleep(turn - now)

    def _wait_before_retry(self, url: str, host: str, failure: _Temporary, attempt: int) -> float:
        """Return the seconds to sleep before the next attempt, or raise HttpError where there is none.

        The wait is never shorter than Retry-After and never shorter than our own back-off. Where the
        server speaks for the whole host, all threads wait, and the sleep is the host's next turn.
        """
        limits = self.politeness
        now = self.clock.now()
        asked = retry_after_seconds(failure.retry_after, now)
        retry_at = now + timedelta(seconds=asked) if asked is not None else None
        if asked is not None and asked > limits.longest_wait_s:
            error = self._error(
                url, failure, attempt, f"asks to wait until {retry_at:%Y-%m-%d %H:%M:%S} UTC", retry_at
            )
            if failure.status in HOST_WIDE_STATUSES:
                self._close_host(host, error)
            raise error
        backoff = min(limits.longest_wait_s, limits.first_backoff_s * 2 ** (attempt - 1))
        wait_s = max(asked or 0.0, backoff * self._jitter.uniform(0.5, 1.0))
        host_wide = failure.status in HOST_WIDE_STATUSES
        with self._lock:
            next_turn = self.clock.monotonic() + wait_s
            # Threads that wait for the same host wait at the same time: only what prolongs it is charged.
            cost = max(0.0, next_turn - self._next_turn.get(host, 0.0)) if host_wide else wait_s
            affordable = attempt < limits.max_attempts and cost <= self._budget_s
            if affordable:
                self._budget_s -= cost
                if host_wide:
                    self._next_turn[host] = max(next_turn, self._next_turn.get(host, 0.0))
        if not affordable:
            error = self._error(url, failure, attempt, "", retry_at)
            self._note_failure(host, error)
            raise error
        return 0.0 if host_wide else wait_s

    def _error(
        self, url: str, failure: _Temporary, attempt: int, addition: str, retry_at: datetime | None
    ) -> HttpError:
        detail = f"{failure.detail}, {addition}" if addition else failure.detail
        return HttpError(
            url,
            failure.reason,
            detail,
            "nothing to do, a later run tries again; if it stays so, check the address in listening.yml",
            status=failure.status,
            attempts=attempt,
            retry_at=retry_at,
        )

    def _refuse_closed(self, url: str, host: str) -> None:
        with self._lock:
            cause = self._closed.get(host)
        if cause is not None:
            raise HttpError(
                url,
                "host_closed",
                f"not asked, because {host} is left alone for the rest of this run ({cause.detail})",
                "a later run tries again",
                status=cause.status,
                attempts=0,
                retry_at=cause.retry_at,
            )

    def _close_host(self, host: str, cause: HttpError) -> None:
        with self._lock:
            self._closed.setdefault(host, cause)

    def _note_failure(self, host: str, error: HttpError) -> None:
        with self._lock:
            self._failures[host] = self._failures.get(host, 0) + 1
            if self._failures[host] >= self.politeness.failures_per_host:
                self._closed.setdefault(host, error)

    def _note_success(self, host: str) -> None:
        with self._lock:
            self._failures[host] = 0


def _web_host(url: str) -> str | None:
    """Return host and port of an http(s) address, None for anything else."""
    try:
        parts = urlsplit(url)
        web = parts.scheme in ("http", "https") and parts.hostname
        return parts.netloc.rpartition("@")[2].lower() if web else None
    except ValueError:
        return None


def _with_params(url: str, params: Mapping[str, str]) -> str:
    if not params:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(params)}"


def _named(response: requests.Response) -> str:
    return f"HTTP {response.status_code} {response.reason or ''}".rstrip()


def _root_cause(error: BaseException) -> str:
    """Return the innermost reason in one line: the outer ones only repeat the address."""
    while True:
        inner = error.__cause__ or error.__context__ or getattr(error, "reason", None)
        if not isinstance(inner, BaseException):
            break
        error = inner
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]
