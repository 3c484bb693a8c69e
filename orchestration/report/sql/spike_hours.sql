-- Between a brand's first and last mention an hour without one is a zero; outside it is unknown.
with mentions as (

    select date_trunc('hour', mentioned_at) as hour_at, count(*) as mentions
    from marts.fct_mentions
    where entity_id = $entity_id and is_counted
    group by date_trunc('hour', mentioned_at)

),

bounds as (

    select min(hour_at) as first_hour_at, max(hour_at) as last_hour_at
    from mentions

),

hours as (

    select unnest(generate_series(
        greatest(first_hour_at, $from_at), least(last_hour_at, $to_at), interval '1 hour'
    )) as hour_at
    from bounds

)

select
    hours.hour_at,
    coalesce(mentions.mentions, 0) as mentions,
    anomalies.anomaly_kind,
    anomalies.median_mentions,
    anomalies.robust_z
from hours
left join mentions on hours.hour_at = mentions.hour_at
left join marts.mart_volume_anomalies as anomalies
    on hours.hour_at = anomalies.hour_at
    and anomalies.entity_id = $entity_id
order by hours.hour_at
