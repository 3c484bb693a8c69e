{# Sentiment of every post that mentions somebody, in the languages that the current model knows. #}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'scores'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with {{ mentioned_posts('scores') }},

current_model as (

    select model_name, model_version from {{ ref('stg_ml__model_registry') }}
    where model_name = 'sentiment' and is_current

),

weights as (

    select weights.language, weights.label, weights.term, weights.weight_nano
    from {{ ref('stg_ml__model_weights') }} as weights
    inner join current_model
        on weights.model_name = current_model.model_name
        and weights.model_version = current_model.model_version

),

scores as (

    {{ sentiment_scores('posts', ['post_date', 'post_key'], 'tokens', 'weights') }}

)

select
    scores.post_date,
    scores.post_key,
    scores.sentiment as sentiment_label,
    scores.p_negative,
    scores.p_neutral,
    scores.p_positive,
    current_model.model_version
from scores
cross join current_model
