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

tokens as {{ materialised() }} (

    select
        post_date,
        coalesce(language, 'und') as language,
        author_key,
        unnest(tokens) as token,
        unnest({{ list_tail('tokens') }}) as next_token
    from posts

),

words as {{ materialised() }} (

    select post_date, language, token as word, cast(count(distinct author_key) as bigint) as authors
    from tokens
    where length(token) >= 2 and token not like '@%' and token <> '<url>'
    group by post_date, language, token
    having count(distinct author_key) >= 3

),

-- A pair can only be said by three authors if both of its words are: hardly any pair is left to be counted.
first_words as {{ materialised() }} (

    select tokens.post_date, tokens.language, tokens.author_key, tokens.token, tokens.next_token
    from tokens
    inner join words
        on tokens.post_date = words.post_date and tokens.language = words.language and tokens.token = words.word
    where tokens.next_token is not null

),

pairs as (

    select
        first_words.post_date,
        first_words.language,
        first_words.token || ' ' || first_words.next_token as term,
        cast(count(distinct first_words.author_key) as bigint) as authors
    from first_words
    inner join words
        on first_words.post_date = words.post_date
        and first_words.language = words.language
        and first_words.next_token = words.word
    group by first_words.post_date, first_words.language, first_words.token || ' ' || first_words.next_token
    having count(distinct first_words.author_key) >= 3

)

select post_date, language, word as term, authors from words
where length(word) >= 3

union all

select post_date, language, term, authors from pairs
