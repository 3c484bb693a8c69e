{# Sentiment adds a label to mentions; it adds no mention and drops none. #}
{{ config(meta={'dagster': {'ref': {'name': 'fct_mention_sentiment'}}}) }}

select mentions.mention_key, scored.mention_key as scored_mention_key
from {{ ref('fct_mentions') }} as mentions
full outer join {{ ref('fct_mention_sentiment') }} as scored
    on mentions.mention_key = scored.mention_key
    and mentions.mention_date = scored.mention_date
    and mentions.is_counted = scored.is_counted
where mentions.mention_key is null or scored.mention_key is null
