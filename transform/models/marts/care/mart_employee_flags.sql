{#
  What employees passed on, one row a flag, with the post where it is known: what it said about whom is one join away
  (fct_mentions, fct_mention_sentiment on post_key). How long it took to be noticed is told of posts with a known time.
#}

select
    flags.flag_key,
    flags.flagged_at,
    flags.flagged_date,
    flags.flag_kind,
    flags.note,
    flags.employee_key,
    flags.post_url,
    posts.post_key,
    case when flags.post_key is not null and posts.post_key is null then 'not in the data' else flags.post_unknown_reason end as post_unknown_reason,
    posts.platform,
    posts.posted_at,
    posts.is_counted as is_post_counted,
    cast(case when flags.flagged_at >= posts.posted_at then {{ seconds_between('posts.posted_at', 'flags.flagged_at') }} end as double) / 3600 as hours_to_flag,
    'employee_flags.v1' as metric_version
from {{ ref('int_employee_flags') }} as flags
left join {{ ref('fct_posts') }} as posts on flags.post_key = posts.post_key
