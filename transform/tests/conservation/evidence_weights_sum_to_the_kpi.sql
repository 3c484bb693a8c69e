{# The weights of a KPI's posts sum to the KPI: nothing of it is unexplained, no post counts for too much. #}
{{ config(meta={'dagster': {'ref': {'name': 'mart_kpi_evidence'}}}) }}

select scorecard.scope_id, scorecard.kpi, scorecard.kpi_value, sum(evidence.weight) as weights
from {{ ref('mart_exec_scorecard') }} as scorecard
left join {{ ref('mart_kpi_evidence') }} as evidence
    on scorecard.scope_id = evidence.scope_id and scorecard.kpi = evidence.kpi
where scorecard.scope_id <> 'company' and scorecard.kpi_value is not null
group by scorecard.scope_id, scorecard.kpi, scorecard.kpi_value
having abs(coalesce(sum(evidence.weight), 0) - scorecard.kpi_value) > 1e-9 * (1 + abs(scorecard.kpi_value))
