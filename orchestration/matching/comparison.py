"""Two listening.yml compared on the posts of the release: mentions gained and lost, judged by labels, share of voice.

Both are matched here, by the models of the road, so that nothing but the queries differs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ingestion.home import Home
from ingestion.landing import load_pseudonyms
from ingestion.listening import Listening
from orchestration.matching.highlights import Highlighted, highlight
from orchestration.matching.labels import read_labels
from orchestration.matching.model_sql import model_sql
from orchestration.matching.released import FCT_POSTS, POSTS, released_posts
from orchestration.matching.road import match_posts
from orchestration.matching.tables import compiled_tables

SIDES = ("before", "after")


@dataclass(frozen=True)
class Quality:
    """How a query does on labelled posts: of those it finds and those it should find, the share that is both.

    precision = relevant found / labelled found, recall = relevant found / labelled relevant; None without any.
    """

    labelled: int
    precision: float | None
    recall: float | None


@dataclass(frozen=True)
class Change:
    """What becomes of one entity. Counts are mentions that count; `gained` and `lost` are all mentions."""

    entity_id: str
    mentions_before: int
    mentions_after: int
    gained: int
    lost: int
    quality_before: Quality | None
    quality_after: Quality | None
    gained_samples: list[tuple[str, Highlighted]] = field(default_factory=list)
    lost_samples: list[tuple[str, Highlighted]] = field(default_factory=list)


@dataclass(frozen=True)
class Share:
    """Share of voice of a panel's member over all days, fractions of 1; None where the panel has no mention."""

    panel_id: str
    entity_id: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Comparison:
    """What a changed listening.yml would do."""

    posts: int
    changes: list[Change]
    shares: list[Share]


def compare(
    home: Home, current: Listening, changed: Listening, *, samples: int, labels: Path | None
) -> Comparison:
    """Match both on the current release. Raises NoRelease, LabelError.

    Only entities whose definition differs are told; a panel's shares move for all its members.
    """
    pseudonyms = load_pseudonyms(home)
    tables = {
        side: compiled_tables(listening, pseudonyms)
        for side, listening in zip(SIDES, (current, changed), strict=True)
    }
    versions = {
        side: {row["entity_id"]: row["query_version"] for row in tables[side]["entities"].to_pylist()}
        for side in SIDES
    }
    differing = sorted(
        entity
        for entity in {**versions["before"], **versions["after"]}
        if versions["before"].get(entity) != versions["after"].get(entity)
    )
    with released_posts(home) as connection:
        relations = {side: _mentions(connection, side, tables[side]) for side in SIDES}
        read_labels(connection, labels)
        changes = [_change(connection, relations, entity, samples) for entity in differing]
        shares = _shares(connection, relations)
        (posts,) = connection.execute(f"select count(*) from {POSTS}").fetchone()
    return Comparison(posts, changes, shares)


def _mentions(connection: duckdb.DuckDBPyConnection, side: str, tables: Mapping) -> dict[str, str]:
    """Build mentions and share of voice of one side; sentiment is not scored here."""
    relations = match_posts(connection, side, tables, POSTS)
    relations |= {"fct_posts": FCT_POSTS, "fct_mentions": f'"{side}"."fct_mentions"'}
    relations |= {
        "fct_mention_sentiment": f'"{side}"."unscored"',
        "int_panel_filters": relations["stg_listening__panel_filters"],
        "int_panel_members": f'"{side}"."int_panel_members"',
    }
    for model in ("fct_mentions", "int_panel_members"):
        connection.execute(f"create table {relations[model]} as {model_sql(model, relations)}")
    connection.execute(
        f"create table {relations['fct_mention_sentiment']} as"
        f" select *, cast(null as varchar) as sentiment_label from {relations['fct_mentions']}"
    )
    relations["mart_share_of_voice_daily"] = f'"{side}"."mart_share_of_voice_daily"'
    daily = model_sql("mart_share_of_voice_daily", relations)
    connection.execute(f"create table {relations['mart_share_of_voice_daily']} as {daily}")
    return relations


def _change(
    connection: duckdb.DuckDBPyConnection,
    relations: Mapping[str, Mapping[str, str]],
    entity: str,
    samples: int,
) -> Change:
    before, after = (relations[side]["fct_mentions"] for side in SIDES)
    both = f"""
        with before_mentions as (select post_key, is_counted from {before} where entity_id = $entity),
        after_mentions as (select post_key, is_counted from {after} where entity_id = $entity)
    """
    numbers = connection.execute(
        f"""{both}
        select
            (select count(*) from before_mentions where is_counted),
            (select count(*) from after_mentions where is_counted),
            (select count(*) from after_mentions where post_key not in (select post_key from before_mentions)),
            (select count(*) from before_mentions where post_key not in (select post_key from after_mentions))
        """,
        {"entity": entity},
    ).fetchone()

    def sampled(present: str, absent: str, side: str) -> list[tuple[str, Highlighted]]:
        # By the hash of the key: the same posts each time, and not those of one day or source.
        rows = connection.execute(
            f"{both} select post_key from {present}_mentions"
            f" where post_key not in (select post_key from {absent}_mentions)"
            f" order by md5(post_key) limit {int(samples)}",
            {"entity": entity},
        ).fetchall()
        keys = [key for (key,) in rows]
        texts = highlight(connection, relations[side], POSTS, entity, keys) if keys else {}
        return [(key, texts[key]) for key in keys]

    return Change(
        entity,
        *numbers,
        *(_quality(connection, relations[side]["fct_mentions"], entity) for side in SIDES),
        sampled("after", "before", "after"),
        sampled("before", "after", "before"),
    )


def _quality(connection: duckdb.DuckDBPyConnection, mentions: str, entity: str) -> Quality | None:
    labelled, relevant, found, right = connection.execute(
        f"""
        select
            count(*),
            count(case when labels.is_relevant then 1 end),
            count(mentions.post_key),
            count(case when labels.is_relevant then mentions.post_key end)
        from memory.main.labels as labels
        left join (select post_key from {mentions} where entity_id = $entity) as mentions
            on labels.post_key = mentions.post_key
        where labels.entity_id = $entity and labels.post_key in (select post_key from {POSTS})
        """,
        {"entity": entity},
    ).fetchone()
    if not labelled:
        return None
    return Quality(labelled, right / found if found else None, right / relevant if relevant else None)


def _shares(connection: duckdb.DuckDBPyConnection, relations: Mapping[str, Mapping[str, str]]) -> list[Share]:
    totals = {
        side: f"""
        select panel_id, entity_id, sum(mentions) / nullif(sum(panel_mentions), 0) as share
        from {relations[side]["mart_share_of_voice_daily"]}
        group by panel_id, entity_id
        """
        for side in SIDES
    }
    rows = connection.execute(
        f"""
        select
            coalesce(b.panel_id, a.panel_id) as panel_id,
            coalesce(b.entity_id, a.entity_id) as entity_id,
            b.share as share_before,
            a.share as share_after
        from ({totals["before"]}) as b
        full join ({totals["after"]}) as a on b.panel_id = a.panel_id and b.entity_id = a.entity_id
        order by 1, coalesce(b.share, a.share) desc, 2
        """
    ).fetchall()
    return [Share(*row) for row in rows]
