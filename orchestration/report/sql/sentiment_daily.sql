select
    dates.date_day as mention_date,
    sentiment.scored_mentions,
    sentiment.unscored,
    sentiment.net_sentiment,
    sentiment.net_sentiment_corrected,
    sentiment.net_sentiment_corrected_low,
    sentiment.net_sentiment_corrected_high,
    sentiment.negative / nullif(sentiment.scored_mentions, 0) as negative_raw,
    sentiment.negative_share,
    sentiment.negative_share_low,
    sentiment.negative_share_high,
    sentiment.model_version,
    sentiment.metric_version
from marts.dim_dates as dates
left join marts.mart_sentiment_daily as sentiment
    on dates.date_day = sentiment.mention_date
    and sentiment.entity_id = $entity_id
where dates.date_day between $first_date and $last_date
order by dates.date_day
