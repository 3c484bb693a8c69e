"""Builds the posts of the synthetic world and every observation that a platform would give of them."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from ingestion.sources.demo import texts
from ingestion.sources.demo.links import link
from ingestion.sources.demo.phrasebook import book as compiled_book
from ingestion.sources.demo.phrasing import Drafts
from ingestion.sources.demo.plan import Plan, choose_authors, make_plan
from ingestion.sources.demo.settings import DAYS, POSTS, SEED, START
from ingestion.sources.demo.tables import observation_table, truth_table
from ingestion.sources.demo.timeline import make_timeline


@dataclass(frozen=True)
class World:
    """The posts of one window.

    `truth` has a row per post, in the order of created_at, with what was planted (never landed);
    `observations` has the contract's columns with the raw author_id, in the order of observed_at.
    """

    truth: pa.Table
    observations: pa.Table
    start: date
    days: int


def generate_posts(
    n_posts: int = POSTS, days: int = DAYS, start: date = START, seed: int = SEED, id_offset: int = 0
) -> pa.Table:
    """Return all observations of `n_posts` synthetic posts, in the order in which they were made.

    Columns are those of the posts contract with the raw `author_id`, and `observed_at`. The same
    arguments give the same table on every machine. Posts are numbered `id_offset + 1` onwards in the
    order of their creation, so that increments with disjoint ranges never share an id.
    """
    return build_world(n_posts, days, start, seed, id_offset).observations


def build_world(
    n_posts: int = POSTS, days: int = DAYS, start: date = START, seed: int = SEED, id_offset: int = 0
) -> World:
    """Return posts with what was planted in them, and their observations; see `generate_posts`."""
    if n_posts < 1 or days < 1 or id_offset < 0:
        raise ValueError(
            f"n_posts={n_posts}, days={days}, id_offset={id_offset}: give 1 or more, 1 or more, 0 or more"
        )
    book = compiled_book()
    plan = make_plan(n_posts, days, start, seed)
    link(plan, seed, days)
    choose_authors(plan, seed)
    written = texts.write(book, seed, _drafts(plan))
    texts.copy_texts(book, seed, written, plan.kind, plan.language, plan.source, plan.burst)
    _sort_by_time(plan, written)
    timeline = make_timeline(plan, seed, days)
    return World(
        truth=truth_table(plan, written, timeline, start, id_offset),
        observations=observation_table(book, seed, plan, written, timeline, start, id_offset),
        start=start,
        days=days,
    )


def _drafts(plan: Plan) -> Drafts:
    return Drafts(
        plan.kind, plan.language, plan.platform, plan.sentiment, plan.entity, plan.topic, plan.second_topic
    )


def _sort_by_time(plan: Plan, written: texts.Texts) -> None:
    """Bring posts and texts into the order of creation, which is the order of their ids."""
    order = np.argsort(plan.created, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    for part in (plan, written):
        for name, values in vars(part).items():
            setattr(part, name, values[order])
    plan.source = np.where(plan.source >= 0, rank[plan.source], -1)
    plan.parent = np.where(plan.parent >= 0, rank[plan.parent], -1)
