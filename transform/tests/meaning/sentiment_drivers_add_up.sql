{# The effects of all topics of an entity and week sum to the change of its net sentiment; all mentions are in them. #}

select entity_id, week_start_date, sum(effect) as effects, max(net_sentiment_change) as net_sentiment_change
from {{ ref('mart_sentiment_drivers') }}
group by entity_id, week_start_date
having
    abs(sum(effect) - max(net_sentiment_change)) > 1e-9
    or sum(topic_mentions) <> max(scored_mentions)
    or sum(topic_mentions_before) <> max(scored_mentions_before)
