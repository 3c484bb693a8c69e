"""Queries on the road: texts that mean something to other languages stay texts; a changed query matches all days anew."""

import pytest

from tests.integration.modelled_road import ModelledRoad, differing_marts
from tests.integration.test_changes_equal_rebuild import post
from tests.orchestration.cli.spoken_posts import HOSTILE

POSTS = [
    *(post(100 + number, f"{text} hostile{number}", day=number % 3) for number, text in enumerate(HOSTILE)),
    post(1, "I love my lumora machine, no leak at all"),
    post(2, "lumora leaks again", day=1),
    post(3, "Lumora in capitals https://t.co/x", day=2, language="de"),
    post(4, "lumora broke, and much later in this very long sentence of many words came the leak", day=2),
]
BEFORE = "lumora NEAR/7 leak* lang:en"
AFTER = "({Lumora} OR lumora NEAR/2 leak*) NOT hostile*"


def named(text: str, number: int) -> dict:
    """An entity whose name, terms and query are a hostile text and a word."""
    query = '"' + text.replace('"', " ").replace("*", " ") + f' hostile{number}" OR nothing{number}'
    return {
        "name": text.replace("\t", " "),
        "id": f"h{number}",
        "terms": [text, f"term{number}"],
        "query": query,
    }


@pytest.mark.timeout(900)
@pytest.mark.parametrize("is_rebuilt", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_hostile_texts_are_data_and_a_changed_query_matches_all_days_anew(tmp_path, is_rebuilt):
    hostile = [named(text, number) for number, text in enumerate(HOSTILE)]

    def settings(query: str) -> dict:
        return {
            "brands": [{"name": "Lumora", "query": query}],
            "rivals": hostile,
            "panels": [{"id": "all", "name": HOSTILE[0], "members": ["lumora", "h0"]}],
        }

    road = ModelledRoad(tmp_path)
    road.land(POSTS)
    road.model(**settings(BEFORE))
    road.close()
    mentions = set(
        road.ask(
            "select entity_id, native_post_id from marts.fct_mentions join marts.fct_posts using (post_key)"
        )
    )
    assert {post for entity, post in mentions if entity == "lumora"} == {"1", "2"}
    # Each hostile name is mentioned by the post that holds it, and by no post that does not.
    assert {(entity, post) for entity, post in mentions if entity != "lumora"} >= {
        (f"h{number}", str(100 + number)) for number in range(len(HOSTILE))
    }
    texts = dict(road.ask("select native_post_id, text from marts.fct_posts"))
    assert {texts[str(100 + number)] for number in range(len(HOSTILE))} == {
        f"{text} hostile{number}" for number, text in enumerate(HOSTILE)
    }
    names = dict(road.ask("select entity_id, entity_name from marts.dim_entities"))
    assert [names[entity["id"]] for entity in hostile] == [
        " ".join(entity["name"].split()) for entity in hostile
    ]
    (before,) = set(
        road.ask("select distinct query_version from marts.mart_mentions_daily where entity_id = 'lumora'")
    )
    shares = set(road.ask("select distinct series_version from marts.mart_share_of_voice_daily"))

    road.model(**settings(AFTER))
    changed = road.close()
    assert set(
        road.ask(
            "select native_post_id from marts.fct_mentions join marts.fct_posts using (post_key) where entity_id = 'lumora'"
        )
    ) == {
        ("2",),
        ("3",),
    }
    (after,) = set(
        road.ask("select distinct query_version from marts.mart_mentions_daily where entity_id = 'lumora'")
    )
    assert before != after
    assert len(shares) == 1 and shares.isdisjoint(
        road.ask("select distinct series_version from marts.mart_share_of_voice_daily")
    )

    if is_rebuilt:
        road.model(full_refresh=True, **settings(AFTER))
        assert differing_marts(changed, road.release()) == []
