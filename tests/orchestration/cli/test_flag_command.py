"""`listenhouse flag` and the receiver: what is kept, what is refused, and that it lands as a pseudonym and masked."""

import json
import threading
import urllib.error
import urllib.request

import pytest

from ingestion.flag_receiver import MAX_BYTES, FlagReceiver
from ingestion.flags import FlagError, flag_of, make_flag, write_flag
from tests.ingestion.sources.files.drop_folder import Drop

URL = "https://social.example/@ann/123"
TOKEN = "a-token-for-tests-only"


def kept(home) -> list[dict]:
    return [json.loads(path.read_text()) for path in sorted((home.root / "drop" / "flags").glob("*"))]


def test_a_flag_is_kept_whole_with_its_note_masked(listenhouse, home):
    done = listenhouse("flag", URL, "--kind", "lead", "--note", "write to ann@example.com", "--by", "mira")
    assert done.code == 0 and "passed on as lead" in done.out
    assert "No run will read it yet" in done.err
    (flag,) = kept(home)
    assert (flag["post_url"], flag["post_key"], flag["note"]) == (URL, None, "write to [email]")
    assert [path.suffix for path in (home.root / "drop" / "flags").iterdir()] == [".jsonl"]


def test_nothing_is_warned_of_where_runs_read_flags(listenhouse, home):
    home.config.write_text("version: 1\nsources: {files: {enabled: true, shipped: [employee_flags]}}\n")
    assert listenhouse("flag", "mastodon:123").err == ""
    assert kept(home)[0]["post_key"] == "mastodon:123"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["the post of ann"], "is no post"),
        ([URL, "--kind", "scandal"], "use one of lead, issue, praise, other"),
        ([URL, "--note", "x" * 4001], "more than 4,000"),
    ],
)
def test_what_is_no_flag_is_refused(listenhouse, home, arguments, words):
    done = listenhouse("flag", *arguments)
    assert done.code == 2 and words in done.err
    assert not (home.root / "drop" / "flags").exists()


def test_the_receiver_needs_a_token(listenhouse, monkeypatch):
    monkeypatch.delenv("LISTENHOUSE_FLAGS_TOKEN", raising=False)
    assert listenhouse("flags").code == 2
    monkeypatch.setenv("LISTENHOUSE_FLAGS_TOKEN", "short")
    assert "16 characters" in listenhouse("flags", "--port", "0").err


@pytest.fixture
def send(tmp_path):
    """Send a body to a running receiver; return status and answer."""
    with FlagReceiver("127.0.0.1", 0, TOKEN, tmp_path) as receiver:
        thread = threading.Thread(target=receiver.serve_forever)
        thread.start()

        def sent(
            body: bytes, *, token: str = TOKEN, path: str = "/flags", method: str = "POST"
        ) -> tuple[int, dict]:
            address = f"http://127.0.0.1:{receiver.server_address[1]}{path}"
            request = urllib.request.Request(
                address, body, {"Authorization": f"Bearer {token}"}, method=method
            )
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return answer.status, json.load(answer)
            except urllib.error.HTTPError as error:
                return error.code, {"text": error.read().decode()}

        yield sent
        receiver.shutdown()
        thread.join()


def test_the_receiver_keeps_a_flag_once(send, tmp_path):
    body = json.dumps({"post": URL, "kind": "issue", "note": "broken", "flag_id": "form-7"}).encode()
    assert send(body) == (201, {"flag_id": "form-7"})
    assert send(body)[0] == 201
    (path,) = (tmp_path / "flags").iterdir()
    assert json.loads(path.read_text())["kind"] == "issue"


@pytest.mark.parametrize(
    ("body", "more", "status"),
    [
        (b'{"post": "https://a.example/1"}', {"token": "another-token-altogether"}, 401),
        (b'{"post": "https://a.example/1"}', {"path": "/elsewhere"}, 404),
        (b'{"post": "https://a.example/1"}', {"method": "PUT"}, 501),
        (b"{" + b" " * MAX_BYTES, {}, 413),
        (b"[" * 5_000, {}, 400),
        (b"\xff", {}, 400),
        (b'{"post": 7}', {}, 400),
        (b'{"post": "https://a.example/1", "admin": "yes"}', {}, 400),
        (b'{"post": "https://a.example/1", "flag_id": "../../etc/passwd"}', {}, 400),
        (b'{"post": "javascript:alert(1)"}', {}, 201),  # by its form the key of a post, which finds none
    ],
)
def test_the_receiver_refuses_the_rest(send, tmp_path, body, more, status):
    assert send(body, **more)[0] == status
    assert (tmp_path / "flags").exists() == (status == 201)


def test_flags_land_with_a_pseudonym(tmp_path):
    drop = Drop(tmp_path)
    drop.mappings, drop.shipped = [], ["employee_flags", "employee_flags_csv"]
    write_flag(make_flag(URL, kind="lead", note="call +49 30 1234567", employee="Mira"), drop.home.drop)
    write_flag(flag_of({"post": "mastodon:7"}), drop.home.drop)
    drop.write(
        "employee_flags.csv",
        f"flag_id,url,kind,note,employee,flagged_at\n1,{URL},Lead,ann@example.com asks,mira,2026-03-01T10:00:00Z\n",
    )
    read = drop.read()
    assert not read.quarantine
    rows = {row["post_url"] or row["post_key"]: row for row in read.rows["employee_flags"][:2]}
    assert rows[URL]["note"] == "call [phone]" and rows["mastodon:7"]["flag_kind"] == "other"
    told = read.rows["employee_flags"][2]
    assert (told["flag_kind"], told["note"]) == ("lead", "[email] asks")
    assert told["employee_key"] == rows[URL]["employee_key"] not in (None, "mira")


def test_half_a_character_is_no_text():
    with pytest.raises(FlagError, match="holds what is no text"):
        make_flag(URL, note="half \ud83d")
