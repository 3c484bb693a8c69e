{#
  Two open rules, no model: at least three different bait words together with a link, or one author
  posting the same text (exact or near) five times or more on a day.
#}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_work',
    meta={'replaces': 'days', 'stage': 'posts'}
) }}
-- depends_on: {{ ref('int_open_days') }}

with posts as (

    select post_date, post_key, author_key, tokens
    from {{ ref('int_posts_tokenised') }}
    {{ where_open('posts') }}

),

tokens as (

    select distinct posts.post_date, posts.post_key, words.token
    from posts
    cross join lateral unnest(posts.tokens) as words (token)

),

baited as (

    select tokens.post_date, tokens.post_key
    from tokens
    left join {{ ref('spam_terms') }} as spam_terms on tokens.token = spam_terms.term
    where spam_terms.term is not null or tokens.token = '<url>'
    group by tokens.post_date, tokens.post_key
    having count(spam_terms.term) >= 3 and count(*) > count(spam_terms.term)

),

clusters as (

    select posts.post_date, posts.post_key, posts.author_key, clusters.cluster_key
    from posts
    inner join {{ ref('int_post_clusters') }} as clusters
        on posts.post_date = clusters.post_date and posts.post_key = clusters.post_key
    where clusters.cluster_size >= 5

),

floods as (

    select post_date, author_key, cluster_key
    from clusters
    group by post_date, author_key, cluster_key
    having count(*) >= 5

),

flooded as (

    select clusters.post_date, clusters.post_key
    from clusters
    inner join floods
        on clusters.post_date = floods.post_date
        and clusters.author_key = floods.author_key
        and clusters.cluster_key = floods.cluster_key

),

reasons as (

    select post_date, post_key, 'bait words with a link' as spam_reason from baited
    union all
    select post_date, post_key, 'same text five times by one author' as spam_reason from flooded

)

select post_date, post_key, min(spam_reason) as spam_reason
from reasons
group by post_date, post_key
