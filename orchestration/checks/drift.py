"""Has what the sentiment model reads, or what it makes of it, moved away from what it was? Warnings, never a gate.

The last 7 scored days are compared with the 28 days before them, each check by one query:

- vocabulary_drift          share of words that the model does not know; warns from 10 points more than before
- score_distribution_drift  population stability index of p_positive - p_negative over ten bins of equal width,
                            sum of (new - old) ln(new / old) over the bins' shares; warns from 0.25, the level of
                            "significant change" of Siddiqi, "Credit Risk Scorecards", 2006, chapter 8
- prevalence_drift          largest change of the share of a label, unscored included; warns from 20 points

Moods move too, and a crisis is news rather than drift: so a check warns and says what it saw, and people decide
whether to label posts and train again (`listenhouse label`). With fewer than 500 posts on either side nothing is said.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb
from dagster import AssetCheckResult, AssetChecksDefinition, AssetCheckSeverity, asset_check

from ingestion.home import Home
from orchestration.assets.landing import POOL
from orchestration.checks.batches import BATCH_ROWS, reading
from orchestration.checks.suites import ENOUGH
from orchestration.progress import report_progress

RECENT_DAYS, REFERENCE_DAYS = 7, 28
MORE_UNKNOWN_WORDS = 0.10
PSI_OF_SIGNIFICANT_CHANGE = 0.25
OTHER_PREVALENCE = 0.20

_PERIODS = f"""
    last_day as (select max(mention_date) as last_date from marts.fct_mention_sentiment),
    days as (
        select distinct
            mention_date as day,
            case when mention_date > last_date - {RECENT_DAYS} then 'recent' else 'reference' end as period
        from marts.fct_mention_sentiment cross join last_day
        where mention_date > last_date - {RECENT_DAYS + REFERENCE_DAYS}
    )
"""

# Names, amounts and links are unknown to every model on purpose; they are not counted.
_VOCABULARY = f"""
with {_PERIODS},
vocabulary as (
    select distinct weights.language, weights.term
    from ml.model_weights as weights
    inner join ml.model_registry as registry
        on weights.model_name = registry.model_name and weights.model_version = registry.model_version
    where registry.model_name = 'sentiment' and registry.is_current
),
languages as (select distinct language from vocabulary),
posts as (
    select days.period, posts.language, posts.tokens
    from intermediate.int_posts_tokenised as posts
    inner join days on posts.post_date = days.day
    where posts.language in (select language from languages)
),
sampled as (select * from posts using sample reservoir({BATCH_ROWS} rows) repeatable (7)),
words as (
    select period, language, unnest(list_distinct(tokens)) as word from sampled
),
counted as (
    select
        words.period,
        count(*) as words,
        count(case when vocabulary.term is null then 1 end) as unknown
    from words
    left join vocabulary on words.language = vocabulary.language and words.word = vocabulary.term
    where left(word, 1) not in ('@', '$', '#', '<') and not regexp_matches(word, '^[0-9]')
    group by words.period
),
sizes as (select period, count(*) as posts from sampled group by period)
select counted.period, sizes.posts, counted.unknown / counted.words as unknown_share
from counted
inner join sizes on counted.period = sizes.period
"""

_SCORES = f"""
with {_PERIODS},
binned as (
    select
        days.period,
        least(cast(floor((scores.p_positive - scores.p_negative + 1) * 5) as integer), 9) as bin
    from intermediate.int_post_sentiment as scores
    inner join days on scores.post_date = days.day
),
bins as (select unnest(range(10)) as bin),
counts as (
    -- Half a post in every bin: an empty bin is rare, not impossible.
    select
        bins.bin,
        count(case when period = 'recent' then 1 end) + 0.5 as recent,
        count(case when period = 'reference' then 1 end) + 0.5 as reference
    from bins
    left join binned on bins.bin = binned.bin
    group by bins.bin
),
shares as (
    select recent / sum(recent) over () as recent, reference / sum(reference) over () as reference from counts
)
select
    (select count(*) from binned where period = 'recent') as recent_posts,
    (select count(*) from binned where period = 'reference') as reference_posts,
    sum((recent - reference) * ln(recent / reference)) as psi
from shares
"""

_PREVALENCE = f"""
with {_PERIODS},
counted as (
    select days.period, mentions.sentiment_label, count(*) as mentions
    from marts.fct_mention_sentiment as mentions
    inner join days on mentions.mention_date = days.day
    where mentions.is_counted
    group by days.period, mentions.sentiment_label
),
shares as (
    select *, sum(mentions) over (partition by period) as of_period from counted
)
select
    sentiment_label,
    coalesce(max(case when period = 'recent' then of_period end), 0) as recent_mentions,
    coalesce(max(case when period = 'reference' then of_period end), 0) as reference_mentions,
    coalesce(max(case when period = 'recent' then mentions / of_period end), 0) as recent_share,
    coalesce(max(case when period = 'reference' then mentions / of_period end), 0) as reference_share
from shares
group by sentiment_label
order by abs(recent_share - reference_share) desc, sentiment_label
"""


@dataclass(frozen=True)
class Drift:
    """What a check saw; `has_drifted` is False where there is too little to see."""

    has_drifted: bool
    told: str
    figures: dict[str, Any]


def vocabulary_drift(connection: duckdb.DuckDBPyConnection) -> Drift:
    """Compare the shares of unknown words."""
    seen = {period: (posts, share) for period, posts, share in connection.execute(_VOCABULARY).fetchall()}
    if min(seen.get(period, (0, 0.0))[0] for period in ("recent", "reference")) < ENOUGH:
        return _too_little()
    (_, recent), (_, reference) = seen["recent"], seen["reference"]
    return Drift(
        recent - reference >= MORE_UNKNOWN_WORDS,
        f"The model does not know {recent:.1%} of the words of the last {RECENT_DAYS} days, {reference:.1%} before.",
        {"unknown_share": recent, "unknown_share_before": reference},
    )


def score_distribution_drift(connection: duckdb.DuckDBPyConnection) -> Drift:
    """Compare the distributions of scores by the population stability index."""
    recent, reference, psi = connection.execute(_SCORES).fetchone()
    if min(recent, reference) < ENOUGH:
        return _too_little()
    return Drift(
        psi >= PSI_OF_SIGNIFICANT_CHANGE,
        f"Population stability index {psi:.3f} of the scores of the last {RECENT_DAYS} days against those before.",
        {"psi": psi},
    )


def prevalence_drift(connection: duckdb.DuckDBPyConnection) -> Drift:
    """Compare the shares of the labels, raw."""
    rows = connection.execute(_PREVALENCE).fetchall()
    if not rows or min(max(row[1] for row in rows), max(row[2] for row in rows)) < ENOUGH:
        return _too_little()
    label, _, _, recent, reference = rows[0]
    return Drift(
        abs(recent - reference) >= OTHER_PREVALENCE,
        f"{recent:.1%} of the mentions of the last {RECENT_DAYS} days are {label}, {reference:.1%} before.",
        {f"{name}_share": share for name, _, _, share, _ in rows}
        | {f"{name}_share_before": share for name, _, _, _, share in rows},
    )


def _too_little() -> Drift:
    return Drift(False, f"Fewer than {ENOUGH} posts on either side: nothing to compare.", {})


CHECKS: dict[str, Callable[[duckdb.DuckDBPyConnection], Drift]] = {
    "vocabulary_drift": vocabulary_drift,
    "score_distribution_drift": score_distribution_drift,
    "prevalence_drift": prevalence_drift,
}


def drift_checks() -> list[AssetChecksDefinition]:
    """Return the three checks on the scored mentions."""
    return [_check(name, compare) for name, compare in CHECKS.items()]


def _check(name: str, compare: Callable[[duckdb.DuckDBPyConnection], Drift]) -> AssetChecksDefinition:
    @asset_check(
        asset=["marts", "fct_mention_sentiment"],
        name=name,
        description=f"{compare.__doc__} The last {RECENT_DAYS} days against the {REFERENCE_DAYS} before; only warns.",
        blocking=False,
        pool=POOL,
    )
    def drift_check() -> AssetCheckResult:
        report_progress("Checking scores", 0)
        with reading(Home.find()) as connection:
            found = compare(connection)
        return AssetCheckResult(
            passed=not found.has_drifted,
            severity=AssetCheckSeverity.WARN,
            description=found.told,
            metadata=found.figures,
        )

    return drift_check
