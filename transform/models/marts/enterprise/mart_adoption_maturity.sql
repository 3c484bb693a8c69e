{#
  How far each department has come with social data, judged by what the data show and not by a questionnaire:
  1 listens (there are data), 2 measures (with coverage and intervals), 3 joins (with business records or a
  comparison), 4 steers (by targets). A department stands at the highest level whose own criterion and those
  below are met.
#}

with scorecard as (

    select
        count(case when kpi like 'share_of_voice_%' then 1 end) as panels,
        count(case when kpi = 'net_sentiment' then 1 end) as sentiments,
        min(case when kpi = 'net_sentiment' then coverage end) as sentiment_coverage,
        count(case when kpi = 'net_sentiment' then previous_low end) as sentiment_comparisons,
        max(case when kpi = 'nps' then sample_size end) as nps_responses,
        max(case when kpi = 'nps' then coverage end) as nps_response_rate,
        count(case when kpi like 'share_of_voice_%' then target_value end) as voice_targets,
        count(case when kpi in ('net_sentiment', 'negative_share') then target_value end) as sentiment_targets,
        count(case when kpi in ('csat', 'median_first_response') then target_value end) as care_targets,
        count(case when kpi = 'nps' then target_value end) as nps_targets
    from {{ ref('mart_exec_scorecard') }}

),

days as (

    select count(*) as days from {{ ref('dim_dates') }}

),

mentions as (

    select count(distinct mention_date) as days_with_mentions from {{ ref('mart_mentions_daily') }}
    where mentions > 0

),

care as (

    select
        count(*) as cases,
        {{ ratio('count(case when is_start_observed then 1 end)', 'count(*)') }} as coverage,
        {{ ratio("count(case when segment <> 'unknown' then 1 end)", 'count(*)') }} as known_segments
    from {{ ref('fct_care_cases') }}

),

sales as (

    select
        max(case when touch_group = 'touched' then closed end) as touched_closed,
        sum(closed) as closed,
        {{ ratio("sum(case when touch_group <> 'not recorded' then closed end)", 'sum(closed)') }} as recorded,
        max(case when touch_group = 'untouched' then closed end) as untouched_closed
    from {{ ref('mart_sales_pipeline_social') }}
    where segment = 'all'

),

customers as (

    select {{ ratio("count(case when segment <> 'unknown' then 1 end)", 'count(*)') }} as known_segments
    from {{ ref('int_nps_responses_enriched') }}

),

criteria as (

    {% for department, level, criterion, relation, evidence, required in [
        ('listening', 1, 'days with mentions', 'mentions', 'days_with_mentions', 1),
        ('listening', 2, 'days covered, enough to compare 28 with 28', 'days', 'days', 56),
        ('listening', 3, 'shares of voice of own brands in a panel', 'scorecard', 'panels', 1),
        ('listening', 4, 'shares of voice with a target', 'scorecard', 'voice_targets', 1),
        ('reputation', 1, 'own brands with sentiment', 'scorecard', 'sentiments', 1),
        ('reputation', 2, 'share of mentions that could be scored', 'scorecard', 'sentiment_coverage', 0.8),
        ('reputation', 3, 'own brands with an interval to compare with', 'scorecard', 'sentiment_comparisons', 1),
        ('reputation', 4, 'sentiment figures with a target', 'scorecard', 'sentiment_targets', 1),
        ('care', 1, 'cases', 'care', 'cases', 1),
        ('care', 2, 'share of cases whose beginning is known', 'care', 'coverage', 0.8),
        ('care', 3, 'share of cases with a customer segment', 'care', 'known_segments', 0.8),
        ('care', 4, 'figures of support with a target', 'scorecard', 'care_targets', 1),
        ('sales', 1, 'closed deals', 'sales', 'closed', 1),
        ('sales', 2, 'share of closed deals with a record of social touches', 'sales', 'recorded', 0.5),
        ('sales', 3, 'closed deals touched by social media, enough to compare', 'sales', 'touched_closed', 30),
        ('sales', 4, 'closed deals not touched, enough to compare', 'sales', 'untouched_closed', 30),
        ('customer insight', 1, 'answers to the survey in 28 days', 'scorecard', 'nps_responses', 1),
        ('customer insight', 2, 'response rate that is known', 'scorecard', 'nps_response_rate', 0.01),
        ('customer insight', 3, 'share of answers with a customer segment', 'customers', 'known_segments', 0.8),
        ('customer insight', 4, 'NPS with a target', 'scorecard', 'nps_targets', 1),
    ] -%}
    select
        '{{ department }}' as department, {{ level }} as level, '{{ criterion }}' as criterion,
        cast({{ evidence }} as double) as evidence, cast({{ required }} as double) as required
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

judged as (

    select
        *,
        coalesce(evidence >= required, false) as is_met,
        sum(case when coalesce(evidence >= required, false) then 0 else 1 end) over (partition by department order by level) as unmet_so_far
    from criteria

)

select
    department,
    cast(level as integer) as level,
    case level when 1 then 'listens' when 2 then 'measures' when 3 then 'joins' else 'steers' end as level_name,
    criterion,
    evidence,
    required,
    is_met,
    cast(max(case when unmet_so_far = 0 then level else 0 end) over (partition by department) as integer) as maturity_level,
    'adoption_maturity.v1' as metric_version
from judged
