{# What each author said of each entity on each day: the small table that the audience marts are made from. #}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'scores', 'day_column': 'mention_date'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with mentions as (

    select * from {{ ref('fct_mentions') }}
    {% if is_incremental() -%}
    where is_counted and author_key is not null and mention_date in ({{ open_days('scores') }})
    {%- else -%}
    where is_counted and author_key is not null
    {%- endif %}

),

labels as (

    select mention_key, sentiment_label from {{ ref('fct_mention_sentiment') }}
    {{ where_open('scores', 'mention_date') }}

),

paid as (

    select distinct post_key from {{ ref('int_lexicon_hits') }}
    {% if is_incremental() -%}
    where lexicon = 'paid' and post_date in ({{ open_days('scores') }})
    {%- else -%}
    where lexicon = 'paid'
    {%- endif %}

)

select
    mentions.entity_id,
    mentions.platform,
    mentions.author_key,
    mentions.mention_date,
    -- An author who writes in several languages on a day is counted under the first of them in the alphabet.
    min(mentions.language) as language,
    min(mentions.country) as country,
    max(mentions.author_followers) as followers,
    cast(count(*) as bigint) as mentions,
    cast(count(case when mentions.post_type in ('reply', 'comment') then 1 end) as bigint) as replies,
    {% for label in ['positive', 'neutral', 'negative'] -%}
    cast(count(case when labels.sentiment_label = '{{ label }}' then 1 end) as bigint) as {{ label }},
    {% endfor -%}
    cast(count(paid.post_key) as bigint) as paid_mentions,
    cast(count(mentions.engagement_total) as bigint) as engagement_mentions,
    cast(sum(mentions.engagement_total) as bigint) as engagement
from mentions
inner join labels on mentions.mention_key = labels.mention_key
left join paid on mentions.post_key = paid.post_key
group by mentions.entity_id, mentions.platform, mentions.author_key, mentions.mention_date
