{#
  Where a query term stands in a post: an equi-join of post tokens with the terms' first tokens, the next
  token with their second, then the rest of a long phrase compared in place. Cost follows the hits, not the number of terms.
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
        unnest({{ list_tail('tokens') }}) as next_token,
        generate_subscripts(tokens, 1) as position
    from posts

),

terms as (

    select
        term_id,
        first_token,
        nullif(split_part(term_text, ' ', 2), '') as second_token,
        term_text,
        token_count
    from {{ ref('int_query_terms') }}

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
    inner join terms on tokens.token = terms.first_token
    where terms.second_token is null or tokens.next_token = terms.second_token

),

long_phrases as (

    select starts.post_date, starts.post_key, starts.term_id
    from starts
    inner join posts on starts.post_date = posts.post_date and starts.post_key = posts.post_key
    where
        starts.token_count > 2
        and {{ list_slice_text('posts.tokens', 'starts.position', 'starts.token_count') }} = starts.term_text

),

hits as (

    select post_date, post_key, term_id from starts
    where token_count <= 2

    union all

    select post_date, post_key, term_id from long_phrases

)

select post_date, post_key, term_id, cast(count(*) as bigint) as hit_count
from hits
group by post_date, post_key, term_id
