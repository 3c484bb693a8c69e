"""Which posts of the release to ask people about: the ones worth most, and a plain random sample."""

from dataclasses import dataclass
from datetime import datetime

import duckdb

from ingestion.home import Home
from orchestration.labelling.store import read_labels
from orchestration.publish.content import literal
from orchestration.publish.release import current_release

# One row a post that counts and was scored. Margin sampling (Scheffer, Decomain & Wrobel, "Active Hidden Markov
# Models for Information Extraction", IDA 2001): the smaller the gap between the two likeliest labels, the less
# sure the model is. Taking the least sure of each group of language, platform and topic in turn keeps the
# choice from being a hundred times the same question.
_CHOICE = """
with candidates as (
    select
        post_key,
        min(language) as language,
        min(platform) as platform,
        min(2 * greatest(p_negative, p_neutral, p_positive) + least(p_negative, p_neutral, p_positive) - 1) as margin
    from listenhouse.marts.fct_mention_sentiment
    where is_counted and p_neutral is not null and not list_contains($labelled, post_key)
    group by post_key
),
topics as (
    select post_key, arg_max(topic, (topic_probability, topic)) as topic
    from listenhouse.marts.fct_mention_topics
    group by post_key
),
random_sample as (
    select post_key from candidates order by md5('check ' || post_key), post_key limit $check
),
ranked as (
    select
        candidates.post_key,
        row_number() over (
            partition by candidates.language, candidates.platform, topics.topic
            order by candidates.margin, md5(candidates.post_key), candidates.post_key
        ) as turn,
        candidates.margin
    from candidates
    left join topics on candidates.post_key = topics.post_key
    where candidates.post_key not in (select post_key from random_sample)
),
informative as (
    select post_key from ranked order by turn, margin, md5(post_key), post_key limit $train
),
chosen as (
    select post_key, 'check' as purpose from random_sample
    union all
    select post_key, 'train' as purpose from informative
)
select
    chosen.post_key, chosen.purpose, posts.platform, posts.language, posts.posted_at,
    concat_ws(' ', posts.title, posts.text) as text
from chosen
inner join listenhouse.marts.fct_posts as posts on chosen.post_key = posts.post_key
order by md5(chosen.post_key), chosen.post_key
"""


@dataclass(frozen=True)
class Asked:
    """A post to be labelled."""

    post_key: str
    purpose: str
    platform: str | None
    language: str | None
    posted_at: datetime
    text: str


def choose_posts(home: Home, *, train: int, check: int) -> list[Asked]:
    """Return `train` informative posts and `check` random ones that nobody has labelled, in mixed order.

    The same release and the same labels give the same posts. Raises NoRelease.
    """
    labelled = sorted({label.post_key for label in read_labels(home)})
    with _released(home) as connection:
        rows = connection.execute(_CHOICE, {"labelled": labelled, "train": train, "check": check}).fetchall()
    return [Asked(*row) for row in rows]


def released_texts(home: Home, post_keys: list[str]) -> dict[str, tuple[str, str | None]]:
    """Return post_key -> (text, language) of the posts that the current release has. Raises NoRelease."""
    with _released(home) as connection:
        rows = connection.execute(
            "select post_key, concat_ws(' ', title, text), language from listenhouse.marts.fct_posts"
            " where list_contains($keys, post_key) order by post_key",
            {"keys": post_keys},
        ).fetchall()
    return {key: (text, language) for key, text, language in rows}


def _released(home: Home) -> duckdb.DuckDBPyConnection:
    release = current_release(home)
    connection = duckdb.connect(":memory:", config={"memory_limit": "2GB", "threads": 2})
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"attach {literal(release.database)} as listenhouse (read_only)")
    return connection
