{#
  Where a query term stands in a post: an equi-join of post tokens with the terms' first tokens, then
  the rest of a phrase compared in place. Cost follows the hits, not the number of terms.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'mentions'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with posts as (

    select post_date, post_key, tokens
    from {{ ref('int_posts_tokenised') }}
    {{ where_open('mentions') }}

),

tokens as (

    select
        post_date,
        post_key,
        unnest(tokens) as token,
        generate_subscripts(tokens, 1) as position
    from posts

),

starts as (

    select
        tokens.post_date,
        tokens.post_key,
        tokens.position,
        terms.term_id,
        terms.term_text,
        terms.token_count
    from tokens
    inner join {{ ref('int_query_terms') }} as terms on tokens.token = terms.first_token

),

phrases as (

    select starts.post_date, starts.post_key, starts.position, starts.term_id
    from starts
    inner join posts on starts.post_date = posts.post_date and starts.post_key = posts.post_key
    where
        starts.token_count > 1
        and {{ list_slice_text('posts.tokens', 'starts.position', 'starts.token_count') }} = starts.term_text

),

hits as (

    select post_date, post_key, position, term_id from starts
    where token_count = 1

    union all

    select post_date, post_key, position, term_id from phrases

)

select post_date, post_key, term_id, cast(count(*) as bigint) as hit_count
from hits
group by post_date, post_key, term_id
