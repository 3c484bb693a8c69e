{#
  Is there a community around an entity, or a few who shout? By week: how many speak, how often each, who is new,
  who came back, how much is said in answer to others, and how much of it the ten loudest say.
#}

with author_weeks as {{ materialised() }} (

    select
        entity_id,
        {{ week_start('mention_date') }} as week_start_date,
        platform,
        author_key,
        cast(sum(mentions) as bigint) as mentions,
        cast(sum(replies) as bigint) as replies,
        cast(sum(positive) as bigint) as positive,
        cast(sum(neutral) as bigint) as neutral,
        cast(sum(negative) as bigint) as negative
    from {{ ref('int_author_mentions_daily') }}
    group by entity_id, {{ week_start('mention_date') }}, platform, author_key

),

first_seen as (

    select entity_id, week_start_date, count(*) as first_time_authors
    from (
        select entity_id, min(week_start_date) as week_start_date from author_weeks
        group by entity_id, platform, author_key
    ) as first_weeks
    group by entity_id, week_start_date

),

came_back as (

    select own.entity_id, own.week_start_date, count(*) as authors_of_last_week
    from author_weeks as own
    inner join author_weeks as last_week
        on own.entity_id = last_week.entity_id
        and own.platform = last_week.platform
        and own.author_key = last_week.author_key
        and own.week_start_date = last_week.week_start_date + 7
    group by own.entity_id, own.week_start_date

),

-- Authors of a week by how often they spoke, and how many are louder: the ten loudest are found without sorting all.
loudness as (

    select
        entity_id,
        week_start_date,
        mentions,
        count(*) as authors,
        sum(count(*)) over (partition by entity_id, week_start_date order by mentions desc) - count(*) as louder
    from author_weeks
    group by entity_id, week_start_date, mentions

),

loudest as (

    select
        entity_id,
        week_start_date,
        cast(sum(mentions * least(authors, 10 - louder)) as bigint) as mentions_of_ten_loudest
    from loudness
    where louder < 10
    group by entity_id, week_start_date

),

totals as (

    select
        entity_id,
        week_start_date,
        cast(sum(mentions) as bigint) as mentions,
        cast(count(*) as bigint) as authors,
        cast(sum(replies) as bigint) as replies,
        cast(sum(positive) as bigint) as positive,
        cast(sum(neutral) as bigint) as neutral,
        cast(sum(negative) as bigint) as negative,
        min(min(week_start_date)) over (partition by entity_id) as first_week
    from author_weeks
    group by entity_id, week_start_date

),

weeks as (

    select
        totals.*,
        cast(coalesce(first_seen.first_time_authors, 0) as bigint) as first_time_authors,
        cast(coalesce(came_back.authors_of_last_week, 0) as bigint) as authors_of_last_week,
        loudest.mentions_of_ten_loudest
    from totals
    inner join loudest
        on totals.entity_id = loudest.entity_id and totals.week_start_date = loudest.week_start_date
    left join first_seen
        on totals.entity_id = first_seen.entity_id and totals.week_start_date = first_seen.week_start_date
    left join came_back
        on totals.entity_id = came_back.entity_id and totals.week_start_date = came_back.week_start_date

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
