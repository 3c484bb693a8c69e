select
    scope_id,
    kpi,
    unit,
    period_start_date,
    period_end_date,
    kpi_value,
    value_low,
    value_high,
    previous_value,
    previous_low,
    previous_high,
    change_verdict,
    sample_size,
    coverage,
    metric_version
from marts.mart_exec_scorecard
order by scope_id, kpi
