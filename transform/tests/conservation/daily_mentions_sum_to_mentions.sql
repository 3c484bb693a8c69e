{#
  The daily marts hold each mention exactly once: per entity and day, all of them in
  mart_mentions_daily, those that count in mart_sentiment_daily.
#}
{{ config(meta={'dagster': {'ref': {'name': 'mart_mentions_daily'}}}) }}

with parts as (

    select
        entity_id, mention_date,
        1 as mentions_total, case when is_counted then 1 else 0 end as mentions,
        0 as daily_total, 0 as daily_mentions, 0 as daily_sentiment
    from {{ ref('fct_mentions') }}

    union all

    select entity_id, mention_date, 0, 0, mentions_total, mentions, 0
    from {{ ref('mart_mentions_daily') }}

    union all

    select entity_id, mention_date, 0, 0, 0, 0, scored_mentions + unscored
    from {{ ref('mart_sentiment_daily') }}

),

sums as (

    select
        entity_id,
        mention_date,
        sum(mentions_total) as mentions_total,
        sum(daily_total) as daily_total,
        sum(mentions) as mentions,
        sum(daily_mentions) as daily_mentions,
        sum(daily_sentiment) as daily_sentiment
    from parts
    group by entity_id, mention_date

)

select * from sums
where mentions_total <> daily_total or mentions <> daily_mentions or mentions <> daily_sentiment
