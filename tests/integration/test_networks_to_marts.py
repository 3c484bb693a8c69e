"""Networks at once, from their made-up APIs into the marts: deletions, back-fills, completeness, retention."""

from contextlib import ExitStack
from datetime import timedelta

import pytest

from ingestion.landing.runner import land
from ingestion.listening import Listening
from ingestion.network.back_fill import back_fill_span, day_span
from ingestion.registry import network_type
from orchestration.retention import keep_to_retention
from tests.ingestion.kit.apis import APIS
from tests.ingestion.kit.bench import NOW, Api
from tests.integration.modelled_road import ModelledRoad, differing_marts
from tests.replay_server import ReplayServer, SkippingClock

GONE = 5
DAY = NOW.date() - timedelta(days=1)
"""The day of most of the posts, in UTC."""


def one_of_each_kind() -> list[type[Api]]:
    """Networks that differ in how far back they reach, how deletions are noticed and how long posts may be kept."""
    kinds = {}
    for api in APIS:
        declared = network_type(api.name).declaration
        kinds.setdefault((declared.reach, declared.delete_capture, declared.retention_days), api)
    return list(kinds.values())


class Networks:
    """Networks with an API and a server of their own, landing in one home."""

    def __init__(self, road: ModelledRoad, clock: SkippingClock, servers: ExitStack, secrets, kinds) -> None:
        self.road, self.clock, self.runs = road, clock, 0
        self.listening: dict[str, Listening] = {}
        self.apis: list[Api] = [kind() for kind in kinds]
        for api in self.apis:
            server = servers.enter_context(ReplayServer())
            server.serve(api.path, api.answer, etag=False)
            api.serve_lookups(server)
            api.serve_more(server)
            for name, secret in api.secrets.items():
                secrets.setenv(f"SOURCES__{api.name.upper()}__{name.upper()}", secret)
            source = {"enabled": True, "base_url": server.url, **api.settings}
            self.listening[api.name] = Listening.model_validate(
                {
                    "version": 1,
                    "brands": [{"name": "Lumora", "terms": ["lumora"]}],
                    "sources": {api.name: source},
                }
            )

    def land(self) -> None:
        self.clock.skip(60)
        self.runs += 1
        for api in self.apis:
            listening, now = self.listening[api.name], self.clock.now()
            land(api.name, self.road.home, listening, f"{api.name}-{self.runs}", started_at=now)

    def back_fill(self) -> set[str]:
        """Read the day again, with every network that can; return their names."""
        reaching = {api.name for api in self.apis if network_type(api.name).declaration.reach != "newest"}
        for name in reaching:
            span = day_span(self.listening[name], DAY)
            assert back_fill_span(name, self.road.home, self.listening[name], span, f"fill-{name}").is_done
        return reaching

    def live(self) -> set[tuple[str, str]]:
        return set(self.road.ask("select source_name, native_post_id from marts.fct_posts"))

    def all_but(self, number: int | None, of: set[str]) -> set[tuple[str, str]]:
        """Return the posts of all networks; of those named, not this one."""
        return {
            (api.name, api.native_id(post.number))
            for api in self.apis
            for post in api.posts
            if not (api.name in of and post.number == number)
        }


@pytest.fixture(params=["one of each kind", pytest.param("all", marks=pytest.mark.soak)])
def is_whole(request):
    return request.param == "all"


@pytest.fixture
def networks(tmp_path, monkeypatch, is_whole):
    clock = SkippingClock(NOW)
    monkeypatch.setattr("ingestion.http.SYSTEM_CLOCK", clock)
    with ExitStack() as servers:
        kinds = APIS if is_whole else one_of_each_kind()
        yield Networks(ModelledRoad(tmp_path), clock, servers, monkeypatch, kinds)


@pytest.mark.timeout(900)
def test_networks_reach_the_marts_and_what_is_deleted_or_kept_no_longer_leaves_them(networks, is_whole):
    road = networks.road
    networks.land()
    road.model()
    road.close()
    assert networks.live() == networks.all_but(None, set())

    noticing = {
        api.name for api in networks.apis if network_type(api.name).declaration.delete_capture != "none"
    }
    for api in networks.apis:
        api.deleted = {GONE}
    networks.land()
    for api in networks.apis:
        api.deleted = set()  # an old page, and an archive, still have it
        api.change(GONE, likes=77)
    networks.land()
    reaching = networks.back_fill()
    erased = keep_to_retention(road.home, "retention", NOW + timedelta(days=40))
    kept_no_longer = {one.source for one in erased}
    assert kept_no_longer == {
        api.name
        for api in networks.apis
        if (days := network_type(api.name).declaration.retention_days) is not None and days < 39
    }
    road.model()
    release = road.close()
    expected = {post for post in networks.all_but(GONE, noticing) if post[0] not in kept_no_longer}
    assert networks.live() == expected, "what is deleted is hidden, also from old pages and back-fills"
    mentioned = set(road.ask("select split_part(post_key, ':', 1), post_key from marts.fct_mentions"))
    assert mentioned == {(source, f"{source}:{native_id}") for source, native_id in expected}

    coverage = {
        source: (found, completeness, estimator, reason)
        for source, found, completeness, estimator, reason in road.ask(
            "select source_name, found_posts, completeness, estimator, missing_reason"
            f" from marts.mart_query_coverage_daily where post_date = date '{DAY}'"
        )
    }
    assert coverage.keys() == {api.name for api in networks.apis}
    for source, (found, completeness, estimator, reason) in coverage.items():
        assert found >= 10
        if source in reaching:
            assert completeness == pytest.approx(1, abs=0.1) and estimator and reason is None
        else:
            assert (completeness is None) == (reason is not None)

    if is_whole:
        road.model(full_refresh=True)
        assert differing_marts(road.close(), release) == [], "erasing bit by bit equals a rebuild"
