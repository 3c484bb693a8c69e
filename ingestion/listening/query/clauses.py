"""From a tree to clauses, the form that SQL evaluates: any of the clauses, each of them all of its groups.

A group is any-of some terms, or any-of some filters; a clause also names what must not be. So
`(a OR b) AND (c OR d) NOT e` is one clause of two groups and one exclusion: lists of words, of which
real queries are made, do not multiply. NOT is first carried down to the leaves (De Morgan).
"""

from dataclasses import dataclass

from ingestion.listening.query.limits import MAX_CLAUSES
from ingestion.listening.query.tree import And, Filter, Leaf, Near, Node, Not, Term

Group = frozenset[Leaf]


@dataclass(frozen=True)
class Clause:
    """All of `groups` (one leaf of each must hold) and none of `excluded`."""

    groups: frozenset[Group]
    excluded: frozenset[Leaf]

    def joined(self, other: "Clause") -> "Clause":
        """Return the clause that asks for both."""
        return Clause(self.groups | other.groups, self.excluded | other.excluded)


class TooLarge(ValueError):
    """A query whose alternatives multiply beyond the limit."""


class Unanchored(ValueError):
    """A query that would match nearly every post: an alternative that only says what must not be."""


def clauses_of(node: Node) -> list[Clause]:
    """Return the clauses of a tree, in a fixed order.

    Raises TooLarge above MAX_CLAUSES, Unanchored where a clause asks for nothing that a post has.
    """
    clauses = _distinct(_alternatives(node, positive=True))
    if any(not clause.groups for clause in clauses):
        raise Unanchored("an alternative only says what must not be there, so nearly every post would match")
    return sorted(clauses, key=clause_key)


def clause_key(clause: Clause) -> tuple:
    """Return what orders clauses, and what two alike share."""
    groups = sorted(tuple(sorted(leaf_key(leaf) for leaf in group)) for group in clause.groups)
    return groups, sorted(leaf_key(leaf) for leaf in clause.excluded)


def leaf_key(leaf: Leaf) -> str:
    """Return what two leaves that match alike share; leaves of different kinds never share it."""
    return f"{type(leaf).__name__.lower()} {leaf.key}"


def _alternatives(node: Node, *, positive: bool) -> list[Clause]:
    if isinstance(node, Not):
        return _alternatives(node.child, positive=not positive)
    if isinstance(node, Term | Near | Filter):
        if positive:
            return [Clause(frozenset({frozenset({node})}), frozenset())]
        return [Clause(frozenset(), frozenset({node}))]
    parts = [_alternatives(child, positive=positive) for child in node.children]
    if isinstance(node, And) is positive:
        product = [Clause(frozenset(), frozenset())]
        for part in parts:
            product = _distinct([one.joined(other) for one in product for other in part])
        return product
    return _distinct(_grouped([clause for part in parts for clause in part]))


def _grouped(clauses: list[Clause]) -> list[Clause]:
    """Make one group of alternatives that ask for one thing each: terms with terms, filters with filters."""
    rest, merged = [], {True: set(), False: set()}
    for clause in clauses:
        if clause.excluded or len(clause.groups) != 1:
            rest.append(clause)
            continue
        (group,) = clause.groups
        merged[isinstance(next(iter(group)), Filter)] |= group
    groups = [Clause(frozenset({frozenset(group)}), frozenset()) for group in merged.values() if group]
    return groups + rest


def _distinct(clauses: list[Clause]) -> list[Clause]:
    distinct = list({repr(clause_key(clause)): clause for clause in clauses}.values())
    if len(distinct) > MAX_CLAUSES:
        raise TooLarge(f"its alternatives multiply to more than {MAX_CLAUSES}")
    return distinct
