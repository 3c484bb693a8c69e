{#
  One row per live post with everything that is known of it. `exclusion_reason` says why a post does
  not count in the default metrics; the reasons exclude one another, in this order.
#}
{{ config(materialized='view') }}

select
    posts.*,
    coalesce(clusters.cluster_key, posts.post_key) as cluster_key,
    coalesce(clusters.duplicate_kind, 'first') as duplicate_kind,
    spam.spam_reason,
    posts.post_type = 'reshare' as is_reshare,
    coalesce(clusters.duplicate_kind, 'first') <> 'first' as is_duplicate,
    spam.spam_reason is not null as is_spam,
    case
        when spam.spam_reason is not null then 'spam'
        when posts.post_type = 'reshare' then 'reshare'
        when clusters.duplicate_kind <> 'first' then 'duplicate'
    end as exclusion_reason
from {{ ref('int_posts_tokenised') }} as posts
left join {{ ref('int_post_clusters') }} as clusters
    on posts.post_date = clusters.post_date and posts.post_key = clusters.post_key
left join {{ ref('int_post_spam') }} as spam
    on posts.post_date = spam.post_date and posts.post_key = spam.post_key
