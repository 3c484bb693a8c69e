{#
  Is there a community around an entity, or a few who shout? By week: how many speak, how often each, who is new,
  who came back, how much is said in answer to others, and how much of it the ten loudest say.
#}

with author_weeks as (

    select
        entity_id,
        {{ week_start('mention_date') }} as week_start_date,
        platform || ':' || author_key as person,
        cast(sum(mentions) as bigint) as mentions,
        cast(sum(replies) as bigint) as replies,
        cast(sum(positive) as bigint) as positive,
        cast(sum(neutral) as bigint) as neutral,
        cast(sum(negative) as bigint) as negative
    from {{ ref('int_author_mentions_daily') }}
    group by entity_id, {{ week_start('mention_date') }}, platform || ':' || author_key

),

numbered as (

    select
        *,
        lag(week_start_date) over (partition by entity_id, person order by week_start_date) as last_seen_week,
        min(week_start_date) over (partition by entity_id) as first_week,
        row_number() over (partition by entity_id, week_start_date order by mentions desc, person) as loudness
    from author_weeks

),

weeks as (

    select
        entity_id,
        week_start_date,
        cast(sum(mentions) as bigint) as mentions,
        cast(count(*) as bigint) as authors,
        cast(count(case when last_seen_week is null then 1 end) as bigint) as first_time_authors,
        cast(count(case when last_seen_week = week_start_date - 7 then 1 end) as bigint) as authors_of_last_week,
        cast(sum(replies) as bigint) as replies,
        cast(sum(case when loudness <= 10 then mentions end) as bigint) as mentions_of_ten_loudest,
        cast(sum(positive) as bigint) as positive,
        cast(sum(neutral) as bigint) as neutral,
        cast(sum(negative) as bigint) as negative,
        min(first_week) as first_week
    from numbered
    group by entity_id, week_start_date

)

select
    entity_id,
    week_start_date,
    mentions,
    authors,
    {{ ratio('mentions', 'authors') }} as posts_per_author,
    -- In the first week of an entity everybody is seen for the first time: that says nothing.
    case when week_start_date > first_week then first_time_authors end as first_time_authors,
    case when week_start_date > first_week then {{ ratio('first_time_authors', 'authors') }} end as first_time_share,
    case when lag(week_start_date) over own_weeks = week_start_date - 7
        then {{ ratio('authors_of_last_week', 'lag(authors) over own_weeks') }} end as retention,
    {{ ratio('replies', 'mentions') }} as conversation_share,
    {{ ratio('mentions_of_ten_loudest', 'mentions') }} as share_of_ten_loudest,
    {{ net_sentiment('positive', 'negative', 'neutral') }} as net_sentiment,
    'community_health.v1' as metric_version
from weeks
window own_weeks as (partition by entity_id order by week_start_date)
