{#
  The hourly rollup holds each mention of the daily one exactly once, and so does the rollup of leading topics with
  each scored mention.
#}
{{ config(meta={'dagster': {'ref': {'name': 'mart_mentions_hourly'}}}) }}

with parts as (

    select entity_id, mention_date, mentions_total, mentions, 0 as scored from {{ ref('mart_mentions_hourly') }}
    union all
    select entity_id, mention_date, -mentions_total as mentions_total, -mentions as mentions, 0 as scored from {{ ref('mart_mentions_daily') }}
    union all
    select entity_id, mention_date, 0 as mentions_total, 0 as mentions, scored_mentions as scored from {{ ref('mart_sentiment_daily') }}
    union all
    select entity_id, mention_date, 0 as mentions_total, 0 as mentions, -(positive + neutral + negative) as scored
    from {{ ref('int_topic_sentiment_daily') }}

)

select entity_id, mention_date, sum(mentions_total) as mentions_total, sum(mentions) as mentions, sum(scored) as scored
from parts
group by entity_id, mention_date
having sum(mentions_total) <> 0 or sum(mentions) <> 0 or sum(scored) <> 0
