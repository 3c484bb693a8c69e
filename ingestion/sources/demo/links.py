"""Ties posts together: replies to what they answer, reshares and duplicates to what they copy."""

import numpy as np

from ingestion.sources.demo import draw, rhythm
from ingestion.sources.demo.phrasing import KIND, NEWS
from ingestion.sources.demo.plan import Plan
from ingestion.sources.demo.settings import CRISIS

ANSWERED = ("organic", "comparison", "noise", "crisis", "campaign", "ambiguous")
COPIED = (*ANSWERED, "news")


def link(plan: Plan, seed: int, days: int) -> None:
    """Fill in `parent` and `source`, and move posts that would come before what they belong to."""
    rng = draw.stream(seed, "links")
    _find_parents(rng, plan, days)
    _find_sources(rng, plan, days)


def _find_parents(rng: np.random.Generator, plan: Plan, days: int) -> None:
    """Let replies answer an earlier post of their platform and language, shortly after it where need be."""
    replies = np.flatnonzero(plan.kind == KIND["reply"])
    candidates = np.flatnonzero(_of_kinds(plan, ANSWERED) & (plan.platform != NEWS))
    plan.parent[replies] = _earlier(rng, plan, replies, candidates, plan.platform * 8 + plan.language, 60)
    _follow(rng, plan, replies, plan.parent, days)
    _orphan(plan, replies[plan.parent[replies] < 0])


def _find_sources(rng: np.random.Generator, plan: Plan, days: int) -> None:
    """Let reshares and duplicates copy an earlier post, with all that it says."""
    originals = _of_kinds(plan, COPIED)
    crisis = plan.kind == KIND["crisis"]
    reshares = np.flatnonzero(plan.kind == KIND["reshare"])
    echoes = reshares[: int(crisis.sum()) * CRISIS.reshares_percent // 100]
    rest = reshares[len(echoes) :]
    duplicates = np.flatnonzero(_of_kinds(plan, ("exact_duplicate", "near_duplicate")))
    place = plan.platform * 8 + plan.language
    plan.source[echoes] = _earlier(rng, plan, echoes, np.flatnonzero(crisis), place, 80)
    rest = np.concatenate([rest, echoes[plan.source[echoes] < 0]])
    social = np.flatnonzero(originals & (plan.platform != NEWS))
    plan.source[rest] = _earlier(rng, plan, rest, social, place, 150)
    plan.source[duplicates] = _earlier(rng, plan, duplicates, np.flatnonzero(originals), plan.language, 400)
    copies = np.concatenate([reshares, duplicates])
    _follow(rng, plan, copies, plan.source, days)
    made = copies[plan.source[copies] >= 0]
    for values in (plan.country, plan.sentiment, plan.entity, plan.topic, plan.second_topic):
        values[made] = values[plan.source[made]]
    # A duplicate stays where it is copied from in most cases, and always if that is the news.
    stays = duplicates[plan.source[duplicates] >= 0]
    stays = stays[draw.chance(rng, len(stays), 70) | (plan.platform[plan.source[stays]] == NEWS)]
    plan.platform[stays] = plan.platform[plan.source[stays]]
    _orphan(plan, copies[plan.source[copies] < 0])


def _of_kinds(plan: Plan, kinds: tuple[str, ...]) -> np.ndarray:
    return np.isin(plan.kind, [KIND[kind] for kind in kinds])


def _earlier(
    rng: np.random.Generator,
    plan: Plan,
    children: np.ndarray,
    candidates: np.ndarray,
    group: np.ndarray,
    reach: int,
) -> np.ndarray:
    """Return for each child an earlier candidate of its group, recent ones first; -1 if it has none.

    Where nothing is earlier the group's first candidate is taken (the child's time then has to move).
    """
    found = np.full(len(children), -1)
    if not len(candidates):
        return found
    axis = group[candidates].astype(np.int64) << 32 | plan.created[candidates]
    order = np.argsort(axis, kind="stable")
    candidates, axis = candidates[order], axis[order]
    base = group[children].astype(np.int64) << 32
    first = np.searchsorted(axis, base)
    end = np.searchsorted(axis, base + (1 << 32))
    position = np.searchsorted(axis, base | plan.created[children])
    room = position - first
    luck = rng.integers(0, 1 << 20, len(children))
    back = (luck * luck >> 20) * np.minimum(np.maximum(room, 1), reach) >> 20
    chosen = np.maximum(position - 1 - back, first)
    # Some posts are shared again and again: most choices fall on every seventh post.
    popular = draw.chance(rng, len(children), 60)
    chosen = np.where(popular, np.maximum(chosen - chosen % 7, first), chosen)
    return np.where(end > first, candidates[np.minimum(chosen, len(candidates) - 1)], -1)


def _follow(rng: np.random.Generator, plan: Plan, children: np.ndarray, link: np.ndarray, days: int) -> None:
    """Move children that would come before the post they belong to to some minutes after it."""
    linked = children[link[children] >= 0]
    early = linked[plan.created[linked] <= plan.created[link[linked]]]
    plan.created[early] = plan.created[link[early]] + rng.integers(1, 40, len(early)) * 60
    plan.created[early] = np.minimum(plan.created[early], days * rhythm.DAY - 1)


def _orphan(plan: Plan, lonely: np.ndarray) -> None:
    """Turn posts with nothing to answer or to copy (in tiny worlds) into chat about nothing."""
    plan.kind[lonely] = KIND["noise"]
    plan.entity[lonely] = plan.topic[lonely] = plan.second_topic[lonely] = -1
