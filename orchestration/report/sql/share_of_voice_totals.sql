-- Shares of both periods from the sums of the days, as the scorecard forms them.
select
    panel_id,
    entity_id,
    sum(mentions) filter (where mention_date >= $current_start) as mentions,
    sum(mentions) filter (where mention_date >= $current_start)
        / nullif(sum(panel_mentions) filter (where mention_date >= $current_start), 0) as share,
    sum(mentions) filter (where mention_date < $current_start) as previous_mentions,
    sum(mentions) filter (where mention_date < $current_start)
        / nullif(sum(panel_mentions) filter (where mention_date < $current_start), 0) as previous_share,
    max(metric_version) as metric_version
from marts.mart_share_of_voice_daily
where mention_date between $previous_start and $last_date
group by panel_id, entity_id
order by panel_id, mentions desc nulls last, previous_mentions desc nulls last, entity_id
