-- Every day of the charts, so that a day without a score is a gap. A day is one of the reporting time zone.
with days as (

    select date_day
    from marts.dim_dates
    where date_day between $first_date and $last_date

),

entities as (

    select unnest($entities) as entity_id

),

scores as (

    select
        entity_id,
        cast(timezone($zone, hour_at) as date) as date_day,
        max(crisis_score) as crisis_score,
        max(metric_version) as metric_version
    from marts.mart_crisis_signals
    where list_contains($entities, entity_id)
    group by entity_id, cast(timezone($zone, hour_at) as date)

)

select entities.entity_id, days.date_day, scores.crisis_score, scores.metric_version
from entities
cross join days
left join scores on entities.entity_id = scores.entity_id and days.date_day = scores.date_day
order by entities.entity_id, days.date_day
