{#
  Who speaks well of an entity again and again, unpaid: over the audience window at least three positive mentions
  on at least two days, at least four positive for each negative one, no post that discloses a payment. An
  advocate is no influencer: followers do not enter.
#}

with days as (

    select max(mention_date) as last_date from {{ ref('int_author_mentions_daily') }}

),

authors as (

    select
        own.entity_id,
        own.platform,
        own.author_key,
        cast(sum(own.mentions) as bigint) as mentions,
        cast(sum(own.positive) as bigint) as positive,
        cast(sum(own.negative) as bigint) as negative,
        cast(sum(own.neutral) as bigint) as neutral,
        -- An author has one row a day.
        cast(count(case when own.positive > 0 then 1 end) as bigint) as positive_days,
        min(case when own.positive > 0 then own.mention_date end) as first_positive_date,
        max(case when own.positive > 0 then own.mention_date end) as last_positive_date,
        cast(sum(own.paid_mentions) as bigint) as paid_mentions
    from {{ ref('int_author_mentions_daily') }} as own
    cross join days
    where own.mention_date > days.last_date - {{ var('audience_window_days') }}
    group by own.entity_id, own.platform, own.author_key

)

select
    entity_id,
    platform,
    author_key,
    mentions,
    positive,
    negative,
    {{ net_sentiment('positive', 'negative', 'neutral') }} as net_sentiment,
    positive_days,
    first_positive_date,
    last_positive_date,
    'advocates.v1' as metric_version
from authors
where positive >= 3 and positive_days >= 2 and positive >= 4 * negative and paid_mentions = 0
