{# Topics of every post that mentions somebody: those whose probability reaches the topic's threshold. #}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'scores'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with mentioned as (

    select distinct mention_date, post_key
    from {{ ref('fct_mentions') }}
    {{ where_open('scores', 'mention_date') }}

),

posts as (

    select posts.post_date, posts.post_key, posts.language, posts.tokens
    from {{ ref('int_posts_tokenised') }} as posts
    inner join mentioned on posts.post_date = mentioned.mention_date and posts.post_key = mentioned.post_key

),

scores as (

    {{ topic_scores('posts', ['post_date', 'post_key'], 'tokens', ref('int_topic_weights'), ref('int_topic_labels')) }}

)

select
    scores.post_date,
    scores.post_key,
    scores.topic,
    scores.probability as topic_probability,
    labels.model_version
from scores
inner join {{ ref('int_topic_labels') }} as labels on scores.topic = labels.label
