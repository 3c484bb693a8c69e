{#
  What each term of a query brings, by day: a mention that several terms found stands under each of them.
#}
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
        author_key,
        exclusion_reason,
        is_counted,
        engagement_total,
        matched_terms,
        query_version,
        unnest({{ text_list('matched_terms', ' | ') }}) as keyword
    from {{ ref('fct_mentions') }}
    {{ where_open('scores', 'mention_date') }}

),

labels as (

    select mention_key, sentiment_label from {{ ref('fct_mention_sentiment') }}
    {{ where_open('scores', 'mention_date') }}

)

select
    mentions.entity_id,
    mentions.keyword,
    mentions.mention_date,
    max(mentions.query_version) as query_version,
    cast(count(*) as bigint) as mentions_total,
    cast(count(case when mentions.is_counted then 1 end) as bigint) as mentions,
    cast(count(case when mentions.is_counted and mentions.matched_terms = mentions.keyword then 1 end) as bigint) as mentions_found_alone,
    cast(count(case when mentions.exclusion_reason = 'spam' then 1 end) as bigint) as spam,
    {{ ratio("count(case when mentions.exclusion_reason = 'spam' then 1 end)", 'count(*)') }} as spam_share,
    cast(count(distinct case when mentions.is_counted then mentions.author_key end) as bigint) as authors,
    {% for label in ['positive', 'neutral', 'negative'] -%}
    cast(count(case when mentions.is_counted and labels.sentiment_label = '{{ label }}' then 1 end) as bigint) as {{ label }},
    {% endfor -%}
    {{ net_sentiment(
        "count(case when mentions.is_counted and labels.sentiment_label = 'positive' then 1 end)",
        "count(case when mentions.is_counted and labels.sentiment_label = 'negative' then 1 end)",
        "count(case when mentions.is_counted and labels.sentiment_label = 'neutral' then 1 end)",
    ) }} as net_sentiment,
    cast(sum(case when mentions.is_counted then mentions.engagement_total end) as bigint) as engagement,
    {{ ratio(
        'sum(case when mentions.is_counted then mentions.engagement_total end)',
        'count(case when mentions.is_counted then mentions.engagement_total end)',
    ) }} as engagement_per_mention,
    'keywords.v1' as metric_version
from mentions
inner join labels on mentions.mention_key = labels.mention_key
group by mentions.entity_id, mentions.keyword, mentions.mention_date
