-- Anomalous hours of one brand and one kind that lie at most six hours apart are one episode.
with anomalies as (

    select
        *,
        hour_at - lag(hour_at) over own_hours <= interval '6 hours' as continues
    from marts.mart_volume_anomalies
    where list_contains($entities, entity_id) and hour_at >= cast($first_date as timestamptz)
    window own_hours as (partition by entity_id, anomaly_kind order by hour_at)

),

numbered as (

    select
        *,
        count(*) filter (where continues is not true)
            over (partition by entity_id, anomaly_kind order by hour_at) as episode
    from anomalies

)

select
    entity_id,
    anomaly_kind,
    min(hour_at) as starts_at,
    max(hour_at) + interval '1 hour' as ends_at,
    count(*) as anomalous_hours,
    sum(mentions) as mentions,
    sum(median_mentions) as usual_mentions,
    max_by(hour_at, abs(mentions - median_mentions)) as peak_at,
    max_by(mentions, abs(mentions - median_mentions)) as peak_mentions,
    max_by(median_mentions, abs(mentions - median_mentions)) as peak_usual_mentions,
    max_by(robust_z, abs(robust_z)) as largest_z,
    max(metric_version) as metric_version
from numbered
group by entity_id, anomaly_kind, episode
order by abs(sum(mentions - median_mentions)) desc, starts_at, entity_id
limit $episodes
