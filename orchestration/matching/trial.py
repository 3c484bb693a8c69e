"""One query, tried on the release: how much it finds, by which words, and examples of it."""

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from ingestion.home import Home
from ingestion.landing import load_pseudonyms
from ingestion.listening import Listening
from ingestion.listening.models import Brand
from orchestration.matching.highlights import Highlighted, highlight
from orchestration.matching.released import POSTS, released_posts
from orchestration.matching.road import match_posts
from orchestration.matching.tables import compiled_tables

TRIED = "tried"
"""The entity that stands for a query on trial."""


@dataclass(frozen=True)
class Hit:
    """A post that matches."""

    post_key: str
    posted_at: datetime
    platform: str
    text: Highlighted


@dataclass(frozen=True)
class Trial:
    """What a query finds: posts in all, those that match, those of them that count, words by posts, examples."""

    posts: int
    matches: int
    counted: int
    terms: list[tuple[str, int]]
    hits: list[Hit]


def try_query(home: Home, listening: Listening, query: str, *, limit: int) -> Trial:
    """Match one query against the posts of the current release; newest `limit` of the matches are shown.

    What `listening` says of sources and accounts decides what author: and is:owned mean; is:owned is whoever
    speaks for anybody. Raises NoRelease; pydantic's ValidationError where the query is none.
    """
    pseudonyms = load_pseudonyms(home)
    alone = {"rivals": (), "products": (), "people": (), "campaigns": (), "panels": ()}
    asked = listening.model_copy(update={"brands": (Brand(name=TRIED, query=query),), **alone})
    tables = compiled_tables(asked, pseudonyms)
    accounts = compiled_tables(listening, pseudonyms)["owned_accounts"]
    tables["owned_accounts"] = accounts.set_column(
        0, accounts.schema.field(0), pa.array([TRIED] * len(accounts), pa.string())
    )
    with released_posts(home) as connection:
        relations = match_posts(connection, "tried", tables, POSTS)
        matches = relations["int_query_matches"]
        posts, found, counted = connection.execute(
            f"""
            select count(*), count(matches.post_key), count(case when posts.is_counted then matches.post_key end)
            from {POSTS} as posts
            left join {matches} as matches on posts.post_key = matches.post_key
            """
        ).fetchone()
        terms = connection.execute(
            f"""
            select term, count(*) as posts
            from (select unnest(string_split(matched_terms, ' | ')) as term from {matches}) as split
            group by term
            order by posts desc, term
            """
        ).fetchall()
        shown = connection.execute(
            f"""
            select posts.post_key, posts.posted_at, posts.platform
            from {matches} as matches
            inner join {POSTS} as posts on matches.post_key = posts.post_key
            order by posts.posted_at desc, posts.post_key
            limit {int(limit)}
            """
        ).fetchall()
        texts = highlight(connection, relations, POSTS, TRIED, [row[0] for row in shown])
    hits = [Hit(key, posted_at, platform, texts[key]) for key, posted_at, platform in shown]
    return Trial(posts, found, counted, terms, hits)
