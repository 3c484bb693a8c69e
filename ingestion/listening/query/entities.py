"""The query of an entity: its plain terms and its Boolean expression are one tree, matched by one road."""

from functools import lru_cache
from typing import TYPE_CHECKING

from ingestion.listening.query.clauses import Clause, clause_key, clauses_of
from ingestion.listening.query.parser import parse_query
from ingestion.listening.query.tree import And, Node, Not, Or, Part, Term, spelling

if TYPE_CHECKING:
    from ingestion.listening.models import Entity


MAX_KEPT = 10_000
"""Queries whose tree and clauses are kept: one that is loaded, checked and compiled is worked out once."""


def entity_tree(entity: "Entity") -> Node:
    """Return any of the terms, handles, hashtags or the query, and none of the excluded terms."""
    return _tree((*entity.terms, *entity.handles, *entity.hashtags), entity.query, entity.exclude)


@lru_cache(maxsize=MAX_KEPT)
def _tree(terms: tuple[str, ...], query: str | None, exclude: tuple[str, ...]) -> Node:
    wanted = [plain_term(text) for text in terms]
    if query is not None:
        wanted.append(parsed(query))
    return And((Or(tuple(wanted)), *(Not(plain_term(text)) for text in exclude)))


def entity_clauses(entity: "Entity") -> list[Clause]:
    """Return the clauses of an entity's query, in a fixed order. Raises TooLarge as clauses_of does."""
    return list(_clauses(entity_tree(entity)))


@lru_cache(maxsize=MAX_KEPT)
def _clauses(tree: Node) -> tuple[Clause, ...]:
    return tuple(clauses_of(tree))


def definition(entity: "Entity") -> tuple:
    """Return what makes an entity match, in one order; two alike match alike."""
    clauses = tuple(map(repr, map(clause_key, entity_clauses(entity))))
    if entity.relevance is None:
        return clauses
    examples = (entity.relevance.context, entity.relevance.counter_examples)
    return (*clauses, *(tuple(sorted(map(spelling, texts))) for texts in examples))


def plain_term(text: str) -> Term:
    """Return the term for a text of `terms`, `handles`, `hashtags` or `exclude`, where nothing is an operator."""
    return Term((Part(text),))


@lru_cache(maxsize=MAX_KEPT)
def parsed(query: str) -> Node:
    """Return the tree of a query; the same text is parsed once. Raises QuerySyntaxError."""
    return parse_query(query)
