{#
  Scored mentions by entity, day and leading topic. A mention stands under one topic, the most probable of its own
  (the first in the alphabet of equals), or under 'no_topic', so that the topics add up to all mentions.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'scores', 'day_column': 'mention_date'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with mentions as (

    select mention_key, entity_id, mention_date, sentiment_label from {{ ref('fct_mention_sentiment') }}
    {% if is_incremental() -%}
    where is_counted and sentiment_label <> 'unscored' and mention_date in ({{ open_days('scores') }})
    {%- else -%}
    where is_counted and sentiment_label <> 'unscored'
    {%- endif %}

),

ranked as (

    select
        mention_key,
        topic,
        row_number() over (partition by mention_key order by topic_probability desc, topic) as place
    from {{ ref('fct_mention_topics') }}
    {{ where_open('scores', 'mention_date') }}

),

leading_topics as (

    select mention_key, topic from ranked
    where place = 1

)

select
    mentions.entity_id,
    mentions.mention_date,
    coalesce(leading_topics.topic, 'no_topic') as topic,
    {% for label in ['positive', 'neutral', 'negative'] -%}
    cast(count(case when mentions.sentiment_label = '{{ label }}' then 1 end) as bigint) as {{ label }}{{ ',' if not loop.last }}
    {% endfor %}
from mentions
left join leading_topics on mentions.mention_key = leading_topics.mention_key
group by mentions.entity_id, mentions.mention_date, coalesce(leading_topics.topic, 'no_topic')
