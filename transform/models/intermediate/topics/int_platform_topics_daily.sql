{# How much of each platform's conversation is about each topic, by day; the empty topic is all of it. #}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'scores', 'day_column': 'mention_date'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with topic_mentions as (

    select mention_date, platform, topic, post_key, author_key from {{ ref('fct_mention_topics') }}
    {% if is_incremental() -%}
    where is_counted and mention_date in ({{ open_days('scores') }})
    {%- else -%}
    where is_counted
    {%- endif %}

),

all_mentions as (

    select mention_date, platform, '' as topic, post_key, author_key from {{ ref('fct_mention_sentiment') }}
    {% if is_incremental() -%}
    where is_counted and mention_date in ({{ open_days('scores') }})
    {%- else -%}
    where is_counted
    {%- endif %}

),

-- A post that mentions two entities is one post of its platform.
posts as (

    select distinct mention_date, platform, topic, post_key, author_key from topic_mentions

    union all

    select distinct mention_date, platform, topic, post_key, author_key from all_mentions

)

select
    mention_date,
    platform,
    topic,
    cast(count(*) as bigint) as posts,
    cast(count(distinct author_key) as bigint) as authors
from posts
group by mention_date, platform, topic
