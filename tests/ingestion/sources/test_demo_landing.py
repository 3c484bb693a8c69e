"""The demo source through dlt into a warehouse: the same data in one step or three, once, no raw handle."""

from datetime import UTC, date, datetime

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ingestion.landing.runner import LandingError, land
from ingestion.sources.demo import CONTRACTS, truth
from ingestion.sources.demo.advertising import build_advertising
from ingestion.sources.demo.business import build_business
from ingestion.sources.demo.owned import ACCOUNTS, build_owned
from ingestion.sources.demo.posts import build_world
from tests.ingestion.sources.demo_world import demo_listening

POSTS = 1_500
STEPS = (date(2026, 7, 31), date(2026, 8, 20), date(2026, 9, 28))
STARTED_AT = datetime(2026, 10, 1, tzinfo=UTC)


def land_until(folder, until, posts=POSTS):
    home, listening = demo_listening(folder, until=until, posts=posts)
    # Every home has the same key here, so that pseudonyms can be compared.
    home.secrets.mkdir(parents=True, exist_ok=True)
    return home, land("demo", home, listening, f"run-{until}", started_at=STARTED_AT)


def rows(home, table):
    with duckdb.connect(str(home.warehouse)) as connection:
        return connection.execute(
            f"select * exclude (landing_run_id, _dlt_load_id) from raw_demo.{table} order by all"
        ).fetchall()


@pytest.fixture(scope="module")
def at_once(tmp_path_factory):
    return land_until(tmp_path_factory.mktemp("at_once"), STEPS[-1])


@pytest.fixture(scope="module")
def in_steps(tmp_path_factory, at_once):
    folder = tmp_path_factory.mktemp("in_steps")
    folder.joinpath("secrets").mkdir()
    for secret in at_once[0].secrets.iterdir():
        folder.joinpath("secrets", secret.name).write_bytes(secret.read_bytes())
        folder.joinpath("secrets", secret.name).chmod(0o600)
    reports = [land_until(folder, until)[1] for until in STEPS]
    return land_until(folder, STEPS[-1])[0], reports


@pytest.mark.parametrize("table", [contract.resource for contract in CONTRACTS])
def test_steps_land_what_one_landing_does(at_once, in_steps, table):
    assert rows(in_steps[0], table) == rows(at_once[0], table) != []


def test_every_step_lands_something_and_nothing_twice(at_once, in_steps):
    received = [report.total.received for report in in_steps[1]]
    assert min(received) > 0 and sum(received) == at_once[1].total.received


def test_nothing_is_quarantined_and_the_counts_add_up(at_once):
    home, report = at_once
    planted, owned = build_world(POSTS), build_owned(POSTS)
    until = STEPS[-1]
    seen = pc.sum(pc.less(owned.observations["observed_at"], pa.scalar(datetime(2026, 9, 29, tzinfo=UTC))))
    assert report.total.quarantined == report.total.duplicate == 0
    assert report.counts["posts"].received == truth.figures(planted, until).observations + seen.as_py()
    assert report.counts["nps_responses"].accepted == build_business().responses.num_rows
    assert rows(home, "quarantine") == []


def test_a_second_run_adds_nothing(at_once):
    home, _ = at_once
    before = {contract.resource: rows(home, contract.resource) for contract in CONTRACTS}
    landings = rows(home, "landings")
    _, again = land_until(home.root, STEPS[-1])
    assert not again.loaded and again.total.received == 0
    assert {contract.resource: rows(home, contract.resource) for contract in CONTRACTS} == before
    assert rows(home, "landings") == landings


def test_an_earlier_day_than_the_landed_one_adds_nothing(at_once):
    home, _ = at_once
    assert not land_until(home.root, STEPS[0])[1].loaded


def test_no_raw_handle_is_stored_anywhere_under_the_home(at_once):
    home, _ = at_once
    handles = {one for one in build_world(POSTS).observations["author_id"].to_pylist() if one}
    contacts = set(build_business().responses["respondent_id"].to_pylist())
    visitors = set(build_advertising().sessions["visitor_id"].to_pylist())
    with duckdb.connect(str(home.warehouse)) as connection:
        keyed = (
            ("posts", "author_key"),
            ("nps_responses", "respondent_key"),
            ("post_insights", "account_key"),
            ("account_metrics", "account_key"),
            ("web_sessions", "visitor_key"),
        )
        for table, column in keyed:
            keys = {
                key
                for (key,) in connection.execute(f"select {column} from raw_demo.{table}").fetchall()
                if key
            }
            assert keys and all(len(key) == 32 for key in keys)
            assert not keys & (handles | contacts | visitors | {one.author_id for one in ACCOUNTS})
    secret = sorted(handles)[0].encode(), sorted(contacts)[0].encode(), sorted(visitors)[0].encode()
    for path in home.root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(one in content for one in secret), path


def test_people_in_surveys_and_support_join_without_a_name(at_once):
    with duckdb.connect(str(at_once[0].warehouse)) as connection:
        shared = connection.execute(
            "select count(distinct customer_key) from raw_demo.support_cases "
            "where customer_key in (select respondent_key from raw_demo.nps_responses)"
        ).fetchone()
    assert shared[0] > 50


def test_another_number_of_posts_in_the_same_home_is_refused_with_the_remedy(at_once):
    with pytest.raises(LandingError, match=f"set posts: {POSTS} in listening.yml"):
        land_until(at_once[0].root, date(2026, 10, 5), posts=2_000)
