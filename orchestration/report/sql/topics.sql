-- Topics of the given brands in both periods; net sentiment from the summed counts, as the mart's formula.
with periods as (

    select *, mention_date >= $current_start as is_current
    from marts.mart_topics_daily
    where mention_date between $previous_start and $last_date and list_contains($entities, entity_id)

)

select
    topic,
    coalesce(sum(mentions) filter (where is_current), 0) as mentions,
    coalesce(sum(mentions) filter (where not is_current), 0) as previous_mentions,
    sum(positive + neutral + negative) filter (where is_current) as scored,
    sum(positive - negative) filter (where is_current)
        / nullif(sum(positive + neutral + negative) filter (where is_current), 0) as net_sentiment,
    sum(positive - negative) filter (where not is_current)
        / nullif(sum(positive + neutral + negative) filter (where not is_current), 0) as previous_net_sentiment,
    max(metric_version) as metric_version,
    max(model_version) as model_version
from periods
group by topic
order by mentions desc, previous_mentions desc, topic
