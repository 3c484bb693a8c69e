"""The polite client against a local server that misbehaves."""

import gzip
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from ingestion.http import (
    Answer,
    HttpClient,
    HttpError,
    Politeness,
    Request,
    retry_after_seconds,
    user_agent,
    without_login,
)
from tests.replay_server import (
    ReplayServer,
    SkippingClock,
    drip,
    drop,
    hang,
    redirect,
    short,
    status,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NO_PAUSE = Politeness(pause_per_host_s=0.0)


@pytest.fixture
def clock():
    return SkippingClock(NOW)


@pytest.fixture
def client(clock):
    with HttpClient(NO_PAUSE, clock=clock, jitter=random.Random(7)) as client:
        yield client


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        ("0", 0.0),
        ("7", 7.0),
        (" 120 ", 120.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0.0),
        ("Sun Mar  1 12:01:00 2026", 60.0),
        ("-5", None),
        ("soon", None),
        ("٧", None),
        ("9" * 400, 999_999_999.0),
        ("Mon, 99 Foo 2026 99:99:99 GMT", None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(value, seconds):
    assert retry_after_seconds(value, NOW) == seconds


def test_user_agent_names_product_and_contact(monkeypatch):
    monkeypatch.delenv("LISTENHOUSE_CONTACT", raising=False)
    assert user_agent().startswith("Listenhouse/")
    monkeypatch.setenv("LISTENHOUSE_CONTACT", "https://example.org/bot\r\nX-Evil: é")
    assert "+https://example.org/bot" in user_agent()
    assert "\n" not in user_agent() and user_agent().isascii()


def test_answer_carries_body_type_and_validators(server, client):
    url = server.serve(
        "/a", b"hello", headers={"Content-Type": "Text/Plain; charset=utf-8"}, last_modified=NOW
    )
    answer = client.get(url)
    assert (answer.status, answer.body, answer.content_type) == (200, b"hello", "text/plain")
    assert set(answer.validators()) == {"etag", "last_modified"}
    assert server.requests[0].headers["user-agent"] == user_agent()


def test_unchanged_resource_is_a_304_and_a_changed_one_a_200(server, client):
    url = server.serve("/a", b"one")
    held = client.get(url).validators()
    again = client.get(url, held)
    assert (again.not_modified, again.body) == (True, b"")
    assert server.requests[1].headers["if-none-match"] == held["etag"]
    server.serve("/a", b"two")
    assert client.get(url, held).body == b"two"


def test_last_modified_alone_is_enough_for_a_304(server, client):
    url = server.serve("/a", b"one", etag=False, last_modified=NOW)
    held = client.get(url).validators()
    assert set(held) == {"last_modified"}
    assert client.get(url, held).not_modified


def test_a_304_nobody_asked_for_is_an_error(server, client):
    url = server.serve("/a", b"", status=304)
    with pytest.raises(HttpError, match="HTTP 304"):
        client.get(url)


@pytest.mark.parametrize("code", [429, 503])
def test_retry_after_in_seconds_is_obeyed(server, client, clock, code):
    url = server.serve("/a", b"ok")
    server.plan("/a", status(code, retry_after="7"))
    assert client.get(url).body == b"ok"
    assert len(server.requests) == 2
    assert sum(clock.sleeps) == pytest.approx(7, abs=0.5)


def test_retry_after_as_a_date_is_obeyed(server, client, clock):
    url = server.serve("/a", b"ok")
    server.plan("/a", status(429, retry_after=format_datetime(NOW + timedelta(seconds=20), usegmt=True)))
    assert client.get(url).body == b"ok"
    assert sum(clock.sleeps) == pytest.approx(20, abs=0.5)


@pytest.mark.parametrize("retry_after", [None, "0", "soon"])
def test_without_a_usable_retry_after_the_own_back_off_holds(server, client, clock, retry_after):
    url = server.serve("/a", b"ok")
    server.plan("/a", *[status(429, retry_after=retry_after)] * 3)
    assert client.get(url).body == b"ok"
    waits = [seconds for seconds in clock.sleeps if seconds > 0]
    assert len(waits) == 3
    for number, seconds in enumerate(waits):
        assert 0.4 * 2**number <= seconds <= 2**number + 0.1


def test_back_off_has_a_cap_and_differs_from_client_to_client(server):
    url = server.serve("/a", b"ok")
    server.always("/a", status(500))
    politeness = Politeness(pause_per_host_s=0.0, max_attempts=9, longest_wait_s=5.0)
    waits = []
    for seed in (1, 2):
        clock = SkippingClock(NOW)
        with (
            HttpClient(politeness, clock=clock, jitter=random.Random(seed)) as client,
            pytest.raises(HttpError),
        ):
            client.get(url)
        waits.append(clock.sleeps)
    assert max(waits[0] + waits[1]) <= 5.0
    assert waits[0] != waits[1]


def test_a_retry_after_beyond_the_cap_is_left_to_a_later_run_and_closes_the_host(server, client, clock):
    url = server.serve("/a", b"ok")
    other = server.serve("/b", b"ok")
    server.plan("/a", status(429, retry_after="86400"))
    with pytest.raises(HttpError) as failure:
        client.get(url)
    assert failure.value.retry_at == pytest.approx(NOW + timedelta(days=1), abs=timedelta(seconds=5))
    assert clock.sleeps == []
    with pytest.raises(HttpError) as refused:
        client.get(other)
    assert (refused.value.reason, refused.value.retry_at) == ("host_closed", failure.value.retry_at)
    assert len(server.requests) == 1


def test_a_500_that_passes_is_survived(server, client):
    url = server.serve("/a", b"ok")
    server.plan("/a", status(500), drop(), status(502))
    assert client.get(url).body == b"ok"
    assert len(server.requests) == 4


def test_a_500_for_ever_is_given_up_after_the_attempts_allowed(server, client):
    url = server.serve("/a", b"ok")
    server.always("/a", status(500))
    with pytest.raises(HttpError, match=r"HTTP 500.* after 4 attempts; nothing to do") as failure:
        client.get(url)
    assert (failure.value.status, failure.value.attempts, len(server.requests)) == (500, 4, 4)


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 501])
def test_a_final_status_is_not_retried_and_its_message_names_a_remedy(server, client, code):
    url = server.serve("/a", b"", status=code)
    with pytest.raises(HttpError, match=f"HTTP {code} .*listening.yml"):
        client.get(url)
    assert len(server.requests) == 1


def test_a_host_that_keeps_failing_is_left_alone(server, client):
    server.always("/bad", status(500))
    good = server.serve("/good", b"ok")
    for _ in range(3):
        with pytest.raises(HttpError):
            client.get(server.url + "/bad")
    asked = len(server.requests)
    with pytest.raises(HttpError, match="left alone") as refused:
        client.get(good)
    assert refused.value.reason == "host_closed"
    assert len(server.requests) == asked


def test_a_success_between_failures_keeps_the_host_open(server, client):
    server.always("/bad", status(500))
    good = server.serve("/good", b"ok")
    for _ in range(5):
        with pytest.raises(HttpError, match=r"HTTP 500"):
            client.get(server.url + "/bad")
        assert client.get(good).body == b"ok"


def test_all_retries_together_keep_to_the_budget(server, clock):
    urls = [server.serve(f"/{number}", b"ok") for number in range(20)]
    for number in range(20):
        server.always(f"/{number}", status(500))
    politeness = Politeness(pause_per_host_s=0.0, retry_budget_s=10.0, failures_per_host=100)
    with HttpClient(politeness, clock=clock) as client:
        outcomes = [outcome for _, outcome in client.get_many(map(Request, urls), threads=1)]
    assert all(isinstance(outcome, HttpError) for outcome in outcomes)
    assert sum(clock.sleeps) <= 10.0
    assert outcomes[-1].attempts == 1


def test_a_lost_connection_and_a_short_body_are_retried(server, client):
    url = server.serve("/a", b"0123456789" * 50)
    server.plan("/a", drop(), short())
    assert len(client.get(url).body) == 500
    assert len(server.requests) == 3


def test_a_server_that_is_not_there_is_reported_with_its_cause(client, clock):
    with ReplayServer() as gone:
        url = gone.url + "/a"
    with pytest.raises(HttpError, match=r"connection failed .*refused") as failure:
        client.get(url)
    assert failure.value.reason == "connection"


def test_a_silent_server_times_out(server, clock):
    url = server.serve("/a", b"ok")
    server.plan("/a", hang(), hang())
    politeness = Politeness(pause_per_host_s=0.0, read_timeout_s=0.1, max_attempts=2)
    with HttpClient(politeness, clock=clock) as client, pytest.raises(HttpError) as failure:
        client.get(url)
    assert (failure.value.reason, failure.value.attempts) == ("timeout", 2)


def test_a_drip_is_cut_off_although_no_single_read_times_out(server, clock):
    url = server.serve("/a", b"ok")
    server.plan("/a", drip())
    client = HttpClient(Politeness(answer_timeout_s=0.2), clock=clock)
    with pytest.raises(HttpError, match=r"no complete answer within 0\.2 s") as failure:
        client.get(url)
    assert failure.value.reason == "too_slow"


@pytest.mark.parametrize("compressed", [False, True])
def test_an_answer_beyond_the_size_limit_is_not_read_on(server, clock, compressed):
    body = b"x" * 3_000_000
    headers = {"Content-Encoding": "gzip"} if compressed else {}
    url = server.serve("/a", gzip.compress(body) if compressed else body, headers=headers)
    client = HttpClient(Politeness(max_bytes=1_000_000), clock=clock)
    with pytest.raises(HttpError, match="larger than 1,000,000 bytes") as failure:
        client.get(url)
    assert failure.value.reason == "too_large"
    assert len(server.requests) == 1


def test_a_compressed_answer_is_unpacked(server, client):
    url = server.serve("/a", gzip.compress(b"hello " * 100), headers={"Content-Encoding": "gzip"})
    assert client.get(url).body == b"hello " * 100


def test_broken_compression_is_retried_and_reported(server, client):
    url = server.serve("/a", b"not gzip at all", headers={"Content-Encoding": "gzip"})
    with pytest.raises(HttpError, match=r"connection failed") as failure:
        client.get(url)
    assert failure.value.attempts == 4


def test_redirects_are_followed_and_a_permanent_one_is_told(server, client):
    target = server.serve("/new", b"ok")
    server.always("/old", redirect("/new", 301))
    server.always("/temporary", redirect("/new", 302))
    moved = client.get(server.url + "/old")
    assert (moved.body, moved.final_url, moved.moved_to) == (b"ok", target, target)
    assert client.get(server.url + "/temporary").moved_to is None


@pytest.mark.parametrize("location", ["/loop", "file:///etc/passwd", "ftp://example.org/x", "http://[::1/x"])
def test_endless_and_foreign_redirects_are_refused(server, client, location):
    server.always("/loop", redirect(location))
    with pytest.raises(HttpError, match="redirect") as failure:
        client.get(server.url + "/loop")
    assert failure.value.reason == "bad_redirect"
    assert len(server.requests) <= 6


@pytest.mark.parametrize("url", ["file:///etc/passwd", "example.org/feed", "http://", "http://[::1/x"])
def test_what_is_no_web_address_is_refused_unasked(client, url):
    with pytest.raises(HttpError) as failure:
        client.get(url)
    assert failure.value.reason == "bad_address"


def test_a_login_in_the_address_is_sent_but_never_told(server, client):
    path = server.serve("/private", b"", status=403).partition("://")[2]
    with pytest.raises(HttpError) as failure:
        client.get("http://ann:geheim@" + path)
    assert server.requests[0].headers["authorization"].startswith("Basic ")
    assert "geheim" not in str(failure.value) and "ann" not in str(failure.value)
    assert without_login("https://a:b@c@example.org/u@v?w") == "https://example.org/u@v?w"
    assert without_login("https://example.org?u=a@b") == "https://example.org?u=a@b"


def test_requests_to_one_host_keep_their_distance(server, clock):
    urls = [server.serve(f"/{number}", b"ok") for number in range(5)]
    with HttpClient(Politeness(pause_per_host_s=2.0), clock=clock) as client:
        for url in urls:
            client.get(url)
    assert len(clock.sleeps) == 4
    assert clock.sleeps == pytest.approx([2.0] * 4, abs=0.5)


def test_many_requests_come_back_in_order_with_errors_among_them(server, clock):
    urls = [server.serve(f"/{number}", f"{number}") for number in range(100)]
    server.always("/17", status(404))
    with HttpClient(NO_PAUSE, clock=clock) as client:
        outcomes = list(client.get_many(map(Request, urls), threads=8))
    assert [request.url for request, _ in outcomes] == urls
    bodies = [outcome.body for _, outcome in outcomes if isinstance(outcome, Answer)]
    assert bodies == [f"{number}".encode() for number in range(100) if number != 17]
    assert isinstance(outcomes[17][1], HttpError)


def test_answers_wait_for_a_slow_reader_instead_of_piling_up(server, clock):
    urls = [server.serve(f"/{number}", b"ok") for number in range(60)]
    with HttpClient(NO_PAUSE, clock=clock) as client:
        answers = client.get_many(map(Request, urls), threads=2)
        next(answers)
        assert len(server.requests) <= 10
        answers.close()


def test_no_cookie_is_kept(server, client):
    url = server.serve("/a", b"ok", headers={"Set-Cookie": "id=7; Path=/"})
    client.get(url)
    client.get(url)
    assert "cookie" not in server.requests[1].headers


# -- credentials ----------------------------------------------------------------------------------

SECRET = "s3cret/with+signs"


def test_credentials_are_sent_and_stand_in_no_answer_no_error_and_no_log(server, client, caplog):
    caplog.set_level("DEBUG")
    url = server.serve("/a", b"ok")
    answer = client.get(url + "?q=1", headers={"Authorization": f"Bearer {SECRET}"}, hidden={"key": SECRET})
    seen = server.requests[0]
    assert seen.headers["authorization"] == f"Bearer {SECRET}"
    assert seen.query == {"q": "1", "key": SECRET}
    assert SECRET not in answer.url + answer.final_url
    server.always("/a", status(403))
    with pytest.raises(HttpError) as refused:
        client.get(url, hidden={"key": SECRET})
    assert SECRET not in str(refused.value) and refused.value.body == b"planned"
    assert "/a" in caplog.text and "s3cret" not in caplog.text


def test_credentials_do_not_follow_a_redirect_to_another_host(server, client):
    with ReplayServer() as elsewhere:
        elsewhere.serve("/b", b"stolen?")
        url = server.serve("/a", b"ok")
        server.plan("/a", redirect(elsewhere.url + "/b"))
        client.get(url, headers={"Authorization": SECRET}, hidden={"key": SECRET})
        (seen,) = elsewhere.requests
    assert "authorization" not in seen.headers and seen.query == {}


def test_a_redirect_that_is_no_address_does_not_tell_the_secret(server, client):
    url = server.serve("/a", b"ok")
    server.plan("/a", redirect(f"ftp://example.org/?key={SECRET}"))
    with pytest.raises(HttpError) as refused:
        client.get(url, hidden={"key": SECRET})
    assert "(secret)" in str(refused.value) and SECRET not in str(refused.value)


def test_a_post_asks_once_more_after_a_500_and_follows_no_redirect(server, client):
    url = server.serve("/token", {"access_token": "t"})
    server.plan("/token", status(500))
    assert client.post(url, b"grant_type=x", {"Authorization": SECRET}).status == 200
    server.plan("/token", redirect(url))
    with pytest.raises(HttpError, match="redirected"):
        client.post(url, b"grant_type=x", {})
