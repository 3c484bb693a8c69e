{#
  Every target of listening.yml beside what was reached in the scorecard's current period. A target is met or
  missed only where the whole interval of the KPI lies on one side of it; where the interval holds the
  target, the data cannot tell.
#}

with periods as (

    select max(period_end_date) as period_end_date from {{ ref('mart_exec_scorecard') }}

),

judged as (

    select
        targets.scope_id,
        targets.kpi,
        targets.valid_from,
        targets.valid_to,
        targets.direction,
        targets.target_value,
        periods.period_end_date,
        case
            when periods.period_end_date is null then null
            when periods.period_end_date < targets.valid_from then 'not begun'
            when periods.period_end_date > targets.valid_to then 'over'
            else 'in force'
        end as target_state,
        scorecard.unit,
        scorecard.kpi_value,
        scorecard.value_low,
        scorecard.value_high,
        case when targets.direction = 'at_most' then -1 else 1 end as good_side
    from {{ ref('int_targets') }} as targets
    cross join periods
    left join {{ ref('mart_exec_scorecard') }} as scorecard
        on targets.scope_id = scorecard.scope_id and targets.kpi = scorecard.kpi

)

select
    scope_id,
    kpi,
    valid_from,
    valid_to,
    target_state,
    unit,
    direction,
    target_value,
    period_end_date,
    case when target_state = 'in force' then kpi_value end as actual_value,
    case when target_state = 'in force' then value_low end as actual_low,
    case when target_state = 'in force' then value_high end as actual_high,
    case when target_state = 'in force' then kpi_value - target_value end as gap,
    case
        when target_state is null or target_state <> 'in force' then 'not in force'
        when kpi_value is null then 'no data'
        when value_low is null then
            case when good_side * (kpi_value - target_value) >= 0 then 'reached, not tested' else 'not reached, not tested' end
        when good_side = 1 and value_low >= target_value or good_side = -1 and value_high <= target_value then 'met'
        when good_side = 1 and value_high < target_value or good_side = -1 and value_low > target_value then 'missed'
        else 'cannot be told'
    end as verdict,
    'target_vs_actual.v1' as metric_version
from judged
