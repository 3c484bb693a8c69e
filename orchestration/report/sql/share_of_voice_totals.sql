-- Shares of both periods from the sums of the days, as the scorecard forms them.
select
    entity_id,
    sum(mentions) filter (where mention_date >= $current_start) as mentions,
    sum(mentions) filter (where mention_date >= $current_start)
        / nullif(sum(panel_mentions) filter (where mention_date >= $current_start), 0) as share,
    sum(mentions) filter (where mention_date < $current_start) as previous_mentions,
    sum(mentions) filter (where mention_date < $current_start)
        / nullif(sum(panel_mentions) filter (where mention_date < $current_start), 0) as previous_share,
    max(metric_version) as metric_version
from marts.mart_share_of_voice_daily
where panel_id = $panel_id and mention_date between $previous_start and $last_date
group by entity_id
order by mentions desc nulls last, previous_mentions desc nulls last, entity_id
