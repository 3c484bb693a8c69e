"""Running again, in steps, from scratch, or with other settings gives what one would expect, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb
import pytest

from tests.integration.demo_road import DemoRoad


def test_a_second_run_publishes_and_rebuilds_nothing(walked_road: DemoRoad):
    before = walked_road.manifest

    outcome = walked_road.run()

    assert outcome.code == 0, outcome.output
    assert walked_road.manifest == before
    assert "Modelling and checking" not in outcome.output


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_full_refresh_gives_the_same_marts(walked_road: DemoRoad):
    before = walked_road.manifest

    outcome = walked_road.run("--full-refresh")

    assert outcome.code == 0, outcome.output
    assert walked_road.manifest["release_id"] != before["release_id"]
    assert walked_road.manifest["marts_sha256"] == before["marts_sha256"]


def poll(home: Path, stop: Event, reports) -> None:
    """Read the release again and again, as a BI tool would; report every mix and every error."""
    seen, faults, polls = set(), [], 0
    current = home / "published/current"
    while not stop.wait(0.5):
        if not current.exists():
            continue
        polls += 1
        try:
            release = current.resolve()
            with duckdb.connect(str(release / "listenhouse.duckdb"), read_only=True) as connection:
                ids = {connection.execute("select release_id from marts.release").fetchone()[0]}
                rows = connection.execute(
                    "select count(*), count(distinct post_key) from marts.fct_posts"
                ).fetchone()
                mentions = connection.execute("select count(*) from marts.fct_mentions").fetchone()[0]
            with duckdb.connect() as connection:
                parquet = release / "parquet"
                ids |= {
                    connection.execute(f"select release_id from '{parquet}/release.parquet'").fetchone()[0]
                }
                same = connection.execute(
                    f"select count(*), count(distinct post_key) from '{parquet}/fct_posts.parquet'"
                ).fetchone()
                same_mentions = connection.execute(
                    f"select count(*) from '{parquet}/fct_mentions.parquet'"
                ).fetchone()[0]
            if ids != {release.name} or rows != same or mentions != same_mentions or not rows[0]:
                faults.append(f"{release.name}: {ids} {rows} {same} {mentions} {same_mentions}")
            seen.add(release.name)
        except Exception as error:  # whatever a reader may see is a fault to report
            faults.append(repr(error))
    reports.put((polls, sorted(seen), faults))


def another_rival(text: str) -> str:
    return text.replace("rivals:\n", "rivals:\n  - name: Any Coffee\n    terms: [coffee]\n")


@contextmanager
def reader_of(road: DemoRoad) -> Iterator[None]:
    """Poll the release while the block runs, and fail where the reader met an error or a mix."""
    context = get_context("spawn")
    stop, reports = context.Event(), context.Queue()
    reader = context.Process(target=poll, args=(road.home, stop, reports))
    reader.start()
    try:
        yield
    finally:
        stop.set()
        polls, seen, faults = reports.get(timeout=60)
        reader.join()
    assert not faults, faults
    assert polls > 50
    assert len(seen) == 3


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_brand_that_comes_and_goes_under_a_reader_leaves_the_marts_as_they_were(walked_road: DemoRoad):
    """Three releases while a reader polls: without a brand, with it over the whole history, and without it again."""
    before = walked_road.manifest
    with reader_of(walked_road):
        walked_road.listen(more=another_rival)
        outcome = walked_road.run()
        assert outcome.code == 0, outcome.output
        assert_the_new_brand_is_found_in_the_whole_history(walked_road)

        walked_road.listen()
        outcome = walked_road.run()
        assert outcome.code == 0, outcome.output
    assert walked_road.manifest["marts_sha256"] == before["marts_sha256"]


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_landing_in_steps_under_a_reader_ends_where_one_run_does(road: DemoRoad, never_killed: DemoRoad):
    """Three increments, each published while a reader polls: no error, no mix, and the same marts in the end.

    The second one also brings a brand, which is matched over the whole history, and the third takes it back.
    """
    with reader_of(road):
        for until, more in (
            (date(2026, 7, 30), str),
            (date(2026, 8, 21), another_rival),
            (date(2026, 9, 28), str),
        ):
            road.listen(until, more)
            outcome = road.run()
            assert outcome.code == 0, outcome.output
            if more is another_rival:
                assert_the_new_brand_is_found_in_the_whole_history(road)
    assert road.manifest["marts_sha256"] == never_killed.manifest["marts_sha256"]


def assert_the_new_brand_is_found_in_the_whole_history(road: DemoRoad) -> None:
    ((first, last, mentions),) = road.published(
        "select min(mention_date), max(mention_date), count(*) from marts.fct_mentions where entity_id = 'any_coffee'"
    )
    ((expected,),) = road.published(
        "select count(*) from marts.fct_posts where regexp_matches("
        "lower(concat_ws(' ', title, text)), '(^|[^\\p{L}\\p{N}_#@])coffee($|[^\\p{L}\\p{N}_])')"
    )
    assert mentions == expected > 0
    assert first < date(2026, 7, 15)
    assert last > date(2026, 8, 15)
