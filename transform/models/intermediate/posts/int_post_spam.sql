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

bait as (

    select distinct term from {{ ref('spam_terms') }}

    union all

    select '<url>' as term

),

-- Few words are bait: they are sorted out before anything is counted.
bait_words as (

    select distinct words.post_date, words.post_key, words.token
    from (
        select posts.post_date, posts.post_key, unnest(posts.tokens) as token
        from posts
    ) as words
    inner join bait on words.token = bait.term

),

baited as (

    select post_date, post_key
    from bait_words
    group by post_date, post_key
    having count(*) > 3 and max(case when token = '<url>' then 1 else 0 end) = 1

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
