-- The episode against the 28 days before it.
select
    mentions.mentioned_at >= $starts_at as is_episode,
    count(*) as mentions,
    count(distinct mentions.author_key) as authors,
    count(*) filter (where scores.sentiment_label <> 'unscored') as scored,
    count(*) filter (where scores.sentiment_label = 'negative') as negative
from marts.fct_mentions as mentions
inner join marts.fct_mention_sentiment as scores on mentions.mention_key = scores.mention_key
where
    mentions.entity_id = $entity_id
    and mentions.is_counted
    and mentions.mentioned_at >= $starts_at - interval '28 days'
    and mentions.mentioned_at < $ends_at
group by mentions.mentioned_at >= $starts_at
