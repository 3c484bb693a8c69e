{#
  How fast and how often customers are answered, by week and over all time, brand, channel and clock. 'all' is
  the total over channels. A case belongs to the week in which it was opened. Mean, median and 90th percentile
  are of what has happened; the Kaplan-Meier median also knows the cases that still wait.
#}

{%- set keys = ['period_kind', 'period_start_date', 'brand_id', 'channel'] %}
{%- set measures = ['first_response', 'handling', 'resolution'] %}

with cases as (

    select * from {{ ref('fct_care_cases') }}

),

spread as (

    {% for period in ['week', 'all'] -%}
    {% for total in [false, true] -%}
    select
        '{{ period }}' as period_kind,
        {{ 'week_start_date' if period == 'week' else 'min(opened_date) over ()' }} as period_start_date,
        {{ "'all' as channel, cases.* exclude (channel)" if total else 'channel, cases.* exclude (channel)' }}
    from cases
    {% if not loop.last %}union all{% endif %}
    {% endfor -%}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

durations as (

    {% for clock in ['calendar', 'business'] -%}
    {% for measure in measures -%}
    {%- set unit = 'seconds' if clock == 'calendar' else 'business_seconds' %}
    select
        {{ keys | join(', ') }},
        '{{ clock }}' as clock,
        '{{ measure }}' as measure,
        coalesce({{ measure }}_{{ unit }}, {{ measure }}_waited_{{ unit }}) as seconds,
        {{ measure }}_{{ unit }} is not null as is_event
    from spread
    {% if not loop.last %}union all{% endif %}
    {% endfor -%}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

medians as (

    {{ kaplan_meier_median('durations', keys + ['clock', 'measure']) }}

),

observed as (

    select
        {{ keys | join(', ') }}, clock, measure,
        cast(count(case when is_event then 1 end) as bigint) as ended,
        cast(count(case when not is_event then seconds end) as bigint) as waiting,
        {{ ratio('sum(case when is_event then seconds end)', '3600 * count(case when is_event then 1 end)') }} as mean_hours,
        percentile_cont(0.5) within group (order by case when is_event then seconds end) / 3600.0 as median_hours,
        percentile_cont(0.9) within group (order by case when is_event then seconds end) / 3600.0 as p90_hours
    from durations
    group by {{ keys | join(', ') }}, clock, measure

),

wide as (

    select
        {% for key in keys + ['clock'] %}observed.{{ key }}, {% endfor %}
        {% for measure in measures %}
        {% for figure in ['mean_hours', 'median_hours', 'p90_hours'] -%}
        max(case when observed.measure = '{{ measure }}' then observed.{{ figure }} end) as {{ measure }}_{{ figure }},
        {% endfor -%}
        max(case when observed.measure = '{{ measure }}' then cast(medians.km_median_seconds as double) / 3600 end) as {{ measure }}_km_median_hours,
        max(case when observed.measure = '{{ measure }}' then observed.ended end) as {{ measure }}_ended,
        max(case when observed.measure = '{{ measure }}' then observed.waiting end) as {{ measure }}_waiting{{ ',' if not loop.last }}
        {%- endfor %}
    from observed
    left join medians
        on observed.period_kind = medians.period_kind
        {% for key in keys[1:] + ['clock', 'measure'] -%}
        and observed.{{ key }} = medians.{{ key }}
        {% endfor %}
    group by {% for key in keys + ['clock'] %}observed.{{ key }}{{ ', ' if not loop.last }}{% endfor %}

),

counts as (

    select
        {{ keys | join(', ') }},
        cast(count(*) as bigint) as cases,
        cast(count(case when is_start_observed then 1 end) as bigint) as starts_observed,
        cast(count(case when is_start_observed and needs_reply then 1 end) as bigint) as needed_reply,
        cast(count(case when is_start_observed and needs_reply and is_answered then 1 end) as bigint) as replied,
        cast(count(case when is_resolved then 1 end) as bigint) as resolved,
        cast(count(case when reopenings > 0 then 1 end) as bigint) as reopened,
        cast(count(is_recontacted_7d) as bigint) as recontact_known,
        cast(count(case when is_recontacted_7d then 1 end) as bigint) as recontacted
    from spread
    group by {{ keys | join(', ') }}

)

select
    {% for key in keys %}counts.{{ key }},
    {% endfor -%}
    wide.clock,
    counts.cases,
    {{ ratio('counts.starts_observed', 'counts.cases') }} as coverage,
    counts.needed_reply,
    counts.replied,
    {{ ratio('counts.replied', 'counts.needed_reply') }} as response_rate,
    {{ wilson('counts.replied', 'counts.needed_reply', 'low') }} as response_rate_low,
    {{ wilson('counts.replied', 'counts.needed_reply', 'high') }} as response_rate_high,
    {% for measure in measures -%}
    wide.{{ measure }}_ended,
    wide.{{ measure }}_waiting,
    {% for figure in ['mean', 'median', 'p90', 'km_median'] -%}
    wide.{{ measure }}_{{ figure }}_hours as {{ figure }}_{{ measure }}_hours,
    {% endfor -%}
    {% endfor -%}
    counts.resolved,
    counts.reopened,
    counts.recontact_known,
    counts.recontacted,
    {{ ratio('counts.recontacted', 'counts.recontact_known') }} as recontact_rate_7d,
    'care_service_levels.v1' as metric_version
from counts
inner join wide
    on counts.period_kind = wide.period_kind
    {% for key in keys[1:] -%}
    and counts.{{ key }} = wide.{{ key }}
    {% endfor %}
