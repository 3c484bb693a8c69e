-- Every week between the first and the last one, so that a silent week is a gap.
with cells as (

    select *
    from marts.mart_voice_of_customer
    where
        topic = 'all'
        and week_start_date between cast(date_trunc('week', $first_date) as date) and $last_date

),

weeks as (

    select cast(unnest(generate_series(min(week_start_date), max(week_start_date), interval '7 days')) as date)
        as week_start_date
    from cells

),

segments as (

    select segment, coalesce(sum(nps_responses), 0) as responses
    from cells
    group by segment

)

select
    segments.segment,
    segments.responses as segment_responses,
    weeks.week_start_date,
    cells.social_mentions,
    cells.social_net_sentiment,
    cells.nps_responses,
    cells.nps,
    -- greatest and least pass over NULL: a suppressed cell must not get an interval by them.
    case when cells.nps is not null then greatest(cells.nps - 1.959964 * cells.nps_standard_error, -100) end as nps_low,
    case when cells.nps is not null then least(cells.nps + 1.959964 * cells.nps_standard_error, 100) end as nps_high,
    coalesce(cells.is_nps_suppressed, false) as is_nps_suppressed,
    cells.support_cases,
    cells.csat_answers,
    cells.csat,
    cells.median_first_response_hours,
    coalesce(cells.is_care_suppressed, false) as is_care_suppressed,
    cells.closed_opportunities,
    cells.won_opportunities,
    cells.won_revenue,
    cells.metric_version
from segments
cross join weeks
left join cells
    on segments.segment = cells.segment
    and weeks.week_start_date = cells.week_start_date
order by segments.segment <> 'all', segments.responses desc, segments.segment, weeks.week_start_date
