{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'scores', 'day_column': 'mention_date'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with mentions as (

    select * from {{ ref('fct_mentions') }}
    {{ where_open('scores', 'mention_date') }}

),

scores as (

    select * from {{ ref('int_post_sentiment') }}
    {{ where_open('scores') }}

)

select
    mentions.mention_key,
    mentions.post_key,
    mentions.entity_id,
    mentions.mention_date,
    mentions.platform,
    mentions.language,
    mentions.country,
    mentions.author_key,
    mentions.exclusion_reason,
    mentions.is_counted,
    mentions.engagement_total,
    coalesce(scores.sentiment_label, 'unscored') as sentiment_label,
    scores.p_negative,
    scores.p_neutral,
    scores.p_positive,
    scores.model_version
from mentions
left join scores on mentions.mention_date = scores.post_date and mentions.post_key = scores.post_key
