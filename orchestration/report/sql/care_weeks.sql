-- Every week between the first and the last one, so that a week without cases is a gap.
with cells as (

    select *
    from marts.mart_care_service_levels
    where
        period_kind = 'week'
        and clock = 'calendar'
        and channel = 'all'
        and brand_id = $brand_id
        and period_start_date between cast(date_trunc('week', $first_date) as date) and $last_date

),

weeks as (

    select cast(unnest(generate_series(min(period_start_date), max(period_start_date), interval '7 days')) as date)
        as week_start_date
    from cells

)

select weeks.week_start_date, cells.* exclude (period_start_date, period_kind, clock, channel, brand_id)
from weeks
left join cells on weeks.week_start_date = cells.period_start_date
order by weeks.week_start_date
