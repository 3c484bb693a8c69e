{# Loads are added; a setting (compiled queries, a model version) replaces the one of its kind that stood before. #}
{% macro get_incremental_replace_closed_sql(arg_dict) %}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set temp = arg_dict['temp_relation'] -%}

    delete from {{ target }}
    where
        (work_kind, work_value) in (select temp.work_kind, temp.work_value from {{ temp }} as temp)
        or (
            work_kind = 'model'
            and split_part(work_value, ' ', 1) in (
                select split_part(temp.work_value, ' ', 1) from {{ temp }} as temp
                where temp.work_kind = 'model'
            )
        )
        or (work_kind = 'listening' and 'listening' in (select temp.work_kind from {{ temp }} as temp));

    insert into {{ target }} (work_kind, work_value)
    select work_kind, work_value from {{ temp }}
{% endmacro %}
