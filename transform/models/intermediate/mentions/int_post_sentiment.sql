{#
  Sentiment of every post that mentions somebody, in the languages that the current model knows: from its weights, or
  as it was scored outside the warehouse where the model has none.
#}
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

),

given_scores as (

    select
        posts.post_date,
        posts.post_key,
        given.sentiment_label,
        given.p_negative,
        given.p_neutral,
        given.p_positive,
        given.model_version
    from {{ ref('stg_ml__post_scores') }} as given
    inner join current_model
        on given.model_name = current_model.model_name and given.model_version = current_model.model_version
    inner join posts on given.post_key = posts.post_key

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

union all

select post_date, post_key, sentiment_label, p_negative, p_neutral, p_positive, model_version from given_scores
