{# Per entity, topic and day, mart_topics_daily holds each mention that counts exactly once. #}
{{ config(meta={'dagster': {'ref': {'name': 'mart_topics_daily'}}}) }}

with parts as (

    select entity_id, topic, mention_date, 1 as mentions, 0 as daily_mentions
    from {{ ref('fct_mention_topics') }}
    where is_counted

    union all

    select entity_id, topic, mention_date, 0 as mentions, mentions as daily_mentions
    from {{ ref('mart_topics_daily') }}

)

select entity_id, topic, mention_date, sum(mentions) as mentions, sum(daily_mentions) as daily_mentions
from parts
group by entity_id, topic, mention_date
having sum(mentions) <> sum(daily_mentions)
