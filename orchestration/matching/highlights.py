"""Where the words of a query stand in the text of a post, so that a reader sees why it matches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from orchestration.matching.model_sql import template_sql

_PLACES_SQL = """
with posts as (

    select * from memory.main.shown_posts

),

{{ term_places() }},

wanted as (

    select leaf_id as term_id from {{ ref('stg_listening__query_literals') }}
    where entity_id = $entity_id and group_number > 0

    union

    select pairs.term_id
    from {{ ref('stg_listening__query_pairs') }} as pairs
    inner join {{ ref('stg_listening__query_literals') }} as literals on pairs.pair_id = literals.leaf_id
    where literals.entity_id = $entity_id and literals.group_number > 0

)

select
    posts.post_key,
    concat_ws(' ', posts.title, posts.text) as content,
    {{ exact_tokens("concat_ws(' ', posts.title, posts.text)") }} as written,
    (
        select list(distinct [places.position, places.last_position])
        from places
        inner join wanted on places.term_id = wanted.term_id
        where places.post_key = posts.post_key
    ) as places
from posts
"""


@dataclass(frozen=True)
class Highlighted:
    """A text and the stretches of it, as (start, end), that a query's words cover."""

    text: str
    spans: tuple[tuple[int, int], ...]

    def snippet(self, length: int) -> "Highlighted":
        """Return at most `length` characters around the first stretch."""
        if len(self.text) <= length:
            return self
        first = self.spans[0][0] if self.spans else 0
        start = max(0, min(first - length // 3, len(self.text) - length))
        end = start + length
        spans = tuple(
            (max(a, start) - start, min(b, end) - start) for a, b in self.spans if a < end and b > start
        )
        before, after = "…" * (start > 0), "…" * (end < len(self.text))
        shifted = tuple((a + len(before), b + len(before)) for a, b in spans)
        return Highlighted(before + self.text[start:end] + after, shifted)


def highlight(
    connection: duckdb.DuckDBPyConnection,
    relations: Mapping[str, str],
    posts: str,
    entity_id: str,
    post_keys: Sequence[str],
) -> dict[str, Highlighted]:
    """Return the texts of a few posts with what the query of an entity found in them, by post_key.

    `relations` is what match_posts returned for the same queries, `posts` the relation they were matched on.
    """
    connection.execute(
        "create or replace table memory.main.shown_posts as"
        f" select * from {posts} where list_contains($keys, post_key)",
        {"keys": list(post_keys)},
    )
    rows = connection.execute(template_sql(_PLACES_SQL, relations), {"entity_id": entity_id}).fetchall()
    return {
        key: Highlighted(content, _spans(content, written, sorted(places or [])))
        for key, content, written, places in rows
    }


def _spans(text: str, written: list[str], places: list[list[int]]) -> tuple[tuple[int, int], ...]:
    """Return where tokens stand in the text, overlapping places joined.

    A token that cannot be found as it was written (a link, a letter composed of several) covers nothing.
    """
    at: list[tuple[int, int] | None] = []
    cursor = 0
    plain = text.replace("’", "'")
    for token in written:
        start = plain.find(token, cursor)
        at.append(None if start < 0 else (start, start + len(token)))
        cursor = cursor if start < 0 else start + len(token)
    spans: list[tuple[int, int]] = []
    for first, last in places:
        ends = [span for span in at[first - 1 : last] if span is not None]
        if not ends:
            continue
        start, end = ends[0][0], ends[-1][1]
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return tuple(spans)
