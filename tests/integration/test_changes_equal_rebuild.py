"""Edits, deletions, new queries and new models: what changed bit by bit equals what is built in one go."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.modelled_road import ModelledRoad, differing_marts

FIRST = datetime(2026, 8, 3, 12, tzinfo=UTC)


def post(
    number: int, text: str | None, *, day: int = 0, seen: float | None = None, **more: Any
) -> dict[str, Any]:
    """One observation of a post: written at noon of `day`, seen `seen` days after the first noon."""
    written = FIRST + timedelta(days=day)
    return {
        "post_id": number,
        "text": text,
        "language": "en",
        "author_id": f"author{number % 7}",
        "created_at": written.isoformat(),
        "observed_at": (FIRST + timedelta(days=day if seen is None else seen, minutes=5)).isoformat(),
        "like_count": number,
    } | more


def edited(number: int, text: str, *, day: int, seen: float) -> dict[str, Any]:
    moment = FIRST + timedelta(days=seen)
    return post(number, text, day=day, seen=seen, edited_at=moment.isoformat())


def deleted(number: int, *, seen: float, day: int | None = None) -> dict[str, Any]:
    """A tombstone; many platforms do not say in it when the post was written."""
    told = {
        "is_deleted": "true",
        "created_at": None if day is None else (FIRST + timedelta(days=day)).isoformat(),
    }
    return post(number, None, seen=seen) | told | {"language": None, "like_count": None, "author_id": None}


FIRST_LOAD = [
    post(1, "I love my lumora machine, great coffee"),
    post(2, "lumora broke again, terrible"),
    post(3, "brevanta is fine and lumora is fine", day=1),
    post(4, "brevanta only post of its day, awful service", day=2),
    post(5, "the same words about lumora coffee every morning", day=3),
    post(6, "the same words about lumora coffee every morning", day=3),
    post(7, "nothing about anybody", day=3),
    post(8, "old lumora post, good", day=-60),
    deleted(20, seen=4),
]
SECOND_LOAD = [
    edited(2, "lumora was repaired, wonderful service", day=0, seen=3),  # within the look-back
    edited(8, "old lumora post, bad", day=-60, seen=4),  # far after it
    deleted(4, seen=5),  # the only post of its day
    deleted(5, seen=5, day=3),  # the first of two copies
    post(3, "brevanta is fine and lumora is fine", day=1, seen=6, like_count=999),  # only the counts grew
    post(9, "brand new lumora post", day=6),
    post(20, "lumora post that arrives after its own deletion", day=4, seen=6),
    post(3, "brevanta is fine and lumora is fine", day=1, seen=2, like_count=5),  # seen before, told late
    post(10, "another word on lumora and brevanta", day=6, seen=7),
    deleted(10, seen=8),
]
ANOTHER_RIVAL = {
    "rivals": [{"name": "Brevanta", "terms": ["brevanta"]}, {"name": "Morning", "terms": ["morning"]}]
}
"""A change of listening.yml that concerns posts of days long closed."""


@pytest.mark.timeout(900)
def test_what_changed_bit_by_bit_equals_what_is_built_in_one_go(tmp_path):

    road = ModelledRoad(tmp_path)
    for load in (FIRST_LOAD, SECOND_LOAD):
        road.land(load)
        road.model()
        release = road.close()

    live = {key for (key,) in road.ask("select native_post_id from marts.fct_posts")}
    assert live == {"1", "2", "3", "6", "7", "8", "9"}, (
        "deleted posts stay deleted, whenever the deletion came"
    )
    emptied = (FIRST + timedelta(days=2)).date()
    assert not road.ask(f"select 1 from marts.mart_mentions_daily where mention_date = date '{emptied}'")
    assert road.ask("select text from marts.fct_posts where native_post_id = '2'") == [
        ("lumora was repaired, wonderful service",)
    ]
    assert road.ask("select like_count from marts.fct_posts where native_post_id = '3'") == [(999,)]
    assert road.ask("select duplicate_kind from marts.fct_posts where native_post_id = '6'") == [("first",)]

    road.model(full_refresh=True)
    assert differing_marts(road.close(), release) == []


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_settings_and_models_changed_on_the_way_equal_what_is_built_with_them(tmp_path):
    from ml.sentiment.sample import DATA
    from ml.train import train_sentiment

    road = ModelledRoad(tmp_path)
    for load in (FIRST_LOAD, SECOND_LOAD):
        road.land(load)
        road.model()
        release = road.close()

    # A setting is tried, a check fails, nothing is closed, and the setting is taken back.
    road.model(**ANOTHER_RIVAL)
    assert road.ask("select count(*) from marts.fct_mentions where entity_id = 'morning'") == [(1,)]
    road.model()
    assert differing_marts(road.close(), release) == []

    before = road.ask("select distinct model_version from marts.fct_mention_sentiment")
    trained = train_sentiment(road.home.models, seed=5, data=DATA)
    assert trained.changed
    road.model(**ANOTHER_RIVAL)
    changed = road.close()
    assert (trained.version,) not in before
    assert road.ask("select distinct model_version from marts.fct_mention_sentiment") == [(trained.version,)]
    assert road.ask("select count(*) from marts.fct_mentions where entity_id = 'morning'") == [(1,)]

    road.model(full_refresh=True, **ANOTHER_RIVAL)
    assert differing_marts(road.close(), changed) == []


def told_at_random(draw: random.Random, loads: int) -> Iterator[list[dict[str, Any]]]:
    """Loads in which everything happens: copies, edits, deletions, late and contradicting observations."""
    subjects = ("lumora", "brevanta", "lumora borealis", "Lumora and brevanta", "coffee")
    verdicts = ("is great, I love it", "is terrible", "arrived", "arrived", "arrived today in the morning")
    for load in range(loads):
        observations = []
        for _ in range(draw.randrange(5, 40)):
            number = draw.randrange(60)
            day = number % 9 + draw.choice((0, 0, 0, 0, 1))
            seen = day + draw.uniform(0, 12)
            text = f"{draw.choice(subjects)} {draw.choice(verdicts)}"
            kind = draw.choices(("post", "edited", "deleted", "reshare"), (70, 12, 10, 8))[0]
            if kind == "edited":
                observations.append(edited(number, text, day=day, seen=seen))
            elif kind == "deleted":
                observations.append(deleted(number, seen=seen, day=draw.choice((None, day))))
            else:
                more = (
                    {"post_type": "reshare", "reshared_post_id": draw.randrange(60)}
                    if kind == "reshare"
                    else {}
                )
                likes = draw.choice((None, load, draw.randrange(99)))
                observations.append(post(number, text, day=day, seen=seen, like_count=likes, **more))
        yield observations


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_told_in_whatever_order_equals_a_rebuild(tmp_path, seed):
    draw = random.Random(seed)
    road = ModelledRoad(tmp_path)
    for load in told_at_random(draw, loads=5):
        road.land(load)
        road.model()
        stepwise = road.close()
    road.model(full_refresh=True)
    assert differing_marts(road.close(), stepwise) == []


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_the_demo_told_in_many_steps_equals_a_rebuild(tmp_path):
    road = ModelledRoad(tmp_path)
    for until in ("2026-07-10", "2026-07-11", "2026-08-01", "2026-08-21", "2026-09-10", "2026-09-28"):
        road.until = until
        road.land([])
        road.model()
        stepwise = road.close()
    road.model(full_refresh=True)
    assert differing_marts(road.close(), stepwise) == []
