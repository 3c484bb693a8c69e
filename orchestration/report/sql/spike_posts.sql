select
    posts.platform,
    posts.posted_at,
    posts.language,
    -- An excerpt is short: the rest of a long text never leaves the database.
    left(coalesce(posts.text, posts.title), 2000) as text,
    scores.sentiment_label,
    mentions.engagement_total
from marts.fct_mentions as mentions
inner join marts.fct_posts as posts on mentions.post_key = posts.post_key
left join marts.fct_mention_sentiment as scores on mentions.mention_key = scores.mention_key
where
    mentions.entity_id = $entity_id
    and mentions.is_counted
    and mentions.mentioned_at >= $starts_at
    and mentions.mentioned_at < $ends_at
    and coalesce(posts.text, posts.title) is not null
order by mentions.engagement_total desc nulls last, posts.post_key
limit $rows
