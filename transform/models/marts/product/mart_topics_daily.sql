{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'scores', 'day_column': 'mention_date'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with topic_mentions as (

    select * from {{ ref('fct_mention_topics') }}
    {% if is_incremental() -%}
    where is_counted and mention_date in ({{ open_days('scores') }})
    {%- else -%}
    where is_counted
    {%- endif %}

),

all_mentions as (

    select entity_id, mention_date, count(*) as mentions
    from {{ ref('fct_mention_sentiment') }}
    {% if is_incremental() -%}
    where is_counted and mention_date in ({{ open_days('scores') }})
    {%- else -%}
    where is_counted
    {%- endif %}
    group by entity_id, mention_date

),

topics as (

    select
        entity_id,
        topic,
        mention_date,
        max(model_version) as model_version,
        cast(count(*) as bigint) as mentions,
        cast(count(distinct author_key) as bigint) as authors,
        cast(count(case when sentiment_label = 'positive' then 1 end) as bigint) as positive,
        cast(count(case when sentiment_label = 'neutral' then 1 end) as bigint) as neutral,
        cast(count(case when sentiment_label = 'negative' then 1 end) as bigint) as negative,
        cast(sum(engagement_total) as bigint) as engagement
    from topic_mentions
    group by entity_id, topic, mention_date

)

select
    topics.entity_id,
    topics.topic,
    topics.mention_date,
    topics.mentions,
    {{ ratio('topics.mentions', 'all_mentions.mentions') }} as mention_share,
    topics.authors,
    topics.positive,
    topics.neutral,
    topics.negative,
    {{ net_sentiment('topics.positive', 'topics.negative', 'topics.neutral') }} as net_sentiment,
    topics.engagement,
    topics.model_version,
    'topics.v1' as metric_version
from topics
inner join all_mentions
    on topics.entity_id = all_mentions.entity_id and topics.mention_date = all_mentions.mention_date
