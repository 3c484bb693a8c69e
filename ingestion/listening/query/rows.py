"""Clauses as rows of schema `listening`: what dbt joins with the posts.

    query_terms     one row per piece of a distinct term; shared by all queries
    query_pairs     NEAR: which terms may stand before and after, in which of the two orders
    query_literals  one row per clause, group and leaf: a clause holds where a leaf of each group does, and none
                    of group 0
    query_filters   values that a filter compares with; one of them must fit

Leaves are named by what they mean, not by who asks: two queries that hold the same phrase look for it once.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator

import pyarrow as pa

from ingestion.landing.pseudonyms import Pseudonyms
from ingestion.listening.query.clauses import Clause, leaf_key
from ingestion.listening.query.tree import Filter, Leaf, Near, Term

QUERY_TERMS = pa.schema(
    {
        "term_id": pa.string(),
        "part_number": pa.int64(),
        "part_text": pa.string(),
        "is_prefix": pa.bool_(),
        "is_exact": pa.bool_(),
    }
)
QUERY_PAIRS = pa.schema(
    {
        "pair_id": pa.string(),
        "order_number": pa.int64(),
        "stands_first": pa.bool_(),
        "term_id": pa.string(),
        "distance": pa.int64(),
    }
)
QUERY_LITERALS = pa.schema(
    {
        "entity_id": pa.string(),
        "query_version": pa.string(),
        "clause_id": pa.string(),
        "group_number": pa.int64(),
        "leaf_kind": pa.string(),
        "leaf_id": pa.string(),
        "leaf_text": pa.string(),
    }
)
QUERY_FILTERS = pa.schema(
    {
        "filter_id": pa.string(),
        "field": pa.string(),
        "operator": pa.string(),
        "value": pa.string(),
        "number": pa.int64(),
    }
)

EXCLUDED_GROUP = 0

PLATFORMS = (
    "appstore",
    "bluesky",
    "facebook",
    "hackernews",
    "instagram",
    "linkedin",
    "mastodon",
    "news",
    "reddit",
    "reviews",
    "stackexchange",
    "threads",
    "tiktok",
    "x",
    "youtube",
)
"""Where an author without a platform is looked for, beside the platforms that listening.yml names."""

ANY_OWNER = ""


def short_hash(value: object) -> str:
    """Return 12 hexadecimal digits that stand for a JSON value."""
    canonical = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def leaf_id(leaf: Leaf, owners: tuple[str, ...] = ()) -> str:
    """Return the name of a leaf. What is owned depends on whose query it is."""
    is_owned = isinstance(leaf, Filter) and leaf.field == "owned"
    return short_hash([leaf_key(leaf), *(owners if is_owned else ())])


def literal_rows(
    entity_id: str, query_version: str, clauses: list[Clause], owners: tuple[str, ...]
) -> Iterator[tuple]:
    """Yield the rows of `query_literals` of one entity, in a fixed order."""
    for number, clause in enumerate(clauses, 1):
        groups = sorted(clause.groups, key=lambda group: sorted(map(leaf_key, group)))
        for group_number, group in enumerate((clause.excluded, *groups), EXCLUDED_GROUP):
            # Two spellings that mean the same are one leaf.
            for leaf in _ordered(group):
                kind = "near" if isinstance(leaf, Near) else type(leaf).__name__.lower()
                yield (
                    entity_id,
                    query_version,
                    f"{entity_id}/{number}",
                    group_number,
                    kind,
                    leaf_id(leaf, owners),
                    leaf.text,
                )


def term_rows(leaves: Iterable[Leaf]) -> list[tuple]:
    """Return the rows of `query_terms`: every term once, also those that stand beside NEAR."""
    terms = {}
    for leaf in leaves:
        for term in (*leaf.left, *leaf.right) if isinstance(leaf, Near) else (leaf,):
            if isinstance(term, Term):
                name = leaf_id(term)
                # Of spellings that match alike always the same one.
                terms[name] = min(term, terms.get(name, term), key=lambda term: term.text)
    return [
        (name, number, part.text, part.is_prefix, term.exact)
        for name, term in sorted(terms.items())
        for number, part in enumerate(term.parts, 1)
    ]


def pair_rows(leaves: Iterable[Leaf]) -> list[tuple]:
    """Return the rows of `query_pairs`; without order both orders are looked for."""
    # The same pair may be written from either side: only one of its spellings gives the two orders.
    pairs = {leaf_id(leaf): leaf for leaf in leaves if isinstance(leaf, Near)}
    rows = set()
    for pair_id, pair in pairs.items():
        orders = [(pair.left, pair.right)]
        if not pair.ordered:
            orders = sorted((orders[0], orders[0][::-1]), key=lambda sides: [term.key for term in sides[0]])
        for order_number, (first, second) in enumerate(orders, 1):
            for stands_first, side in ((True, first), (False, second)):
                for term in side:
                    rows.add((pair_id, order_number, stands_first, leaf_id(term), pair.distance))
    return sorted(rows)


def filter_rows(
    leaves: Iterable[tuple[Leaf, tuple[str, ...]]], pseudonyms: Pseudonyms, platforms: Iterable[str]
) -> list[tuple]:
    """Return the rows of `query_filters` for (leaf, owners) pairs; authors become pseudonyms here."""
    everywhere = sorted({*PLATFORMS, *platforms})
    rows = set()
    for leaf, owners in leaves:
        if not isinstance(leaf, Filter):
            continue
        name = leaf_id(leaf, owners)
        if leaf.field == "author":
            platform, slash, author = leaf.value.rpartition("/")
            for place in (platform,) if slash else everywhere:
                rows.add((name, "author", "=", pseudonyms.one(place, author), None))
        elif leaf.field == "owned":
            rows |= {(name, "owned", "=", owner, None) for owner in owners or (ANY_OWNER,)}
        elif leaf.field == "followers":
            rows.add((name, "followers", leaf.operator, leaf.value, int(leaf.value)))
        else:
            rows.add((name, leaf.field, "=", leaf.value, None))
    return sorted(rows, key=lambda row: row[:4])


def table(schema: pa.Schema, rows: list[tuple]) -> pa.Table:
    """Return rows as an Arrow table of this schema."""
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema
    )


def _ordered(leaves: Iterable[Leaf]) -> list[Leaf]:
    distinct = {}
    for leaf in sorted(leaves, key=lambda leaf: (leaf_key(leaf), leaf.text)):
        distinct.setdefault(leaf_key(leaf), leaf)
    return list(distinct.values())
