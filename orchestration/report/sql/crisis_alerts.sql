-- Crises of brands and of what belongs to them, with the figures of their worst hour.
select
    alerts.entity_id,
    alerts.opened_at,
    alerts.duration_hours,
    alerts.peak_at,
    alerts.peak_strength,
    alerts.severity,
    alerts.alert_state,
    alerts.acknowledged_at,
    signals.mentions_24h,
    signals.negative_share_24h,
    signals.negative_share_before,
    signals.metric_version
from marts.mart_alerts as alerts
inner join marts.dim_entities as entities on alerts.entity_id = entities.entity_id
left join marts.mart_crisis_signals as signals
    on alerts.entity_id = signals.entity_id and alerts.peak_at = signals.hour_at
where
    alerts.alert_kind = 'crisis'
    and (list_contains($entities, entities.entity_id) or list_contains($entities, entities.parent_entity_id))
    and alerts.opened_at >= timezone($zone, cast($first_date as timestamp))
order by alerts.peak_strength desc, alerts.opened_at, alerts.entity_id
