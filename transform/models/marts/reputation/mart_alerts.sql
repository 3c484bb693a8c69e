{#
  One row per alert: crises, and spikes and valleys of the volume. Everything about an alert comes from stored
  signals, so the alerts of the past can be looked up as they would have been given.
#}
{%- set cooldown = var('alert_cooldown_hours') * 3600 %}

with anomalies as (

    select
        anomaly_kind as alert_kind,
        entity_id,
        hour_at as signal_at,
        abs(robust_z) as strength,
        true as opens
    from {{ ref('mart_volume_anomalies') }}

),

volume_alerts as (

    {{ alert_episodes('anomalies', cooldown) }}

),

crisis_alerts as (

    select
        'crisis' as alert_kind,
        entity_id,
        alert_opened_at as opened_at,
        max(case when crisis_score >= {{ var('crisis_watch_score') }} then hour_at end) as last_signal_at,
        {{ value_at_max('hour_at', 'crisis_score - 1e-9 * alert_hours') }} as peak_at,
        max(crisis_score) as peak_strength,
        cast(count(case when crisis_score >= {{ var('crisis_watch_score') }} then 1 end) as bigint) as signals
    from {{ ref('mart_crisis_signals') }}
    where alert_id is not null
    group by entity_id, alert_opened_at

),

alerts as (

    select alert_kind, entity_id, opened_at, last_signal_at, peak_at, peak_strength, signals from volume_alerts

    union all

    select alert_kind, entity_id, opened_at, last_signal_at, peak_at, peak_strength, signals from crisis_alerts

),

named as (

    select *, {{ alert_id('alert_kind', 'entity_id', 'opened_at') }} as alert_id
    from alerts

),

now as (

    select max(hour_at) as hour_at from {{ ref('mart_mentions_hourly') }}

)

select
    named.alert_id,
    named.alert_kind,
    named.entity_id,
    named.opened_at,
    named.last_signal_at,
    named.peak_at,
    cast({{ seconds_between('named.opened_at', 'named.last_signal_at') }} / 3600 + 1 as bigint) as duration_hours,
    cast({{ seconds_between('named.opened_at', 'named.peak_at') }} / 3600 as bigint) as lead_hours,
    named.signals as signal_hours,
    named.peak_strength,
    case
        when named.alert_kind = 'crisis' then {{ crisis_severity('named.peak_strength') }}
        when named.peak_strength >= 12 then 'critical'
        when named.peak_strength >= 6 then 'high'
        else 'medium'
    end as severity,
    {{ alert_state('named.last_signal_at', 'now.hour_at', 'acknowledgements.acknowledged_at', cooldown) }} as alert_state,
    acknowledgements.acknowledged_at,
    cast({{ var('alert_cooldown_hours') }} as bigint) as cooldown_hours,
    'alerts.v1' as metric_version
from named
cross join now
left join {{ ref('alert_acknowledgements') }} as acknowledgements on named.alert_id = acknowledgements.alert_id
