-- A mention may carry several topics: shares are of all mentions and need not add up to one.
with mentions as (

    select mention_key, mentioned_at >= $starts_at as is_episode
    from marts.fct_mentions
    where
        entity_id = $entity_id
        and is_counted
        and mentioned_at >= $starts_at - interval '28 days'
        and mentioned_at < $ends_at

),

totals as (

    select
        count(*) filter (where is_episode) as episode_mentions,
        count(*) filter (where not is_episode) as usual_mentions
    from mentions

)

select
    topics.topic,
    count(*) filter (where mentions.is_episode) as mentions,
    count(*) filter (where mentions.is_episode) / nullif(max(totals.episode_mentions), 0) as share,
    count(*) filter (where not mentions.is_episode) / nullif(max(totals.usual_mentions), 0) as usual_share
from mentions
inner join marts.fct_mention_topics as topics on mentions.mention_key = topics.mention_key
cross join totals
group by topics.topic
having count(*) filter (where mentions.is_episode) > 0
order by mentions desc, topics.topic
limit $rows
