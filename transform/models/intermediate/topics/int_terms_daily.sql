{#
  How many authors used a word, or two neighbouring words, on a day, in posts that count and mention somebody. An
  author counts once a day for a term, so nobody makes a theme alone; what fewer than three said is left out.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'mentions'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with mentioned as (

    select mention_date, post_key, min(author_key) as author_key
    from {{ ref('fct_mentions') }}
    {% if is_incremental() -%}
    where is_counted and author_key is not null and mention_date in ({{ open_days('mentions') }})
    {%- else -%}
    where is_counted and author_key is not null
    {%- endif %}
    group by mention_date, post_key

),

posts as (

    select posts.post_date, posts.language, mentioned.author_key, posts.tokens
    from {{ ref('int_posts_tokenised') }} as posts
    inner join mentioned on posts.post_date = mentioned.mention_date and posts.post_key = mentioned.post_key

),

tokens as (

    select
        post_date,
        coalesce(language, 'und') as language,
        author_key,
        unnest(tokens) as token,
        unnest({{ list_tail('tokens') }}) as next_token
    from posts

),

terms as (

    select post_date, language, author_key, token as term from tokens
    where length(token) >= 3 and token not like '@%' and token <> '<url>'

    union all

    select post_date, language, author_key, token || ' ' || next_token as term from tokens
    where
        length(token) >= 2 and length(next_token) >= 2
        and token not like '@%' and token <> '<url>'
        and next_token not like '@%' and next_token <> '<url>'

),

by_author as (

    select post_date, language, term, author_key, count(*) as uses
    from terms
    group by post_date, language, term, author_key

)

select
    post_date,
    language,
    term,
    cast(count(*) as bigint) as authors,
    cast(sum(uses) as bigint) as uses
from by_author
group by post_date, language, term
having count(*) >= 3
