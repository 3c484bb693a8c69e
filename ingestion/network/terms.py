"""Search queries for an API, from the compiled queries of listening.yml.

Hardly any API knows NEAR, exact case, or exclusions as listening.yml does, so a network is asked for more
than is wanted, never for less, and the warehouse matches exactly. Of each clause (all of its groups must
hold) the group that a search finds best is enough: the one with the fewest terms, the longer ones first.
"""

from collections.abc import Iterable

from ingestion.listening import Listening
from ingestion.listening.query.clauses import Clause, Group
from ingestion.listening.query.entities import entity_clauses
from ingestion.listening.query.tree import Near, Term, spelling
from ingestion.network.declaration import QueryLimits


def search_queries(listening: Listening, limits: QueryLimits | None) -> tuple[list[str], list[str]]:
    """Return the queries that together find every post of every entity, and the entities not to be searched for.

    An entity cannot be searched for where a clause has nothing but filters, prefixes that the API does not
    know, or terms longer than a query may be.
    """
    terms: dict[str, str] = {}
    unsearchable: list[str] = []
    if limits is None:
        return [], []
    for _, entity in listening.entities():
        for clause in entity_clauses(entity):
            anchor = _anchor(clause, limits)
            if anchor is None:
                unsearchable.append(entity.name)
            else:
                terms |= {spelling(term): term for term in anchor}
    return packed([terms[key] for key in sorted(terms)], limits), list(dict.fromkeys(unsearchable))


def packed(terms: Iterable[str], limits: QueryLimits) -> list[str]:
    """Return quoted terms joined into as few queries as the limits allow, in order."""
    queries: list[str] = []
    held: list[str] = []
    for term in map(_quoted, terms):
        joined = (limits.any_of or "").join([*held, term])
        if held and (
            limits.any_of is None or len(held) >= limits.max_terms or len(joined) > limits.max_characters
        ):
            queries.append((limits.any_of or "").join(held))
            held = []
        held.append(term)
    return queries + ([(limits.any_of or "").join(held)] if held else [])


def hashtags(queries: Iterable[str]) -> list[str]:
    """Return the terms of one-term queries as tags without their sign: "lumora brew" is lumorabrew."""
    tags = ("".join(char for char in query if char.isalnum() or char == "_") for query in queries)
    return list(dict.fromkeys(tag for tag in tags if tag and not tag.isdigit()))


def _anchor(clause: Clause, limits: QueryLimits) -> list[str] | None:
    groups = [found for group in clause.groups if (found := _texts(group, limits))]
    return min(groups, key=lambda texts: (len(texts), -min(map(len, texts)), sorted(texts)), default=None)


def _texts(group: Group, limits: QueryLimits) -> list[str] | None:
    """Return the group's terms as an API searches them, None where one of them cannot be searched."""
    texts = []
    for leaf in group:
        if isinstance(leaf, Near):
            sides = [_texts(frozenset(side), limits) for side in (leaf.left, leaf.right)]
            sides = [side for side in sides if side]
            if not sides:
                return None
            texts += min(sides, key=lambda side: (len(side), sorted(side)))
            continue
        if not isinstance(leaf, Term) or (any(part.is_prefix for part in leaf.parts) and not limits.prefixes):
            return None
        text = leaf.text[1:-1] if leaf.exact else leaf.text
        if len(_quoted(text)) > limits.max_characters:
            return None
        texts.append(text)
    return texts


def _quoted(text: str) -> str:
    text = " ".join(text.replace('"', " ").split())
    return f'"{text}"' if " " in text else text
