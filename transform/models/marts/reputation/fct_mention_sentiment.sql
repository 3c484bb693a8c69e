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

post_scores as (

    select * from {{ ref('int_post_sentiment') }}
    {{ where_open('scores') }}

),

towards as (

    select * from {{ ref('int_mention_sentiment') }}
    {{ where_open('scores') }}

),

scored as (

    select
        mentions.*,
        post_scores.sentiment_label as post_label,
        post_scores.p_negative as post_p_negative,
        post_scores.p_neutral as post_p_neutral,
        post_scores.p_positive as post_p_positive,
        post_scores.model_version,
        case
            when post_scores.model_version is null then null
            when towards.mention_key is not null then 'target'
            else 'post'
        end as sentiment_scope,
        towards.sentiment_label as target_label,
        towards.p_negative as target_p_negative,
        towards.p_neutral as target_p_neutral,
        towards.p_positive as target_p_positive,
        towards.model_version as target_version
    from mentions
    left join post_scores on mentions.post_key = post_scores.post_key
    left join towards on mentions.mention_key = towards.mention_key

)

select
    mention_key,
    post_key,
    entity_id,
    mention_date,
    platform,
    language,
    country,
    author_key,
    exclusion_reason,
    is_counted,
    engagement_total,
    case when sentiment_scope = 'target' then target_label else coalesce(post_label, 'unscored') end as sentiment_label,
    {%- for label in ['negative', 'neutral', 'positive'] %}
    case when sentiment_scope = 'target' then target_p_{{ label }} else post_p_{{ label }} end as p_{{ label }},
    {%- endfor %}
    model_version,
    sentiment_scope,
    case when sentiment_scope = 'target' then target_version end as target_model_version
from scored
