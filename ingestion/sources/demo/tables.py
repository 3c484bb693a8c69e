"""The tables of a world: what platforms show of its posts, and what was planted in them."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.sources.demo import authors, draw, engagement, texts
from ingestion.sources.demo.columns import TIMESTAMP, names_at, origin, sets, times
from ingestion.sources.demo.entities import ENTITIES
from ingestion.sources.demo.phrasebook import Book
from ingestion.sources.demo.phrasing import KIND, NEWS
from ingestion.sources.demo.places import countries
from ingestion.sources.demo.plan import Plan
from ingestion.sources.demo.settings import (
    COUNTRY_GIVEN_PERCENT,
    KINDS,
    LANGUAGE_MISSING_PERCENT,
    LANGUAGES,
    PLATFORMS,
    SENTIMENTS,
    TOPICS,
)
from ingestion.sources.demo.texts import Texts
from ingestion.sources.demo.timeline import Timeline

POST_TYPES = ("original", "reshare", "reply", "comment", "article")
REPLIES = ("x", "mastodon")  # what others call comments is called a reply there
TITLED = ("reddit", "youtube", "news")
WITHOUT_TOPICS = ("noise", "spam", "ambiguous")
CRISIS_BOOST, SPAM_BOOST = 260, 10  # likes, in percent of the usual


def post_ids(platform: np.ndarray, number: np.ndarray) -> pa.Array:
    """Return post ids such as 'x_1000001': the platform and the post's number."""
    prefix = names_at([f"{name}_" for name in PLATFORMS], platform)
    return pc.binary_join_element_wise(prefix, pc.cast(pa.array(number + 1_000_001), pa.string()), "")


def observation_table(
    book: Book, seed: int, plan: Plan, written: Texts, timeline: Timeline, start: date, id_offset: int
) -> pa.Table:
    """Return the observations, in order, with the posts contract's columns and `observed_at`.

    All arguments are in the order of creation; `start` is the window's first day.
    """
    n, post, tombstone = len(plan.kind), timeline.post, timeline.tombstone
    body, edited_body = _bodies(book, seed, plan, written, timeline)
    shows_edit = timeline.edited[post] & (timeline.at >= timeline.edited_at[post])
    platform, reshare = plan.platform[post], plan.kind[post] == KIND["reshare"]
    titles, title_of = _titles(book, plan, written)
    who = authors.describe(plan.author)
    codes, _, _ = countries()
    boost = np.where(plan.kind == KIND["crisis"], CRISIS_BOOST, np.where(plan.burst >= 0, SPAM_BOOST, 100))
    audience = np.where(who.has_followers, who.followers, 300)
    likes = engagement.final_likes(draw.stream(seed, "likes"), audience, boost)
    number = np.arange(n) + id_offset
    ids = post_ids(plan.platform, number)
    url = pc.binary_join_element_wise(
        names_at([f"https://{name}.demo.example/p/" for name in PLATFORMS], plan.platform), ids, ""
    )
    no_country = ~_by_chance(number, seed + 31, COUNTRY_GIVEN_PERCENT, plan.platform)[post]
    no_language = _by_chance(number, seed + 37, LANGUAGE_MISSING_PERCENT, plan.platform)[post]
    return pa.table(
        {
            "post_id": ids.take(pa.array(post)),
            "platform": names_at(PLATFORMS, platform),
            "post_type": names_at(POST_TYPES, _post_type(plan)[post], tombstone),
            "text": body.take(
                pa.array(np.where(shows_edit, edited_body[post], _text_of(plan)[post]), mask=tombstone)
            ),
            "title": titles.take(pa.array(title_of[post], mask=tombstone | (title_of[post] < 0))),
            "url": url.take(pa.array(post, mask=tombstone)),
            "language": names_at(LANGUAGES, plan.language[post], tombstone | no_language),
            "author_id": who.author_id.take(pa.array(post, mask=tombstone)),
            "author_followers": pa.array(who.followers[post], mask=tombstone | ~who.has_followers[post]),
            "author_is_verified": pa.array(who.is_verified[post], mask=tombstone | ~who.has_verified[post]),
            "country": names_at(codes, plan.country[post], tombstone | no_country),
            "parent_post_id": ids.take(pa.array(plan.parent[post], mask=tombstone | (plan.parent[post] < 0))),
            "reshared_post_id": ids.take(pa.array(plan.source[post], mask=tombstone | ~reshare)),
            "created_at": times(start, plan.created[post], tombstone),
            "edited_at": times(start, timeline.edited_at[post], tombstone | ~shows_edit),
            "is_deleted": pa.array(tombstone),
            **engagement.counts(
                likes[post], number[post], timeline.at - plan.created[post], platform, tombstone | reshare
            ),
            "observed_at": pa.array(timeline.microseconds + origin(start) * 1_000_000).cast(TIMESTAMP),
        }
    )


def _own_text(plan: Plan) -> np.ndarray:
    """Return which posts have a text that no other post has given them."""
    return (plan.source < 0) | (plan.kind == KIND["near_duplicate"])


def _text_of(plan: Plan) -> np.ndarray:
    """Return for each post the position of its text among the posts with a text of their own."""
    own = _own_text(plan)
    position = np.cumsum(own) - 1
    return np.where(own, position, position[plan.source])


def _bodies(
    book: Book, seed: int, plan: Plan, written: Texts, timeline: Timeline
) -> tuple[pa.Array, np.ndarray]:
    """Render each text once, edited versions last; return them and where each post's edited version is."""
    own, edited = np.flatnonzero(_own_text(plan)), np.flatnonzero(timeline.edited)
    changed = texts.edits(book, draw.stream(seed, "edits"), written.rows[edited], plan.language[edited])
    body = book.render(np.concatenate([written.rows[own], changed]))
    lower = pa.array(np.concatenate([written.lower[own], written.lower[edited]]))
    position = np.zeros(len(plan.kind), dtype=np.int64)
    position[edited] = len(own) + np.arange(len(edited))
    return pc.if_else(lower, pc.utf8_lower(body), body), position


def _titles(book: Book, plan: Plan, written: Texts) -> tuple[pa.Array, np.ndarray]:
    """Render the titles; return them and each post's position among them, -1 for none."""
    titled = np.isin(plan.platform, [PLATFORMS.index(name) for name in TITLED]) & written.titles.any(axis=1)
    return book.render(written.titles[titled]), np.where(titled, np.cumsum(titled) - 1, -1)


def _by_chance(number: np.ndarray, salt: int, percent: tuple[int, ...], platform: np.ndarray) -> np.ndarray:
    """Return booleans that are a post's own for ever, true in `percent` of the posts of its platform."""
    return draw.mix(number, salt) % np.uint64(100) < np.array(percent, dtype=np.uint64)[platform]


def _post_type(plan: Plan) -> np.ndarray:
    """Return positions in POST_TYPES."""
    replies = np.isin(plan.platform, [PLATFORMS.index(name) for name in REPLIES])
    answer = np.where(replies, POST_TYPES.index("reply"), POST_TYPES.index("comment"))
    return np.select(
        [plan.kind == KIND["reshare"], plan.kind == KIND["reply"], plan.platform == NEWS],
        [POST_TYPES.index("reshare"), answer, POST_TYPES.index("article")],
        POST_TYPES.index("original"),
    )


def truth_table(plan: Plan, written: Texts, timeline: Timeline, start: date, id_offset: int) -> pa.Table:
    """Return one row per post, in order of creation, with what was planted; see `truth.posts_seen`."""
    ids = post_ids(plan.platform, np.arange(len(plan.kind)) + id_offset)
    copied = plan.source >= 0
    codes, _, _ = countries()
    origin_kind = np.where(copied, plan.kind[plan.source], plan.kind)
    off_topic = np.isin(origin_kind, [KIND[kind] for kind in WITHOUT_TOPICS])
    return pa.table(
        {
            "post_id": ids,
            "platform": names_at(PLATFORMS, plan.platform),
            "post_type": names_at(POST_TYPES, _post_type(plan)),
            "kind": names_at(KINDS, plan.kind),
            "origin_kind": names_at(KINDS, origin_kind),
            "language": names_at(LANGUAGES, plan.language),
            "country": names_at(codes, plan.country),
            "entities": sets(tuple(entity.entity_id for entity in ENTITIES), written.entities),
            "sentiment": names_at(SENTIMENTS, plan.sentiment),
            "topics": sets(TOPICS, np.where(off_topic, 0, written.topics)),
            "author_number": pa.array(plan.author),
            "copy_of": ids.take(pa.array(plan.source, mask=~copied)),
            "created_at": times(start, plan.created),
            "first_observed_at": times(start, timeline.first),
            "edited_at": times(start, timeline.edited_at, ~timeline.edited),
            "deleted_at": times(start, timeline.deleted_at, ~timeline.deleted),
        }
    )
