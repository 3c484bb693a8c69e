{# A mention and the post it stands in agree on the day and on whether they count. #}
{{ config(meta={'dagster': {'ref': {'name': 'fct_mentions'}}}) }}

select mentions.mention_key, mentions.mention_date, posts.post_date, mentions.exclusion_reason, posts.exclusion_reason as post_exclusion_reason
from {{ ref('fct_mentions') }} as mentions
left join {{ ref('fct_posts') }} as posts on mentions.post_key = posts.post_key
where
    posts.post_key is null
    or mentions.mention_date <> posts.post_date
    or coalesce(mentions.exclusion_reason, '') <> coalesce(posts.exclusion_reason, '')
