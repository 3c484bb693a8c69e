{#
  Every row meets every condition. A condition on a NULL says nothing and passes, as in a check
  constraint. One scan for the whole list; `broken_condition` names the first that a row breaks.
#}
{% test rows_satisfy(model, conditions) %}
select *
from (
    select
        case
            {%- for condition in conditions %}
            when not ({{ condition }}) then '{{ condition | replace("'", "''") }}'
            {%- endfor %}
        end as broken_condition,
        tested.*
    from {{ model }} as tested
) as judged
where broken_condition is not null
{% endtest %}
