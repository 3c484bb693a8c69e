{#
  Sentiment towards each of several targets of a post, where it is known which words name them. A post about one
  target has one sentiment; a product and its brand, named by the same words, are one target.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'scores'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with current_models as (

    select model_name, model_version from {{ ref('stg_ml__model_registry') }}
    where model_name in ('sentiment', 'target_sentiment') and is_current

),

weights as {{ materialised() }} (

    select weights.model_name, weights.language, weights.label, weights.term, weights.weight_nano
    from {{ ref('stg_ml__model_weights') }} as weights
    inner join current_models
        on weights.model_name = current_models.model_name
        and weights.model_version = current_models.model_version

),

sentiment_weights as (

    select * from weights where model_name = 'sentiment'

),

target_weights as (

    select * from weights where model_name = 'target_sentiment'

),

matches as (

    select
        post_date,
        post_key,
        entity_id,
        count(*) over (partition by post_key) as entity_count
    from {{ ref('int_query_matches') }}
    {{ where_open('scores') }}

),

open_posts as {{ inlined() }} (

    select * from {{ ref('int_posts_tokenised') }}
    {{ where_open('scores') }}

),

open_hits as {{ inlined() }} (

    select * from {{ ref('int_term_hits') }}
    {{ where_open('scores') }}

),

posts as {{ materialised() }} (

    select post_date, post_key, language, tokens
    from open_posts
    where
        post_key in (select matches.post_key from matches where matches.entity_count > 1)
        and language in (select target_weights.language from target_weights)

),

hits as (

    select post_key, term_id, token_count, unnest(positions) as position
    from open_hits
    where post_key in (select posts.post_key from posts)

),

leaves as (

    select distinct entity_id, leaf_id
    from {{ ref('stg_listening__query_literals') }}
    where group_number > 0 and leaf_kind <> 'filter'

),

-- Words of terms are counted on from the place where the term begins.
offsets as (

    select distinct token_offset - 1 as token_offset from {{ ref('int_query_terms') }}

),

named as {{ materialised() }} (

    select distinct matches.post_key, matches.entity_id, hits.position + offsets.token_offset as position
    from matches
    inner join hits on matches.post_key = hits.post_key
    inner join leaves on matches.entity_id = leaves.entity_id and hits.term_id = leaves.leaf_id
    inner join offsets on offsets.token_offset < hits.token_count

),

own as (

    select post_key, entity_id, array_agg(position) as own_positions
    from named
    group by post_key, entity_id

),

others as (

    select owners.post_key, owners.entity_id, array_agg(distinct named.position) as other_positions
    from own as owners
    inner join named on owners.post_key = named.post_key
    where named.entity_id <> owners.entity_id and not {{ list_has('owners.own_positions', 'named.position') }}
    group by owners.post_key, owners.entity_id

),

mentions as {{ materialised() }} (

    select
        posts.post_date,
        posts.post_key,
        others.entity_id,
        posts.language,
        posts.tokens,
        own.own_positions,
        others.other_positions
    from others
    inner join own on others.post_key = own.post_key and others.entity_id = own.entity_id
    inner join posts on others.post_key = posts.post_key

),

scores as (

    {{ target_scores('mentions', ['post_date', 'post_key', 'entity_id'], 'tokens', 'sentiment_weights', 'target_weights') | indent(4) }}

)

select
    scores.post_date,
    scores.post_key,
    scores.entity_id,
    scores.post_key || '|' || scores.entity_id as mention_key,
    scores.sentiment as sentiment_label,
    scores.p_negative,
    scores.p_neutral,
    scores.p_positive,
    current_models.model_version
from scores
inner join current_models on current_models.model_name = 'target_sentiment'
