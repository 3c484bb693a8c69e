{#
  Which attributes of products people want or dislike, such as a colour. A mention that names a value wants it
  if a cue of the lexicon or its topic (feature_request, purchase_intent, availability) says so; it dislikes it if
  a cue says so or the text is negative, and nothing says that it is wanted; else it only names it.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'scores', 'day_column': 'mention_date'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with hits as (

    select * from {{ ref('int_lexicon_hits') }}
    {{ where_open('scores') }}

),

attributes as (

    select distinct post_key, category as attribute, value as attribute_value from hits
    where lexicon = 'attribute'

),

cues as (

    select
        post_key,
        max(case when category = 'wanted' then 1 else 0 end) as has_wish,
        max(case when category = 'disliked' then 1 else 0 end) as has_dislike
    from hits
    where lexicon = 'cue'
    group by post_key

),

wishes as (

    select distinct mention_key from {{ ref('fct_mention_topics') }}
    {% if is_incremental() -%}
    where topic in ('feature_request', 'purchase_intent', 'availability') and mention_date in ({{ open_days('scores') }})
    {%- else -%}
    where topic in ('feature_request', 'purchase_intent', 'availability')
    {%- endif %}

),

mentions as (

    select * from {{ ref('fct_mention_sentiment') }}
    {% if is_incremental() -%}
    where is_counted and mention_date in ({{ open_days('scores') }})
    {%- else -%}
    where is_counted
    {%- endif %}

),

stances as (

    select
        mentions.entity_id,
        mentions.mention_date,
        attributes.attribute,
        attributes.attribute_value,
        mentions.author_key,
        case
            when coalesce(cues.has_wish, 0) = 1 or wishes.mention_key is not null then 'wanted'
            when coalesce(cues.has_dislike, 0) = 1 or mentions.sentiment_label = 'negative' then 'disliked'
            else 'named'
        end as stance
    from mentions
    inner join attributes on mentions.post_key = attributes.post_key
    left join cues on mentions.post_key = cues.post_key
    left join wishes on mentions.mention_key = wishes.mention_key

)

select
    entity_id,
    attribute,
    attribute_value,
    mention_date,
    cast(count(*) as bigint) as mentions,
    cast(count(distinct author_key) as bigint) as authors,
    {% for stance in ['wanted', 'disliked', 'named'] -%}
    cast(count(case when stance = '{{ stance }}' then 1 end) as bigint) as {{ stance }},
    {% endfor -%}
    {{ ratio("(count(case when stance = 'wanted' then 1 end) - count(case when stance = 'disliked' then 1 end))", 'count(*)') }} as net_demand,
    'attribute_demand.v1' as metric_version
from stances
group by entity_id, attribute, attribute_value, mention_date
