{# Topics of every post that mentions somebody: those whose probability reaches the topic's threshold. #}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'scores'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with {{ mentioned_posts('scores') }},

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
