"""A source under test: a made-up API on a replay server, and runs of the source without a warehouse.

A source registers by an `Api`: how a post looks there, and how its addresses answer. Everything else, what
posts there are, how they are cut into pages, what goes wrong, is the kit's.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from ingestion.http import HttpClient, Politeness
from ingestion.landing import POSTS, Contract, Counts, Landing, Pseudonyms
from ingestion.landing.back_fill import BackFill
from ingestion.listening import Listening
from ingestion.network import Declaration, Network, visit
from ingestion.network.terms import search_queries
from tests.replay_server import ReplayServer, Reply, Seen, SkippingClock

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
QUICK = Politeness(pause_per_host_s=0.0, max_attempts=2)
IMPATIENT = replace(QUICK, read_timeout_s=0.15, answer_timeout_s=0.25)
"""For servers that do not answer; a busy machine would miss good answers, too."""
PRIVATE = {
    "handle": "kit_handle_of_ann",
    "name": "Kit Ann Real Name",
    "bio": "kit-bio-text",
    "avatar": "https://img.example/kit-avatar.png",
    "place": "kit-48.2082,16.3738",
}
"""What every item of a made-up API holds and no table may."""
SECRET = "kit-secret-5f2d9c1b7a"


@dataclass(frozen=True)
class Post:
    """A post as the kit thinks of it; `number` makes its id."""

    number: int
    created: datetime
    text: str = "I like my lumora machine"
    likes: int = 3
    edited: datetime | None = None


class Api:
    """One made-up API. Subclasses give `name`, `path` and the five methods below; the kit moves the rest."""

    name: ClassVar[str]
    path: ClassVar[str]
    settings: ClassVar[dict[str, Any]] = {}
    secrets: ClassVar[dict[str, str]] = {}
    page_size: ClassVar[int] = 3
    has_cursor: ClassVar[bool] = True
    """False where pages are numbers, which cannot expire or go round."""
    likes_in: ClassVar[str | None] = "like_count"
    """The landed column that has a post's likes, None where the API tells none."""
    in_pages: ClassVar[bool] = True
    """False where the API has no pages, so that an empty answer is the last one."""
    in_windows: ClassVar[bool] = False
    """True where spans of time stand for pages; the item at which two of them meet is in both."""
    salvaged: ClassVar[bool] = False
    """True where a torn answer is a document of which the whole entries land."""
    contract: ClassVar[Contract] = POSTS
    declaration: ClassVar[Declaration | None] = None
    """Of a source that no network engine reads: it says by `visit` how it is run."""

    def __init__(self) -> None:
        self.posts: list[Post] = [
            Post(n, NOW - timedelta(hours=30) + timedelta(hours=n)) for n in range(1, 12)
        ]
        self.deleted: set[int] = set()
        self.repeated: set[int] = set()
        self.empty: set[int] = set()
        self.loops = False
        self.expired = False

    # -- what a source registers ------------------------------------------------------------------

    def native_id(self, number: int) -> str:
        """Return the post_id that lands for a post."""
        return str(number)

    def item(self, post: Post) -> dict[str, Any]:
        """Return the post as the API gives it, with everything in PRIVATE where the API would have it."""
        raise NotImplementedError

    def cursor(self, seen: Seen) -> str | None:
        """Return the cursor in a request, None on a first page."""
        raise NotImplementedError

    def listed(self, items: list[Any], cursor: str | None, seen: Seen) -> Any:
        """Return the answer to a request for a page; `cursor` leads to the next one."""
        raise NotImplementedError

    def window(self, seen: Seen) -> tuple[datetime, datetime] | None:
        """Return the span of time that a request names, None where the API takes none."""
        return None

    def set_up(self, url: str, settings: dict[str, Any]) -> dict[str, Any]:
        """Return the source's part of listening.yml; scenes set what networks have, such as `max_pages`."""
        return {"base_url": url, **settings}

    def serve_lookups(self, server: ReplayServer) -> None:
        """Serve the addresses where known posts are looked up; `alive` knows which are there."""

    def serve_more(self, server: ReplayServer) -> None:
        """Serve what the API needs besides, such as a login."""

    def visit(self, landing: Landing, listening: Listening, state: dict[str, Any], http: HttpClient) -> Any:
        """Return what a run of the source yields, where it is no network."""
        raise NotImplementedError

    # -- the kit's part ---------------------------------------------------------------------------

    def alive(self, native_id: str) -> dict[str, Any] | None:
        """Return the item of that id, None if it is deleted or never was."""
        for post in self.posts:
            if self.native_id(post.number) == native_id and post.number not in self.deleted:
                return self.item(post)
        return None

    def answer(self, seen: Seen) -> Any:
        """Return one page, newest first, with what the scene asks for."""
        cursor = self.cursor(seen)
        if cursor is not None and self.expired:
            self.expired = False
            return Reply({"error": "InvalidCursor"}, status=400)
        number = int(cursor.removeprefix("c")) if cursor else 0
        first, last = self.window(seen) or (
            datetime.min.replace(tzinfo=UTC),
            datetime.max.replace(tzinfo=UTC),
        )
        posts = self.ordered(
            [p for p in self.posts if p.number not in self.deleted and first <= p.created < last]
        )
        # Scenes shift what stands on a page: page n of the API is page `places[n]` of the posts, or none.
        pages = [posts[i : i + self.page_size] for i in range(0, len(posts), self.page_size)] or [[]]
        shown: list[list[Post]] = []
        for place, page in enumerate(pages):
            shown += [[]] * (place in self.empty) + [page] + [page] * (place in self.repeated)
        items = [self.shown(post) for post in shown[number]] if number < len(shown) else []
        following = number + 1 if number + 1 < len(shown) else None
        if self.loops and number == 1:
            following = 1
        return self.listed(items, f"c{following}" if following is not None else None, seen)

    def ordered(self, posts: list[Post]) -> list[Post]:
        """Return posts in the order of the API's pages: newest first, unless it says otherwise."""
        return sorted(posts, key=lambda post: post.created, reverse=True)

    def shown(self, post: Post) -> Any:
        """Return a post as a page shows it."""
        return self.item(post)

    def change(self, number: int, **changes: Any) -> None:
        """Change a post."""
        self.posts = [replace(post, **changes) if post.number == number else post for post in self.posts]


@dataclass
class Bench:
    """Runs a source against its made-up API; what it lands is kept here, as is its state."""

    api: Api
    network: type[Network] | None
    server: ReplayServer
    clock: SkippingClock
    settings: dict[str, Any] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    quota: dict[str, int] = field(default_factory=dict)
    missing: list[dict[str, Any]] = field(default_factory=list)
    runs: int = 0
    politeness: Politeness = QUICK

    def __post_init__(self) -> None:
        self.server.serve(self.api.path, self.api.answer, etag=False)
        self.api.serve_lookups(self.server)
        self.api.serve_more(self.server)

    def listening(self) -> Listening:
        """Return the configuration of the run."""
        source = {"enabled": True, **self.api.set_up(self.server.url, {**self.api.settings, **self.settings})}
        return Listening.model_validate(
            {
                "version": 1,
                "brands": [{"name": "Lumora", "terms": ["lumora"]}],
                "sources": {self.api.name: source},
            }
        )

    def run(self, back_fill: BackFill | None = None, **settings: Any) -> Counts:
        """Run once, a minute after the last time; settings given here hold from now on."""
        self.clock.skip(60 if self.runs else 0)
        self.settings |= settings
        self.runs += 1
        listening = self.listening()
        landing = Landing(
            self.api.name,
            f"run-{self.runs}",
            self.clock.now(),
            Pseudonyms(b"a key for tests only"),
            back_fill=back_fill,
        )
        with HttpClient(self.politeness, clock=self.clock) as http:
            for item in [*self._visited(landing, listening, http), *landing.finish()]:
                self.tables.setdefault(item.meta.table_name, []).extend(item.data.to_pylist())
        self.state = json.loads(json.dumps(self.state))  # as dlt keeps it
        self.quota, self.missing = landing.quota, landing.missing
        return sum((unit.counts for unit in landing.units), Counts())

    def back_fill(self, since: datetime, until: datetime, **wanted: Any) -> BackFill:
        """Read a stretch of the past once; what has landed is known, as from the warehouse."""
        asked = BackFill(since, until, brings_newer=self.network.declaration.reach == "pages", **wanted)
        latest = {self.id_of(row): row for row in self.posts}
        asked.known = {post_id: row["content_hash"] for post_id, row in latest.items()}
        asked.tombstones = frozenset(post_id for post_id, row in latest.items() if row["is_deleted"])
        self.run(asked)
        return asked

    def _visited(self, landing: Landing, listening: Listening, http: HttpClient) -> Iterator[Any]:
        if self.network is None:
            return self.api.visit(landing, listening, self.state, http)
        network = self.network(getattr(listening.sources, self.api.name), dict(self.api.secrets))
        queries, _ = search_queries(listening, network.declaration.query_limits)
        return visit(network, landing, self.state, http, queries)

    @property
    def declaration(self) -> Declaration:
        """What the source declares."""
        return self.network.declaration if self.network else self.api.declaration

    def run_until_read(self, at_most: int = 12) -> int:
        """Run until every post has come; return how many runs it took."""
        for number in range(1, at_most + 1):
            self.run()
            if self.ids >= self.wanted:
                return number
        raise AssertionError(f"after {at_most} runs there is no {sorted(self.wanted - self.ids)}")

    @property
    def posts(self) -> list[dict[str, Any]]:
        """All observations landed so far."""
        return self.tables.get(self.api.contract.resource, [])

    @property
    def ids(self) -> set[str]:
        """Ids of all posts landed so far."""
        return {self.id_of(row) for row in self.posts}

    def id_of(self, row: dict[str, Any]) -> str:
        """Return the native id of a landed row."""
        return row[self.api.contract.key]

    @property
    def wanted(self) -> set[str]:
        """Ids of all posts that are there."""
        return {self.api.native_id(p.number) for p in self.api.posts if p.number not in self.api.deleted}

    @property
    def messages(self) -> str:
        """Everything told so far."""
        return "\n".join(row["message"] for row in self.tables.get("landings", []) if row["message"])

    def observations(self, number: int) -> list[dict[str, Any]]:
        """Return what was observed of a post, in order."""
        return [row for row in self.posts if self.id_of(row) == self.api.native_id(number)]

    def everything(self) -> Iterator[str]:
        """Yield all landed values and the state, as text."""
        yield json.dumps(self.state)
        for rows in self.tables.values():
            yield from map(str, rows)
