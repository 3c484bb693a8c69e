"""The contract that every source of posts keeps, one by one. A new network registers in `apis.py`, no more.

Sources that no network engine reads (`single_apis.py`) keep what applies to them: a scene that does not says why.
"""

import base64
import json
import logging
import re
from datetime import timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

import duckdb
import pytest

from ingestion.home import Home
from ingestion.landing import Counts
from ingestion.landing.runner import LandingError, land
from ingestion.network.credentials import CredentialsMissing, credentials_of
from ingestion.registry import NETWORKS, STREAMED, network_type, source_module
from tests.ingestion.kit.apis import APIS
from tests.ingestion.kit.bench import IMPATIENT, NOW, PRIVATE, QUICK, SECRET, Bench, Post
from tests.ingestion.kit.business_apis import BUSINESS_APIS
from tests.ingestion.kit.single_apis import SINGLE_APIS, FeedApi
from tests.replay_server import HTML_PAGE, Reply, drip, hang, html, status, truncated

PAGES = 4
"""Pages of a made-up API: 11 posts, 3 a page."""


@pytest.fixture(params=[*APIS, *SINGLE_APIS], ids=lambda api: api.__name__.removesuffix("Api").lower())
def api(request):
    return request.param()


@pytest.fixture
def bench(api, server, clock):
    return Bench(api, network_type(api.name) if api.name in NETWORKS else None, server, clock)


def networks_only(bench, why):
    if bench.network is None:
        pytest.skip(f"{bench.api.name} {why}")


def later_pages_only(bench):
    if isinstance(bench.api, FeedApi):
        pytest.skip("a feed is one document")


def cursors_only(bench):
    if not bench.api.has_cursor:
        pytest.skip(f"{bench.api.name} pages by number: it has no cursor")


def deletions_noticed(bench):
    if bench.declaration.delete_capture == "none":
        pytest.skip(f"{bench.api.name} does not notice deletions, and says so")


# -- what is declared -----------------------------------------------------------------------------


def test_every_network_is_registered_here():
    # Those that are only listened to have no pages to read: their tests are in tests/ingestion/sources.
    assert sorted([*(api.name for api in (*APIS, *BUSINESS_APIS)), *STREAMED]) == sorted(NETWORKS)


def test_a_source_declares_what_a_reader_asks(api):
    declared(api.name, api.contract.resource)
    if api.name in NETWORKS:
        network = network_type(api.name)
        assert (network.declaration.delete_capture == "sweep") == (network.lookup_batch > 0)


@pytest.mark.parametrize("name", STREAMED)
def test_a_source_that_is_listened_to_declares_the_same(name):
    declared(name, "posts")
    told(name, "posts")


def declared(name, resource):
    declaration = network_type(name).declaration if name in NETWORKS else source_module(name).DECLARATION
    assert declaration.name == name
    assert declaration.api.startswith("https://")
    for said in (declaration.data_flow, declaration.rate_limit, declaration.terms, declaration.personal_data):
        assert len(said) > 20
    assert f"raw_{name}.{resource}" in declaration.data_flow
    assert all(credential.get_it_at for credential in declaration.credentials)
    docstring = source_module(name).__doc__
    for line in ("API:", "Paging:", "Data flow:", "Deletes:", "Rate limit:", "Terms:"):
        assert line in docstring, f"the docstring of {name} does not say {line}"


def test_the_readme_says_how_to_get_access_what_to_write_and_what_lands(api):
    told(api.name, api.contract.resource)


def told(name, resource):
    readme = (Home.find().config.parent / "ingestion/sources" / name / "README.md").read_text()
    assert "```yaml\nsources:\n  " + name in readme
    assert f"raw_{name}.{resource}" in readme
    for credential in network_type(name).declaration.credentials if name in NETWORKS else ():
        assert f"SOURCES__{name.upper()}__{credential.name.upper()}" in readme


# -- reading --------------------------------------------------------------------------------------


def test_the_first_run_lands_every_post_once(bench):
    counts = bench.run()
    assert bench.ids == bench.wanted
    shown_again = counts.duplicate if bench.api.in_windows else 0
    assert counts == Counts(received=11 + shown_again, accepted=11, duplicate=shown_again)
    assert bench.messages == ""
    row = bench.observations(1)[0]
    assert (row["platform"], row["created_at"]) == (bench.declaration.platform, NOW - timedelta(hours=29))
    assert bench.api.likes_in is None or row[bench.api.likes_in] == 3
    assert "lumora" in row["text"] and re.fullmatch("[0-9a-f]{32}", row["author_key"])


def test_a_second_run_adds_nothing(bench):
    bench.run()
    before = len(bench.posts)
    counts = bench.run()
    assert len(bench.posts) == before
    assert counts.accepted == counts.deleted == counts.quarantined == 0


@pytest.mark.parametrize("budget", range(1, PAGES))
def test_reading_in_pieces_equals_one_full_read(bench, budget):
    later_pages_only(bench)
    bench.settings["max_pages"] = budget
    bench.run()
    bench.run_until_read()
    assert bench.ids == bench.wanted
    assert len({row["observation_id"] for row in bench.posts}) == len(bench.posts) == 11


@pytest.mark.parametrize("page", range(1, PAGES + 1))
def test_a_run_that_breaks_off_at_any_page_is_made_good_by_the_next(bench, page):
    if page > 1:
        later_pages_only(bench)
    asked = []

    def broken(seen):
        asked.append(seen)
        return Reply({"error": "down"}, status=500) if len(asked) >= page else bench.api.answer(seen)

    bench.server.serve(bench.api.path, broken, etag=False)
    bench.run()
    assert "HTTP 500" in bench.messages
    bench.server.serve(bench.api.path, bench.api.answer, etag=False)
    bench.run_until_read()
    assert bench.ids == bench.wanted and len(bench.posts) == 11


def test_items_that_turn_up_late_are_caught_within_the_overlap(bench):
    bench.run()
    bench.api.posts.append(Post(20, NOW - timedelta(hours=bench.declaration.overlap_hours - 1)))
    bench.clock.skip(600)
    bench.run()
    assert bench.ids == bench.wanted


def test_new_items_are_read_and_old_pages_left_alone(bench):
    bench.run()
    bench.clock.skip(5 * 86_400)
    bench.api.posts.append(Post(21, bench.clock.now() - timedelta(hours=1)))
    bench.server.forget()
    bench.run(revisit_days=0)
    assert bench.ids == bench.wanted
    assert len(bench.server.asked(bench.api.path)) < PAGES


def test_a_page_that_comes_twice_doubles_nothing(bench):
    bench.api.repeated = {1}
    bench.run()
    assert bench.ids == bench.wanted and len(bench.posts) == 11


def test_an_empty_page_with_a_next_one_does_not_end_the_reading(bench):
    if not bench.api.in_pages:
        pytest.skip(f"{bench.api.name} has no pages: an empty answer is the last one")
    bench.api.empty = {1, 2}
    bench.run()
    assert bench.ids == bench.wanted


def test_pages_that_go_round_are_noticed_and_do_not_hold_up_a_run(bench):
    cursors_only(bench)
    bench.api.loops = True
    bench.run()
    assert "repeat themselves" in bench.messages
    assert len(bench.server.asked(bench.api.path)) < 10
    bench.api.loops = False
    bench.run_until_read()
    assert bench.ids == bench.wanted


def test_an_expired_cursor_is_told_as_a_gap_and_filled(bench):
    cursors_only(bench)
    bench.run(max_pages=2)
    assert len(bench.posts) == 6
    bench.api.expired = True
    bench.run(max_pages=100)
    bench.run_until_read()
    assert "the cursor expired" in bench.messages and "gap from" in bench.messages
    assert bench.ids == bench.wanted


# -- servers that misbehave -----------------------------------------------------------------------


@pytest.mark.parametrize("form", ["seconds", "date", "zero", "missing"])
@pytest.mark.parametrize("page", [1, 2])
def test_a_429_is_obeyed_in_every_form(bench, clock, form, page):
    if page == 2:
        bench.run(max_pages=1)
        clock.sleeps.clear()
    in_a_while = format_datetime(clock.now() + timedelta(seconds=20 + 60 * (page - 1)), usegmt=True)
    after = {"seconds": "20", "date": in_a_while, "zero": "0", "missing": None}[form]
    bench.server.plan(bench.api.path, status(429, retry_after=after))
    bench.run(max_pages=100)
    bench.run_until_read()
    assert bench.ids == bench.wanted and len(bench.posts) == 11
    if form in ("seconds", "date"):
        assert 10 <= max(clock.sleeps) <= 21  # a busy machine takes some of it itself


def test_a_long_retry_after_is_obeyed_across_runs(bench, clock):
    bench.server.plan(bench.api.path, status(429, retry_after="7200"))
    bench.run()
    bench.server.forget()
    clock.skip(3600)
    bench.run()
    assert bench.server.asked(bench.api.path) == [] and "no request before" in bench.messages
    clock.skip(3700)
    bench.run()
    assert bench.ids == bench.wanted


FAULTS = {
    "500": status(500),
    "time-out": hang(),
    "slow drip": drip(),
    "truncated": truncated(),
    "web page": html(),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("page", [1, 2])
def test_a_fault_costs_no_post(bench, fault, page):
    """Each of them on the first page and on a later one: what did not come, comes in the next run."""
    if page == 2:
        later_pages_only(bench)
        bench.run(max_pages=1)
    bench.server.always(bench.api.path, FAULTS[fault])
    bench.politeness = IMPATIENT if fault in ("time-out", "slow drip") else QUICK
    bench.run(max_pages=100)
    assert bench.messages != ""
    quarantined = bench.tables.get("quarantine", [])
    assert bool(quarantined) == (fault == "web page" or (fault == "truncated" and not bench.api.salvaged))
    assert all(row["reason"] and row["remedy"] and row["payload_bytes"] for row in quarantined)
    bench.server.always(bench.api.path, None)
    bench.politeness = QUICK
    bench.run_until_read()
    assert bench.ids == bench.wanted and len(bench.posts) == 11


@pytest.mark.parametrize("code", [401, 403])
def test_refused_credentials_end_the_run_and_say_what_to_do(bench, code):
    networks_only(bench, "needs no credentials")
    bench.server.always(bench.api.path, status(code))
    bench.run()
    assert f"HTTP {code}" in bench.messages and f"sources test {bench.api.name}" in bench.messages
    assert len(bench.server.asked(bench.api.path)) == 1


def test_an_item_of_another_shape_is_quarantined_alone(bench):
    if isinstance(bench.api, FeedApi):
        pytest.skip(f"{bench.api.name} reads documents: what is no entry is none of it")
    item = bench.api.item
    bench.api.item = lambda post: ["no", "object"] if post.number == 5 else item(post)
    counts = bench.run()
    assert counts.accepted == 10
    assert counts.quarantined == 1 or bench.api.in_windows
    assert bench.tables["quarantine"][0]["reason"] == (
        "unexpected_shape" if bench.network else "invalid_json"
    )


def test_a_retired_field_is_asked_for_no_more(bench):
    fields = bench.network.optional_fields if bench.network else ()
    if not fields:
        pytest.skip(f"{bench.api.name} is asked for no field that it could retire")
    retired = Reply({"error": "no such field"}, status=400)
    bench.server.refuse = lambda seen: retired if fields[0] in json.dumps(seen.all_values) else None
    bench.run()
    assert bench.ids == bench.wanted
    assert f"field {fields[0]} is deprecated" in bench.messages


# -- edits and deletions --------------------------------------------------------------------------

LOOK_UP_FAULTS = {
    "500": Reply({"error": "down"}, status=500),
    "429": Reply({"error": "too fast"}, {"Retry-After": "3600"}, status=429),
    "403": Reply({"error": "forbidden"}, status=403),
    "web page": Reply(HTML_PAGE.decode()),
    "truncated": Reply('{"items": [{"id": '),
    "another shape": Reply({"surprise": True}),
}


def watched_look_ups(bench):
    """Return the paths that the network looks known items up at, growing as it does."""
    paths, usual = set(), bench.network

    class Watched(usual):
        def lookup(self, ids):
            ask = super().lookup(ids)
            paths.add(urlsplit(ask.path).path)
            return ask

    bench.network = Watched
    return paths


def test_an_edit_and_new_counts_become_observations(bench):
    bench.run()
    bench.clock.skip(3600)
    bench.api.change(11, text="I sold my lumora", edited=bench.clock.now(), likes=50)
    bench.run()
    first, second = bench.observations(11)
    assert bench.api.likes_in is None or [row[bench.api.likes_in] for row in (first, second)] == [3, 50]
    assert "sold" in second["text"] and second["observed_at"] > first["observed_at"]


@pytest.mark.parametrize("number", [1, 6, 11])
def test_a_deletion_becomes_a_tombstone_in_the_next_run(bench, number):
    deletions_noticed(bench)
    bench.run()
    bench.api.deleted = {number}
    bench.run()
    *_, last = bench.observations(number)
    assert last["is_deleted"] is True
    assert [last[name] for name in ("text", "title", "url", "author_key", "extra")] == [None] * 5
    assert sum(row["is_deleted"] for row in bench.posts) == 1


def test_a_tombstone_keeps_a_post_from_coming_back_with_an_old_page(bench):
    deletions_noticed(bench)
    bench.run()
    bench.api.deleted = {11}
    bench.run()
    bench.api.deleted = set()  # a server that still has the old page
    counts = bench.run()
    assert counts.accepted == 0
    assert [row["is_deleted"] for row in bench.observations(11)] == [False, True]


def test_an_answer_that_gives_none_of_several_is_not_believed_at_once(bench):
    if bench.network is None or bench.network.lookup_batch < 2:
        pytest.skip(f"{bench.api.name} is asked for known posts one by one")
    bench.run()
    posts, bench.api.posts = bench.api.posts, []
    bench.run()
    assert not any(row["is_deleted"] for row in bench.posts)
    bench.api.posts = posts
    bench.run()
    assert not any(row["is_deleted"] for row in bench.posts)


@pytest.mark.parametrize("fault", LOOK_UP_FAULTS)
def test_a_look_up_that_fails_deletes_nothing(bench, fault):
    """The search shows nothing of what it showed before, and the look-up cannot tell why."""
    deletions_noticed(bench)
    networks_only(bench, "is told of deletions item by item")
    looked_up = watched_look_ups(bench)
    bench.run()
    posts, bench.api.posts = bench.api.posts, []
    bench.server.refuse = lambda seen: LOOK_UP_FAULTS[fault] if seen.path in looked_up else None
    for _ in range(3):
        bench.clock.skip(7200)
        bench.run()
    assert looked_up, "nothing was looked up: the scene tests nothing"
    assert not any(row["is_deleted"] for row in bench.posts)
    bench.server.refuse = lambda seen: None
    bench.api.posts, bench.api.deleted = posts, {11}
    bench.clock.skip(7200)
    bench.run()
    assert [row["post_id"] for row in bench.posts if row["is_deleted"]] == [bench.api.native_id(11)]


def test_an_item_that_is_not_understood_is_not_taken_for_deleted(bench):
    deletions_noticed(bench)
    networks_only(bench, "is told of deletions item by item")
    bench.run()
    item = bench.api.item
    listed, bench.api.posts = bench.api.posts, []
    bench.api.alive = lambda native_id: "odd" if native_id == bench.api.native_id(5) else item(listed[0])
    for _ in range(3):
        bench.run()
    assert bench.api.native_id(5) not in {bench.id_of(row) for row in bench.posts if row["is_deleted"]}


# -- what must not land ---------------------------------------------------------------------------


def test_nothing_private_lands(bench):
    bench.api.change(3, text="write to ann.smith+lumora@mail.example or call +43 1 234 56 78 about my lumora")
    bench.server.plan(bench.api.path, truncated(0.9))
    bench.run()
    bench.run_until_read()
    landed = "\n".join(bench.everything())
    for what, words in PRIVATE.items():
        assert words not in landed, f"the {what} of an author has landed"
    (row,) = bench.observations(3)
    assert "write to [email] or call [phone] about my lumora" in row["text"]
    assert json.loads(row["extra"])["masked"] == {"email": 1, "phone": 1}


def test_secrets_are_sent_and_stand_nowhere_else(bench, caplog):
    networks_only(bench, "has no secrets")
    caplog.set_level(logging.DEBUG)
    bench.server.plan(bench.api.path, status(500), status(500))
    bench.run()
    bench.server.plan(bench.api.path, status(403, body=SECRET.encode()))
    bench.run()
    bench.run()
    if bench.api.secrets:
        asked = bench.server.asked(bench.api.path)
        logins = [seen.headers.get("authorization", "").partition("Basic ")[2] for seen in asked]
        sent = json.dumps([[seen.headers, seen.query] for seen in asked])
        sent += b" ".join(map(base64.b64decode, logins)).decode()
        assert SECRET in sent
    assert SECRET not in "\n".join(bench.everything())
    assert SECRET not in caplog.text


def test_missing_credentials_are_told_before_the_first_request(bench, monkeypatch, tmp_path):
    required = [c for c in bench.declaration.credentials if c.required]
    if not required:
        pytest.skip(f"{bench.api.name} can be read without credentials")
    monkeypatch.delenv(f"SOURCES__{bench.api.name.upper()}__{required[0].name.upper()}", raising=False)
    with pytest.raises(CredentialsMissing) as told:
        credentials_of(bench.declaration)
    assert f"SOURCES__{bench.api.name.upper()}__{required[0].name.upper()}" in str(told.value)
    assert required[0].get_it_at in str(told.value)
    home = Home(root=tmp_path, config=tmp_path / "listening.yml")
    with pytest.raises(LandingError, match=required[0].name):
        land(bench.api.name, home, bench.listening(), "run-1")
    assert bench.server.requests == []


# -- through dlt into the warehouse ---------------------------------------------------------------


def test_two_runs_through_dlt_land_every_post_once(bench, monkeypatch, tmp_path):
    for name, secret in bench.api.secrets.items():
        monkeypatch.setenv(f"SOURCES__{bench.api.name.upper()}__{name.upper()}", secret)
    home = Home(root=tmp_path, config=tmp_path / "listening.yml")
    for number in (1, 2):
        report = land(bench.api.name, home, bench.listening(), f"run-{number}", started_at=bench.clock.now())
        bench.clock.skip(60)
    assert report.messages == []
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        contract = bench.api.contract
        table = f"raw_{bench.api.name}.{contract.resource}"
        found = connection.execute(f"select {contract.key} from {table}").fetchall()
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
        landed = [str(connection.execute(f'select * from "{s}"."{t}"').fetchall()) for s, t in tables]
    assert sorted(i for (i,) in found) == sorted(bench.wanted)
    assert SECRET not in "\n".join(landed)
    told = "\n".join(p.read_text(errors="replace") for p in home.root.rglob("*.json*") if p.is_file())
    assert SECRET not in told
