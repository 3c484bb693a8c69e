{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'scores', 'day_column': 'mention_date'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with mentions as (

    select
        mention_key,
        entity_id,
        mention_date,
        {{ hour_start('mentioned_at') }} as hour_at,
        platform,
        author_key,
        author_followers,
        exclusion_reason,
        is_counted
    from {{ ref('fct_mentions') }}
    {{ where_open('scores', 'mention_date') }}

),

labels as (

    select mention_key, sentiment_label from {{ ref('fct_mention_sentiment') }}
    {{ where_open('scores', 'mention_date') }}

)

select
    mentions.entity_id,
    mentions.mention_date,
    mentions.hour_at,
    cast(count(*) as bigint) as mentions_total,
    cast(count(case when mentions.is_counted then 1 end) as bigint) as mentions,
    cast(count(case when mentions.exclusion_reason = 'reshare' then 1 end) as bigint) as reshares,
    cast(count(distinct case when mentions.is_counted then mentions.author_key end) as bigint) as authors,
    cast(count(distinct case when mentions.is_counted then mentions.platform end) as bigint) as platforms,
    {% for label in ['positive', 'neutral', 'negative'] -%}
    cast(count(case when mentions.is_counted and labels.sentiment_label = '{{ label }}' then 1 end) as bigint) as {{ label }},
    {% endfor -%}
    max(case when mentions.is_counted then mentions.author_followers end) as largest_audience,
    'mentions_hourly.v1' as metric_version
from mentions
inner join labels on mentions.mention_key = labels.mention_key
group by mentions.entity_id, mentions.mention_date, mentions.hour_at
