{#
  How many authors used a word on a day, in posts that count and mention somebody, with a sample of their posts. An
  author counts once a day for a word, so nobody makes a theme alone. Term '' is all authors of the language.

  The sample is of the sixteen posts with the lowest hashes (a bottom-k sketch, Cohen and Kaplan 2007): a post is in
  the sample of every word that it holds, or of none, so samples tell which words are said together.
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

counted as (

    select *, count(*) over (partition by mention_date, author_key) as posts_of_author
    from mentioned

),

posts as {{ materialised() }} (

    select
        posts.post_date,
        coalesce(posts.language, 'und') as language,
        counted.author_key,
        counted.posts_of_author,
        {{ text_hash('posts.post_key') }} as post_hash,
        {{ distinct_items('posts.tokens') }} as words
    from {{ ref('int_posts_tokenised') }} as posts
    inner join counted on posts.post_date = counted.mention_date and posts.post_key = counted.post_key

),

-- Few authors write twice a day: the words of all others need no telling apart.
words_of_authors as (

    select post_date, language, post_hash, unnest(words) as term
    from posts
    where posts_of_author = 1

    union all

    select post_date, language, min(post_hash) as post_hash, term
    from (
        select post_date, language, author_key, post_hash, unnest(words) as term
        from posts
        where posts_of_author > 1
    ) as words_of_posts
    group by post_date, language, author_key, term

)

select
    post_date,
    language,
    term,
    cast(count(*) as bigint) as authors,
    {{ smallest_items('post_hash', 16) }} as post_hashes
from words_of_authors
where length(term) >= 3 and term not like '@%' and term <> '<url>'
group by post_date, language, term

union all

select
    post_date,
    language,
    '' as term,
    cast(count(distinct author_key) as bigint) as authors,
    {{ smallest_items('post_hash', 16) }} as post_hashes
from posts
group by post_date, language
