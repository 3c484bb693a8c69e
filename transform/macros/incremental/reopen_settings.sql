{#
  Forgets which compiled listening.yml, and which version of a model, the road was last finished for, when
  another one has been opened: from here on days may hold what the new one made of them.
#}
{% macro reopen_settings() -%}
    {%- set closed_work = adapter.get_relation(this.database, 'orchestration', 'closed_work') if execute else none -%}
    {%- if closed_work is not none %}
    delete from {{ closed_work }}
    where
        (work_kind = 'listening' and 'listening' in (select opened.work_kind from {{ this }} as opened))
        or (
            work_kind = 'model'
            and split_part(work_value, ' ', 1) in (
                select split_part(opened.work_value, ' ', 1) from {{ this }} as opened
                where opened.work_kind = 'model'
            )
        )
    {%- endif %}
{%- endmacro %}
