{#
  Sentiment towards each of several targets of a post, where it is known which words name them. A post about one
  target has one sentiment; so has one about a brand and its product where the name of one holds the other's.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'scores'},
    pre_hook='{{ keep_join_sides() }}',
    post_hook='{{ free_join_sides() }}'
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

spans as {{ materialised() }} (

    select distinct
        matches.post_key,
        matches.entity_id,
        hits.position as first_position,
        hits.position + hits.token_count - 1 as last_position
    from matches
    inner join hits on matches.post_key = hits.post_key
    inner join leaves on matches.entity_id = leaves.entity_id and hits.term_id = leaves.leaf_id

),

-- Entities that share a word of a name anywhere in the post are one target there.
pairs as (

    select
        targets.post_key,
        targets.entity_id,
        spans.entity_id as named_id,
        max(
            case
                when targets.first_position <= spans.last_position and spans.first_position <= targets.last_position then 1
                else 0
            end
        ) as is_own
    from spans as targets
    inner join spans on targets.post_key = spans.post_key
    group by targets.post_key, targets.entity_id, spans.entity_id

),

-- Words of a name are counted on from the place where it begins.
offsets as (

    select distinct token_offset - 1 as token_offset from {{ ref('int_query_terms') }}

),

named as {{ materialised() }} (

    select distinct spans.post_key, spans.entity_id, spans.first_position + offsets.token_offset as position
    from spans
    inner join offsets on offsets.token_offset <= spans.last_position - spans.first_position

),

places as (

    select
        pairs.post_key,
        pairs.entity_id,
        array_agg(named.position) filter (where pairs.is_own = 1) as own_positions,
        array_agg(named.position) filter (where pairs.is_own = 0) as other_positions
    from pairs
    inner join named on pairs.post_key = named.post_key and pairs.named_id = named.entity_id
    group by pairs.post_key, pairs.entity_id
    having min(pairs.is_own) = 0

),

mentions as {{ materialised() }} (

    select
        row_number() over () as mention_number,
        posts.post_date,
        posts.post_key,
        places.entity_id,
        posts.language,
        posts.tokens,
        places.own_positions,
        places.other_positions
    from places
    inner join posts on places.post_key = posts.post_key

),

scores as (

    {{ target_scores('mentions', ['mention_number'], 'tokens', 'sentiment_weights', 'target_weights') | indent(4) }}

)

select
    mentions.post_date,
    mentions.post_key,
    mentions.entity_id,
    mentions.post_key || '|' || mentions.entity_id as mention_key,
    scores.sentiment as sentiment_label,
    scores.p_negative,
    scores.p_neutral,
    scores.p_positive,
    current_models.model_version
from scores
inner join mentions on scores.mention_number = mentions.mention_number
inner join current_models on current_models.model_name = 'target_sentiment'
