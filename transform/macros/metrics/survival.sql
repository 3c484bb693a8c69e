{#
  Kaplan-Meier median (Kaplan and Meier 1958): the smallest duration at which the estimated part that is
  still waiting, the product of 1 - events / at risk, has fallen to one half. Who still waits when the data
  end is at risk until then (right-censored) and never dropped; where half is not reached, NULL.

  durations: relation with `keys`, seconds (NULL rows are left out) and is_event.
  Returns keys and km_median_seconds.
#}
{% macro kaplan_meier_median(durations, keys) %}
{%- set key_list = keys | join(', ') -%}
select
    {{ key_list }},
    cast(min(case when waiting <= 0.5 + 1e-12 then seconds end) as bigint) as km_median_seconds
from (
    select
        {{ key_list }},
        seconds,
        case
            when max(case when events = at_risk then 1 else 0 end) over (partition by {{ key_list }} order by seconds) = 1 then 0
            else exp(sum(case when events < at_risk then ln(1 - cast(events as double) / at_risk) end) over (partition by {{ key_list }} order by seconds))
        end as waiting
    from (
        select
            {{ key_list }},
            seconds,
            events,
            sum(leaving) over (partition by {{ key_list }} order by seconds desc) as at_risk
        from (
            select
                {{ key_list }},
                seconds,
                count(*) as leaving,
                count(case when is_event then 1 end) as events
            from {{ durations }}
            where seconds is not null
            group by {{ key_list }}, seconds
        ) as moments
    ) as risks
) as curve
group by {{ key_list }}
{% endmacro %}
