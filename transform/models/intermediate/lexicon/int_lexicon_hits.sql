{# Where words of the seed lexicon_terms stand in posts that mention somebody: one scan of the tokens for all lexicons. #}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'mentions'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with {{ mentioned_posts('mentions') }},

tokens as (

    select
        post_date,
        post_key,
        language,
        unnest(tokens) as token,
        unnest({{ list_tail('tokens') }}) as next_token
    from posts

),

terms as (

    select
        *,
        split_part(term, ' ', 1) as first_token,
        nullif(split_part(term, ' ', 2), '') as second_token
    from {{ ref('lexicon_terms') }}

)

select distinct
    tokens.post_date,
    tokens.post_key,
    terms.lexicon,
    terms.category,
    terms.value,
    terms.term,
    terms.severity
from tokens
inner join terms on tokens.token = terms.first_token
where
    tokens.language = terms.language
    and (terms.second_token is null or tokens.next_token = terms.second_token)
