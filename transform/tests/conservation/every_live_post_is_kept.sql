{#
  Every post that was observed and not deleted is in fct_posts and in int_posts_tokenised, and nothing
  else is: no post is lost on the road, none is invented, and a deleted one is gone.
#}
{{ config(meta={'dagster': {'ref': {'name': 'fct_posts'}}}) }}

with live as (

    select post_key
    from {{ ref('int_posts_unioned') }}
    group by post_key
    having max(case when is_deleted then 1 else 0 end) = 0

),

kept as (

    select post_key, 1 as in_posts, 0 as in_tokenised from {{ ref('fct_posts') }}
    union all
    select post_key, 0 as in_posts, 1 as in_tokenised from {{ ref('int_posts_tokenised') }}

),

kept_once as (

    select post_key, sum(in_posts) as in_posts, sum(in_tokenised) as in_tokenised
    from kept
    group by post_key

)

select live.post_key as live_post_key, kept_once.post_key as kept_post_key, kept_once.in_posts, kept_once.in_tokenised
from live
full outer join kept_once on live.post_key = kept_once.post_key
where
    live.post_key is null
    or kept_once.post_key is null
    or kept_once.in_posts <> 1
    or kept_once.in_tokenised <> 1
