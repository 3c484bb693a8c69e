{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'scores', 'day_column': 'mention_date'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with mentions as (

    select * from {{ ref('fct_mention_sentiment') }}
    {{ where_open('scores', 'mention_date') }}

),

topics as (

    select * from {{ ref('int_post_topics') }}
    {{ where_open('scores') }}

)

select
    mentions.mention_key,
    mentions.post_key,
    mentions.entity_id,
    topics.topic,
    mentions.mention_date,
    mentions.platform,
    mentions.language,
    mentions.author_key,
    mentions.is_counted,
    mentions.sentiment_label,
    mentions.engagement_total,
    topics.topic_probability,
    topics.model_version
from mentions
inner join topics on mentions.mention_date = topics.post_date and mentions.post_key = topics.post_key
